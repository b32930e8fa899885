/**
 * The first code in a function's thread: loads the bundle, runs calls one after the other, carries the handler's own
 * calls to the engine. It is loaded as text, so it imports nothing but what Node brings.
 */
import { createRequire, isBuiltin } from "node:module";
import { compileFunction } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import type { FromWorker, ToWorker } from "./worker-protocol";

const port = parentPort;
if (!port) throw new Error("this code runs in a worker thread");

const outbox: FromWorker[] = [];
/** What is said in one turn leaves as one message: crossing the thread is what costs. */
function say(item: FromWorker): void {
  if (outbox.push(item) === 1) queueMicrotask(flush);
}
function flush(): void {
  if (outbox.length > 0) port?.postMessage(outbox.splice(0));
}

const pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
let nextCall = 0;
/** ms that the running call has waited for the engine, and since when it does. */
let waited = 0;
let waitingSince = 0;
Object.defineProperty(globalThis, Symbol.for("serverless-blueprints.local.host"), {
  value: {
    call: (resource: string, operation: string, args: readonly unknown[]) =>
      new Promise((resolve, reject) => {
        const call = nextCall++;
        if (pending.size === 0) waitingSince = performance.now();
        pending.set(call, { resolve, reject });
        say({ kind: "call", call, resource, operation, args });
      }),
  },
});

for (const stream of [process.stdout, process.stderr]) {
  let rest = "";
  stream.write = ((chunk: string | Uint8Array) => {
    const lines = (rest + (typeof chunk === "string" ? chunk : Buffer.from(chunk).toString())).split("\n");
    rest = lines.pop() ?? "";
    for (const text of lines) say({ kind: "log", text });
    return true;
  }) as typeof stream.write;
}
process.on("exit", flush);

function load(code: string, name: string): (event: unknown) => unknown {
  const nodeRequire = createRequire(`${process.cwd()}/`);
  const builtinOnly = (id: string) => {
    if (isBuiltin(id)) return nodeRequire(id);
    throw new Error(`a bundle brings everything but Node's own modules; "${id}" is not in it`);
  };
  const module: { exports: { handler?: unknown } } = { exports: {} };
  compileFunction(code, ["exports", "require", "module"], { filename: `${name}.js` })(
    module.exports,
    builtinOnly,
    module,
  );
  const { handler } = module.exports;
  if (typeof handler !== "function") throw new Error("the bundle exports no function named handler");
  return handler as (event: unknown) => unknown;
}

function causeOf(error: unknown): { name: string; message: string } {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: "Error", message: "something that is not an Error was thrown" };
}

async function run(handler: (event: unknown) => unknown, run: number, event: unknown): Promise<void> {
  const before = performance.eventLoopUtilization();
  waited = 0;
  const idleMs = () => Math.max(0, performance.eventLoopUtilization(before).idle - waited);
  try {
    const reply = await handler(event);
    say({ kind: "reply", run, idleMs: idleMs(), reply });
  } catch (error) {
    say({ kind: "threw", run, idleMs: idleMs(), error: causeOf(error) });
  }
}

try {
  const { code, name } = workerData as { code: string; name: string };
  const handler = load(code, name);
  port.on("message", (items: ToWorker[]) => {
    for (const item of items) {
      if (item.kind === "run") void run(handler, item.run, item.event);
      else {
        const call = pending.get(item.call);
        pending.delete(item.call);
        if (pending.size === 0) waited += performance.now() - waitingSince;
        if (item.kind === "answer") call?.resolve(item.value);
        else call?.reject(Object.assign(new Error(item.error.message), { name: item.error.name }));
      }
    }
  });
  say({ kind: "ready" });
} catch (error) {
  say({ kind: "unable", error: causeOf(error) });
}
