import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { UsageError } from "../failure";

/** The text of a file that an option names. */
export function readGiven(file: string, wayOut: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new UsageError(existsSync(file) ? `${file} cannot be read` : `there is no file ${file}`, wayOut);
  }
}

/** Where a folder lies within its repository, with forward slashes: readers of SARIF begin there. */
export function baseOf(folder: string): string {
  for (let root = resolve(folder); ; root = dirname(root)) {
    if (existsSync(join(root, ".git"))) return relative(root, folder).split(sep).join("/");
    if (root === dirname(root)) return "";
  }
}
