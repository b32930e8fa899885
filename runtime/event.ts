/**
 * Events, defined once: in `contracts.ts`, by deployment, publishers and subscribers alike. On the wire they are
 * CloudEvents 1.0 (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md), whatever the cloud's own form.
 */
import { randomBytes } from "node:crypto";
import { type FieldOf, fieldOf } from "./field";
import type { Schema, SchemaIssue } from "./settings";
import { currentTraceparent } from "./trace";

/** A schema whose input type the compiler can see, as zod's are. */
type TypedSchema = Schema & { readonly _zod: { readonly input: unknown; readonly output: unknown } };

export interface EventDefinition<Type extends string = string, Data extends TypedSchema = TypedSchema> {
  /** `com.shop.orders.OrderPlaced.v1`: organization, bounded context, entity with a verb in the past tense, major version. */
  readonly type: Type;
  readonly data: Data;
  /** The field of the data that names the entity: the event's subject, and its key where order is kept. */
  readonly subject: string;
  /** Fields of the data that travel as attributes too, because subscriptions filter by them. */
  readonly promote: readonly string[];
  /** Whether the name may be in another tense. */
  readonly anyTense: boolean;
}

export interface EventOptions<Data extends TypedSchema> {
  /** The field of the data with the entity's id, a text. */
  readonly subject: FieldOf<Data["_zod"]["output"], string>;
  /** Fields that subscriptions may filter by on every cloud; dots descend. Texts, numbers or booleans. Default none. */
  readonly promote?: readonly string[];
  /** Accepts a name that is not in the past tense. Default false. */
  readonly anyTense?: boolean;
}

/** Defines an event. The name is checked when a bus takes the event (SB-C401). */
export function event<Type extends string, Data extends TypedSchema>(
  type: Type,
  data: Data,
  options: EventOptions<Data>,
): EventDefinition<Type, Data> {
  return { type, data, subject: options.subject, promote: options.promote ?? [], anyTense: options.anyTense ?? false };
}

/** What a publisher writes for this event. */
export type InputOf<Definition extends EventDefinition> = Definition["data"]["_zod"]["input"];

/** An event as a subscriber sees it: its data parsed by the event's own schema. */
export interface Event<Type extends string = string, Data = unknown> {
  /** The same for every delivery, and unique for each source. */
  readonly id: string;
  readonly type: Type;
  /** The bounded context that says so: `/services/orders`. */
  readonly source: string;
  /** The entity. */
  readonly subject: string;
  readonly time: Date;
  readonly data: Data;
  /** The replay that sent it again; absent on what happened just now. */
  readonly replay?: string;
  /** Which delivery this is, counted from 1; approximate where the queue's count is. */
  readonly attempt: number;
}

/** The event of a definition; for a union of definitions, the union that `type` tells apart. */
export type EventOf<Definition extends EventDefinition> =
  Definition extends EventDefinition<infer Type, infer Data> ? Event<Type, Data["_zod"]["output"]> : never;

/** A CloudEvent in JSON form, with the extensions that are used here. */
export interface CloudEvent {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  /** RFC 3339. */
  readonly time: string;
  readonly datacontenttype: "application/json";
  readonly data: unknown;
  /** CloudEvents extension "distributed tracing". */
  readonly traceparent?: string;
  /** CloudEvents extension "partitioning": equal to the subject. */
  readonly partitionkey: string;
  readonly replay?: string;
}

/** The publisher's own data are not what the event's schema says: nothing was sent. */
export class InvalidEvent extends Error {
  override readonly name = "InvalidEvent";
  constructor(
    type: string,
    readonly issues: readonly SchemaIssue[],
  ) {
    const fields = issues.map(({ path }) => path.join(".") || "the data itself");
    super(`${type} was not published: its schema refuses ${[...new Set(fields)].join(", ")}`);
  }
}

/** The context that an event's name states: `com.shop.orders.OrderPlaced.v1` is said by `/services/orders`. */
export function sourceOf(type: string): string {
  const parts = type.split(".");
  const entity = parts.findIndex((part) => /^[A-Z]/.test(part));
  return `/services/${parts[entity - 1] ?? parts[0] ?? ""}`;
}

/** The event to be sent; rejects data that its own subscribers would refuse. `id`: for a sender that may repeat itself. */
export function cloudEvent(definition: EventDefinition, data: unknown, id = eventId(Date.now())): CloudEvent {
  const parsed = definition.data.safeParse(data);
  if (!parsed.success) throw new InvalidEvent(definition.type, parsed.error.issues);
  const subject = (data as Readonly<Record<string, unknown>>)[definition.subject];
  if (typeof subject !== "string" || subject === "") {
    throw new InvalidEvent(definition.type, [{ path: [definition.subject], message: "must be a text" }]);
  }
  const traceparent = currentTraceparent();
  return {
    specversion: "1.0",
    id,
    source: sourceOf(definition.type),
    type: definition.type,
    subject,
    time: new Date().toISOString(),
    datacontenttype: "application/json",
    data,
    ...(traceparent !== undefined && { traceparent }),
    partitionkey: subject,
  };
}

/** A UUID of version 7 (RFC 9562 §5.7): sorts by time, unique without asking anybody. */
export function eventId(now: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Promoted fields as attributes, for clouds that filter by attributes only. Objects, lists and null stay where they are. */
export function promoted(definition: EventDefinition, data: unknown): Readonly<Record<string, string>> {
  const entries = definition.promote.map((path) => [`data-${path}`, fieldOf(data, path)] as const);
  return Object.fromEntries(
    entries.filter(([, value]) => isScalar(value)).map(([name, value]) => [name, String(value)]),
  );
}

function isScalar(value: unknown): boolean {
  return (
    typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))
  );
}
