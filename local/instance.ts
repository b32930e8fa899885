import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { transformSync } from "esbuild";
import { LocalCloudError } from "./errors";
import type { FromWorker, ToWorker } from "./worker-protocol";

/** What an instance is made of; all of it is known at deployment. */
export interface InstanceSpec {
  readonly name: string;
  readonly code: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMiB: number;
}

export interface InstanceHooks {
  /** Performs an operation for the function; throws what the function is to see. */
  readonly perform: (resource: string, operation: string, args: readonly unknown[]) => unknown;
  readonly log: (text: string) => void;
  /** It can take its first call. */
  readonly ready: () => void;
  /** It is gone, or was never able to start; called once. */
  readonly ended: (reason: LocalCloudError) => void;
}

type Settle = { readonly resolve: (reply: unknown) => void; readonly reject: (error: Error) => void };

let bootstrap: string | undefined;
/** The thread's first code as JavaScript; compiled here where the sources are TypeScript, so that no thread loads a compiler. */
function bootstrapCode(): string {
  if (bootstrap !== undefined) return bootstrap;
  const source = join(__dirname, "worker-main");
  try {
    bootstrap = readFileSync(`${source}.js`, "utf8");
  } catch {
    bootstrap = transformSync(readFileSync(`${source}.ts`, "utf8"), {
      loader: "ts",
      format: "cjs",
      target: "node20",
    }).code;
  }
  return bootstrap;
}

/** One running copy of a function: a thread with nothing of this process's environment. Runs one call at a time. */
export class Instance {
  readonly #worker: Worker;
  readonly #outbox: ToWorker[] = [];
  #current: ({ readonly run: number } & Settle) | undefined;
  #runs = 0;
  #idleMs: number | undefined;
  #ended = false;

  constructor(
    spec: InstanceSpec,
    private readonly hooks: InstanceHooks,
  ) {
    this.#worker = new Worker(bootstrapCode(), {
      eval: true,
      env: { ...spec.environment },
      execArgv: [],
      name: spec.name,
      workerData: { code: spec.code, name: spec.name },
      resourceLimits: { maxOldGenerationSizeMb: spec.memoryMiB },
    });
    this.#worker.on("message", (items: FromWorker[]) => this.#receive(items));
    this.#worker.on("error", (error) => this.#end(deathOf(error, spec.memoryMiB)));
    this.#worker.on("exit", (code) => this.#end(`the handler ended its process with exit code ${code}`));
  }

  get busy(): boolean {
    return this.#current !== undefined;
  }

  /** How long its newest call waited for something else than the engine, in ms; undefined before the first. */
  get idleMs(): number | undefined {
    return this.#idleMs;
  }

  /** Rejects with what the handler threw, or with how the instance ended. */
  run(event: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const run = this.#runs++;
      this.#current = { run, resolve, reject };
      this.#say({ kind: "run", run, event });
    });
  }

  /** Stops it at once; a call that runs is rejected with `reason`. */
  async stop(reason: string): Promise<void> {
    this.#end(reason);
    await this.#worker.terminate();
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    const error = new LocalCloudError("InvocationFailed", reason);
    const current = this.#current;
    this.#current = undefined;
    this.hooks.ended(error);
    current?.reject(error);
  }

  #receive(items: readonly FromWorker[]): void {
    for (const item of items) {
      if (item.kind === "log") {
        this.hooks.log(item.text);
        continue;
      }
      if (this.#ended) return; // what a stopped instance still says has no effect
      if (item.kind === "call") this.#perform(item);
      else if (item.kind === "ready") this.hooks.ready();
      else if (item.kind === "unable")
        void this.stop(`the bundle cannot be loaded: ${item.error.name}: ${item.error.message}`);
      else this.#settle(item);
    }
  }

  #settle(item: Extract<FromWorker, { kind: "reply" | "threw" }>): void {
    const current = this.#current;
    if (current?.run !== item.run) return;
    this.#current = undefined;
    this.#idleMs = item.idleMs;
    if (item.kind === "reply") current.resolve(item.reply);
    else current.reject(Object.assign(new Error(item.error.message), { name: item.error.name }));
  }

  #perform({ call, resource, operation, args }: Extract<FromWorker, { kind: "call" }>): void {
    try {
      this.#say({ kind: "answer", call, value: this.hooks.perform(resource, operation, args) });
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      this.#say({ kind: "refusal", call, error: { name, message } });
    }
  }

  #say(item: ToWorker): void {
    if (this.#outbox.push(item) === 1) queueMicrotask(() => this.#worker.postMessage(this.#outbox.splice(0)));
  }
}

function deathOf(error: unknown, memoryMiB: number): string {
  if (!(error instanceof Error)) return "the handler's process died";
  if ("code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY") {
    return `the handler ran out of its memory of ${memoryMiB} MiB`;
  }
  return `the handler's process died: ${error.name}: ${error.message}`;
}
