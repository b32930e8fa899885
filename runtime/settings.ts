/**
 * How deployment speaks to a deployed function: environment variables written by `components/<cloud>` and read here.
 * Values are JSON; none is ever a secret.
 */
import type { EventDefinition } from "./event";
import type { Filter } from "./filter";
import type { Suppressor } from "./suppression";

/** Variable that holds the component's own settings (`QueueWorkerSettings` or `HttpRouteSettings[]`). */
export const SETTINGS = "SB_SETTINGS";
/** Variable that holds the configuration of the idempotency store's table client. */
export const IDEMPOTENCY = "SB_IDEMPOTENCY";

/** Variable that configures the client `ctx.uses.<key>`: `orderStore` is configured by `SB_USE_ORDER_STORE`. */
export function useVariable(key: string): string {
  return `SB_USE_${key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase()}`;
}

export interface QueueWorkerSettings {
  /** The component's name, for logs. */
  readonly component: string;
  readonly timeoutSeconds: number;
  readonly maxDeliveries: number;
  readonly backoff: { readonly minSeconds: number; readonly maxSeconds: number };
  /** Where a message that failed for the last time goes with its cause, on clouds whose own dead-lettering keeps none. */
  readonly deadLetter?: string;
  /** `by`: a field of the message (dots descend into objects), `@id` for the queue's own message id, or `@component` to leave out what comes while the component works. */
  readonly idempotency?: { readonly by: string; readonly windowSeconds: number };
}

/** A worker behind a bus: events that the cloud's own filter let through and this one does not are done at once. */
export interface SubscriptionSettings extends QueueWorkerSettings {
  readonly filter?: Filter;
}

/** A worker behind a bucket. */
export interface ObjectTriggerSettings extends QueueWorkerSettings {
  readonly on: readonly ("created" | "deleted")[];
  readonly prefix: string;
  readonly suffix: string;
}

/** A worker behind a clock. */
export interface ScheduleSettings extends QueueWorkerSettings {
  /** Five fields. */
  readonly cron: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** A processor of ordered records: of a stream, or of a table's changes. `timeoutSeconds` is for one call, retries included. */
export interface StreamProcessorSettings extends QueueWorkerSettings {
  /** Whether a batch that fails is halved until the failing record stands alone; otherwise it is retried as a whole. */
  readonly bisect: boolean;
  /** Older records are dead letters without having been tried. */
  readonly maxRecordAgeSeconds: number;
}

/** A table's changes. */
export interface TableTriggerSettings extends StreamProcessorSettings {
  readonly table: { readonly key: string; readonly sort?: string };
  readonly on: readonly ("written" | "deleted")[];
  /** The trigger's own queue, on clouds whose feed cannot count and space deliveries: the queue does. */
  readonly queue?: string;
}

export interface HttpRouteSettings {
  readonly component: string;
  readonly method: string;
  /** With parameters in braces: `/orders/{id}`. */
  readonly path: string;
  readonly auth: RouteAuth;
  readonly maxBodyBytes: number;
  readonly timeoutSeconds: number;
  /** What the gateway's own calls carry; a call without it is refused whatever the route's auth. */
  readonly gateway?: Readonly<Record<string, string>>;
  /** Where the gateway leaves CORS to the function; `methods` are all of the route's path, also those of other functions. */
  readonly cors?: {
    readonly origins: readonly string[];
    readonly headers: readonly string[];
    readonly methods: readonly string[];
    readonly maxAgeSeconds: number;
  };
}

export type RouteAuth =
  | { readonly kind: "none" }
  | { readonly kind: "iam" }
  | {
      readonly kind: "jwt";
      readonly issuer: string;
      readonly audience: readonly string[];
      readonly scopes: readonly string[];
    };

/** A client's factory: `runtime/<cloud>/<capability>.ts` exports one for each role of the capability. Throws on a wrong configuration. */
// biome-ignore lint/suspicious/noExplicitAny: each factory checks its own configuration and makes its own client
export type ClientFactory<Client = any> = (config: unknown) => Client;

/** A schema with the part of zod's interface that the runtime needs (zod and zod/mini both have it). */
export interface Schema<Output = unknown> {
  readonly safeParse: (
    value: unknown,
  ) =>
    | { readonly success: true; readonly data: Output }
    | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } };
}

/** What is wrong with a value. Beside path and message, the facts that zod's issues state. */
export interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly code?: string;
  readonly expected?: string;
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly format?: string;
  readonly values?: readonly unknown[];
  readonly keys?: readonly string[];
}

/** What the generated entry of a bundle hands to an adapter, beside the handler. */
export interface Parts {
  readonly schema?: Schema;
  /** The events that a subscription's handler knows. */
  readonly events?: readonly EventDefinition[];
  readonly uses: Readonly<Record<string, ClientFactory>>;
  /** `suppression(table.readWriter)` from `suppression.ts`: shipped only with the workers that ask for it. */
  readonly idempotency?: ClientFactory<Suppressor>;
}

/** One row of an idempotency store. Two phases: claimed until `claimedUntil`, then done until `expiresAt`. */
export interface IdempotencyRecord {
  /** Component name and the message's key. */
  readonly id: string;
  readonly state: "claimed" | "done";
  /** Milliseconds since the epoch; a claim older than this is of a call that died, and may be taken over. */
  readonly claimedUntil: number;
  /** Seconds since the epoch; the store drops the record then. */
  readonly expiresAt: number;
  readonly version?: number;
}
