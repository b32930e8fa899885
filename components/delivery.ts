import type { IdempotencyRecord } from "../runtime/settings";
import type { HandlerExport } from "./core/bundle";
import type { Code } from "./core/code";
import { type ContractRow, emulated, native, unsupported } from "./core/contract";
import { type Duration, formatDuration } from "./core/duration";
import type { Problem } from "./core/errors";
import type { GrantData } from "./core/grant";
import { type HandlerSpec, handlerSpec } from "./core/handler";
import { Durations } from "./core/options";
import type { Site } from "./core/site";
import type { Table } from "./table";

/** How messages reach a function: the same for every pattern that has a queue in front of its handler. */
export interface DeliveryOptions {
  /** Time for one call of the handler. Default "30 seconds"; portable "1 second" to "5 minutes". */
  readonly timeout?: Duration;
  /** Memory of the function in MiB. Default 512; portable 512, 2048, 4096. */
  readonly memory?: number;
  /** Deliveries before a message is a dead letter. Default 5; portable 5 to 100. Counted approximately on AWS and Google Cloud. */
  readonly maxDeliveries?: number;
  /** How long a message waits to be handled before it is dropped or dead-lettered. Default "4 days"; portable "10 minutes" to "14 days". */
  readonly retention?: Duration;
  /** Wait before a failed message is delivered again, doubling from `min` to `max`. Default "10 seconds" to "10 minutes"; portable up to "10 minutes". */
  readonly backoff?: { readonly min?: Duration; readonly max?: Duration };
  /** Most calls of the handler at the same time. Default: as many as the cloud gives. */
  readonly maxConcurrency?: number;
  /** How long dead letters are kept. Default "14 days"; longer than `retention` on AWS, where the age counts on. */
  readonly deadLetter?: { readonly retention?: Duration };
  /** What to do with a value that the cloud does not accept. Default `refuse`. */
  readonly outOfRange?: "refuse" | "clamp";
}

/** Suppresses repeats of what has an id of its own. */
export interface Suppress {
  readonly store: Table<IdempotencyRecord>;
  /** How long a repeat is known. Default "1 day". */
  readonly window?: Duration;
}

/** The defaults, once. */
export const deliveryDefaults = {
  timeout: "30 seconds",
  memory: 512,
  maxDeliveries: 5,
  retention: "4 days",
  backoff: { min: "10 seconds", max: "10 minutes" },
  deadLetter: { retention: "14 days" },
  idempotency: { window: "1 day" },
  outOfRange: "refuse",
} as const;

/** Everything set; times in seconds. */
export interface DeliverySpec {
  readonly handler: HandlerSpec;
  readonly maxDeliveries: number;
  readonly retentionSeconds: number;
  readonly maxMessageBytes: number;
  readonly backoff: { readonly minSeconds: number; readonly maxSeconds: number };
  readonly batch: { readonly size: number; readonly windowSeconds: number };
  readonly maxConcurrency: number | undefined;
  readonly deadLetterRetentionSeconds: number;
  readonly idempotency: { readonly by: string; readonly windowSeconds: number } | undefined;
}

export interface DeliveryRequest {
  readonly site: Site;
  readonly options: DeliveryOptions;
  /** Runtime adapter, named like its file. */
  readonly adapter: string;
  readonly code: Code;
  /** What the handler's module exports for the adapter, beside the handler: `schema`, `events`. */
  readonly exports: readonly HandlerExport[];
  readonly uses: Readonly<Record<string, GrantData>> | undefined;
  readonly idempotency: (Suppress & { readonly by: string }) | undefined;
}

export interface DeliveryDraft {
  readonly outOfRange: "refuse" | "clamp";
  readonly durations: Durations;
  /** The values that limits are held against. */
  readonly asked: {
    readonly timeout: number | undefined;
    readonly memory: number;
    readonly maxDeliveries: number;
    readonly retention: number | undefined;
    readonly "backoff.min": number | undefined;
    readonly "backoff.max": number | undefined;
    readonly maxConcurrency: number | undefined;
    readonly "deadLetter.retention": number | undefined;
  };
  /** All that is wrong; to be asked when every duration has been read. */
  readonly problems: () => readonly Problem[];
  /** After `admit`, which has refused the problems. */
  readonly spec: (
    values: DeliveryDraft["asked"],
    more: Pick<DeliverySpec, "maxMessageBytes" | "batch">,
  ) => DeliverySpec;
}

/** Reads the options of delivery and bundles the handler. */
export function draftDelivery({ site, options, ...request }: DeliveryRequest): DeliveryDraft {
  const given = { ...deliveryDefaults, ...options };
  const backoff = { ...deliveryDefaults.backoff, ...options.backoff };
  const deadLetter = { ...deliveryDefaults.deadLetter, ...options.deadLetter };
  const durations = new Durations();
  const asked = {
    timeout: durations.seconds("timeout", given.timeout),
    memory: given.memory,
    maxDeliveries: given.maxDeliveries,
    retention: durations.seconds("retention", given.retention),
    "backoff.min": durations.seconds("backoff.min", backoff.min),
    "backoff.max": durations.seconds("backoff.max", backoff.max),
    maxConcurrency: given.maxConcurrency,
    "deadLetter.retention": durations.seconds("deadLetter.retention", deadLetter.retention),
  };
  const window = request.idempotency && { ...deliveryDefaults.idempotency, ...request.idempotency }.window;
  const windowSeconds = window && durations.seconds("idempotency.window", window);
  const handler = handlerSpec(site.cloud, {
    adapter: request.adapter,
    code: request.code,
    exports: request.exports,
    uses: request.uses ?? {},
    idempotency: request.idempotency?.store.readWriter(),
    timeoutSeconds: 0,
    memoryMiB: 0,
  });
  const whole = (value: number | undefined) => value ?? 0;
  return {
    outOfRange: given.outOfRange,
    durations,
    asked,
    problems: () => [
      ...durations.problems,
      ...("problems" in handler ? handler.problems : []),
      ...pairs(site.cloud, asked),
    ],
    spec: (values, more) => {
      if ("problems" in handler) throw new Error("admit() has refused these problems");
      return {
        handler: { ...handler, timeoutSeconds: whole(values.timeout), memoryMiB: values.memory },
        maxDeliveries: values.maxDeliveries,
        retentionSeconds: whole(values.retention),
        backoff: { minSeconds: whole(values["backoff.min"]), maxSeconds: whole(values["backoff.max"]) },
        maxConcurrency: values.maxConcurrency,
        deadLetterRetentionSeconds: whole(values["deadLetter.retention"]),
        idempotency: request.idempotency && { by: request.idempotency.by, windowSeconds: whole(windowSeconds) },
        ...more,
      };
    },
  };
}

/** Rules that two properties make together. */
function pairs(cloud: string, asked: DeliveryDraft["asked"]): Problem[] {
  const problems: Problem[] = [];
  const { "backoff.min": min = 0, "backoff.max": max = 0, retention = 0 } = asked;
  if (min > max) {
    const fact = `backoff.min=${min} s is longer than backoff.max=${max} s`;
    problems.push({ code: "SB-C004", fact, wayOut: "set backoff.max to at least backoff.min" });
  }
  if (cloud === "aws" && (asked["deadLetter.retention"] ?? 0) <= retention) {
    const fact =
      "deadLetter.retention is not longer than retention (SQS counts a dead letter's age from its first sending)";
    problems.push({ code: "SB-C004", fact, wayOut: 'set deadLetter.retention above retention, at most "14 days"' });
  }
  return problems;
}

/** Whether somebody is told of a dead letter. @param given in the cloud's own terms, where somebody wants to be */
export function alarmRow({ alarmEmail }: Site, given: string, why: string, source: string): ContractRow {
  return alarmEmail === undefined
    ? native("deadLetter.alarm", "none asked", "none", "set serverless-blueprints:alarmEmail to be told", source)
    : native("deadLetter.alarm", "an e-mail", given, why, source);
}

/** As `alarmRow`, where the cloud cannot tell. */
export function noAlarmRow({ alarmEmail }: Site, why: string, source: string): ContractRow {
  return alarmEmail === undefined
    ? native("deadLetter.alarm", "none asked", "none", "nobody is told", source)
    : unsupported("deadLetter.alarm", "an e-mail", "none", why, source);
}

/** Idempotency is the same runtime code on every cloud. @param delivery where the cloud's own guarantee is read */
export function idempotencyRow({ idempotency }: Pick<DeliverySpec, "idempotency">, delivery: string): ContractRow {
  if (!idempotency) return native("idempotency", "none asked", "at-least-once", "the handler sees repeats", delivery);
  const asked = `by ${idempotency.by}, ${formatDuration(idempotency.windowSeconds)}`;
  return emulated(
    "idempotency",
    asked,
    "repeats suppressed",
    "two-phase record in the store, shipped with the handler",
    "runtime/idempotency.ts",
  );
}
