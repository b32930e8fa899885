/** Functions behind Kinesis and DynamoDB Streams, and behind their own queue. */
import assert from "node:assert/strict";
import type { DynamoDBRecord, DynamoDBStreamEvent, KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import type { DynamoRecord } from "../../runtime/aws/table-trigger";
import type { StreamRecord, TableChange } from "../../runtime/handler";
import { type Adapter, invoked } from "./aws-lambda";
import { sqsEvent } from "./events";
import { Order } from "./support";

const NOW = Math.floor(Date.now() / 1000);
/** Waits that a test does not notice. */
const FEED = {
  bisect: true,
  maxRecordAgeSeconds: 3600,
  maxDeliveries: 3,
  backoff: { minSeconds: 0.002, maxSeconds: 0.004 },
};
const order = (id: string) => ({ id, quantity: 1 });

/** https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
function kinesis(...records: readonly { readonly key: string; readonly body: unknown; readonly at?: number }[]) {
  return {
    Records: records.map(({ key, body, at = NOW + 0.5 }, index): KinesisStreamRecord => {
      const sequenceNumber = `4959033827149025660855969253836157109592157598913658889${index}`;
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return {
        kinesis: {
          kinesisSchemaVersion: "1.0",
          partitionKey: key,
          sequenceNumber,
          data: Buffer.from(text).toString("base64"),
          approximateArrivalTimestamp: at,
        },
        eventSource: "aws:kinesis",
        eventVersion: "1.0",
        eventID: `shardId-000000000006:${sequenceNumber}`,
        eventName: "aws:kinesis:record",
        invokeIdentityArn: "arn:aws:iam::123456789012:role/lambda-role",
        awsRegion: "eu-central-1",
        eventSourceARN: "arn:aws:kinesis:eu-central-1:123456789012:stream/clicks",
      };
    }),
  } satisfies KinesisStreamEvent;
}
const sequence = (event: KinesisStreamEvent, index: number) => event.Records[index]?.kinesis.sequenceNumber ?? "";

describe("AWS stream processor", () => {
  const seen: string[] = [];
  const got: StreamRecord<Order>[] = [];
  beforeEach(() => {
    seen.length = 0;
    got.length = 0;
  });
  /** Throws as a whole for a batch with one of these in it, as long as they have failed less often than they should. */
  const processor = (failing: Readonly<Record<string, number>> = {}): Adapter => {
    const left = { ...failing };
    return {
      name: "streamProcessor",
      parts: { schema: Order },
      settings: FEED,
      handler: async (records: readonly StreamRecord<Order>[]) => {
        seen.push(records.map(({ body, attempt }) => `${body.id}${attempt}`).join(" "));
        got.push(...records);
        for (const { body } of records) {
          const times = left[body.id] ?? 0;
          if (times <= 0) continue;
          left[body.id] = times - (records.length === 1 ? 1 : 0);
          throw new RangeError(`no such sku as ${body.id}`);
        }
      },
    };
  };

  it("tells the records with key, time and id", async () => {
    const event = kinesis({ key: "a", body: order("1") }, { key: "b", body: order("2") });
    const { failures, asked } = await invoked(processor(), event);
    assert.deepEqual([failures, asked, seen], [[[]], [], ["11 21"]]);
    assert.deepEqual(got[0], {
      id: `shardId-000000000006:${sequence(event, 0)}`,
      key: "a",
      body: order("1"),
      writtenAt: new Date((NOW + 0.5) * 1000),
      attempt: 1,
    });
  });

  it("halves a batch that fails, tries the failing record again, and goes on behind it", async () => {
    const event = kinesis(...["1", "2", "3", "4"].map((id) => ({ key: "a", body: order(id) })));
    const { failures, asked } = await invoked(processor({ "3": 1 }), event);
    assert.deepEqual([failures, asked], [[[]], []]);
    assert.deepEqual(seen, ["11 21 31 41", "11 21", "31 41", "31", "32", "41"]);
  });

  it("buries a record after its last delivery, with its content, key, cause and attempts", async () => {
    const event = kinesis({ key: "a", body: order("1") }, { key: "Zürich", body: order("2") });
    const { failures, asked } = await invoked(processor({ "2": 9 }), event);
    assert.deepEqual(failures, [[]]);
    assert.deepEqual(seen, ["11 21", "11", "21", "22", "23"]);
    assert.equal(asked.length, 1);
    const { traceparent, ...attributes } = asked[0]?.attributes ?? {};
    assert.match(traceparent ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
    assert.deepEqual(
      { ...asked[0], attributes },
      {
        action: "SendMessage",
        queue: "fulfil-dead",
        body: JSON.stringify(order("2")),
        attributes: {
          "sb-error": "RangeError: no such sku as 2",
          "sb-attempts": "3",
          "sb-id": `shardId-000000000006:${sequence(event, 1)}`,
          "sb-sent": new Date((NOW + 0.5) * 1000).toISOString(),
          "sb-key": "Zürich",
        },
      },
    );
  });

  it("buries at once what no delivery can help, without a look at what it says", async () => {
    const event = kinesis({ key: "a", body: "{" }, { key: "a", body: { id: "1" } }, { key: "a", body: order("3") });
    const { failures, asked } = await invoked(processor(), event);
    assert.deepEqual([failures, seen], [[[]], ["31"]]);
    assert.deepEqual(
      asked.map(({ body, attributes }) => [body, attributes?.["sb-error"], attributes?.["sb-attempts"]]),
      [
        ["{", "InvalidMessage: the body is not JSON", "1"],
        ['{"id":"1"}', "InvalidMessage: the body is not what the schema says at /quantity", "1"],
      ],
    );
  });

  it("buries what is too old when its turn comes, untried", async () => {
    const event = kinesis({ key: "a", body: order("1"), at: NOW - 3700 }, { key: "a", body: order("2") });
    const { failures, asked } = await invoked(processor(), event);
    assert.deepEqual([failures, seen, asked.length], [[[]], ["21"], 1]);
    assert.equal(asked[0]?.attributes?.["sb-error"], "Expired: older than 3600 s when its turn came");
  });

  it("reports from where the call's time did not suffice", async () => {
    const event = kinesis(
      { key: "a", body: order("1") },
      { key: "a", body: order("2") },
      { key: "a", body: order("3") },
    );
    const { failures, asked } = await invoked({ ...processor({ "2": 9 }), remaining: 1500 }, event);
    assert.deepEqual([failures, asked], [[[sequence(event, 1)]], []]);
    assert.ok(!seen.some((batch) => batch.startsWith("3")), "nothing behind it");
  });

  it("reports from where a dead letter could not be sent", async () => {
    const answer = () => ({ status: 500, json: { __type: "InternalError" } });
    const event = kinesis(
      { key: "a", body: order("1") },
      { key: "a", body: order("2") },
      { key: "a", body: order("3") },
    );
    const { failures, log } = await invoked({ ...processor({ "2": 9 }), answer }, event);
    assert.deepEqual(failures, [[sequence(event, 1)]]);
    assert.match(log, /"message":"dead letter not sent"/);
    assert.ok(!log.includes("quantity"), "no payload in the log");
  });

  it("takes back its dead letters from its own queue, with their key, and buries them again in the end", async () => {
    const given = (attempt: number) => {
      const event = sqsEvent({ id: "a", body: order("2"), attempt });
      const [record] = event.Records;
      Object.assign(record?.messageAttributes ?? {}, { "sb-key": { stringValue: "Zürich", dataType: "String" } });
      return event;
    };
    const { failures, asked } = await invoked(processor({ "2": 2 }), given(1), given(3), given(4));
    assert.deepEqual(failures, [["a"], [], []]);
    assert.deepEqual(seen, ["21", "23", "24"]);
    assert.equal(got[2]?.key, "Zürich");
    const [again, dead] = asked;
    assert.deepEqual(
      [again?.action, dead?.action, dead?.queue],
      ["ChangeMessageVisibility", "SendMessage", "fulfil-dead"],
    );
    assert.deepEqual([dead?.attributes?.["sb-key"], dead?.attributes?.["sb-attempts"]], ["Zürich", "3"]);
  });
});

/** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
function change(index: number, given: Partial<DynamoDBRecord>, images: DynamoDBRecord["dynamodb"]): DynamoDBRecord {
  return {
    eventID: `c4ca4238a0b923820dcc509a6f75849${index}`,
    eventVersion: "1.1",
    dynamodb: {
      ApproximateCreationDateTime: NOW,
      SequenceNumber: `442158400000000002636345${index}`,
      SizeBytes: 59,
      StreamViewType: "NEW_AND_OLD_IMAGES",
      ...images,
    },
    awsRegion: "eu-central-1",
    eventSource: "aws:dynamodb",
    eventSourceARN: "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000",
    ...given,
  };
}

describe("AWS table trigger", () => {
  const seen: TableChange<unknown>[] = [];
  beforeEach(() => {
    seen.length = 0;
  });
  const trigger: Adapter = {
    name: "tableTrigger",
    handler: async (one: TableChange<unknown>) => {
      seen.push(one);
    },
    settings: { ...FEED, table: { key: "customer", sort: "id" }, on: ["written", "deleted"] },
  };
  const Keys = { customer: { S: "c1" }, id: { S: "o1" } };
  const image = (version: number) => ({
    ...Keys,
    version: { N: String(version) },
    tags: { L: [{ S: "x" }, { NULL: true }] },
  });
  const item = (version: number) => ({ customer: "c1", id: "o1", version, tags: ["x", null] });
  const inserted = change(0, { eventName: "INSERT" }, { Keys, NewImage: image(1) });
  const updated = change(1, { eventName: "MODIFY" }, { Keys, NewImage: image(2), OldImage: image(1) });
  /** By the table's own expiry. */
  const removed = change(
    2,
    { eventName: "REMOVE", userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" } },
    { Keys, OldImage: image(2) },
  );
  const event: DynamoDBStreamEvent = { Records: [inserted, updated, removed] };

  it("tells insertions, updates and deletions with the item before and after", async () => {
    const { failures, asked } = await invoked(trigger, event);
    assert.deepEqual([failures, asked], [[[]], []]);
    const key = { partition: "c1", sort: "o1" };
    const at = new Date(NOW * 1000);
    const ids = event.Records.map(({ eventID }) => eventID);
    assert.deepEqual(seen, [
      { id: ids[0], kind: "inserted", key, item: item(1), at, attempt: 1 },
      { id: ids[1], kind: "updated", key, item: item(2), before: item(1), at, attempt: 1 },
      { id: ids[2], kind: "deleted", key, before: item(2), at, attempt: 1 },
    ]);
  });

  it("tells the key as a text where the table has no sort key, and leaves out what it is not on", async () => {
    const settings = { ...trigger.settings, table: { key: "customer" }, on: ["deleted"] };
    await invoked({ ...trigger, settings }, event);
    assert.deepEqual(
      seen.map(({ kind, key }) => [kind, key]),
      [["deleted", "c1"]],
    );
  });

  it("buries a change as JSON that its own queue gives back as the same change", async () => {
    const fails = () => Promise.reject(new RangeError("no"));
    const { failures, asked } = await invoked({ ...trigger, handler: fails }, { Records: [updated] });
    assert.deepEqual([failures, asked.length], [[[]], 1]);
    assert.deepEqual([asked[0]?.attributes?.["sb-attempts"], asked[0]?.attributes?.["sb-id"]], ["3", updated.eventID]);
    await invoked(trigger, { Records: [updated] }, sqsEvent({ id: "redriven", body: asked[0]?.body, attempt: 1 }));
    assert.equal(seen.length, 2);
    assert.deepEqual(seen[1], seen[0]);
  });

  it("begins again at the first change that is not dealt with", async () => {
    const handler = async ({ kind }: TableChange<unknown>) => {
      if (kind === "updated") throw new Error("x");
    };
    const { failures } = await invoked({ ...trigger, handler, remaining: 1500 }, event);
    assert.deepEqual(failures, [[updated.dynamodb?.SequenceNumber]]);
  });

  for (const body of ["{", {}, { keys: 7 }])
    it(`does not take ${JSON.stringify(body)} from its queue for a change`, async () => {
      const { failures } = await invoked(trigger, sqsEvent({ id: "a", body }));
      assert.deepEqual([failures, seen], [[["a"]], []]);
    });

  it("takes the records that Lambda's types describe", () => {
    const native: Pick<DynamoRecord, "eventID" | "eventName"> = inserted as Required<DynamoDBRecord>;
    assert.equal(native.eventName, "INSERT");
  });
});
