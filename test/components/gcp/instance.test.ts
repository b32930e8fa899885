import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { orders } from "../../../blueprints/orders";
import type { RunResult } from "../../../cli/engine";
import { bearer } from "../../runtime/events";
import { deployed, inputs, project } from "./support";

const framework = join(require.resolve("@google-cloud/functions-framework"), "../main.js");

/** A port that was free a moment ago: the framework takes 0 for its own default. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** What was deployed as a function, started as Cloud Run starts it: its own archive, its own environment, Google's framework. */
class Instance {
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

describe("A function deployed on gcp, started as Cloud Run starts it", () => {
  const folder = mkdtempSync(join(tmpdir(), "instance-"));
  let place: Instance;
  let broker: Server;
  let gateway: string;
  const published: { readonly path: string | undefined; readonly body: string }[] = [];

  before(async function () {
    this.timeout(30_000);
    const settings = {
      maxDeliveries: 5,
      backoff: { min: "10 seconds", max: "5 minutes" },
      requestsPerSecond: 200,
    } as const;
    const result = await deployed(() => orders.build(settings));
    broker = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      published.push({ path: request.url, body });
      response.setHeader("content-type", "application/json").end('{"messageIds":["1"]}');
    }).listen(0, "127.0.0.1");
    await once(broker, "listening");
    const { port } = broker.address() as AddressInfo;
    place = new Instance(folder, result, "api-place", await freePort(), {
      PUBSUB_EMULATOR_HOST: `127.0.0.1:${port}`,
    });
    await place.ready;
    gateway = `${inputs(result, "Account", "api").accountId}@${project}.iam.gserviceaccount.com`;
  });
  after(async () => {
    await place?.stop();
    broker?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = (path: string, body: string | undefined, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${place.port}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: bearer({ email: gateway, email_verified: true }),
        "content-type": "application/json",
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });

  it("sends what it accepts to the topic that it was told", async () => {
    const reply = await ask("/orders", JSON.stringify({ sku: "MUG-01", quantity: 1, customer: "Ada" }));
    assert.equal(reply.status, 202, place.output);
    assert.equal(published.length, 1);
    assert.equal(published[0]?.path, `/v1/projects/${project}/topics/fulfil:publish`);
    const { messages } = JSON.parse(published[0]?.body ?? "") as { messages: { data: string }[] };
    const sent = JSON.parse(Buffer.from(messages[0]?.data ?? "", "base64").toString()) as object;
    assert.deepEqual(
      { ...sent, id: 0, acceptedAt: 0 },
      { id: 0, acceptedAt: 0, sku: "MUG-01", quantity: 1, customer: "Ada" },
    );
  });

  for (const [what, body, headers, status] of [
    ["is no JSON", '{"customer":"Grace Hopper', {}, 400],
    ["is no object", '"Grace Hopper"', {}, 400],
    [
      "is in another character set",
      '{"customer":"Grace Hopper"}',
      { "content-type": "application/json; charset=latin9" },
      400,
    ],
    ["is not compressed as it says", '{"customer":"Grace Hopper"}', { "content-encoding": "gzip" }, 400],
    ["has no type", '{"customer":"Grace Hopper"}', { "content-type": "" }, 415],
    ["is a form", "customer=Grace Hopper", { "content-type": "application/x-www-form-urlencoded" }, 415],
    ["is too large", JSON.stringify({ customer: "Grace Hopper".repeat(100_000) }), {}, 413],
  ] as const)
    it(`answers a body that ${what} with a problem, and keeps it out of the log`, async () => {
      const reply = await ask("/orders", body, headers);
      assert.deepEqual([reply.status, reply.headers.get("content-type")], [status, "application/problem+json"]);
      assert.doesNotMatch(await reply.text(), /SyntaxError|node_modules/);
      assert.doesNotMatch(place.output, /Grace|SyntaxError/);
    });

  it("leaves no path to the framework", async () => {
    const reply = await ask("/robots.txt", undefined);
    assert.deepEqual([reply.status, reply.headers.get("content-type")], [404, "application/problem+json"]);
  });

  it("answers nobody but its gateway", async () => {
    const order = JSON.stringify({ sku: "MUG-01", quantity: 1, customer: "Ada" });
    const caller = {
      authorization: bearer({ email: `other-${gateway}`, email_verified: true }),
    };
    assert.equal((await ask("/orders", order, caller)).status, 403);
    assert.equal(published.length, 1);
  });
});
