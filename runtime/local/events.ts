/** What the local cloud and the functions that run in it say to each other. Plain data: it crosses a thread. */
import type { Identity } from "../handler";

/** A call of a queue worker: one batch. */
export interface QueueEvent {
  readonly deliveries: readonly {
    readonly id: string;
    readonly body: string;
    readonly attempt: number;
    /** ms since the epoch. */
    readonly sentAt: number;
    readonly traceparent?: string | undefined;
    /** The key whose messages or records come in order. */
    readonly key?: string | undefined;
  }[];
  /** ms that the platform gives this call. */
  readonly timeoutMs: number;
}

/** One outcome for each delivery, in their order. */
export interface QueueReply {
  readonly outcomes: readonly (
    | { readonly kind: "handled" | "duplicate" }
    | { readonly kind: "failed"; readonly error: string }
  )[];
}

/** What an object trigger's queue holds. */
export interface ObjectEvent {
  readonly id: string;
  readonly kind: "created" | "deleted";
  readonly key: string;
  readonly bytes?: number;
  readonly etag?: string;
  readonly sequencer: string;
  /** ms since the epoch. */
  readonly at: number;
}

/** What a table's change feed holds. */
export interface TableEvent {
  readonly id: string;
  readonly kind: "inserted" | "updated" | "deleted";
  readonly partition: string;
  readonly sort?: string;
  readonly item?: unknown;
  readonly before?: unknown;
  /** ms since the epoch. */
  readonly at: number;
}

/** A call of a route. The gateway has matched the route, checked the caller and the size. */
export interface HttpEvent {
  readonly method: string;
  /** As on the wire, without the query. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /** Present exactly when the route asks for one and the gateway has verified it. */
  readonly identity?: Identity | undefined;
  readonly timeoutMs: number;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How a function reaches the cloud; the cloud puts it into the function's thread under `HOST`. */
export interface Host {
  /** Rejects with an error whose name tells why: `NotGranted`, `Conflict`, `MessageTooLarge`, … */
  readonly call: (resource: string, operation: string, args: readonly unknown[]) => Promise<unknown>;
}

export const HOST = Symbol.for("serverless-blueprints.local.host");
