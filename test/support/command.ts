import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Puts a command of that name before all others, for as long as `work` runs. */
export async function withCommand<Result>(name: string, script: string, work: () => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "command-"));
  const { PATH } = process.env;
  try {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
    process.env.PATH = `${folder}:${PATH}`;
    return await work();
  } finally {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true });
  }
}
