/** Sessions and batches: what the Service Bus trigger hands over, after the names of its binding data. */
import assert from "node:assert/strict";
import type { Message } from "../../runtime/handler";
import { type AppRequest, called } from "./azure-app";
import { busMessage, SENT } from "./events";
import { Order } from "./support";

const order = (id: string) => ({ id, quantity: 1 });
const app = (handler: unknown, more: Partial<AppRequest> = {}): AppRequest => ({
  adapter: "queue-worker",
  handler,
  parts: { schema: Order },
  ...more,
});
const fails = () => Promise.reject(new RangeError("no such sku"));

describe("Azure queue worker with sessions", () => {
  const sessions = { environment: { SB_SESSIONS: "true" } };
  const message = (attempt: number) => {
    const { message: input, triggerMetadata } = busMessage({ id: "a", body: order("o1"), attempt });
    return { input, context: { triggerMetadata: { ...triggerMetadata, sessionId: "customer-1" } } };
  };

  it("tells the handler the key, and completes what it handles", async () => {
    const seen: Message<unknown>[] = [];
    const handler = async (messages: readonly Message<unknown>[]) => void seen.push(...messages);
    const [{ thrown, sent } = {}] = await called(app(handler, sessions), [message(1)]);
    assert.deepEqual([thrown, sent], [undefined, []]);
    assert.deepEqual(seen, [{ id: "a", key: "customer-1", body: order("o1"), attempt: 1, sentAt: new Date(SENT) }]);
  });

  it("keeps a failed message in its place: no copy, the call waits out its backoff and has it abandoned", async () => {
    const settings = { backoff: { minSeconds: 1, maxSeconds: 1 } };
    const began = Date.now();
    const [{ thrown, sent } = {}] = await called(app(fails, { ...sessions, settings }), [message(1)]);
    assert.match(String(thrown?.message), /RangeError: no such sku/);
    assert.deepEqual(sent, []);
    assert.ok(Date.now() - began >= 490, "half of the backoff at least");
  });

  it("waits no longer than its own time lasts", async () => {
    const settings = { timeoutSeconds: 2, backoff: { minSeconds: 60, maxSeconds: 60 } };
    const began = Date.now();
    const [{ thrown } = {}] = await called(app(fails, { ...sessions, settings }), [message(1)]);
    assert.ok(thrown);
    assert.ok(Date.now() - began < 2000);
  });

  it("buries the last attempt under its key, and lets the rest of the session go", async () => {
    const [{ thrown, sent } = {}] = await called(app(fails, sessions), [message(5)]);
    assert.equal(thrown, undefined);
    assert.deepEqual(
      sent?.map(({ queue, broker, properties }) => [queue, broker.SessionId, properties["sb-error"]]),
      [["own-dead", "customer-1", "RangeError: no such sku"]],
    );
  });
});

describe("Azure queue worker with batches", () => {
  const batched = { environment: { SB_BATCH: "true" } };
  /** Facts come in lists, one value a message. */
  const batch = (
    ...messages: readonly { readonly id: string; readonly body: unknown; readonly attempt?: number }[]
  ) => ({
    input: messages.map(({ body }) => body),
    context: {
      triggerMetadata: {
        messageIdArray: messages.map(({ id }) => id),
        deliveryCountArray: messages.map(({ attempt = 1 }) => attempt),
        enqueuedTimeUtcArray: messages.map(() => new Date(SENT).toISOString()),
        applicationPropertiesArray: messages.map(({ id }) => ({ tenant: `of ${id}` })),
      },
    },
  });

  it("hands all of them to the handler at once, each with its own facts", async () => {
    let seen: readonly Message<unknown>[] = [];
    const handler = async (messages: readonly Message<unknown>[]) => {
      seen = messages;
    };
    await called(app(handler, batched), [
      batch({ id: "a", body: order("o1") }, { id: "b", body: order("o2"), attempt: 3 }),
    ]);
    assert.deepEqual(
      seen.map(({ id, body, attempt }) => [id, body, attempt]),
      [
        ["a", order("o1"), 1],
        ["b", order("o2"), 3],
      ],
    );
  });

  it("settles each by itself: a copy for what failed, a grave for what failed for the last time, the rest is done", async () => {
    const handler = async (messages: readonly Message<unknown>[]) => ({
      failed: messages.filter(({ id }) => id !== "b").map(({ id }) => ({ id, error: new RangeError("no such sku") })),
    });
    const [{ thrown, sent } = {}] = await called(app(handler, batched), [
      batch(
        { id: "a", body: order("o1") },
        { id: "b", body: order("o2") },
        { id: "c", body: order("o3"), attempt: 5 },
        { id: "d", body: { id: 4 } },
      ),
    ]);
    assert.equal(thrown, undefined, "the batch is completed");
    assert.deepEqual(
      sent?.map(({ queue, body, properties }) => [queue, JSON.parse(body).id, properties.tenant]),
      [
        ["own", "o1", "of a"],
        ["own-dead", "o3", "of c"],
        ["own", 4, "of d"],
      ],
    );
  });

  it("has all of them again where one could not be put away", async () => {
    const [{ thrown, lines } = {}] = await called(app(fails, { ...batched, refusing: ["own"] }), [
      batch({ id: "a", body: order("o1") }, { id: "b", body: order("o2") }),
    ]);
    assert.match(String(thrown?.message), /RangeError: no such sku/);
    assert.match(lines?.join("\n") ?? "", /backoff not set/);
  });
});
