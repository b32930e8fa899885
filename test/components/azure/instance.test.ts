import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { orders } from "../../../blueprints/orders";
import type { RunResult } from "../../../cli/engine";
import { deployed, inputs, settings } from "./support";

interface Metadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
interface Reply {
  readonly thrown?: string;
  readonly returnValue?: { readonly http: { statusCode: string; headers: Record<string, string>; body: string } };
}
interface Asked {
  readonly what: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** A published app, started as the Functions host starts it: its own package, its own settings. */
class Instance {
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

const order = { sku: "MUG-01", quantity: 1, customer: "Ada" };
const gateway = "principal of api";

describe("A function app published on azure, started as its host starts it", () => {
  const folder = mkdtempSync(join(tmpdir(), "instance-"));
  const asked: Asked[] = [];
  let azure: Server;
  let place: Instance;
  let fulfil: Instance;
  let bus = "";

  before(async function () {
    this.timeout(30_000);
    const result = await deployed(() =>
      orders.build({ maxDeliveries: 5, backoff: { min: "10 seconds", max: "5 minutes" }, requestsPerSecond: 200 }),
    );
    bus = String(settings(result, "fulfil-fn").SB_BUS__fullyQualifiedNamespace);
    azure = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      asked.push({ what: `${request.method} ${request.url}`, headers: request.headers, body });
      response.setHeader("content-type", "application/json");
      if (request.url?.startsWith("/identity"))
        response.end(JSON.stringify({ access_token: `token of ${request.url}`, expires_on: "9999999999" }));
      else response.writeHead(request.url?.includes("/docs") ? 503 : 201).end("{}");
    }).listen(0, "127.0.0.1");
    await once(azure, "listening");
    const network = `http://127.0.0.1:${(azure.address() as AddressInfo).port}`;
    const platform = { SB_TEST_NETWORK: network, IDENTITY_ENDPOINT: `${network}/identity`, IDENTITY_HEADER: "host" };
    place = new Instance(join(folder, "place"), result, "api-place", platform);
    fulfil = new Instance(join(folder, "fulfil"), result, "fulfil-fn", platform);
  });
  beforeEach(() => asked.splice(0));
  after(async () => {
    await Promise.all([place?.stop(), fulfil?.stop()]);
    azure?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const post = async (headers: Record<string, string>, body: object = order) =>
    place.call("routes", {
      inputData: [
        {
          name: (await triggerOf(place)).key,
          data: {
            http: {
              method: "POST",
              url: "https://api-place.azurewebsites.net/orders",
              headers: { "content-type": "application/json", ...headers },
              query: {},
              params: {},
              body: { string: JSON.stringify(body) },
            },
          },
        },
      ],
    });
  async function answered(reply: Promise<Reply>) {
    const { returnValue, thrown } = await reply;
    assert.equal(thrown, undefined);
    const { statusCode: status, body = "", headers = {} } = returnValue?.http ?? {};
    return { status, body, headers };
  }
  const deliver = async (attempt: number) =>
    fulfil.call("worker", {
      inputData: [
        { name: (await triggerOf(fulfil)).key, data: { json: JSON.stringify({ ...order, id: "o-1", acceptedAt: 1 }) } },
      ],
      triggerMetadata: {
        DeliveryCount: { int: attempt },
        MessageId: { string: "m-1" },
        EnqueuedTimeUtc: { string: "2026-01-02T03:04:05.678Z" },
      },
    });
  /** What was sent to the bus, by queue. */
  const sends = () =>
    asked
      .filter(({ what }) => what.includes(bus))
      .map(({ what, body, headers }) => ({
        queue: what.replace(`POST /${bus}/`, "").replace("/messages", ""),
        authorization: decodeURIComponent(String(headers.authorization)),
        message: JSON.parse(body)[0],
      }));
  /** The trigger's name is the programming model's own choice. */
  async function triggerOf(app: Instance): Promise<Readonly<Record<string, unknown>> & { readonly key: string }> {
    const [[key, binding] = ["", {}]] = Object.entries((await app.functions)[0]?.bindings ?? {});
    return { ...binding, key };
  }

  it("answers every path without the host's own prefix, and has no key", async () => {
    const { type, route, authLevel } = await triggerOf(place);
    assert.deepEqual([type, route, authLevel], ["httpTrigger", "{*path}", "anonymous"]);
  });

  it("works off its queue by the connection that its settings describe", async () => {
    const { type, connection, queueName, cardinality } = await triggerOf(fulfil);
    assert.deepEqual([type, connection, queueName, cardinality], ["serviceBusTrigger", "SB_BUS", "%SB_QUEUE%", "one"]);
  });

  it("sends what its gateway brings to the queue that it was told, by its own identity", async () => {
    const { status, body } = await answered(post({ "x-ms-client-principal-id": gateway }));
    assert.equal(status, "202", place.output);
    const [send, ...more] = sends();
    assert.deepEqual([send?.queue, more.length], ["fulfil", 0]);
    assert.match(
      send?.authorization ?? "",
      /resource=https:\/\/servicebus\.azure\.net&client_id=client\+of\+api-place/,
    );
    const { id } = JSON.parse(body) as { id: string };
    assert.deepEqual({ ...JSON.parse(send?.message.Body), acceptedAt: 0 }, { ...order, id, acceptedAt: 0 });
  });

  it("answers nobody but its gateway", async () => {
    for (const headers of [{}, { "x-ms-client-principal-id": "principal of api-read" }, { "x-sb-identity": "e30" }])
      assert.equal((await answered(post(headers as Record<string, string>))).status, "403");
    assert.deepEqual(sends(), []);
  });

  it("answers what it refuses as problem+json, and logs none of it", async () => {
    const { status, headers } = await answered(post({ "x-ms-client-principal-id": gateway }, { customer: "Grace" }));
    assert.deepEqual([status, headers["content-type"]], ["400", "application/problem+json"]);
    assert.doesNotMatch(place.output, /Grace/);
  });

  it("sends a message that failed to its own queue for later, and at last to where dead letters are kept", async () => {
    assert.equal((await deliver(1)).thrown, undefined, fulfil.output);
    const [later] = sends();
    assert.equal(later?.queue, "fulfil", fulfil.output);
    assert.ok(later?.message.BrokerProperties.ScheduledEnqueueTimeUtc);
    asked.splice(0);
    assert.equal((await deliver(5)).thrown, undefined, fulfil.output);
    const [dead, ...more] = sends();
    assert.deepEqual([dead?.queue, more.length], ["fulfil-dead", 0]);
    assert.equal(dead?.message.UserProperties["sb-attempts"], 5);
    assert.doesNotMatch(fulfil.output, /Ada/);
  });
});
