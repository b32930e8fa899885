import assert from "node:assert/strict";
import type { SQSEvent } from "aws-lambda";
import type { Message } from "../../runtime/handler";
import { type Adapter, invoked } from "./aws-lambda";
import { sqsEvent } from "./events";
import { Order } from "./support";

type Given = readonly [id: string, group: string, attempt?: number];

/** Messages of a FIFO queue, in its order. */
function fifoEvent(...given: readonly Given[]): SQSEvent {
  const { Records } = sqsEvent(...given.map(([id, , attempt = 1]) => ({ id, attempt, body: { id, quantity: 1 } })));
  return {
    Records: Records.map((record, index) => ({
      ...record,
      attributes: {
        ...record.attributes,
        MessageGroupId: given[index]?.[1] ?? "",
        MessageDeduplicationId: record.messageId,
        SequenceNumber: `1885${index}`,
      },
      eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:fulfil.fifo",
    })),
  };
}

describe("AWS queue worker with order", () => {
  const calls: string[][] = [];
  beforeEach(() => {
    calls.length = 0;
  });
  const worker = (...failing: readonly string[]): Adapter => ({
    name: "queueWorker",
    parts: { schema: Order },
    handler: async (messages: readonly Message<Order>[]) => {
      calls.push(messages.map(({ body, key }) => `${key}:${body.id}`));
      const failed = messages.filter(({ body }) => failing.includes(body.id));
      return failed.length > 0 ? { failed: failed.map(({ id }) => ({ id, error: "x" })) } : undefined;
    },
  });

  it("hands out the messages of a group one after another, those of other groups at the same time", async () => {
    const event = fifoEvent(["1", "a"], ["2", "b"], ["3", "a"], ["4", "a"], ["5", "b"]);
    const { failures, asked } = await invoked(worker(), event);
    assert.deepEqual(calls, [["a:1", "b:2"], ["a:3", "b:5"], ["a:4"]]);
    assert.deepEqual([failures, asked], [[[]], []]);
  });

  it("hands out nothing behind a failure: all of it comes again, after the same wait", async () => {
    const event = fifoEvent(["1", "a", 2], ["2", "b"], ["3", "a"], ["4", "b"]);
    const { failures, asked } = await invoked(worker("1"), event);
    assert.deepEqual(calls, [["a:1", "b:2"], ["b:4"]]);
    assert.deepEqual(failures, [["1", "3"]]);
    const change = { action: "ChangeMessageVisibility", queue: "fulfil.fifo", seconds: 20 };
    const byReceipt = [...asked].sort((a, b) => String(a.receipt).localeCompare(String(b.receipt)));
    assert.deepEqual(byReceipt, [
      { ...change, receipt: "receipt-1" },
      { ...change, receipt: "receipt-3" },
    ]);
  });

  it("lets the rest of the group go once its dead letter is sent, which keeps the group", async () => {
    const { failures, asked } = await invoked(worker("1"), fifoEvent(["1", "a", 5], ["2", "a"]));
    assert.deepEqual([calls, failures], [[["a:1"], ["a:2"]], [[]]]);
    assert.equal(asked.length, 1);
    const { action, queue, group, deduplication, attributes } = asked[0] ?? {};
    assert.deepEqual(
      [action, queue, group, deduplication, attributes?.["sb-error"]],
      ["SendMessage", "fulfil-dead", "a", "1", "Error: x"],
    );
  });

  it("holds the group back when the dead letter cannot be sent", async () => {
    const answer = () => ({ status: 500, json: { __type: "InternalError" } });
    const { failures } = await invoked({ ...worker("1"), answer }, fifoEvent(["1", "a", 5], ["2", "a"]));
    assert.deepEqual([calls, failures], [[["a:1"]], [["1", "2"]]]);
  });

  it("tells the key that the sender meant, where the group is its digest", async () => {
    const event = fifoEvent(["1", "0f1e"]);
    Object.assign(event.Records[0]?.messageAttributes ?? {}, {
      "sb-key": { stringValue: "Zürich", dataType: "String" },
    });
    await invoked(worker(), event);
    assert.deepEqual(calls, [["Zürich:1"]]);
  });

  it("takes a group on a standard queue for fairness, and hands out all at once", async () => {
    const event = fifoEvent(["1", "a"], ["2", "a"]);
    for (const record of event.Records) record.eventSourceARN = record.eventSourceARN.replace(".fifo", "");
    const { failures } = await invoked(worker("1"), event);
    assert.deepEqual([calls, failures], [[["undefined:1", "undefined:2"]], [["1"]]]);
  });
});
