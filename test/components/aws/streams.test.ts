import assert from "node:assert/strict";
import type { RunResult } from "../../../cli/engine";
import {
  code,
  Schedule,
  Stream,
  type StreamArgs,
  StreamProcessor,
  type StreamProcessorArgs,
  Table,
  TableTrigger,
  type TableTriggerArgs,
} from "../../../components";
import type {} from "../../../components/aws";
import { registered } from "../../support/plan";
import { refusal } from "../../support/refusal";
import { Click, type Item } from "./handlers/shop";
import { deployed, environment, inputs, permissions, statements } from "./support";

type Shop = typeof import("./handlers/shop");
const onClicks = code<Shop, "onClicks">(__dirname, "handlers/shop", "onClicks");
const onItem = code<Shop, "onItem">(__dirname, "handlers/shop", "onItem");
const onEvery = code<Shop, "onEverything">(__dirname, "handlers/shop", "onEverything");

const clicks = (args: Partial<StreamArgs<typeof Click>> = {}) =>
  new Stream("clicks", { record: Click, key: "visitor", ...args });
type ProcessorArgs = StreamProcessorArgs<typeof Click, Shop["onClicks"]>;
const processor = (args: Partial<ProcessorArgs> = {}, stream: Partial<StreamArgs<typeof Click>> = {}) =>
  deployed(() => void new StreamProcessor("count", { stream: clicks(stream), handler: onClicks, ...args }));
type TriggerArgs = TableTriggerArgs<Item, Shop["onItem"]>;
const trigger = (args: Partial<TriggerArgs> = {}) =>
  deployed(() => {
    const table = new Table<Item>("items", { key: "id", version: "version" });
    new TableTrigger("mirror", { table, handler: onItem, ...args });
  });
const mapping = (result: RunResult, name: string) =>
  inputs(result, "aws:lambda/eventSourceMapping:EventSourceMapping", name);
const row = (result: RunResult, name: string, property: string) =>
  registered(result, name).contract.find((one) => one.property === property);

describe("Stream on aws", () => {
  it("has the shards, the hours and the record size that are asked for, each with its key", async () => {
    const stream = async (args: Partial<StreamArgs<typeof Click>>) =>
      inputs(await deployed(() => void clicks(args)), "aws:kinesis/stream:Stream", "clicks");
    const given = await stream({});
    assert.deepEqual(
      [given.shardCount, given.streamModeDetails, given.retentionPeriod, given.maxRecordSizeInKib],
      [4, { streamMode: "PROVISIONED" }, 24, 1024],
    );
    const other = await stream({ partitions: "on-demand", retention: "100000 seconds", maxRecordBytes: 1_048_576 });
    assert.deepEqual(
      [other.shardCount, other.streamModeDetails, other.retentionPeriod, other.maxRecordSizeInKib],
      [undefined, { streamMode: "ON_DEMAND" }, 28, 1025],
    );
  });

  it("is encrypted by the stack's key, or by the service's", async () => {
    const key = async (dataClass: string) => {
      const { encryptionType, kmsKeyId } = inputs(
        await deployed(() => void clicks(), { dataClass }),
        "aws:kinesis/stream:Stream",
        "clicks",
      );
      assert.equal(encryptionType, "KMS");
      return String(kmsKeyId);
    };
    assert.equal(await key("internal"), "alias/aws/kinesis");
    assert.match(await key("confidential"), /^arn:aws:kms:/);
  });

  it("lets a producer write to it, and nothing else", async () => {
    const result = await deployed(() => {
      const uses = { clicks: clicks().producer() };
      new Schedule("nightly", { cron: "0 3 * * *", handler: onEvery, uses: uses as never });
    });
    const [put, use] = statements(inputs(result, "aws:iam/rolePolicy:RolePolicy", "nightly-fn-use-clicks").policy);
    assert.deepEqual(
      [put?.Action, put?.Resource],
      [["kinesis:PutRecords"], "arn:aws:kinesis:eu-central-1:123456789012:stream/clicks"],
    );
    assert.deepEqual(
      [use?.Action, use?.Condition],
      [["kms:GenerateDataKey"], { StringEquals: { "kms:ViaService": "kinesis.eu-central-1.amazonaws.com" } }],
    );
  });
});

describe("StreamProcessor on aws", () => {
  it("never blocks a shard for ever: retries end, batches are halved, what fails is a dead letter", async () => {
    const feed = mapping(
      await processor({ maxDeliveries: 7, batch: { size: 100, window: "2 seconds" } }),
      "count-stream",
    );
    assert.deepEqual(
      [feed.maximumRetryAttempts, feed.bisectBatchOnFunctionError, feed.maximumRecordAgeInSeconds],
      [7, true, 86_400],
    );
    assert.deepEqual(feed.functionResponseTypes, ["ReportBatchItemFailures"]);
    assert.deepEqual(feed.destinationConfig, {
      onFailure: { destinationArn: "arn:aws:sqs:eu-central-1:123456789012:count-dlq" },
    });
    assert.deepEqual([feed.batchSize, feed.maximumBatchingWindowInSeconds, feed.parallelizationFactor], [100, 2, 1]);
    assert.match(String(feed.functionName), /:function:count-fn:live$/);
  });

  it("begins where it is told to", async () => {
    const start = async (from: ProcessorArgs["from"]) => {
      const feed = mapping(await processor(from === undefined ? {} : { from }), "count-stream");
      return [feed.startingPosition, feed.startingPositionTimestamp];
    };
    assert.deepEqual(await start(undefined), ["TRIM_HORIZON", undefined]);
    assert.deepEqual(await start("latest"), ["LATEST", undefined]);
    assert.deepEqual(await start({ at: "2026-01-31T12:00:00+01:00" }), ["AT_TIMESTAMP", "2026-01-31T11:00:00.000Z"]);
  });

  it("has no age for Lambda to count where it counts none so high", async () => {
    const result = await processor({}, { retention: "30 days" });
    assert.equal(mapping(result, "count-stream").maximumRecordAgeInSeconds, -1);
    assert.equal(
      (environment(result, "count-fn").SB_SETTINGS as { maxRecordAgeSeconds: number }).maxRecordAgeSeconds,
      2_592_000,
    );
  });

  it("takes what is given back to it one by one, from a queue of its own that any record fits into", async () => {
    const result = await processor({ batch: { size: 100 } });
    assert.deepEqual(
      [mapping(result, "count").batchSize, mapping(result, "count").maximumBatchingWindowInSeconds],
      [1, 0],
    );
    for (const name of ["count", "count-dlq"])
      assert.equal(inputs(result, "aws:sqs/queue:Queue", name).maxMessageSize, 1_048_576);
    const { outputs } = registered(result, "count");
    assert.match(String(outputs.queue), /\/count$/);
    assert.match(String(outputs.deadLetters), /\/count-dlq$/);
  });

  it("may read its stream and write its dead letters, and nothing else", async () => {
    const result = await processor();
    const lines = (permissions(result)["count-fn"] ?? []).filter((line) => /^(kinesis|sqs):/.test(line));
    assert.deepEqual(lines, [
      ...["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"].map(
        (action) => `kinesis:${action} stream/clicks`,
      ),
      ...["ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage"].map(
        (action) => `sqs:${action} count`,
      ),
      "sqs:SendMessage count-dlq",
    ]);
  });

  it("reads at a rate of its own where it asks for one", async () => {
    const type = "aws:kinesis/streamConsumer:StreamConsumer";
    const result = await processor({ dedicatedThroughput: true });
    assert.match(String(inputs(result, type, "count").streamArn), /:stream\/clicks$/);
    assert.match(String(mapping(result, "count-stream").eventSourceArn), /:stream\/clicks\/consumer\/count:\d+$/);
    const subscribing = /^kinesis:SubscribeToShard stream\/clicks\/consumer\/count:\d+$/;
    assert.ok((permissions(result)["count-fn"] ?? []).some((line) => subscribing.test(line)));
    assert.ok(!(await processor()).resources.some((resource) => resource.type === type));
  });

  it("is refused on records that have no room beside their cause in a dead letter", async () => {
    const { problems } = await refusal(processor({}, { maxRecordBytes: 1_048_576 }));
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["SB-C003"],
    );
    await processor({}, { maxRecordBytes: 1_044_480 });
  });
});

describe("TableTrigger on aws", () => {
  it("reads the table's own stream, with items before and after", async () => {
    const result = await trigger();
    const table = inputs(result, "aws:dynamodb/table:Table", "items");
    assert.deepEqual([table.streamEnabled, table.streamViewType], [true, "NEW_AND_OLD_IMAGES"]);
    const feed = mapping(result, "mirror-changes");
    assert.match(String(feed.eventSourceArn), /:table\/items\/stream\/2025-01-01T00:00:00.000$/);
    assert.deepEqual(
      [
        feed.startingPosition,
        feed.maximumRetryAttempts,
        feed.maximumRecordAgeInSeconds,
        feed.bisectBatchOnFunctionError,
      ],
      ["LATEST", 5, 86_400, true],
    );
    assert.match(JSON.stringify(feed.destinationConfig), /mirror-dlq/);
  });

  it("is called for the changes that it names only", async () => {
    const told = async (args: Partial<TriggerArgs>) => {
      const { filters } = mapping(await trigger(args), "mirror-changes").filterCriteria as {
        filters: { pattern: string }[];
      };
      return filters.map(({ pattern }) => JSON.parse(pattern) as unknown);
    };
    assert.deepEqual(await told({}), [{ eventName: ["INSERT", "MODIFY"] }]);
    const require = { deletes: true };
    assert.deepEqual(await told({ on: ["deleted"], require }), [{ eventName: ["REMOVE"] }]);
    assert.deepEqual(await told({ on: ["written", "deleted"], require }), [
      { eventName: ["REMOVE", "INSERT", "MODIFY"] },
    ]);
  });

  it("tells the adapter which attributes are the key", async () => {
    const settings = environment(await trigger(), "mirror-fn").SB_SETTINGS as Record<string, unknown>;
    assert.deepEqual([settings.table, settings.on, settings.bisect], [{ key: "id" }, ["written"], true]);
  });

  it("may read the stream of its table, not the table", async () => {
    const lines = (permissions(await trigger())["mirror-fn"] ?? []).filter((line) => line.startsWith("dynamodb:"));
    assert.deepEqual(lines, [
      "dynamodb:DescribeStream table/items/stream/2025-01-01T00:00:00.000",
      "dynamodb:GetRecords table/items/stream/2025-01-01T00:00:00.000",
      "dynamodb:GetShardIterator table/items/stream/2025-01-01T00:00:00.000",
      "dynamodb:ListStreams table/items/stream/*",
    ]);
  });

  it("is refused what DynamoDB Streams does not have", async () => {
    const codes = async (args: Partial<TriggerArgs>) =>
      (await refusal(trigger(args))).problems.map(({ code, fact }) => `${code} ${fact.split(":")[0]}`);
    assert.deepEqual(await codes({ from: { at: "2026-01-31T12:00:00Z" } }), ["SB-C003 from.at"]);
    assert.match((await codes({ maxRecordAge: "2 days" })).join(), /^SB-C001 maxRecordAge="2 days"/);
  });

  it("gives all that can be required", async () => {
    const result = await trigger({ on: ["deleted"], require: { deletes: true, beforeImage: true, order: true } });
    assert.deepEqual(
      ["deletes", "beforeImage", "order"].map((property) => row(result, "mirror", property)?.given),
      ["told", "told", "by key"],
    );
  });
});
