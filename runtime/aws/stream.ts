/** Writes to a Kinesis stream. */
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import type { StreamProducer } from "../clients";
import { encodeMessage } from "../message";
import { configured, object } from "../shape";
import { translated } from "./errors";
import { keyOf } from "./group";

export interface AwsStreamConfig {
  /** The stream's name. */
  readonly stream: string;
  /** The field whose records are kept in order. */
  readonly key: string;
  readonly maxRecordBytes: number;
}

/** Kinesis PutRecords: records and bytes of one call. */
const MAX_RECORDS = 500;
const MAX_BYTES = 5 * 2 ** 20;
/** Characters of a partition key. */
const MAX_KEY = 256;
/** Calls for one record that the stream is too busy for. */
const TRIES = 5;
const FIRST_WAIT_MS = 100;

interface Entry {
  readonly PartitionKey: string;
  readonly Data: Uint8Array;
}

let client: KinesisClient | undefined;

export function producer(config: unknown): StreamProducer<unknown> {
  const { stream, key, maxRecordBytes } = configured<AwsStreamConfig>(
    config,
    object({ stream: "string", key: "string", maxRecordBytes: "number" }),
  );
  const putAll = async (records: readonly unknown[]) => {
    const lines = new Map<string, Entry[]>();
    for (const record of records) {
      const Data = Buffer.from(encodeMessage(record, maxRecordBytes));
      const PartitionKey = keyOf(record, key);
      if (PartitionKey.length > MAX_KEY)
        throw new TypeError(`${key} is longer than the ${MAX_KEY} characters that Kinesis takes as a key`);
      const line = lines.get(PartitionKey);
      if (line) line.push({ PartitionKey, Data });
      else lines.set(PartitionKey, [{ PartitionKey, Data }]);
    }
    let tries = 0;
    while (lines.size > 0) {
      const batch = heads(lines);
      const refused = await put(stream, batch);
      for (const entry of batch) if (!refused.has(entry)) advance(lines, entry);
      tries = refused.size === batch.length ? tries + 1 : 0;
      if (tries === TRIES) throw new StreamBusy([...refused.values()][0] ?? "");
      if (refused.size > 0) await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** tries));
    }
  };
  return { put: (record) => putAll([record]), putAll };
}

/** One record of each key: a call may take some of its records and not others, and would so exchange two of one key. */
function heads(lines: ReadonlyMap<string, readonly Entry[]>): Entry[] {
  const batch: Entry[] = [];
  let bytes = 0;
  for (const [entry] of lines.values()) {
    if (!entry) continue;
    bytes += entry.Data.byteLength + Buffer.byteLength(entry.PartitionKey);
    if (batch.length > 0 && (batch.length === MAX_RECORDS || bytes > MAX_BYTES)) break;
    batch.push(entry);
  }
  return batch;
}

function advance(lines: Map<string, Entry[]>, { PartitionKey }: Entry): void {
  const line = lines.get(PartitionKey);
  line?.shift();
  if (line?.length === 0) lines.delete(PartitionKey);
}

/** Resolves to the records that the stream did not take, with why. */
async function put(stream: string, batch: readonly Entry[]): Promise<ReadonlyMap<Entry, string>> {
  client ??= new KinesisClient({});
  const command = new PutRecordsCommand({ StreamName: stream, Records: [...batch] });
  const { Records = [] } = await translated(client.send(command));
  const refused = new Map<Entry, string>();
  for (const [index, entry] of batch.entries()) {
    const code = Records[index]?.ErrorCode;
    if (code !== undefined) refused.set(entry, code);
  }
  return refused;
}

/** The stream has taken nothing for a while. */
class StreamBusy extends Error {
  override readonly name = "StreamBusy";
  constructor(code: string) {
    super(`Kinesis did not take the record in ${TRIES} calls: ${code}`);
  }
}
