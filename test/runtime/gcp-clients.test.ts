import assert from "node:assert/strict";
import { NotGranted } from "../../runtime/clients";
import type * as Queue from "../../runtime/gcp/queue";
import type * as Secret from "../../runtime/gcp/secret";
import type * as Table from "../../runtime/gcp/table";
import { continueTrace, withTrace } from "../../runtime/trace";
import { TRACE_ID, TRACEPARENT } from "./events";
import { firestoreStandIn } from "./firestore-stand-in";
import { type Answer, fakeServer, fresh, type RecordedRequest, withEnvironment } from "./support";
import { tableSuite } from "./table-suite";

async function serving<Result>(
  variable: string,
  answer: (request: RecordedRequest) => Answer,
  work: (requests: readonly RecordedRequest[]) => Promise<Result>,
): Promise<Result> {
  const server = await fakeServer(answer);
  try {
    return await withEnvironment({ [variable]: server.host }, () => work(server.requests));
  } finally {
    await server.close();
  }
}

describe("Google Cloud clients", () => {
  it("publish a message with its trace", () =>
    serving(
      "PUBSUB_EMULATOR_HOST",
      () => ({ json: { messageIds: ["42"] } }),
      async (requests) => {
        const sender = fresh<typeof Queue>("gcp/queue").sender({
          topic: "projects/shop/topics/fulfil",
          maxMessageBytes: 100,
        });
        assert.deepEqual(await withTrace(continueTrace(TRACEPARENT), () => sender.send({ name: "☃" })), { id: "42" });
        const [request] = requests;
        assert.equal(`${request?.method} ${request?.url}`, "POST /v1/projects/shop/topics/fulfil:publish");
        const { messages } = JSON.parse(request?.body ?? "");
        assert.equal(Buffer.from(messages[0].data, "base64").toString(), '{"name":"☃"}');
        assert.match(messages[0].attributes.traceparent, new RegExp(TRACE_ID));
      },
    ));

  it("report a refused call as not granted", () =>
    serving(
      "PUBSUB_EMULATOR_HOST",
      () => ({ status: 403, json: { error: { status: "PERMISSION_DENIED" } } }),
      async () => {
        const sender = fresh<typeof Queue>("gcp/queue").sender({
          topic: "projects/shop/topics/fulfil",
          maxMessageBytes: 100,
        });
        await assert.rejects(sender.send({}), NotGranted);
      },
    ));

  it("read a secret's latest version", () =>
    serving(
      "SECRET_MANAGER_EMULATOR_HOST",
      () => ({ json: { name: "x", payload: { data: Buffer.from("hüsh").toString("base64") } } }),
      async (requests) => {
        assert.equal(
          await fresh<typeof Secret>("gcp/secret").reader({ secret: "projects/shop/secrets/key" }).read(),
          "hüsh",
        );
        assert.equal(requests[0]?.url, "/v1/projects/shop/secrets/key/versions/latest:access");
      },
    ));

  it("take the service account's token from the metadata server, and keep it", async () => {
    const { endpoint } = fresh<typeof import("../../runtime/gcp/token")>("gcp/token");
    await serving(
      "GCE_METADATA_HOST",
      () => ({ json: { access_token: "ya29", expires_in: 3599, token_type: "Bearer" } }),
      async (requests) => {
        for (let round = 0; round < 2; round++)
          assert.deepEqual(await endpoint("pubsub.googleapis.com", "NO_EMULATOR"), {
            base: "https://pubsub.googleapis.com",
            headers: { "content-type": "application/json", authorization: "Bearer ya29" },
          });
        assert.deepEqual(
          requests.map(({ url, headers }) => [url, headers["metadata-flavor"]]),
          [["/computeMetadata/v1/instance/service-accounts/default/token", "Google"]],
        );
      },
    );
  });

  it("write an item as text under a name without its key's characters, with a timestamp to expire at", () => {
    const firestore = firestoreStandIn();
    return serving("FIRESTORE_EMULATOR_HOST", firestore.answer, async (requests) => {
      const config = { project: "shop", database: "orders", collection: "orders", key: "c", sort: "s", expires: "e" };
      const table = fresh<typeof Table>("gcp/table").readWriter<{ c: string; s: string; e: number }>(config);
      await table.put({ c: "a/b", s: "..", e: 1_900_000_000 });
      const [request] = requests;
      assert.equal(request?.url, "/v1/projects/shop/databases/orders/documents:commit");
      const root = "projects/shop/databases/orders/documents";
      const id = (text: string) => `k${Buffer.from(text).toString("base64url")}`;
      assert.deepEqual(JSON.parse(request?.body ?? ""), {
        writes: [
          {
            update: {
              name: `${root}/orders/${id("a/b")}/orders/${id("..")}`,
              fields: {
                partition: { stringValue: "a/b" },
                sort: { stringValue: ".." },
                item: { stringValue: '{"c":"a/b","s":"..","e":1900000000}' },
                expires: { timestampValue: "2030-03-17T17:46:40.000Z" },
              },
            },
          },
        ],
      });
    });
  });
});

describe("Google Cloud table", () => {
  const closing: (() => Promise<void>)[] = [];
  after(async () => {
    delete process.env.FIRESTORE_EMULATOR_HOST;
    await Promise.all(closing.map((close) => close()));
  });

  tableSuite(async (layout) => {
    const server = await fakeServer(firestoreStandIn().answer);
    closing.push(server.close);
    process.env.FIRESTORE_EMULATOR_HOST = server.host;
    const module = fresh<typeof Table>("gcp/table");
    const config = { project: "p", database: "d", collection: "c", ...layout };
    return {
      readWriter: module.readWriter<Record<string, unknown>>(config),
      reader: module.reader<Record<string, unknown>>(config),
    };
  });
});
