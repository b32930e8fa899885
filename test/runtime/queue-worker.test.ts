import assert from "node:assert/strict";
import type { QueueSender } from "../../runtime/clients";
import type { QueueHandler } from "../../runtime/handler";
import { createQueueWorker, type Delivery, type Outcome } from "../../runtime/queue-worker";
import type { Parts, QueueWorkerSettings } from "../../runtime/settings";
import { suppression } from "../../runtime/suppression";
import { currentTraceparent } from "../../runtime/trace";
import { TRACE_ID, TRACEPARENT } from "./events";
import { memoryIdempotency, Order, recordingSink, WORKER } from "./support";

const delivery = (id: string, body: unknown = { id, quantity: 1 }, more: Partial<Delivery> = {}): Delivery => ({
  id,
  body: typeof body === "string" ? body : JSON.stringify(body),
  attempt: 1,
  sentAt: new Date(0),
  ...more,
});

function worker<Uses>(
  handler: QueueHandler<Order, Uses>,
  parts: Partial<Parts> = {},
  settings: Partial<QueueWorkerSettings> = {},
) {
  const { sink, records } = recordingSink();
  const environment: Record<string, string> = {
    SB_SETTINGS: JSON.stringify({ ...WORKER, ...settings }),
    SB_IDEMPOTENCY: "{}",
  };
  for (const key of Object.keys(parts.uses ?? {})) environment[`SB_USE_${key.toUpperCase()}`] = "{}";
  const { run } = createQueueWorker(handler, { schema: Order, uses: {}, ...parts }, { environment, sink });
  return { records, run: (...deliveries: readonly Delivery[]) => run(deliveries, () => 30_000) };
}

const kinds = (outcomes: readonly Outcome[]) => outcomes.map(({ kind }) => kind);
const cause = (outcome: Outcome | undefined) => (outcome?.kind === "failed" ? outcome.cause : undefined);

describe("queue worker", () => {
  it("hands the parsed batch to the handler in one call", async () => {
    const seen: unknown[] = [];
    const { run } = worker<unknown>(async (messages, ctx) => {
      seen.push(messages, ctx.remainingMs());
    });
    assert.deepEqual(kinds(await run(delivery("a"), delivery("b", { id: "b", quantity: 2 }, { attempt: 3 }))), [
      "handled",
      "handled",
    ]);
    assert.deepEqual(seen, [
      [
        { id: "a", body: { id: "a", quantity: 1 }, attempt: 1, sentAt: new Date(0) },
        { id: "b", body: { id: "b", quantity: 2 }, attempt: 3, sentAt: new Date(0) },
      ],
      30_000,
    ]);
  });

  it("fails a message that does not parse, and only that one", async () => {
    const seen: string[] = [];
    const { run } = worker<unknown>(async (messages) => {
      seen.push(...messages.map(({ id }) => id));
    });
    const outcomes = await run(delivery("a", "{"), delivery("b"), delivery("c", { id: 7, quantity: 0 }));
    assert.deepEqual(kinds(outcomes), ["failed", "handled", "failed"]);
    assert.deepEqual(seen, ["b"]);
    assert.deepEqual(cause(outcomes[0]), { name: "InvalidMessage", message: "the body is not JSON" });
    assert.deepEqual(cause(outcomes[2])?.message, "the body is not what the schema says at /id, /quantity");
  });

  it("does not call the handler when no message is left for it", async () => {
    let calls = 0;
    const { run } = worker<unknown>(async () => {
      calls++;
    });
    await run(delivery("a", "{"));
    assert.equal(calls, 0);
  });

  it("fails the whole batch when the handler throws", async () => {
    const { run, records } = worker<unknown>(() => Promise.reject(new RangeError("no such sku")));
    const outcomes = await run(delivery("a"), delivery("b"));
    assert.deepEqual(outcomes.map(cause), Array(2).fill({ name: "RangeError", message: "no such sku" }));
    assert.deepEqual(
      records.map((record) => [record.level, record.messageId, record.cause, record.component]),
      [
        ["WARN", "a", "RangeError: no such sku", "fulfil"],
        ["WARN", "b", "RangeError: no such sku", "fulfil"],
      ],
    );
  });

  it("also when it throws before it returns a promise", async () => {
    const { run } = worker<unknown>(() => {
      throw new Error("at once");
    });
    assert.deepEqual(cause((await run(delivery("a")))[0]), { name: "Error", message: "at once" });
  });

  it("fails exactly the messages that a partial failure names", async () => {
    const { run } = worker<unknown>(async () => ({ failed: [{ id: "b", error: new TypeError("late") }] }));
    const outcomes = await run(delivery("a"), delivery("b"), delivery("c"));
    assert.deepEqual(kinds(outcomes), ["handled", "failed", "handled"]);
    assert.deepEqual(cause(outcomes[1]), { name: "TypeError", message: "late" });
  });

  for (const nonsense of [
    { failed: "x" },
    { failed: [{}] },
    { failed: [{ id: "z", error: 1 }] },
    { failed: [null] },
    {},
    null,
    5,
    [],
    { failed: [{ id: "a" }, { id: "z" }] },
  ])
    it(`takes ${JSON.stringify(nonsense)} as a failure of the batch`, async () => {
      const handler = (async () => nonsense) as unknown as QueueHandler<Order, unknown>;
      const outcomes = await worker(handler).run(delivery("a"), delivery("b"));
      assert.deepEqual(kinds(outcomes), ["failed", "failed"]);
      assert.equal(cause(outcomes[0])?.name, "InvalidResult");
    });

  it("continues the sender's trace, in the context, in logs and in what clients send", async () => {
    let inside = "";
    const { run, records } = worker<unknown>(async (_messages, ctx) => {
      await Promise.resolve();
      inside = currentTraceparent() ?? "";
      assert.equal(ctx.traceId, TRACE_ID);
      ctx.log.info("hello", { orders: 1, traceId: "forged", component: "forged" });
      throw new Error("x");
    });
    const outcomes = await run(delivery("a", undefined, { traceparent: TRACEPARENT }));
    assert.match(inside, new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`));
    assert.notEqual(inside, TRACEPARENT);
    assert.deepEqual(
      records.map(({ traceId, component }) => [traceId, component]),
      Array(2).fill([TRACE_ID, "fulfil"]),
    );
    assert.equal(outcomes[0]?.kind === "failed" && outcomes[0].traceparent, TRACEPARENT);
    assert.equal(currentTraceparent(), undefined);
  });

  it("starts a trace of its own for a batch of several, and each failure keeps its sender's", async () => {
    const other = TRACEPARENT.replace("4bf9", "aaaa");
    let traceId = "";
    const { run, records } = worker<unknown>(async (_messages, ctx) => {
      traceId = ctx.traceId;
      throw new Error("x");
    });
    const outcomes = await run(
      delivery("a", undefined, { traceparent: TRACEPARENT }),
      delivery("b", undefined, { traceparent: other }),
    );
    assert.ok(![TRACE_ID, other.split("-")[1]].includes(traceId));
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind === "failed" && outcome.traceparent),
      [TRACEPARENT, other],
    );
    assert.deepEqual(
      records.map(({ senderTraceId }) => senderTraceId),
      [TRACE_ID, other.split("-")[1]],
    );
  });

  it("gives the handler the clients of its uses, configured from their variables", async () => {
    const configs: unknown[] = [];
    const sent: unknown[] = [];
    const queue: QueueSender<string> = { send: async (message) => ({ id: String(sent.push(message)) }) };
    const factory = (config: unknown) => {
      configs.push(config);
      return queue;
    };
    const { run } = worker<{ queue: QueueSender<string> }>(
      async (_messages, { uses }) => {
        await uses.queue.send("x");
      },
      { uses: { queue: factory } },
    );
    assert.deepEqual(kinds(await run(delivery("a"))), ["handled"]);
    assert.deepEqual([configs, sent], [[{}], ["x"]]);
  });
});

describe("queue worker with idempotency", () => {
  const idempotent = (handler: QueueHandler<Order, unknown>, by = "id") => {
    const { table, rows } = memoryIdempotency();
    const made = worker(
      handler,
      { idempotency: suppression(() => table) },
      { idempotency: { by, windowSeconds: 3600 } },
    );
    return { ...made, rows };
  };

  it("suppresses a second message of the same key, and handles others", async () => {
    const seen: string[] = [];
    const { run } = idempotent(async (messages) => {
      seen.push(...messages.map(({ body }) => body.id));
    });
    assert.deepEqual(kinds(await run(delivery("m1", { id: "o1", quantity: 1 }))), ["handled"]);
    assert.deepEqual(
      kinds(await run(delivery("m2", { id: "o1", quantity: 1 }), delivery("m3", { id: "o2", quantity: 1 }))),
      ["duplicate", "handled"],
    );
    assert.deepEqual(seen, ["o1", "o2"]);
  });

  it("by the queue's own id under @id", async () => {
    let calls = 0;
    const { run } = idempotent(async () => {
      calls++;
    }, "@id");
    await run(delivery("m1", { id: "o1", quantity: 1 }));
    assert.deepEqual(kinds(await run(delivery("m2", { id: "o1", quantity: 1 }))), ["handled"]);
    assert.deepEqual(kinds(await run(delivery("m1", { id: "o9", quantity: 1 }))), ["duplicate"]);
    assert.equal(calls, 2);
  });

  it("gives the key back when the handler fails, so that the retry is handled", async () => {
    let calls = 0;
    const { run } = idempotent(async () => {
      if (++calls === 1) throw new Error("once");
    });
    assert.deepEqual(kinds(await run(delivery("m1"))), ["failed"]);
    assert.deepEqual(kinds(await run(delivery("m1"))), ["handled"]);
    assert.deepEqual(kinds(await run(delivery("m1"))), ["duplicate"]);
    assert.equal(calls, 2);
  });

  it("lets two messages of one key in one batch share one fate", async () => {
    let fail = true;
    let size = 0;
    const { run } = idempotent(async (messages) => {
      size = messages.length;
      if (fail) throw new Error("x");
    });
    const twins = [delivery("m1", { id: "o", quantity: 1 }), delivery("m2", { id: "o", quantity: 1 })];
    assert.deepEqual(kinds(await run(...twins)), ["failed", "failed"]);
    fail = false;
    assert.deepEqual(kinds(await run(...twins)), ["handled", "duplicate"]);
    assert.equal(size, 1);
  });

  it("fails, and does not suppress, a message whose key another call is working on", async () => {
    let finish = () => {};
    const { run } = idempotent(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    const first = run(delivery("m1"));
    await new Promise(setImmediate);
    const second = (await run(delivery("m1")))[0];
    assert.equal(cause(second)?.name, "InProgress");
    finish();
    assert.deepEqual(kinds(await first), ["handled"]);
  });

  it("fails a message without a usable key, and calls no handler when the store is down", async () => {
    let calls = 0;
    const { run } = idempotent(async () => {
      calls++;
    }, "customer.number");
    assert.equal(
      cause((await run(delivery("m1")))[0])?.message,
      "the idempotency key customer.number is missing, or neither text nor number",
    );
    const { table } = memoryIdempotency();
    const down = { ...table, put: () => Promise.reject(new Error("store is down")) };
    const other = worker<unknown>(
      async () => {
        calls++;
      },
      { idempotency: suppression(() => down) },
      { idempotency: { by: "id", windowSeconds: 60 } },
    );
    assert.equal(cause((await other.run(delivery("m1")))[0])?.message, "store is down");
    assert.equal(calls, 0);
  });

  it("keeps no key in the store in clear", async () => {
    const { run, rows } = idempotent(async () => {});
    await run(delivery("m1", { id: "jane@example.com", quantity: 1 }));
    assert.equal(JSON.stringify([...rows]).includes("jane"), false);
    assert.match([...rows.values()][0]?.id as string, /^fulfil:[\w-]{43}$/);
  });
});
