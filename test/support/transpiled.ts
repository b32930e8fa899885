/** Programs of TypeScript that a run starts again and again: what a file became is kept for all of them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

let kept: string | undefined;

/** A folder that ends with the run. */
export function temporary(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes this project's compiler configuration to a file, for ts-node to find there: as it is, but for what is kept. */
export function transpileOnce(file: string): void {
  kept ??= temporary("transpiled-");
  const config = JSON.parse(readFileSync(resolve(__dirname, "../../tsconfig.json"), "utf8")) as { "ts-node": object };
  const transpiler = [join(__dirname, "transpiler.js"), { folder: kept }];
  writeFileSync(file, JSON.stringify({ ...config, "ts-node": { ...config["ts-node"], transpiler } }));
}
