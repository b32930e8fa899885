import assert from "node:assert/strict";
import type * as Queue from "../../runtime/azure/queue";
import type * as Secret from "../../runtime/azure/secret";
import type * as Table from "../../runtime/azure/table";
import { MessageTooLarge, NotGranted } from "../../runtime/clients";
import { continueTrace, withTrace } from "../../runtime/trace";
import { cosmosStandIn } from "./cosmos-stand-in";
import { TRACE_ID, TRACEPARENT } from "./events";
import { type Answer, fakeServer, fresh, type RecordedRequest, withEnvironment } from "./support";
import { tableSuite } from "./table-suite";

/** Answers token requests itself; everything else goes to `answer`. */
async function azure<Result>(
  answer: (request: RecordedRequest, all: readonly RecordedRequest[]) => Answer,
  work: (url: string, requests: readonly RecordedRequest[]) => Promise<Result>,
): Promise<Result> {
  const server = await fakeServer((request, all) => {
    if (!request.url.startsWith("/identity?")) return answer(request, all);
    assert.equal(request.headers["x-identity-header"], "platform");
    const resource = new URL(request.url, "http://x").searchParams.get("resource");
    return {
      json: {
        access_token: `token for ${resource}`,
        expires_on: String(Math.floor(Date.now() / 1000) + 3600),
        resource,
        token_type: "Bearer",
      },
    };
  });
  try {
    const identity = {
      IDENTITY_ENDPOINT: `${server.url}/identity`,
      IDENTITY_HEADER: "platform",
      AZURE_CLIENT_ID: "app-1",
    };
    return await withEnvironment(identity, () => work(server.url, server.requests));
  } finally {
    await server.close();
  }
}

const others = (requests: readonly RecordedRequest[]) => requests.filter(({ url }) => !url.startsWith("/identity"));

describe("Azure clients", () => {
  it("send a message with its trace, under a token of the app's own identity that is asked for once", () =>
    azure(
      () => ({ status: 201 }),
      async (namespace, requests) => {
        const sender = fresh<typeof Queue>("azure/queue").sender({ namespace, queue: "fulfil", maxMessageBytes: 40 });
        const { id } = await withTrace(continueTrace(TRACEPARENT), () => sender.send({ name: "☃" }));
        await sender.send({ name: "second" });
        assert.deepEqual(
          requests.map(({ method, url }) => `${method} ${url}`),
          [
            "GET /identity?api-version=2019-08-01&resource=https%3A%2F%2Fservicebus.azure.net&client_id=app-1",
            "POST /fulfil/messages",
            "POST /fulfil/messages",
          ],
        );
        const [first, second] = others(requests);
        assert.equal(first?.headers.authorization, "Bearer token for https://servicebus.azure.net");
        assert.equal(first?.headers["content-type"], "application/vnd.microsoft.servicebus.json");
        const [message] = JSON.parse(first?.body ?? "");
        assert.deepEqual([message.Body, message.BrokerProperties], ['{"name":"☃"}', { MessageId: id }]);
        assert.match(message.UserProperties.traceparent, new RegExp(TRACE_ID));
        assert.deepEqual(JSON.parse(second?.body ?? "")[0].UserProperties, {});
        await assert.rejects(sender.send({ name: "x".repeat(40) }), MessageTooLarge);
        assert.equal(requests.length, 3, "nothing was sent of a message that is too large");
      },
    ));

  it("try again when the service asks for it, and only then", () =>
    azure(
      (_request, all) =>
        all.length < 4 ? { status: all.length === 2 ? 429 : 503, headers: { "retry-after": "0" } } : { status: 201 },
      async (namespace, requests) => {
        await fresh<typeof Queue>("azure/queue").sender({ namespace, queue: "q", maxMessageBytes: 40 }).send({});
        assert.equal(requests.length, 4);
      },
    ));

  for (const [status, check] of [
    [403, (error: Error) => error instanceof NotGranted],
    [400, (error: Error) => error.message === "Service Bus send was answered with status 400"],
    [503, (error: Error) => error.name === "RestError"],
  ] as const)
    it(`report status ${status} without what the service said`, () =>
      azure(
        () => ({ status, headers: { "x-ms-retry-after-ms": "1" }, json: { error: "MARKER" } }),
        async (namespace) => {
          const sender = fresh<typeof Queue>("azure/queue").sender({ namespace, queue: "q", maxMessageBytes: 40 });
          await assert.rejects(sender.send({}), (error: Error) => check(error) && !error.message.includes("MARKER"));
        },
      ));

  it("read a secret from Key Vault", () =>
    azure(
      () => ({ json: { value: "hush", id: "x" } }),
      async (vault, requests) => {
        assert.equal(
          await fresh<typeof Secret>("azure/secret")
            .reader({ vault: `${vault}/`, name: "stripe-key" })
            .read(),
          "hush",
        );
        const [request] = others(requests);
        assert.deepEqual(
          [request?.url, request?.headers.authorization],
          ["/secrets/stripe-key?api-version=7.4", "Bearer token for https://vault.azure.net"],
        );
      },
    ));

  it("say so when there is no managed identity", () =>
    withEnvironment({ IDENTITY_ENDPOINT: undefined }, async () => {
      const sender = fresh<typeof Queue>("azure/queue").sender({
        namespace: "ns.servicebus.windows.net",
        queue: "q",
        maxMessageBytes: 40,
      });
      await assert.rejects(sender.send({}), /IDENTITY_ENDPOINT is not set/);
    }));

  it("write an item in its envelope, with the time it has left to live", () => {
    const cosmos = cosmosStandIn();
    return azure(cosmos.answer, async (endpoint, requests) => {
      const config = { endpoint, database: "shop", container: "orders", key: "id", expires: "expiresAt" };
      const { readWriter } = fresh<typeof Table>("azure/table");
      const table = readWriter<{ id: string; expiresAt: number }>(config);
      const expiresAt = Math.floor(Date.now() / 1000) + 100;
      await table.put({ id: "a/ü", expiresAt });
      await table.get("a/ü");
      const [write, read] = others(requests);
      assert.equal(write?.url, "/dbs/shop/colls/orders/docs");
      assert.equal(
        write?.headers.authorization,
        encodeURIComponent("type=aad&ver=1.0&sig=token for https://cosmos.azure.com"),
      );
      assert.equal(write?.headers["x-ms-documentdb-is-upsert"], "True");
      assert.equal(write?.headers["x-ms-documentdb-partitionkey"], '["a/\\u00fc"]');
      const { ttl, ...document } = JSON.parse(write?.body ?? "");
      assert.ok(ttl >= 99 && ttl <= 101);
      const id = `k${Buffer.from("a/ü").toString("base64url")}`;
      assert.deepEqual(document, { id, p: "a/ü", item: { id: "a/ü", expiresAt } });
      assert.equal(read?.url, `/dbs/shop/colls/orders/docs/${id}`);
      assert.equal(write?.headers["x-ms-session-token"], undefined);
      assert.equal(read?.headers["x-ms-session-token"], "0:-1#1", "reads see the writes of the same client");
    });
  });
});

describe("Azure table", () => {
  const closing: (() => Promise<void>)[] = [];
  after(() => Promise.all(closing.map((close) => close())));

  tableSuite(async (layout) => {
    const cosmos = cosmosStandIn();
    const server = await fakeServer((request) =>
      request.url.startsWith("/identity?")
        ? { json: { access_token: "t", expires_on: "9999999999" } }
        : cosmos.answer(request),
    );
    closing.push(server.close);
    process.env.IDENTITY_ENDPOINT = `${server.url}/identity`;
    process.env.IDENTITY_HEADER = "platform";
    const module = fresh<typeof Table>("azure/table");
    const config = { endpoint: server.url, database: "d", container: "c", ...layout };
    return {
      readWriter: module.readWriter<Record<string, unknown>>(config),
      reader: module.reader<Record<string, unknown>>(config),
    };
  });
});
