import type { Parts } from "../settings";
import { type AnyStreamHandler, records } from "../stream-processor";
import { type FeedRecord, fed } from "./feed";

/** The part of a Kinesis record that is read. */
export interface KinesisRecord {
  readonly eventID: string;
  readonly kinesis: {
    readonly partitionKey: string;
    readonly sequenceNumber: string;
    /** Base64. */
    readonly data: string;
    /** Seconds since the epoch, with a fraction. */
    readonly approximateArrivalTimestamp: number;
  };
}

/** A stream processor behind Kinesis. */
export function streamProcessor(handler: AnyStreamHandler, parts: Parts) {
  return fed<KinesisRecord>(records(handler), parts, readRecord);
}

function readRecord({ eventID, kinesis }: KinesisRecord): FeedRecord {
  const { partitionKey, sequenceNumber, data, approximateArrivalTimestamp } = kinesis;
  return {
    sequence: sequenceNumber,
    delivery: {
      id: eventID,
      key: partitionKey,
      body: Buffer.from(data, "base64").toString(),
      attempt: 1,
      sentAt: new Date(approximateArrivalTimestamp * 1000),
    },
  };
}
