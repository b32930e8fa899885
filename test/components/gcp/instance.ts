import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { RunResult } from "../../../cli/engine";
import { inputs, project } from "./support";

const framework = join(require.resolve("@google-cloud/functions-framework"), "../main.js");

/** A port that was free a moment ago: the framework takes 0 for its own default. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** What was deployed as a function, started as Cloud Run starts it: its own archive, its own environment, Google's framework. */
export class Instance {
  output = "";
  private readonly process: ChildProcess;
  readonly ready: Promise<unknown>;

  constructor(
    readonly folder: string,
    result: RunResult,
    name: string,
    readonly port: number,
    environment: Record<string, string>,
  ) {
    const code = result.resources.find((one) => one.name === `${name}-code`)?.inputs.source;
    const { assets } = (code ?? {}) as { assets: Record<string, { text: string }> };
    mkdirSync(folder, { recursive: true });
    for (const [file, { text }] of Object.entries(assets)) writeFileSync(join(folder, file), text);
    const { serviceConfig, buildConfig } = inputs(result, "Function", name) as {
      serviceConfig: { environmentVariables: Record<string, string> };
      buildConfig: { entryPoint: string };
    };
    this.process = spawn(process.execPath, [framework], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        ...serviceConfig.environmentVariables,
        ...environment,
        PORT: String(port),
        K_SERVICE: name,
        FUNCTION_TARGET: buildConfig.entryPoint,
        FUNCTION_SIGNATURE_TYPE: "http",
      },
    });
    for (const stream of [this.process.stdout, this.process.stderr])
      stream?.on("data", (chunk) => {
        this.output += String(chunk);
      });
    this.ready = this.answers();
  }

  private async answers(): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      if (this.process.exitCode !== null) throw new Error(`the function ended: ${this.output}`);
      const up = await fetch(`http://127.0.0.1:${this.port}/`).then(
        () => true,
        () => false,
      );
      if (up) return;
      await new Promise((later) => setTimeout(later, 100));
    }
    throw new Error(`the function does not answer: ${this.output}`);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    this.process.kill("SIGKILL");
    await once(this.process, "exit");
  }
}

/** Pub/Sub, Firestore and Cloud Storage as far as the clients ask: they take everything, and nothing is stored yet. */
export class Cloud {
  readonly calls: { readonly path: string; readonly body: string }[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      this.calls.push({ path: `${request.method} ${request.url}`, body });
      response.statusCode = request.method === "GET" ? 404 : 200;
      response.setHeader("content-type", "application/json").end('{"messageIds":["1"],"generation":"1"}');
    });
  }

  async open(): Promise<Record<string, string>> {
    await once(this.server.listen(0, "127.0.0.1"), "listening");
    const host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return { PUBSUB_EMULATOR_HOST: host, FIRESTORE_EMULATOR_HOST: host, STORAGE_EMULATOR_HOST: host };
  }

  /** The messages published to a topic, with their attributes; a body that is no JSON as it is. */
  published(topic: string) {
    return this.calls
      .filter(({ path }) => path === `POST /v1/projects/${project}/topics/${topic}:publish`)
      .flatMap(({ body }) => (JSON.parse(body) as { messages: Published[] }).messages)
      .map(({ data, attributes }) => ({ attributes, body: jsonOf(Buffer.from(data, "base64").toString()) }));
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function jsonOf(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

interface Published {
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
}
