import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { RunResult } from "../../../cli/engine";
import { inputs, settings } from "./support";

export interface Metadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
export interface Reply {
  readonly thrown?: string;
  readonly returnValue?: { readonly http: { statusCode: string; headers: Record<string, string>; body: string } };
}
/** A published app, started as the Functions host starts it: its own package, its own settings. */
export class Instance {
  output = "";
  readonly functions: Promise<Metadata[]>;
  private readonly process: ChildProcess;

  constructor(folder: string, result: RunResult, app: string, environment: Record<string, string>) {
    const { zip } = inputs<{ zip: string }>(result, "PublishedCode", app);
    mkdirSync(folder, { recursive: true });
    for (const [file, bytes] of Object.entries(unzipSync(Buffer.from(zip, "base64"))))
      writeFileSync(join(folder, file), bytes);
    const given = Object.entries(settings(result, app)).map(([key, value]): [string, string] => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    this.process = fork(join(__dirname, "worker.js"), [folder], {
      silent: true,
      execArgv: [],
      env: { PATH: process.env.PATH, ...Object.fromEntries(given), ...environment },
    });
    for (const stream of [this.process.stdout, this.process.stderr])
      stream?.on("data", (chunk) => {
        this.output += String(chunk);
      });
    const ended = once(this.process, "exit").then(() => Promise.reject(new Error(`the app ended: ${this.output}`)));
    ended.catch(() => undefined);
    this.functions = Promise.race([this.next<Metadata[]>(), ended]);
  }

  private async next<Message>(): Promise<Message> {
    const [message] = (await once(this.process, "message")) as [Message];
    return message;
  }

  async call(name: string, request: Readonly<Record<string, unknown>>): Promise<Reply> {
    const reply = this.next<Reply>();
    this.process.send({ name, request });
    return reply;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill("SIGKILL");
    await once(this.process, "exit");
  }
}
