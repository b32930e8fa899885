import { execFile } from "node:child_process";
import { UsageError } from "../failure";

export interface Explained {
  readonly missing: string;
  readonly install: string;
  readonly failed: string;
  readonly wayOut: string;
}

/** A command's output; its failures in the words of whoever needs it. */
export function run(command: string, args: readonly string[], cwd: string, words: Explained): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, [...args], { cwd, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if (error.code === "ENOENT") return reject(new UsageError(words.missing, words.install));
      const said = stderr.trim().split("\n")[0] ?? "";
      reject(new UsageError(said ? `${words.failed}: ${said}` : words.failed, words.wayOut));
    });
  });
}
