import type * as pulumi from "@pulumi/pulumi";
import type * as z from "zod/v4/core";
import type { DelayedSender, QueueSender } from "../runtime/clients";
import type { QueueHandler } from "../runtime/handler";
import type { Realizer } from "./core/cloud";
import type { Code, HandlerMismatch, UsesArg } from "./core/code";
import { type Duration, parseDuration } from "./core/duration";
import type { Problem } from "./core/errors";
import type { Transforms } from "./core/escape";
import { type Grant, type GrantData, grant } from "./core/grant";
import { Pattern } from "./core/pattern";
import { isRefused, type JsonSchema, jsonSchemaOf } from "./core/schema";
import { type DeliveryOptions, type DeliverySpec, draftDelivery, type Suppress } from "./delivery";
import { foundation } from "./foundation";
import { queueWorkerLimits } from "./limits/queue-worker";

declare module "./core/cloud" {
  interface Cloud {
    readonly queueWorker: Realizer<Pattern<"QueueWorker">, QueueWorkerSpec, QueueWorkerOutputs>;
  }
}

type Field<Schema extends z.$ZodType> = keyof z.output<Schema> & string;

export interface QueueWorkerOptions<Schema extends z.$ZodType> extends DeliveryOptions {
  /** Schema of a message, from `contracts.ts`. Parsed before the handler sees it; a message that fails it is retried and dead-lettered. */
  readonly message: Schema;
  /** Largest message in bytes, refused at `send`. Default and portable maximum 262,144. */
  readonly maxMessageBytes?: number;
  /** Messages for one call of the handler, and how long to wait for that many. Default 1 and "0 seconds", which is what all clouds offer. */
  readonly batch?: { readonly size?: number; readonly window?: Duration };
  /**
   * Handles messages with the same value of this field (a text) one after another, in the order in which they were sent;
   * others meanwhile. A message in backoff holds back those behind it; a dead letter lets them go. Default: no order.
   * Cannot be changed on a deployed worker without replacing its queue.
   */
  readonly ordering?: { readonly by: Field<Schema> };
  /**
   * Drops a message at `send` when one with the same value of `by` was sent within `window`. Default: none. AWS offers it
   * together with `ordering` only, and 5 minutes only; Google Cloud does not: `idempotency` does the same at the other end.
   */
  readonly deduplication?: { readonly by: Field<Schema>; readonly window?: Duration };
  /** The longest time for which `delayedSender()` may hold a message back. Default: none. Portable to AWS and Azure, up to "15 minutes". */
  readonly maxDelay?: Duration;
  /**
   * `economy`: the cheapest queue of the cloud that keeps the promises asked for: an Azure Storage queue (messages up to
   * 48 KiB, no order, no deduplication) instead of Service Bus. The other clouds have one price. Default `standard`.
   */
  readonly tier?: "standard" | "economy";
  /** Suppresses repeats of a message: those with the same `by` field within `window` (default "1 day"). Default: none, the handler must tolerate repeats. */
  readonly idempotency?: Suppress & { readonly by: Field<Schema> };
  readonly transform?: Transforms<"QueueWorker">;
}

/** @see QueueWorkerOptions. `handler` is business code; `uses` must list exactly what it asks for. */
export type QueueWorkerArgs<Schema extends z.$ZodType, Handler> = QueueWorkerOptions<Schema> & {
  readonly handler: Code<Handler> & (Handler extends QueueHandler<z.output<Schema>, never> ? unknown : HandlerMismatch);
} & UsesArg<NoInfer<Handler>>;

/** The defaults beside those of `delivery.ts`. */
export const queueWorkerDefaults = {
  maxMessageBytes: 262_144,
  batch: { size: 1, window: "0 seconds" },
  deduplication: { window: "5 minutes" },
  tier: "standard",
} as const;

/** Everything set; times in seconds. */
export interface QueueWorkerSpec extends DeliverySpec {
  /** What a sender writes. */
  readonly message: JsonSchema;
  /** The field whose values are kept in order. */
  readonly orderBy: string | undefined;
  readonly deduplication: { readonly by: string; readonly windowSeconds: number } | undefined;
  /** 0: no message can be held back. */
  readonly maxDelaySeconds: number;
  readonly tier: "standard" | "economy";
  readonly transform: Transforms<"QueueWorker"> | undefined;
}

export interface QueueWorkerOutputs {
  /** The queue's native id: SQS URL, Service Bus queue, Pub/Sub topic. Where redriven dead letters go. */
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
  private readonly maxDelaySeconds: number;

  constructor(name: string, args: QueueWorkerArgs<Schema, Handler>, opts?: pulumi.ComponentResourceOptions) {
    super("QueueWorker", name, opts);
    const { spec, rows } = this.parse(args);
    this.maxDelaySeconds = spec.maxDelaySeconds;
    foundation();
    const outputs = this.realize(this.site.realization.queueWorker, spec, rows, { message: spec.message });
    this.queue = outputs.queue;
    this.deadLetters = outputs.deadLetters;
  }

  /** May send messages; finds a typed client at `ctx.uses.<key>`. */
  sender(): Grant<QueueSender<z.input<Schema>>> {
    return grant(this, "queue", "sender", ["send"]);
  }

  /** May send messages that are held back for a while; needs the option `maxDelay`. */
  delayedSender(): Grant<DelayedSender<z.input<Schema>>> {
    if (this.maxDelaySeconds === 0) {
      const fact = "delayedSender() is asked for, but maxDelay is not set";
      this.refuse([{ code: "SB-C004", fact, wayOut: 'set maxDelay, such as "15 minutes"' }]);
    }
    return grant(this, "queue", "delayedSender", ["send"]);
  }

  private parse(
    args: QueueWorkerOptions<Schema> & { readonly handler: Code; readonly uses?: Readonly<Record<string, GrantData>> },
  ) {
    const given = { ...queueWorkerDefaults, ...args };
    const batch = { ...queueWorkerDefaults.batch, ...args.batch };
    const deduplication = args.deduplication && { ...queueWorkerDefaults.deduplication, ...args.deduplication };
    const draft = draftDelivery({
      site: this.site,
      options: args,
      adapter: "queue-worker",
      code: args.handler,
      exports: ["schema"],
      uses: args.uses,
      idempotency: args.idempotency,
    });
    const asked = {
      ...draft.asked,
      maxMessageBytes: given.maxMessageBytes,
      "batch.size": batch.size,
      "batch.window": draft.durations.seconds("batch.window", batch.window),
      maxDelay: args.maxDelay && draft.durations.seconds("maxDelay", args.maxDelay),
      "deduplication.window": deduplication && draft.durations.seconds("deduplication.window", deduplication.window),
    };
    const schema = jsonSchemaOf("message", args.message);
    const problems = [
      ...draft.problems(),
      ...(isRefused(schema) ? [schema.problem] : []),
      ...pairs(this.site.cloud, asked),
      ...gaps(this.site.cloud, args),
    ];
    const { values, rows } = this.admit(queueWorkerLimits, asked, draft.outOfRange, problems);
    const spec: QueueWorkerSpec = {
      ...draft.spec(values, {
        maxMessageBytes: values.maxMessageBytes,
        batch: { size: values["batch.size"], windowSeconds: values["batch.window"] ?? 0 },
      }),
      message: isRefused(schema) ? {} : schema,
      orderBy: args.ordering?.by,
      deduplication: deduplication && {
        by: deduplication.by,
        windowSeconds: values["deduplication.window"] ?? 0,
      },
      maxDelaySeconds: values.maxDelay ?? 0,
      tier: given.tier,
      transform: args.transform,
    };
    return { spec, rows };
  }
}

/** Rules that two properties make together. */
function pairs(cloud: string, asked: Readonly<Record<string, number | undefined>>): Problem[] {
  const { "batch.size": size = 1, "batch.window": window = 0 } = asked;
  if (cloud !== "aws" || size <= 10 || window >= 1) return [];
  const fact = `batch.size=${size} needs batch.window of at least "1 second" (Lambda event source mapping)`;
  return [{ code: "SB-C004", fact, wayOut: 'set batch.window to "1 second" or more, or batch.size to 10 or less' }];
}

/** What a cloud lacks and a worker cannot do without: refused with the way out (SB-C003). */
function gaps(
  cloud: string,
  args: Pick<QueueWorkerOptions<z.$ZodType>, "maxDelay" | "batch" | "tier"> & {
    readonly ordering?: object;
    readonly deduplication?: object;
  },
): Problem[] {
  const problems: Problem[] = [];
  const refuse = (fact: string, wayOut: string) => problems.push({ code: "SB-C003", fact, wayOut });
  const { ordering, deduplication, maxDelay, batch, tier } = args;
  const window = batch?.window === undefined ? 0 : (parseDuration(batch.window) ?? 0);
  if (cloud === "aws" && deduplication && !ordering)
    refuse("deduplication: standard SQS queues have none, FIFO queues do", "set ordering too, or use idempotency");
  if (cloud === "aws" && ordering && (batch?.size ?? 1) > 10)
    refuse(
      `batch.size=${batch?.size} with ordering: an SQS FIFO queue gives at most 10`,
      "set batch.size to 10 or less",
    );
  if (cloud === "aws" && ordering && window > 0)
    refuse("batch.window with ordering: Lambda takes no batch window on an SQS FIFO queue", "leave batch.window out");
  if (cloud === "aws" && ordering && maxDelay)
    refuse("maxDelay with ordering: an SQS FIFO queue delays no single message", "leave one of them out");
  if (cloud === "gcp" && deduplication)
    refuse(
      "deduplication: Pub/Sub drops no repeated publish",
      "use idempotency, which suppresses it before the handler",
    );
  if (cloud === "gcp" && maxDelay)
    refuse("maxDelay: Pub/Sub holds no message back", "send at the due time, or use a Schedule");
  if (cloud === "azure" && tier === "economy" && (ordering || deduplication))
    refuse(
      "tier=economy with ordering or deduplication: an Azure Storage queue has neither",
      "set tier to standard, or leave them out",
    );
  if (ordering && maxDelay && cloud !== "aws")
    refuse("maxDelay with ordering: what is held back would lose its place", "leave one of them out");
  return problems;
}
