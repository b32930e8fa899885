import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

it("the provider starts under Pulumi's host without types being checked, which takes seconds", async () => {
  const folder = mkdtempSync(join(tmpdir(), "provider-"));
  cpSync(join(root, "local"), join(folder, "local"), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const provider = join(folder, "local/provider");
  appendFileSync(join(provider, "main.ts"), "\nexport const count: number = 'several';\n");
  const host = join(root, "node_modules/@pulumi/pulumi/cmd/run-plugin");
  const child = spawn(process.execPath, [host, provider, "127.0.0.1:1"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  child.kill();
  rmSync(folder, { recursive: true });
  assert.match(output.join(""), /^\d+\n$/);
});
