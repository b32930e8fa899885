/**
 * What business code sees. A handler imports these types and nothing of any cloud; `runtime/<cloud>` turns native
 * events into them and their result back.
 */

import type { TableKey } from "./clients";
import type { EventDefinition, EventOf } from "./event";

/** A message as the handler receives it: already parsed by the worker's message schema. */
export interface Message<Body> {
  /** The queue's own id: the same for every delivery of one message. */
  readonly id: string;
  readonly body: Body;
  /** Which delivery this is, counted from 1. Approximate on Google Cloud (best effort) and AWS (throttles count too). */
  readonly attempt: number;
  /** When the message was first sent. */
  readonly sentAt: Date;
  /** The key whose messages are handled in order; absent on a worker without `ordering`. */
  readonly key?: string;
}

/** What a handler may do besides its business: its declared clients, a structured log, the trace and its time left. */
export interface Context<Uses = Record<never, never>> {
  /** One client for each entry of `uses`; nothing else can be reached. */
  readonly uses: Uses;
  readonly log: Log;
  /** W3C trace id (32 hex digits) that this call belongs to; it came with the message or the request. */
  readonly traceId: string;
  /** Milliseconds until the platform ends this call. */
  readonly remainingMs: () => number;
}

/** Structured log: one JSON object a line. Put no payloads in it; the platform's own lines never hold any. */
export interface Log {
  readonly info: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly error: (message: string, fields?: LogFields) => void;
}
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Messages of a batch that are to be delivered again. All others of the batch count as handled. */
export interface PartialFailure {
  readonly failed: readonly { readonly id: string; readonly error: unknown }[];
}

/**
 * Handles a batch of messages (one, unless the worker asks for larger batches).
 * Returning means all are handled; throwing means none is; a `PartialFailure` names those that are not.
 * A message is delivered at least once: a worker without `idempotency` must tolerate repeats.
 */
export type QueueHandler<Body, Uses = Record<never, never>> = (
  messages: readonly Message<Body>[],
  ctx: Context<Uses>,
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is the usual one
) => Promise<void | PartialFailure>;

/**
 * Handles one event. Returning means it is handled, throwing that it is to be delivered again, in the end to the dead
 * letters. An event is delivered at least once. The module exports the `events` it knows: others are dead letters.
 */
export type EventHandler<Definition extends EventDefinition, Uses = Record<never, never>> = (
  event: EventOf<Definition>,
  ctx: Context<Uses>,
) => Promise<void>;

/** A record of a stream. */
export interface StreamRecord<Body> {
  /** The same for every delivery of one record. */
  readonly id: string;
  /** Records of one key are handled in the order in which they were written. */
  readonly key: string;
  readonly body: Body;
  /** When the stream took it. */
  readonly writtenAt: Date;
  /** Which delivery this is, counted from 1. */
  readonly attempt: number;
}

/**
 * Handles a batch of records, in the stream's order. Returning means all are handled; throwing has the batch halved or
 * retried; a `PartialFailure` names the records that are to be retried, one by one. At least once.
 */
export type StreamHandler<Body, Uses = Record<never, never>> = (
  records: readonly StreamRecord<Body>[],
  ctx: Context<Uses>,
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is the usual one
) => Promise<void | PartialFailure>;

/** An object that was written or deleted. */
export interface ObjectChange {
  /** The same for every delivery of one change. */
  readonly id: string;
  readonly kind: "created" | "deleted";
  readonly key: string;
  /** Of what was created; undefined for a deletion. */
  readonly bytes?: number;
  readonly etag?: string;
  /** Orders the changes of one object: compare as text, the greater is the newer. Changes may arrive in any order. */
  readonly sequencer: string;
  readonly at: Date;
  readonly attempt: number;
}

export type ObjectHandler<Uses = Record<never, never>> = (change: ObjectChange, ctx: Context<Uses>) => Promise<void>;

/** An item that was written or deleted. */
export interface TableChange<Item> {
  /** The same for every delivery of one change. */
  readonly id: string;
  /** `written` where the cloud does not tell an insertion from an update. */
  readonly kind: "inserted" | "updated" | "written" | "deleted";
  readonly key: TableKey;
  /** The item as it is now; undefined for a deletion. */
  readonly item?: Item;
  /** As it was before; only where the trigger requires `beforeImage`. */
  readonly before?: Item;
  readonly at: Date;
  readonly attempt: number;
}

export type TableHandler<Item, Uses = Record<never, never>> = (
  change: TableChange<Item>,
  ctx: Context<Uses>,
) => Promise<void>;

/** One run of a schedule. */
export interface Tick {
  /** The same for every delivery of one run. */
  readonly id: string;
  /** The minute that the expression named. */
  readonly scheduledFor: Date;
  readonly attempt: number;
}

export type ScheduleHandler<Uses = Record<never, never>> = (tick: Tick, ctx: Context<Uses>) => Promise<void>;

/** Who called, as the gateway established it. Absent on a route with `auth: "none"`. */
export interface Identity {
  /** The token's `sub`, or the cloud principal's id under cloud IAM. */
  readonly subject: string;
  readonly issuer?: string;
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface HttpRequest<Params extends string = never, Body = undefined> {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<Params, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed by the route's `body` schema; undefined for a route without one. */
  readonly body: Body;
  readonly identity?: Identity;
}

export interface HttpResponse {
  /** 100 to 599. */
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string under a `content-type` of its own is sent as it is. */
  readonly body?: unknown;
}

export type HttpHandler<Params extends string = never, Body = undefined, Uses = Record<never, never>> = (
  request: HttpRequest<Params, Body>,
  ctx: Context<Uses>,
) => Promise<HttpResponse>;
