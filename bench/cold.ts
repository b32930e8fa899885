import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "./figure";

/** A bundle without its settings ends its loading by saying so: by then everything but its clients is there. */
const script = `const Module = require("node:module");
const since = (start) => Number(process.hrtime.bigint() - start) / 1e6;
let platformMs = 0;
const plain = Module.prototype.require;
Module.prototype.require = function (id) {
  const start = process.hrtime.bigint();
  try { return plain.call(this, id); } finally { if (id.startsWith("@aws-sdk/") && this.filename.endsWith("bundle.js")) platformMs += since(start); }
};
const start = process.hrtime.bigint();
try { require("./bundle.js"); } catch (error) { if (error.name !== "StartupError") throw error; }
process.stdout.write(JSON.stringify({ ms: since(start), platformMs }));`;

export interface Cold {
  readonly ms: number;
  /** Of which the platform's own SDK, which no bundle holds. */
  readonly platformMs: number;
}

/** Milliseconds to load a bundle in a fresh process, median of five. */
export function coldRequire(text: string, environment: Readonly<Record<string, string>> = {}): Cold {
  const folder = mkdtempSync(join(tmpdir(), "bundle-"));
  const env = { ...process.env, NODE_PATH: join(__dirname, "../node_modules"), ...environment };
  try {
    writeFileSync(join(folder, "bundle.js"), text);
    const load = (): Cold =>
      JSON.parse(
        String(
          execFileSync(process.execPath, ["-e", script], { cwd: folder, env, stdio: ["ignore", "pipe", "ignore"] }),
        ),
      );
    const runs = Array.from({ length: 5 }, load);
    return { ms: median(runs.map(({ ms }) => ms)), platformMs: median(runs.map(({ platformMs }) => platformMs)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
