import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { TableChange } from "../handler";
import { parseJson } from "../queue-worker";
import type { Parts, TableTriggerSettings } from "../settings";
import { isObject } from "../shape";
import { type AnyTableHandler, type ReadTableChange, tableHandler } from "../table-trigger";
import { type FeedRecord, fed } from "./feed";
import { unmarshal } from "./marshal";

type Image = Readonly<Record<string, AttributeValue>>;

/** The part of a DynamoDB stream's record that is read. */
export interface DynamoRecord {
  readonly eventID: string;
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  readonly dynamodb: {
    readonly Keys: Image;
    readonly NewImage?: Image;
    readonly OldImage?: Image;
    readonly SequenceNumber: string;
    /** Seconds since the epoch. */
    readonly ApproximateCreationDateTime: number;
  };
}

/** A table trigger behind DynamoDB Streams. Dead letters hold the change as JSON, and so come back. */
export function tableTrigger(handler: AnyTableHandler, parts: Parts) {
  const { handler: each, source } = tableHandler(handler, readChange);
  return fed<DynamoRecord>(each, parts, readRecord, source);
}

const kinds = { INSERT: "inserted", MODIFY: "updated", REMOVE: "deleted" } as const;

interface Told {
  readonly id: string;
  readonly kind: TableChange<unknown>["kind"];
  readonly keys: Readonly<Record<string, unknown>>;
  readonly item?: unknown;
  readonly before?: unknown;
  readonly at: string;
}

function readRecord({ eventID, eventName, dynamodb }: DynamoRecord): FeedRecord {
  const { Keys, NewImage, OldImage, SequenceNumber, ApproximateCreationDateTime } = dynamodb;
  const keys = unmarshal(Keys);
  const sentAt = new Date(ApproximateCreationDateTime * 1000);
  const told: Told = {
    id: eventID,
    kind: kinds[eventName],
    keys,
    ...(NewImage && { item: unmarshal(NewImage) }),
    ...(OldImage && { before: unmarshal(OldImage) }),
    at: sentAt.toISOString(),
  };
  const delivery = { id: eventID, key: JSON.stringify(keys), body: JSON.stringify(told), attempt: 1, sentAt };
  return { sequence: SequenceNumber, delivery };
}

const readChange: ReadTableChange = ({ body }, { key, sort }: TableTriggerSettings["table"]) => {
  const told = parseJson(body);
  if (!isObject(told) || !isObject(told.keys)) return undefined;
  const { id, kind, keys, item, before, at } = told as unknown as Told;
  const partition = String(keys[key]);
  return {
    id,
    kind,
    key: sort === undefined ? partition : { partition, sort: String(keys[sort]) },
    ...(item !== undefined && { item }),
    ...(before !== undefined && { before }),
    at: new Date(at),
  };
};
