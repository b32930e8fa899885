/** Queues and buses of AWS against moto's SQS, EventBridge and SNS. */
import assert from "node:assert/strict";
import type * as Queue from "../../runtime/aws/queue";
import { MessageTooLarge } from "../../runtime/clients";
import type { Context, Message } from "../../runtime/handler";
import { continueTrace, withTrace } from "../../runtime/trace";
import { listed, redriven } from "../cli/dlq/support";
import { TRACE_ID, TRACEPARENT } from "../runtime/events";
import { captured, fresh, Order } from "../runtime/support";
import { boxOf, depth, drained, instance, poll, queue, received, workedQueue } from "./aws-world";
import { until } from "./gcp-world";
import { onMoto } from "./moto";

const order = { id: "☃", quantity: 1 };

describe("AWS queues on moto", function () {
  this.timeout(60_000);
  onMoto();

  type Seen = Message<typeof order>;
  const sender = (config: object) => fresh<typeof Queue>("aws/queue").sender({ maxMessageBytes: 1000, ...config });

  it("deliver what was sent, again and again until it is handled, in the sender's trace", async () => {
    const { main, dead } = await workedQueue("fulfil");
    const seen: Seen[] = [];
    const traces = new Set<string>();
    const handler = async (messages: readonly Seen[], { traceId }: Context) => {
      seen.push(...messages);
      traces.add(traceId);
      if (seen.length < 3) throw new Error("not yet");
    };
    const worker = await instance("queueWorker", handler, { deadLetter: dead.url }, { schema: Order });
    const { id } = await withTrace(continueTrace(TRACEPARENT), () => sender({ url: main.url }).send(order));
    const log = await captured(() => drained(main, worker));
    assert.deepEqual(
      seen.map(({ sentAt: _, ...message }) => message),
      [1, 2, 3].map((attempt) => ({ id, body: order, attempt })),
    );
    assert.ok(Math.abs((seen[2]?.sentAt.getTime() ?? 0) - Date.now()) < 60_000, String(seen[2]?.sentAt));
    assert.deepEqual([...traces], [TRACE_ID]);
    assert.equal(log.match(/Error: not yet/g)?.length, 2);
  });

  it("are sent nothing that is too large", async () => {
    const { main } = await workedQueue("fulfil");
    await assert.rejects(sender({ url: main.url }).send({ id: "x".repeat(1000), quantity: 1 }), MessageTooLarge);
    assert.equal(await depth(main), 0);
  });

  it("leave a message that failed alone for its backoff", async () => {
    const { main, dead } = await workedQueue("fulfil");
    const backoff = { minSeconds: 1, maxSeconds: 60 };
    const failed: number[] = [];
    const handler = async () => {
      failed.push(Date.now());
      if (failed.length < 3) throw new Error("not yet");
    };
    const worker = await instance("queueWorker", handler, { deadLetter: dead.url, backoff });
    await sender({ url: main.url }).send(order);
    await captured(async () => {
      for (let polls = 0; polls < 10 && failed.length < 3; polls++) await poll(main, worker, 1);
    });
    const [first = 0, second = 0, third = 0] = failed;
    const [once, twice] = [second - first, third - second];
    assert.ok(once >= 900 && once < 2900 && twice >= 1900, `after ${once} and ${twice} ms`);
  });

  it("bring only the messages that failed of a batch again", async () => {
    const { main, dead } = await workedQueue("fulfil");
    const batches: number[][] = [];
    const handler = async (messages: readonly Seen[]) => {
      batches.push(messages.map(({ body }) => body.quantity));
      const failed = batches.length > 1 ? [] : messages.filter(({ body }) => body.quantity % 3 === 0);
      return { failed: failed.map(({ id }) => ({ id, error: new Error("no room") })) };
    };
    const worker = await instance("queueWorker", handler, { deadLetter: dead.url }, { schema: Order });
    const { send } = sender({ url: main.url });
    for (let quantity = 1; quantity <= 7; quantity++) await send({ id: "o", quantity });
    await captured(() => drained(main, worker));
    assert.deepEqual(batches, [
      [1, 2, 3, 4, 5, 6, 7],
      [3, 6],
    ]);
  });

  it("keep the order of every group while its messages fail, and tell the key that is no group's name", async () => {
    const { main, dead } = await workedQueue("ordered", true);
    const handled = new Map<string, number[]>();
    const attempts: Record<string, number> = {};
    const handler = async (messages: readonly Seen[]) => {
      const failed: { id: string; error: Error }[] = [];
      for (const { id, key = "", body } of messages) {
        attempts[id] = (attempts[id] ?? 0) + 1;
        if (body.quantity % 3 === 2 && attempts[id] < 3) failed.push({ id, error: new Error("not yet") });
        else handled.set(key, [...(handled.get(key) ?? []), body.quantity]);
      }
      return { failed };
    };
    const worker = await instance("queueWorker", handler, { deadLetter: dead.url }, { schema: Order });
    const { send } = sender({ url: main.url, orderBy: "id" });
    const keys = ["a", "☃ of all", "c".repeat(200)];
    for (let quantity = 1; quantity <= 6; quantity++) for (const id of keys) await send({ id, quantity });
    await captured(() => drained(main, worker));
    assert.deepEqual([...handled.keys()].sort(), keys.sort());
    for (const key of keys) assert.deepEqual(handled.get(key), [1, 2, 3, 4, 5, 6], key);
  });

  it("take a repeat of what is deduplicated, and keep it from the worker", async () => {
    const { main } = await workedQueue("ordered", true);
    const { send } = sender({ url: main.url, orderBy: "id", deduplicateBy: "id" });
    for (let round = 0; round < 3; round++) await send(order);
    await send({ ...order, id: "other" });
    assert.equal(await depth(main), 2);
  });

  for (const fifo of [false, true])
    it(`bury the last delivery with its cause, and take it back${fifo ? " into its group" : ""}`, async () => {
      const { main, dead } = await workedQueue("fulfil", fifo, 3);
      const seen: Seen[] = [];
      let broken = true;
      const handler = async (messages: readonly Seen[]) => {
        if (broken) throw new RangeError("no such sku");
        seen.push(...messages);
      };
      const settings = { deadLetter: dead.url, maxDeliveries: 3 };
      const worker = await instance("queueWorker", handler, settings, { schema: Order });
      const { send } = sender({ url: main.url, ...(fifo && { orderBy: "id" }) });
      const { id } = await withTrace(continueTrace(TRACEPARENT), () => send(order));
      const calls: (readonly string[] | undefined)[] = [];
      await captured(async () => {
        for (let call = 0; call < 4; call++) calls.push((await poll(main, worker))?.failed);
      });
      assert.deepEqual(calls, [[id], [id], [], undefined], "the last one is done: its dead letter is sent");
      const box = boxOf({ main, dead });
      const [letter] = await listed(box);
      const { body, error, attempts, traceparent, key } = letter ?? assert.fail();
      assert.deepEqual([body, error, attempts], [JSON.stringify(order), "RangeError: no such sku", 3]);
      assert.equal(traceparent?.split("-")[1], TRACE_ID);
      assert.equal(key === undefined, !fifo);
      broken = false;
      assert.match(await redriven(box), /^1 dead letter sent back/);
      await drained(main, worker);
      assert.deepEqual(
        seen.map(({ body, attempt, key }) => [body, attempt, key]),
        [[order, 1, fifo ? "☃" : undefined]],
      );
      assert.equal(await depth(dead), 0);
    });

  it("have what no worker lived to bury moved by SQS itself, and take it back too", async () => {
    const { main, dead } = await workedQueue("fulfil", false, 2, { VisibilityTimeout: "0" });
    await sender({ url: main.url }).send(order);
    const crashes = () => Promise.reject(new Error("out of memory"));
    for (let call = 0; call < 2; call++) await assert.rejects(poll(main, crashes), /out of memory/);
    assert.deepEqual(await received(main), []);
    const box = boxOf({ main, dead });
    const [letter] = await listed(box);
    assert.deepEqual([letter?.body, letter?.error], [JSON.stringify(order), ""]);
    assert.match(await redriven(box), /^1 dead letter sent back/);
    const seen: Seen[] = [];
    const handler = async (messages: readonly Seen[]) => void seen.push(...messages);
    await drained(main, await instance("queueWorker", handler, { deadLetter: dead.url }, { schema: Order }));
    assert.deepEqual(seen[0]?.body, order);
  });

  it("hold a delayed message back", async () => {
    const main = await queue("later");
    const config = { url: main.url, maxMessageBytes: 1000, maxDelaySeconds: 900 };
    const { send } = fresh<typeof Queue>("aws/queue").delayedSender(config);
    const before = Date.now();
    await send(order, { delaySeconds: 1 });
    assert.deepEqual(await received(main), []);
    assert.equal(await depth(main), 1);
    await until("the message", async () => (await received(main)).length === 1);
    assert.ok(Date.now() - before >= 900);
    await assert.rejects(send(order, { delaySeconds: 901 }), RangeError);
  });
});
