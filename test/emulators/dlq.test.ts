/** The dead-letter commands against moto's SQS and Kinesis and Google's Pub/Sub emulator. */
import assert from "node:assert/strict";
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
} from "@aws-sdk/client-kinesis";
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import * as dlq from "../../cli/dlq";
import { awsBox } from "../../cli/dlq/aws";
import { gcpBox } from "../../cli/dlq/gcp";
import { publish } from "../../runtime/gcp/pubsub";
import { listed, redriven } from "../cli/dlq/support";
import { named, pull, topic, waiting } from "./gcp-world";
import { type Emulator, pubsubEmulator } from "./google";
import { account, onMoto, region } from "./moto";

const text = (StringValue: string) => ({ DataType: "String", StringValue });

describe("dead letters in SQS", function () {
  this.timeout(90_000);
  onMoto();
  let sqs: SQSClient;
  let urls: { queue: string; deadLetters: string };

  before(() => {
    sqs = new SQSClient({});
  });
  after(() => sqs?.destroy());

  const queue = async (name: string, fifo = false) => {
    const Attributes = fifo ? { FifoQueue: "true" } : undefined;
    const made = await sqs.send(new CreateQueueCommand({ QueueName: `${name}${fifo ? ".fifo" : ""}`, Attributes }));
    return made.QueueUrl ?? "";
  };
  const box = () => awsBox({ component: "fulfil", ...urls, resource: () => undefined });
  const die = (body: string, more: object = {}) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: urls.deadLetters,
        MessageBody: body,
        MessageAttributes: {
          "sb-error": text("OutOfReach: no"),
          "sb-attempts": { DataType: "Number", StringValue: "5" },
          traceparent: text("00-a-b-01"),
          mine: text("x"),
        },
        ...more,
      }),
    );

  beforeEach(async () => {
    const name = named("fulfil");
    urls = { queue: await queue(name), deadLetters: await queue(`${name}-dlq`) };
  });

  it("are listed without being taken, filtered, sent back without their cause, and deleted", async () => {
    for (let n = 0; n < 12; n++) await die(JSON.stringify({ n, city: n % 2 ? "Bern" : "Berlin" }));
    assert.equal((await listed(box())).length, 12, "more than one receive brings");
    assert.equal((await listed(box())).length, 12, "they are in nobody's hand");
    const berlin = await listed(box(), ["city=Berlin"]);
    assert.equal(berlin.length, 6);
    assert.deepEqual(
      [berlin[0]?.error, berlin[0]?.attempts, berlin[0]?.traceparent],
      ["OutOfReach: no", 5, "00-a-b-01"],
    );
    assert.match(await redriven(box(), { where: ["city=Berlin"] }), /^6 dead letters sent back/);
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: urls.queue, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] }),
    );
    assert.equal(Messages.length, 6);
    for (const { MessageAttributes = {} } of Messages)
      assert.deepEqual(Object.keys(MessageAttributes).sort(), ["mine", "traceparent"]);
    const [{ id } = { id: "" }] = await listed(box());
    assert.equal(await dlq.purge(box(), { ids: [id], where: [] }, "fulfil"), "1 dead letter deleted.");
    assert.equal((await listed(box())).length, 5);
  });

  it("of an ordered queue go back into their group", async () => {
    const name = named("ordered");
    urls = { queue: await queue(name, true), deadLetters: await queue(`${name}-dlq`, true) };
    await die('{"n":1}', { MessageGroupId: "k", MessageDeduplicationId: "1" });
    assert.equal((await listed(box()))[0]?.key, "k");
    await redriven(box());
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: urls.queue, MessageSystemAttributeNames: ["All"] }),
    );
    assert.equal(Messages[0]?.Attributes?.MessageGroupId, "k");
  });

  it("that Lambda left of a stream are sent back with their records' content", async () => {
    const kinesis = new KinesisClient({});
    const StreamName = named("clicks");
    await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
    for (let tries = 0; tries < 50; tries++) {
      const { StreamDescriptionSummary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
      if (StreamDescriptionSummary?.StreamStatus === "ACTIVE") break;
    }
    const sequence: string[] = [];
    for (let n = 0; n < 4; n++) {
      const Data = Buffer.from(JSON.stringify({ n }));
      const put = await kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: `key-${n}`, Data }));
      sequence.push(put.SequenceNumber ?? "");
    }
    const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }));
    const ShardId = Shards[0]?.ShardId ?? "";
    const iterator = await kinesis.send(
      new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
    );
    const { Records = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator: iterator.ShardIterator }));
    assert.equal(Records.length, 4, "the stream is there");
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: urls.deadLetters,
        MessageBody: JSON.stringify({
          requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 6 },
          KinesisBatchInfo: {
            shardId: ShardId,
            startSequenceNumber: sequence[1],
            endSequenceNumber: sequence[2],
            streamArn: `arn:aws:kinesis:${region}:${account}:stream/${StreamName}`,
          },
        }),
      }),
    );
    const [letter] = await listed(box());
    assert.deepEqual([letter?.attempts, letter?.error], [6, "RetryAttemptsExhausted: given up by Lambda itself"]);
    await redriven(box());
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: urls.queue, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] }),
    );
    assert.deepEqual(
      Messages.map(({ Body, MessageAttributes }) => [Body, MessageAttributes?.["sb-key"]?.StringValue]).sort(),
      [
        ['{"n":1}', "key-1"],
        ['{"n":2}', "key-2"],
      ],
    );
    kinesis.destroy();
  });
});

describe("dead letters in Pub/Sub", function () {
  this.timeout(90_000);
  let emulator: Emulator | undefined;

  before(async function () {
    emulator = await pubsubEmulator();
    if (!emulator) {
      assert.ok(!process.env.CI, "Google's emulator of Pub/Sub is not installed");
      return this.skip();
    }
    process.env.PUBSUB_EMULATOR_HOST = emulator.host;
  });
  after(async () => {
    delete process.env.PUBSUB_EMULATOR_HOST;
    await emulator?.stop();
  });

  it("are listed without being taken, sent back with the sender's attributes and time, and deleted", async () => {
    const { topic: queue } = await topic(named("fulfil"));
    const sentBack = await waiting(queue);
    const { topic: dead } = await topic(named("dead"));
    const deadLetters = await waiting(dead);
    const box = () => gcpBox({ component: "fulfil", deadLetters, queue, resource: () => undefined });
    const cause = { "sb-error": "OutOfReach: no", "sb-attempts": "5", "sb-sent": "2026-11-23T09:00:00Z" };
    for (let n = 0; n < 12; n++)
      await publish(dead, {
        body: JSON.stringify({ n }),
        attributes: { ...cause, "ce-type": "x", traceparent: "00-a-b-01" },
      });
    assert.equal((await listed(box())).length, 12);
    const [first, ...others] = await listed(box(), ["n=3"]);
    assert.deepEqual(
      [first?.error, first?.attempts, first?.traceparent, others.length],
      ["OutOfReach: no", 5, "00-a-b-01", 0],
    );
    assert.match(await redriven(box(), { where: ["n=3"] }), /^1 dead letter sent back/);
    const back = await pull(sentBack);
    assert.equal(Buffer.from(back.data ?? "", "base64").toString(), '{"n":3}');
    assert.deepEqual(back.attributes, {
      "ce-type": "x",
      traceparent: "00-a-b-01",
      "sb-sent": "2026-11-23T09:00:00Z",
    });
    assert.equal(await dlq.purge(box(), { ids: [], where: ["n=4"] }, "fulfil"), "1 dead letter deleted.");
    assert.equal((await listed(box())).length, 10);
  });
});
