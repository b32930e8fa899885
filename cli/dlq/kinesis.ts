/** What Lambda leaves of records that it gave up: where they are in their stream. */
import { UsageError } from "../failure";

export interface FailedBatch {
  readonly error: string;
  readonly attempts: number;
  readonly stream: string;
  readonly shard: string;
  readonly from: string;
  readonly to: string;
  readonly region: string;
}

interface Told {
  readonly requestContext?: { readonly condition?: string; readonly approximateInvokeCount?: number };
  readonly KinesisBatchInfo?: {
    readonly shardId?: string;
    readonly startSequenceNumber?: string;
    readonly endSequenceNumber?: string;
    readonly streamArn?: string;
  };
}

/** Undefined for a message that is none of Lambda's. */
export function failedBatch(body: string): FailedBatch | undefined {
  let told: Told | undefined;
  try {
    told = JSON.parse(body) as Told;
  } catch {
    return undefined;
  }
  const info = told?.KinesisBatchInfo;
  if (!info?.streamArn || !info.shardId || !info.startSequenceNumber) return undefined;
  const { condition = "RetryAttemptsExhausted", approximateInvokeCount = 0 } = told.requestContext ?? {};
  return {
    error: `${condition}: given up by Lambda itself`,
    attempts: approximateInvokeCount,
    stream: info.streamArn,
    shard: info.shardId,
    from: info.startSequenceNumber,
    to: info.endSequenceNumber ?? info.startSequenceNumber,
    region: info.streamArn.split(":")[3] ?? "",
  };
}

export interface FetchedRecord {
  readonly body: string;
  readonly key: string;
}

/** Sequence numbers are decimal digits of varying number. */
const order = (a: string, b: string) => (BigInt(a) < BigInt(b) ? -1 : a === b ? 0 : 1);
/** Reads without a record, after which the batch counts as gone. */
const patience = 20;

/** The batch's records, from their stream. */
export async function recordsOf(batch: FailedBatch, component: string): Promise<readonly FetchedRecord[]> {
  const { GetRecordsCommand, GetShardIteratorCommand, KinesisClient } = load();
  const client = new KinesisClient({ region: batch.region });
  const found: FetchedRecord[] = [];
  const gone = new UsageError(
    `records of ${component} are not in their stream any more, and Lambda kept no copy`,
    "purge this dead letter; a longer retention of the stream leaves more time",
  );
  let { ShardIterator } = await client
    .send(
      new GetShardIteratorCommand({
        StreamARN: batch.stream,
        ShardId: batch.shard,
        ShardIteratorType: "AT_SEQUENCE_NUMBER",
        StartingSequenceNumber: batch.from,
      }),
    )
    .catch(() => {
      throw gone;
    });
  for (let empty = 0; ShardIterator && empty < patience; ) {
    const page = await client.send(new GetRecordsCommand({ ShardIterator, StreamARN: batch.stream }));
    const records = page.Records ?? [];
    if (records.length === 0) empty++;
    for (const { Data, PartitionKey = "", SequenceNumber = "" } of records) {
      if (order(SequenceNumber, batch.to) > 0) return found;
      found.push({ body: Buffer.from(Data ?? []).toString(), key: PartitionKey });
      if (SequenceNumber === batch.to) return found;
    }
    ShardIterator = page.NextShardIterator;
  }
  if (found.length === 0) throw gone;
  return found;
}

function load(): typeof import("@aws-sdk/client-kinesis") {
  try {
    return require("@aws-sdk/client-kinesis") as typeof import("@aws-sdk/client-kinesis");
  } catch {
    throw new UsageError(
      "this dead letter names records of a stream, which are read through @aws-sdk/client-kinesis, and that is not installed",
      "npm install @aws-sdk/client-kinesis",
    );
  }
}
