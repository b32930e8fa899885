/** Streams of Kinesis and of DynamoDB's tables, read shard by shard as Lambda's event source mappings do. */
import assert from "node:assert/strict";
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from "@aws-sdk/client-kinesis";
import type { DynamoDBRecord, KinesisStreamRecord } from "aws-lambda";
import type { Instance } from "./aws-world";
import { named, until } from "./gcp-world";
import { account, region } from "./moto";

/** A stream of its own; resolves to its name. */
export async function stream(shards: number): Promise<string> {
  const client = new KinesisClient({});
  const StreamName = named("clicks");
  await client.send(new CreateStreamCommand({ StreamName, ShardCount: shards }));
  await until("the stream", async () => {
    const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName }));
    return StreamDescriptionSummary?.StreamStatus === "ACTIVE";
  });
  client.destroy();
  return StreamName;
}

/** All records of a stream, shard by shard, as Lambda hands them on. */
export async function kinesisRecords(name: string): Promise<readonly (readonly KinesisStreamRecord[])[]> {
  const client = new KinesisClient({});
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: name }));
  const all = await Promise.all(
    Shards.map(async ({ ShardId = "" }) => {
      const at = { StreamName: name, ShardId, ShardIteratorType: "TRIM_HORIZON" } as const;
      const { ShardIterator } = await client.send(new GetShardIteratorCommand(at));
      const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
      return Records.map(({ PartitionKey = "", SequenceNumber = "", Data, ApproximateArrivalTimestamp }) => ({
        kinesis: {
          kinesisSchemaVersion: "1.0",
          partitionKey: PartitionKey,
          sequenceNumber: SequenceNumber,
          data: Buffer.from(Data ?? []).toString("base64"),
          approximateArrivalTimestamp: (ApproximateArrivalTimestamp?.getTime() ?? 0) / 1000,
        },
        eventSource: "aws:kinesis",
        eventVersion: "1.0",
        eventID: `${ShardId}:${SequenceNumber}`,
        eventName: "aws:kinesis:record",
        invokeIdentityArn: `arn:aws:iam::${account}:role/lambda-role`,
        awsRegion: region,
        eventSourceARN: `arn:aws:kinesis:${region}:${account}:stream/${name}`,
      }));
    }),
  );
  client.destroy();
  return all;
}

/** Parts of the answers of DynamoDB Streams. */
interface Told {
  readonly Streams?: readonly { readonly StreamArn: string }[];
  readonly StreamDescription?: { readonly Shards: readonly { readonly ShardId: string }[] };
  readonly ShardIterator?: string;
  readonly Records?: readonly DynamoDBRecord[];
}

/** All records of a table's stream. Its client is no part of this project: the protocol is JSON over HTTP. */
export async function tableRecords(name: string): Promise<readonly DynamoDBRecord[]> {
  const call = async (operation: string, body: object): Promise<Told> => {
    const reply = await fetch(`${process.env.AWS_ENDPOINT_URL}/`, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `DynamoDBStreams_20120810.${operation}`,
        authorization: `AWS4-HMAC-SHA256 Credential=test/20260102/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify(body),
    });
    assert.equal(reply.status, 200, operation);
    return (await reply.json()) as Told;
  };
  const { Streams } = await call("ListStreams", { TableName: name });
  const { StreamArn = "" } = Streams?.[0] ?? {};
  const { StreamDescription } = await call("DescribeStream", { StreamArn });
  const { ShardId } = StreamDescription?.Shards[0] ?? {};
  const from = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" };
  const { ShardIterator } = await call("GetShardIterator", from);
  const { Records = [] } = await call("GetRecords", { ShardIterator });
  return Records.map((record) => ({ ...record, awsRegion: region, eventSourceARN: StreamArn }));
}

/** Hands a shard's records out in batches; where the function reports that it came no further, the next call begins. */
export async function fed<Record>(
  records: readonly Record[],
  sequenceOf: (record: Record) => string | undefined,
  serve: Instance,
  batch = 10,
): Promise<number> {
  let calls = 0;
  for (let at = 0; at < records.length; calls++) {
    assert.ok(calls < 100, "the shard does not end");
    const Records = records.slice(at, at + batch);
    const [unfinished, ...others] = await serve({ Records });
    assert.deepEqual(others, [], "one place to begin again");
    const next = unfinished === undefined ? Records.length : Records.findIndex((one) => sequenceOf(one) === unfinished);
    assert.ok(next >= 0, `${unfinished} is none of these records`);
    at += next;
  }
  return calls;
}
