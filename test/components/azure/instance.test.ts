import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { orders } from "../../../blueprints/orders";
import { Instance, type Reply } from "./instance";
import { deployed, settings } from "./support";

interface Asked {
  readonly what: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
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
