import assert from "node:assert/strict";
import type { InvocationContext } from "@azure/functions";
import * as z from "zod/mini";
import type * as AwsHttp from "../../runtime/aws/http-route";
import type * as AwsQueue from "../../runtime/aws/queue-worker";
import type * as AzureHttp from "../../runtime/azure/http-route";
import type * as AzureQueue from "../../runtime/azure/queue-worker";
import type * as GcpHttp from "../../runtime/gcp/http-route";
import type * as GcpQueue from "../../runtime/gcp/queue-worker";
import type { AnyHttpHandler } from "../../runtime/http-route";
import type { AnyQueueHandler } from "../../runtime/queue-worker";
import { fieldNames } from "../../runtime/schema";
import { suppression } from "../../runtime/suppression";
import {
  API_ID,
  apiGatewayEvent,
  bearer,
  busMessage,
  frameworkRequest,
  frameworkResponse,
  functionsRequest,
  lambdaContext,
  sqsEvent,
  wrappedPush,
} from "./events";
import {
  AWS_ENVIRONMENT,
  captured,
  fakeServer,
  fresh,
  memoryIdempotency,
  ROUTE,
  WORKER,
  withEnvironment,
} from "./support";

const MARKER = "MARKER-4711";
const Payload = z.strictObject({ id: z.string(), by: z.record(z.string(), z.number()), kind: z.literal("a") });

/** Bodies that carry the marker in every place where a failure could pick it up. */
const BODIES = [
  MARKER,
  `{"id":"${MARKER}`,
  JSON.stringify(MARKER),
  JSON.stringify({ id: 1, by: {}, kind: MARKER }),
  JSON.stringify({ id: "a", by: { [MARKER]: "x" }, kind: "a" }),
  JSON.stringify({ id: "a", by: {}, kind: "a", [MARKER]: 1 }),
  JSON.stringify({ id: MARKER, by: {}, kind: "a" }),
  JSON.stringify({ messageId: MARKER, id: MARKER }),
];

const FAILING: readonly AnyQueueHandler[] = [
  () => Promise.reject(new Error("fixed text")),
  async (messages) => {
    JSON.parse((messages as readonly { readonly body: { readonly id: string } }[])[0]?.body.id ?? "");
  },
  async (messages) => {
    throw { messages };
  },
  (async (messages: readonly unknown[]) => messages) as unknown as AnyQueueHandler,
  (async (messages: readonly { readonly body: { readonly id: string } }[]) => ({
    failed: messages.map(({ body }) => ({ id: body.id, error: body })),
  })) as unknown as AnyQueueHandler,
];

describe("logs and causes", () => {
  it("hold nothing of a message, whatever fails on whichever cloud", async () => {
    const server = await fakeServer(({ url }) =>
      url.startsWith("/identity")
        ? { json: { access_token: "t", expires_on: "9999999999" } }
        : { status: 400, json: { error: MARKER } },
    );
    const settings = { ...WORKER, deadLetter: `${server.url}/1/dead`, idempotency: { by: "id", windowSeconds: 60 } };
    const environment = {
      ...AWS_ENVIRONMENT,
      AWS_ENDPOINT_URL: server.url,
      PUBSUB_EMULATOR_HOST: server.host,
      IDENTITY_ENDPOINT: `${server.url}/identity`,
      IDENTITY_HEADER: "x",
      SB_BUS__fullyQualifiedNamespace: server.url,
      SB_QUEUE: "fulfil",
      SB_SETTINGS: settings,
      SB_IDEMPOTENCY: {},
    };
    let text = "";
    let failures = 0;
    await withEnvironment(environment, async () => {
      for (const handler of FAILING) {
        const parts = { schema: Payload, uses: {}, idempotency: suppression(() => memoryIdempotency().table) };
        const azureLog = (line: string) => {
          text += `${line}\n`;
        };
        const written = await captured(async () => {
          const aws = fresh<typeof AwsQueue>("aws/queue-worker").queueWorker(handler, parts);
          const azure = fresh<typeof AzureQueue>("azure/queue-worker").queueWorker(handler, parts);
          const gcp = fresh<typeof GcpQueue>("gcp/queue-worker").queueWorker(handler, parts);
          for (const body of BODIES)
            for (const attempt of [1, 5]) {
              failures += (await aws(sqsEvent({ body, attempt }), lambdaContext())).batchItemFailures.length;
              const { message, triggerMetadata } = busMessage({ body, attempt });
              const context = {
                triggerMetadata,
                info: azureLog,
                warn: azureLog,
                error: azureLog,
              } as unknown as InvocationContext;
              await azure(message, context).catch((error: Error) => {
                failures++;
                text += `${error.message}\n`; // the host logs it
              });
              const response = frameworkResponse();
              await gcp(wrappedPush({ body, attempt }), response);
              failures += response.statusCode === 500 ? 1 : 0;
            }
        });
        text += written;
      }
    });
    await server.close();
    assert.equal(failures, FAILING.length * BODIES.length * 2 * 3, "every path fails");
    const lines = text.split("\n").filter((line) => line.includes("message failed"));
    assert.equal(lines.length, failures, "and every failure is logged");
    assert.equal(
      text.includes(MARKER),
      false,
      text.split("\n").find((line) => line.includes(MARKER)),
    );
    for (const { url } of server.requests) assert.equal(url.includes(MARKER), false);
  });

  it("hold nothing of a request, and answers hold nothing of a failure", async () => {
    const route = {
      ...ROUTE,
      method: "POST",
      path: "/orders/{id}",
      gateway: { apiId: API_ID, principalId: "p", serviceAccount: "g@x" },
    };
    const leaks: readonly AnyHttpHandler[] = [
      () => Promise.reject(new Error("INTERNAL")),
      async () => ({ status: 200, headers: { "x-a": `${MARKER}\n` } }),
      (async (request: { readonly body: string }) => JSON.parse(MARKER + request.body)) as unknown as AnyHttpHandler,
      (async () => ({ status: MARKER })) as unknown as AnyHttpHandler,
    ];
    let text = "";
    const azureLog = (line: string) => {
      text += line;
    };
    const replies: (string | undefined)[] = [];
    await withEnvironment({ SB_SETTINGS: [route] }, async () => {
      for (const handler of leaks) {
        const written = await captured(async () => {
          const asked = { method: "POST", path: `/orders/${MARKER}`, query: `q=${MARKER}`, body: MARKER };
          const parts = { uses: {} };
          const aws = fresh<typeof AwsHttp>("aws/http-route").httpRoute(handler, parts);
          replies.push(
            (await aws(apiGatewayEvent({ ...asked, route: "$default", headers: { cookie: MARKER } }), lambdaContext()))
              .body,
          );
          const azure = fresh<typeof AzureHttp>("azure/http-route").httpRoute(handler, parts);
          const context = { info: azureLog, warn: azureLog, error: azureLog };
          replies.push(
            String(
              (
                await azure(
                  functionsRequest({ ...asked, headers: { "x-ms-client-principal-id": "p", cookie: MARKER } }),
                  context,
                )
              ).body,
            ),
          );
          const gcp = fresh<typeof GcpHttp>("gcp/http-route").httpRoute(handler, parts);
          const response = frameworkResponse();
          await gcp(
            frameworkRequest({
              ...asked,
              headers: { authorization: bearer({ email: "g@x", email_verified: true }), cookie: MARKER },
            }),
            response,
          );
          replies.push(response.body);
        });
        text += written;
      }
    });
    assert.equal(text.match(/"message":"request failed"/g)?.length, leaks.length * 3);
    assert.equal(text.includes(MARKER), false);
    for (const reply of replies) {
      assert.equal(JSON.parse(reply ?? "").status, 500);
      assert.equal(/MARKER|INTERNAL/.test(reply ?? ""), false);
    }
  });

  it("name the fields that a schema states, and nothing that is data", () => {
    const schema = z.object({
      a: z.optional(z.array(z.object({ b: z.nullable(z.string()) }))),
      by: z.record(z.string(), z.object({ c: z.number() })),
    });
    const names = (value: unknown) => {
      const parsed = schema.safeParse(value);
      return parsed.success ? "" : fieldNames(schema, parsed.error.issues);
    };
    assert.equal(names({ a: [{ b: 1 }, { b: 2 }], by: { [MARKER]: { c: "x" } } }), "/a/*/b, /by/*/*");
    assert.equal(names(5), "the body itself");
    assert.equal(names({ a: 1 }), "/a, /by");
    const many = Object.fromEntries("abcdefg".split("").map((name) => [name, z.string()]));
    const wide = z.object(many).safeParse({});
    assert.equal(wide.success ? "" : fieldNames(z.object(many), wide.error.issues), "/a, /b, /c, /d, /e and 2 more");
  });
});
