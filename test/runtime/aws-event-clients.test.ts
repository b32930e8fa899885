/** What the clients of the event patterns send, and what they make of answers. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import * as z from "zod/mini";
import type * as Bucket from "../../runtime/aws/bucket";
import type * as Bus from "../../runtime/aws/bus";
import type * as Queue from "../../runtime/aws/queue";
import type * as Stream from "../../runtime/aws/stream";
import { MessageTooLarge, NotGranted } from "../../runtime/clients";
import { event, InvalidEvent } from "../../runtime/event";
import { continueTrace, withTrace } from "../../runtime/trace";
import { acknowledge } from "./aws-lambda";
import { TRACE_ID, TRACEPARENT } from "./events";
import { http2Proxy } from "./http2-proxy";
import { type Answer, AWS_ENVIRONMENT, fakeServer, fresh, type RecordedRequest, withEnvironment } from "./support";

/** A stand-in for one service, and all that was asked of it. */
async function against(
  answer: (request: RecordedRequest, all: readonly RecordedRequest[]) => Answer,
  work: (requests: readonly RecordedRequest[]) => Promise<void>,
) {
  const server = await fakeServer(answer);
  const proxy = await http2Proxy(server.url);
  const environment = {
    ...AWS_ENVIRONMENT,
    AWS_ENDPOINT_URL: server.url,
    AWS_ENDPOINT_URL_KINESIS: proxy.url,
  };
  try {
    await withEnvironment(environment, () => work(server.requests));
  } finally {
    await proxy.close();
    await server.close();
  }
}

const OrderPlaced = event(
  "com.shop.orders.OrderPlaced.v1",
  z.object({ orderId: z.string(), total: z.number(), note: z.optional(z.string()) }),
  { subject: "orderId" },
);
const data = { orderId: "o1", total: 7 };

describe("AWS publisher", () => {
  const bus = "arn:aws:events:eu-central-1:123456789012:event-bus/orders";
  const config = { bus, maxEventBytes: 1000, events: [OrderPlaced.type] };
  const publisher = (more: object = {}) => fresh<typeof Bus>("aws/bus").publisher({ ...config, ...more });
  const taken = () => ({ json: { FailedEntryCount: 0, Entries: [{ EventId: "11710aed" }] } });

  it("puts the event's attributes into the detail, under the publisher's trace", () =>
    against(taken, async (requests) => {
      const { id } = await withTrace(continueTrace(TRACEPARENT), () => publisher().publish(OrderPlaced, data));
      assert.equal(requests.length, 1);
      assert.equal(requests[0]?.headers["x-amz-target"], "AWSEvents.PutEvents");
      const { Entries } = JSON.parse(requests[0]?.body ?? "");
      const [{ Detail, ...entry }, ...rest] = Entries;
      assert.deepEqual(entry, { EventBusName: bus, Source: "/services/orders", DetailType: OrderPlaced.type });
      const { time, traceparent, ...detail } = JSON.parse(Detail);
      assert.deepEqual(rest, []);
      assert.deepEqual(detail, {
        specversion: "1.0",
        id,
        subject: "o1",
        datacontenttype: "application/json",
        data,
        partitionkey: "o1",
      });
      assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000);
      assert.ok(traceparent.includes(TRACE_ID));
    }));

  it("says the id that the caller gave", () =>
    against(taken, async (requests) => {
      assert.deepEqual(await publisher().publish(OrderPlaced, data, { id: "order-1" }), { id: "order-1" });
      assert.equal(JSON.parse(JSON.parse(requests[0]?.body ?? "").Entries[0].Detail).id, "order-1");
    }));

  for (const answer of [
    { FailedEntryCount: 1, Entries: [{ ErrorCode: "ThrottlingException", ErrorMessage: "MARKER" }] },
    { FailedEntryCount: 1 },
    { FailedEntryCount: 0, Entries: [{ ErrorCode: "InternalFailure" }] },
  ])
    it(`rejects when the bus answers ${JSON.stringify(answer)}, though the call succeeded`, () =>
      against(
        () => ({ json: answer }),
        () =>
          assert.rejects(publisher().publish(OrderPlaced, data), (error: Error) => {
            assert.equal(error.name, "NotPublished");
            return !error.message.includes("MARKER");
          }),
      ));

  it("sends nothing that is wrong, too large or not granted", () =>
    against(taken, async (requests) => {
      await assert.rejects(publisher().publish(OrderPlaced, { orderId: "o1" } as never), InvalidEvent);
      await assert.rejects(publisher().publish(OrderPlaced, { ...data, note: "x".repeat(1000) }), MessageTooLarge);
      await assert.rejects(publisher({ events: [] }).publish(OrderPlaced, data), NotGranted);
      assert.equal(requests.length, 0);
    }));

  it("reports a topic that refuses the call as not granted", () =>
    against(
      () => ({
        status: 403,
        headers: { "content-type": "text/xml" },
        text: `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>
          <Code>AuthorizationError</Code><Message>MARKER</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
      }),
      async () => {
        const topic = "arn:aws:sns:eu-central-1:123456789012:orders.fifo";
        await assert.rejects(publisher({ bus: undefined, topic }).publish(OrderPlaced, data), NotGranted);
      },
    ));

  it("does not start without a place to publish to", () =>
    assert.throws(() => publisher({ bus: undefined }), /neither a bus nor a topic/));
});

describe("AWS producer", () => {
  const producer = (maxRecordBytes = 1000) =>
    fresh<typeof Stream>("aws/stream").producer({ stream: "clicks", key: "user", maxRecordBytes });
  interface Put {
    readonly StreamName: string;
    readonly Records: readonly { readonly PartitionKey: string; readonly Data: string }[];
  }
  const puts = (requests: readonly RecordedRequest[]) =>
    requests.map(({ body }) =>
      (JSON.parse(body) as Put).Records.map(({ PartitionKey, Data }) => {
        const record = JSON.parse(Buffer.from(Data, "base64").toString());
        assert.equal(record.user, PartitionKey);
        return `${PartitionKey}${record.n}`;
      }),
    );
  const clicks = (...names: readonly string[]) =>
    names.map((name) => ({ user: name.replace(/\d/g, ""), n: Number(name.replace(/\D/g, "")) }));
  /** Takes all but those that `refuses` names at this call, counted from 0. */
  const kinesis =
    (refuses: (name: string, call: number) => boolean = () => false) =>
    (_: RecordedRequest, all: readonly RecordedRequest[]): Answer => {
      const Records = (puts(all).at(-1) ?? []).map((name) =>
        refuses(name, all.length - 1)
          ? { ErrorCode: "ProvisionedThroughputExceededException", ErrorMessage: "MARKER" }
          : { SequenceNumber: "1", ShardId: "shardId-000000000000" },
      );
      return { json: { FailedRecordCount: Records.filter((record) => "ErrorCode" in record).length, Records } };
    };

  it("puts a record under its key", () =>
    against(kinesis(), async (requests) => {
      await producer().put({ user: "ü", n: 1 });
      assert.equal(requests[0]?.headers["x-amz-target"], "Kinesis_20131202.PutRecords");
      assert.equal(JSON.parse(requests[0]?.body ?? "").StreamName, "clicks");
      assert.deepEqual(puts(requests), [["ü1"]]);
    }));

  it("puts records of one key one after another, and those of others beside them", () =>
    against(kinesis(), async (requests) => {
      await producer().putAll(clicks("a1", "a2", "b1", "c1", "b2", "a3"));
      assert.deepEqual(puts(requests), [["a1", "b1", "c1"], ["a2", "b2"], ["a3"]]);
    }));

  it("puts again what was refused, before the later ones of its key", () =>
    against(
      kinesis((name, call) => name === "a1" && call === 0),
      async (requests) => {
        await producer().putAll(clicks("a1", "b1", "a2", "b2"));
        assert.deepEqual(puts(requests), [["a1", "b1"], ["a1", "b2"], ["a2"]]);
      },
    ));

  it("gives up when the stream takes nothing in five calls", () =>
    against(
      kinesis((name) => name === "a1"),
      async (requests) => {
        await assert.rejects(producer().putAll(clicks("a1", "a2")), (error: Error) => {
          assert.equal(error.name, "StreamBusy");
          return error.message.includes("ProvisionedThroughputExceeded") && !error.message.includes("MARKER");
        });
        assert.deepEqual(puts(requests), Array(5).fill(["a1"]));
      },
    ));

  it("puts at most five hundred records, and five mebibytes, in one call", () =>
    against(kinesis(), async (requests) => {
      const key = (index: number) => `k${String.fromCharCode(97 + Math.floor(index / 26), 97 + (index % 26))}`;
      await producer().putAll(Array.from({ length: 501 }, (_, n) => ({ user: key(n), n })));
      assert.deepEqual(
        puts(requests).map(({ length }) => length),
        [500, 1],
      );
      const large = ["a", "b", "c", "d", "e", "f"].map((user) => ({ user, n: 1, text: "x".repeat(1_000_000) }));
      await producer(1_048_576).putAll(large);
      assert.deepEqual(
        puts(requests.slice(2)).map(({ length }) => length),
        [5, 1],
      );
    }));

  it("sends nothing when one record is too large, has no key, or too long a one", () =>
    against(kinesis(), async (requests) => {
      const { putAll } = producer(600);
      const [good] = clicks("a1");
      await assert.rejects(putAll([good, { user: "b", text: "x".repeat(600) }]), MessageTooLarge);
      await assert.rejects(putAll([good, { n: 1 }]), /^TypeError: user must be there/);
      await assert.rejects(putAll([good, { user: "", n: 1 }]), /^TypeError: user must be there/);
      await assert.rejects(putAll([good, { user: "x".repeat(257) }]), /^TypeError: user is longer than the 256/);
      await putAll([]);
      assert.equal(requests.length, 0);
    }));
});

describe("AWS sender with order, deduplication and delay", () => {
  const url = "http://127.0.0.1/123456789012/fulfil.fifo";
  const config = { url, maxMessageBytes: 1000 };
  const sends = (requests: readonly RecordedRequest[]) => requests.map(({ body }) => JSON.parse(body));
  const sender = (more: object) =>
    fresh<typeof Queue>("aws/queue").delayedSender({ ...config, url: `${process.env.AWS_ENDPOINT_URL}/1/q`, ...more });

  it("sends within the group of its key, each message its own", () =>
    against(acknowledge, async (requests) => {
      const { send } = sender({ orderBy: "id" });
      for (let count = 0; count < 2; count++) await send({ id: "o1" });
      const [one, two] = sends(requests);
      assert.deepEqual([one.MessageGroupId, two.MessageGroupId], ["o1", "o1"]);
      assert.notEqual(one.MessageDeduplicationId, two.MessageDeduplicationId);
      assert.equal(one.MessageDeduplicationId.length, randomUUID().length);
      assert.deepEqual([one.MessageAttributes, one.DelaySeconds], [{}, undefined]);
    }));

  it("sends a key that SQS does not take as its digest, beside the key itself", () =>
    against(acknowledge, async (requests) => {
      const { send } = sender({ orderBy: "id", deduplicateBy: "request" });
      for (const id of ["Zürich", "x y", "x".repeat(129)]) await send({ id, request: `${id}!` });
      for (const { MessageGroupId, MessageDeduplicationId, MessageAttributes, MessageBody } of sends(requests)) {
        assert.match(MessageGroupId, /^[0-9a-f]{64}$/);
        assert.match(MessageDeduplicationId, /^[0-9a-f]{64}$/);
        const { id } = JSON.parse(MessageBody);
        assert.deepEqual(MessageAttributes, { "sb-key": { DataType: "String", StringValue: id } });
      }
      assert.equal(new Set(sends(requests).map(({ MessageGroupId }) => MessageGroupId)).size, 3);
    }));

  it("names a repeat by the field that says so", () =>
    against(acknowledge, async (requests) => {
      const { send } = sender({ orderBy: "id", deduplicateBy: "request" });
      await send({ id: "o1", request: "r1" });
      assert.equal(sends(requests)[0].MessageDeduplicationId, "r1");
    }));

  it("sends nothing without its key, nor without what says that it is a repeat", () =>
    against(acknowledge, async (requests) => {
      const { send } = sender({ orderBy: "id", deduplicateBy: "request" });
      await assert.rejects(send({ request: "r1" }), /^TypeError: id must be there/);
      await assert.rejects(send({ id: "o1", request: null }), /^TypeError: request must be there/);
      assert.equal(requests.length, 0);
    }));

  it("holds a message back as long as it is told, in whole seconds, and never longer than the queue may", () =>
    against(acknowledge, async (requests) => {
      const { send } = sender({ maxDelaySeconds: 900 });
      for (const delaySeconds of [900, 1.5, 0]) await send({ id: "o1" }, { delaySeconds });
      await send({ id: "o1" });
      assert.deepEqual(
        sends(requests).map(({ DelaySeconds }) => DelaySeconds),
        [900, 2, undefined, undefined],
      );
      for (const delaySeconds of [901, -1, Number.NaN])
        await assert.rejects(send({ id: "o1" }, { delaySeconds }), RangeError);
      await assert.rejects(sender({}).send({ id: "o1" }, { delaySeconds: 1 }), /from 0 to this queue's maxDelay, 0/);
      assert.equal(requests.length, 4);
    }));
});

describe("AWS bucket", () => {
  const bucket = () => fresh<typeof Bucket>("aws/bucket").readWriter({ bucket: "media" });

  it("refuses an object that is too large before it is sent, and limits that no listing takes", () =>
    against(
      () => ({}),
      async (requests) => {
        await assert.rejects(bucket().put("a", new Uint8Array(64 * 2 ** 20 + 1)), MessageTooLarge);
        for (const limit of [0, 1001, 1.5]) await assert.rejects(bucket().list({ limit }), RangeError);
        assert.equal(requests.length, 0);
      },
    ));

  it("tells a bucket that is not there from an object that is not", () =>
    against(
      () => ({ status: 404, headers: { "content-type": "application/xml" }, text: error("NoSuchBucket") }),
      async () => {
        await assert.rejects(bucket().get("a"), { name: "NoSuchBucket", message: "AWS answered with status 404" });
      },
    ));

  it("reports a refused call as not granted", () =>
    against(
      () => ({ status: 403, headers: { "content-type": "application/xml" }, text: error("AccessDenied") }),
      async () => {
        await assert.rejects(bucket().get("a"), NotGranted);
        await assert.rejects(bucket().put("a", "x"), NotGranted);
        await assert.rejects(bucket().delete("a"), NotGranted);
        await assert.rejects(bucket().list(), NotGranted);
      },
    ));
});

const error = (code: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>MARKER</Message></Error>`;
