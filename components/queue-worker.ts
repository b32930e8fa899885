import type * as pulumi from "@pulumi/pulumi";
import type * as z from "zod/v4/core";
import type { QueueSender } from "../runtime/clients";
import type { QueueHandler } from "../runtime/handler";
import type { IdempotencyRecord } from "../runtime/settings";
import type { Realizer } from "./core/cloud";
import type { Code, UsesArg } from "./core/code";
import { type ContractRow, emulated, native } from "./core/contract";
import { type Duration, formatDuration } from "./core/duration";
import type { Problem } from "./core/errors";
import type { Transforms } from "./core/escape";
import { type Grant, type GrantData, grant } from "./core/grant";
import { type HandlerSpec, handlerSpec } from "./core/handler";
import { Durations } from "./core/options";
import { Pattern } from "./core/pattern";
import { isRefused, type JsonSchema, jsonSchemaOf } from "./core/schema";
import { foundation } from "./foundation";
import { queueWorkerLimits } from "./limits/queue-worker";
import type { Table } from "./table";

declare module "./core/cloud" {
  interface Cloud {
    readonly queueWorker: Realizer<Pattern<"QueueWorker">, QueueWorkerSpec, QueueWorkerOutputs>;
  }
}

export interface QueueWorkerOptions<Schema extends z.$ZodType> {
  /** Schema of a message, from `contracts.ts`. Parsed before the handler sees it; a message that fails it is retried and dead-lettered. */
  readonly message: Schema;
  /** Time for one call of the handler. Default "30 seconds"; portable "1 second" to "5 minutes". */
  readonly timeout?: Duration;
  /** Memory of the function in MiB. Default 512; portable 512, 2048, 4096. */
  readonly memory?: number;
  /** Deliveries of a message before it is a dead letter. Default 5; portable 5 to 100. Counted approximately on AWS and Google Cloud. */
  readonly maxDeliveries?: number;
  /** How long a message waits to be handled before it is dropped or dead-lettered. Default "4 days"; portable "10 minutes" to "14 days". */
  readonly retention?: Duration;
  /** Largest message in bytes, refused at `send`. Default and portable maximum 262,144. */
  readonly maxMessageBytes?: number;
  /** Wait before a failed message is delivered again, doubling from `min` to `max`. Default "10 seconds" to "10 minutes"; portable up to "10 minutes". */
  readonly backoff?: { readonly min?: Duration; readonly max?: Duration };
  /** Messages for one call of the handler, and how long to wait for that many. Default 1 and "0 seconds", which is what all clouds offer. */
  readonly batch?: { readonly size?: number; readonly window?: Duration };
  /** Most calls of the handler at the same time. Default: as many as the cloud gives. */
  readonly maxConcurrency?: number;
  /** How long dead letters are kept. Default "14 days"; longer than `retention` on AWS, where the age counts on. */
  readonly deadLetter?: { readonly retention?: Duration };
  /** Suppresses repeats of a message: those with the same `by` field within `window` (default "1 day"). Default: none, the handler must tolerate repeats. */
  readonly idempotency?: {
    readonly by: keyof z.output<Schema> & string;
    readonly store: Table<IdempotencyRecord>;
    readonly window?: Duration;
  };
  /** What to do with a value that the cloud does not accept. Default `refuse`. */
  readonly outOfRange?: "refuse" | "clamp";
  readonly transform?: Transforms<"QueueWorker">;
}

/** @see QueueWorkerOptions. `handler` is business code; `uses` must list exactly what it asks for. */
export type QueueWorkerArgs<Schema extends z.$ZodType, Handler> = QueueWorkerOptions<Schema> & {
  readonly handler: Code<Handler> & (Handler extends QueueHandler<z.output<Schema>, never> ? unknown : HandlerMismatch);
} & UsesArg<NoInfer<Handler>>;

/** Shown by the compiler when a handler takes other messages than the worker's schema gives. */
export interface HandlerMismatch {
  readonly "the handler does not take this message": never;
}

/** The defaults, once. */
export const queueWorkerDefaults = {
  timeout: "30 seconds",
  memory: 512,
  maxDeliveries: 5,
  retention: "4 days",
  maxMessageBytes: 262_144,
  backoff: { min: "10 seconds", max: "10 minutes" },
  batch: { size: 1, window: "0 seconds" },
  deadLetter: { retention: "14 days" },
  idempotency: { window: "1 day" },
  outOfRange: "refuse",
} as const;

/** Everything set; times in seconds. */
export interface QueueWorkerSpec {
  /** What a sender writes. */
  readonly message: JsonSchema;
  readonly handler: HandlerSpec;
  readonly maxDeliveries: number;
  readonly retentionSeconds: number;
  readonly maxMessageBytes: number;
  readonly backoff: { readonly minSeconds: number; readonly maxSeconds: number };
  readonly batch: { readonly size: number; readonly windowSeconds: number };
  readonly maxConcurrency: number | undefined;
  readonly deadLetterRetentionSeconds: number;
  readonly idempotency: { readonly by: string; readonly windowSeconds: number } | undefined;
  readonly transform: Transforms<"QueueWorker"> | undefined;
}

export interface QueueWorkerOutputs {
  /** The queue's native id: SQS URL, Service Bus queue, Pub/Sub topic. */
  readonly queue: pulumi.Output<string>;
  /** Where dead letters wait: SQS URL, Service Bus queue, Pub/Sub subscription. */
  readonly deadLetters: pulumi.Output<string>;
}

/**
 * A queue and the function that works it off: retries with backoff, and after `maxDeliveries` a dead-letter queue that
 * keeps the message with its cause. A message is delivered at least once and never silently lost.
 */
export class QueueWorker<Schema extends z.$ZodType, Handler = unknown> extends Pattern<"QueueWorker"> {
  readonly queue: pulumi.Output<string>;
  readonly deadLetters: pulumi.Output<string>;

  constructor(name: string, args: QueueWorkerArgs<Schema, Handler>, opts?: pulumi.ComponentResourceOptions) {
    super("QueueWorker", name, opts);
    const { spec, rows } = this.parse(args);
    foundation();
    const outputs = this.realize(this.site.realization.queueWorker, spec, rows);
    this.queue = outputs.queue;
    this.deadLetters = outputs.deadLetters;
  }

  /** May send messages; finds a typed client at `ctx.uses.<key>`. */
  sender(): Grant<QueueSender<z.input<Schema>>> {
    return grant(this, "queue", "sender", ["send"]);
  }

  private parse(
    args: QueueWorkerOptions<Schema> & { readonly handler: Code; readonly uses?: Readonly<Record<string, GrantData>> },
  ) {
    const given = { ...queueWorkerDefaults, ...args };
    const backoff = { ...queueWorkerDefaults.backoff, ...args.backoff };
    const batch = { ...queueWorkerDefaults.batch, ...args.batch };
    const deadLetter = { ...queueWorkerDefaults.deadLetter, ...args.deadLetter };
    const idempotency = args.idempotency && { ...queueWorkerDefaults.idempotency, ...args.idempotency };
    const durations = new Durations();
    const asked = {
      timeout: durations.seconds("timeout", given.timeout),
      memory: given.memory,
      maxDeliveries: given.maxDeliveries,
      retention: durations.seconds("retention", given.retention),
      maxMessageBytes: given.maxMessageBytes,
      "backoff.min": durations.seconds("backoff.min", backoff.min),
      "backoff.max": durations.seconds("backoff.max", backoff.max),
      "batch.size": batch.size,
      "batch.window": durations.seconds("batch.window", batch.window),
      maxConcurrency: given.maxConcurrency,
      "deadLetter.retention": durations.seconds("deadLetter.retention", deadLetter.retention),
    };
    const windowSeconds = idempotency && durations.seconds("idempotency.window", idempotency.window);
    const schema = jsonSchemaOf("message", args.message);
    const handler = handlerSpec(this.site.cloud, {
      adapter: "queue-worker",
      code: args.handler,
      schema: true,
      uses: args.uses ?? {},
      idempotency: idempotency?.store.readWriter(),
      timeoutSeconds: 0,
      memoryMiB: 0,
    });
    const problems = [
      ...durations.problems,
      ...(isRefused(schema) ? [schema.problem] : []),
      ...("problems" in handler ? handler.problems : []),
      ...pairs(this.site.cloud, asked),
    ];
    const { values, rows } = this.admit(queueWorkerLimits, asked, given.outOfRange, problems);
    if ("problems" in handler) throw new Error("admit() has refused these problems");
    const whole = (value: number | undefined) => value ?? 0;
    const spec: QueueWorkerSpec = {
      message: isRefused(schema) ? {} : schema,
      handler: { ...handler, timeoutSeconds: whole(values.timeout), memoryMiB: values.memory },
      maxDeliveries: values.maxDeliveries,
      retentionSeconds: whole(values.retention),
      maxMessageBytes: values.maxMessageBytes,
      backoff: { minSeconds: whole(values["backoff.min"]), maxSeconds: whole(values["backoff.max"]) },
      batch: { size: values["batch.size"], windowSeconds: whole(values["batch.window"]) },
      maxConcurrency: values.maxConcurrency,
      deadLetterRetentionSeconds: whole(values["deadLetter.retention"]),
      idempotency: idempotency && { by: idempotency.by, windowSeconds: whole(windowSeconds) },
      transform: args.transform,
    };
    return { spec, rows };
  }
}

/** Rules that two properties make together. */
function pairs(cloud: string, asked: Readonly<Record<string, number | undefined>>): Problem[] {
  const value = (property: string) => asked[property] ?? 0;
  const problems: Problem[] = [];
  if (value("backoff.min") > value("backoff.max")) {
    const fact = `backoff.min=${value("backoff.min")} s is longer than backoff.max=${value("backoff.max")} s`;
    problems.push({ code: "SB-C004", fact, wayOut: "set backoff.max to at least backoff.min" });
  }
  if (cloud === "aws" && value("batch.size") > 10 && value("batch.window") < 1) {
    const fact = `batch.size=${value("batch.size")} needs batch.window of at least "1 second" (Lambda event source mapping)`;
    problems.push({
      code: "SB-C004",
      fact,
      wayOut: 'set batch.window to "1 second" or more, or batch.size to 10 or less',
    });
  }
  if (cloud === "aws" && value("deadLetter.retention") <= value("retention")) {
    const fact =
      "deadLetter.retention is not longer than retention (SQS counts a dead letter's age from its first sending)";
    problems.push({ code: "SB-C004", fact, wayOut: 'set deadLetter.retention above retention, at most "14 days"' });
  }
  return problems;
}

/** Idempotency is the same runtime code on every cloud. @param delivery where the cloud's own guarantee is read */
export function idempotencyRow({ idempotency }: QueueWorkerSpec, delivery: string): ContractRow {
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
