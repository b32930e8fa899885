/** `npm run bench [name …]`: every figure beside its baseline. Nothing here passes or fails a build. */
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { columns } from "../cli/table";
import { type Figure, show } from "./figure";

async function main(chosen: readonly string[]): Promise<void> {
  const all = readdirSync(__dirname)
    .flatMap((file) => /^(.+)\.bench\.ts$/.exec(file)?.[1] ?? [])
    .sort();
  const unknown = chosen.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`there is no bench ${unknown.join(", ")}; choose of ${all.join(", ")}`);
  process.stdout.write(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim()}\n`);
  for (const name of chosen.length > 0 ? chosen : all) {
    const { measure } = require(`./${name}.bench`) as { measure: () => Promise<readonly Figure[]> };
    process.stdout.write(`\n${name}\n${columns((await measure()).map(show), "  ")}\n`);
  }
}

void main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
