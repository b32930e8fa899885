/** From `npm start` to the first order that is handled. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Figure, median } from "./figure";

const root = resolve(__dirname, "..");

export async function measure(): Promise<readonly Figure[]> {
  const runs: { whole: number; bare: number }[] = [];
  for (let round = 0; round < 5; round++) runs.push({ whole: await firstOrder(), bare: await bareNode() });
  return [
    {
      what: "npm start to the first handled order",
      unit: "s",
      ours: median(runs.map(({ whole }) => whole)),
      aim: 3,
      note: `of which npm and an empty node: ${median(runs.map(({ bare }) => bare)).toFixed(2)} s`,
    },
  ];
}

async function firstOrder(): Promise<number> {
  const runtime = mkdtempSync(join(tmpdir(), "bench-"));
  const started = Date.now();
  const child = spawn("npm", ["start", "--silent"], {
    cwd: root,
    env: { ...process.env, XDG_RUNTIME_DIR: runtime },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  try {
    const url = await new Promise<string>((found, failed) => {
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        const [, api] = /API +(http:\/\/\S+)/.exec(text) ?? [];
        if (api !== undefined) found(api);
      });
      child.on("exit", (code) => failed(new Error(`npm start ended with ${code}`)));
    });
    const placed = await fetch(`${url}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ sku: "MUG-01", quantity: 1, customer: "bench" }),
    });
    const { id } = (await placed.json()) as { id: string };
    for (let tries = 0; tries < 200; tries++) {
      if ((await fetch(`${url}/orders/${id}`)).status === 200) return (Date.now() - started) / 1000;
      await new Promise((next) => setTimeout(next, 20));
    }
    throw new Error("the order was not handled");
  } finally {
    child.removeAllListeners("exit");
    const ended = new Promise((resolveEnd) => child.on("exit", resolveEnd));
    if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
    await ended;
    rmSync(runtime, { recursive: true, force: true });
  }
}

function bareNode(): Promise<number> {
  const started = Date.now();
  return new Promise((done) =>
    spawn("npm", ["exec", "--silent", "--", "node", "-e", "0"], { cwd: root, stdio: "ignore" }).on("exit", () =>
      done((Date.now() - started) / 1000),
    ),
  );
}
