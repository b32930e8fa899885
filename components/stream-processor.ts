import type * as pulumi from "@pulumi/pulumi";
import type * as z from "zod/v4/core";
import type { StreamHandler } from "../runtime/handler";
import type { Realizer } from "./core/cloud";
import type { Code, HandlerMismatch, UsesArg } from "./core/code";
import type { Duration } from "./core/duration";
import type { Problem } from "./core/errors";
import type { Transforms } from "./core/escape";
import type { GrantData } from "./core/grant";
import { Pattern } from "./core/pattern";
import { type DeliveryOptions, type DeliverySpec, draftDelivery, type Suppress } from "./delivery";
import { foundation } from "./foundation";
import { streamProcessorLimits } from "./limits/stream";
import type { Stream } from "./stream";

declare module "./core/cloud" {
  interface Cloud {
    readonly streamProcessor: Realizer<Pattern<"StreamProcessor">, StreamProcessorSpec, StreamProcessorOutputs>;
  }
}

/** Where a new processor begins: the oldest record that is still there, what comes from now on, or a time (ISO 8601). */
export type Position = "oldest" | "latest" | { readonly at: string };

export interface StreamProcessorOptions<Schema extends z.$ZodType>
  extends Omit<DeliveryOptions, "maxConcurrency" | "retention"> {
  readonly stream: Stream<Schema>;
  /** Where it begins when it is deployed for the first time. Default "oldest". `{ at }` is refused on Google Cloud, whose subscriptions begin when they are made. */
  readonly from?: Position;
  /** Records for one call of the handler, and how long to wait for that many. Default 1 and "0 seconds", which is what all clouds offer. */
  readonly batch?: { readonly size?: number; readonly window?: Duration };
  /** Calls at the same time for one partition, by key. Default 1, which is what all clouds offer. */
  readonly parallelism?: number;
  /** Whether a batch that fails is halved until the failing record stands alone. Default true. Otherwise the batch is retried, and buried, as a whole. */
  readonly bisect?: boolean;
  /** Records older than this are dead letters when their turn comes. Default: the stream's retention. */
  readonly maxRecordAge?: Duration;
  /** A reading rate of its own (Kinesis enhanced fan-out), at a price of its own. Default false. The other clouds share no reading rate. */
  readonly dedicatedThroughput?: boolean;
  /** Suppresses repeats of a record: those with the same `by` field within `window` (default "1 day"). Default: none. */
  readonly idempotency?: Suppress & { readonly by: keyof z.output<Schema> & string };
  readonly transform?: Transforms<"StreamProcessor">;
}

/** @see StreamProcessorOptions. `handler` is business code whose module exports the record's `schema`. */
export type StreamProcessorArgs<Schema extends z.$ZodType, Handler> = StreamProcessorOptions<Schema> & {
  readonly handler: Code<Handler> &
    (Handler extends StreamHandler<z.output<Schema>, never> ? unknown : HandlerMismatch);
} & UsesArg<NoInfer<Handler>>;

/** The defaults beside those of `delivery.ts`. */
export const streamProcessorDefaults = {
  from: "oldest",
  batch: { size: 1, window: "0 seconds" },
  parallelism: 1,
  bisect: true,
  dedicatedThroughput: false,
} as const;

/** Reads ordered records: of a stream, or of a table's changes. */
export interface FeedSpec extends DeliverySpec {
  readonly from: Position;
  readonly bisect: boolean;
  readonly maxRecordAgeSeconds: number;
}

export interface StreamProcessorSpec extends FeedSpec {
  readonly stream: Stream<z.$ZodType>;
  readonly parallelism: number;
  readonly dedicatedThroughput: boolean;
  readonly transform: Transforms<"StreamProcessor"> | undefined;
}

export interface StreamProcessorOutputs {
  /** Where redriven dead letters go: to this processor only, behind the stream's own records. */
  readonly queue: pulumi.Output<string>;
  readonly deadLetters: pulumi.Output<string>;
}

/**
 * A stream's records, handled by a function in the order of each key. A record that keeps failing is a dead letter with
 * its content and cause, and the records behind it go on; a stream has any number of processors.
 */
export class StreamProcessor<Schema extends z.$ZodType, Handler = unknown> extends Pattern<"StreamProcessor"> {
  readonly queue: pulumi.Output<string>;
  readonly deadLetters: pulumi.Output<string>;

  constructor(name: string, args: StreamProcessorArgs<Schema, Handler>, opts?: pulumi.ComponentResourceOptions) {
    super("StreamProcessor", name, opts);
    const { spec, rows } = this.parse(args);
    foundation();
    const outputs = this.realize(this.site.realization.streamProcessor, spec, rows, { reads: spec.stream.id });
    this.queue = outputs.queue;
    this.deadLetters = outputs.deadLetters;
  }

  private parse(
    args: StreamProcessorOptions<Schema> & {
      readonly handler: Code;
      readonly uses?: Readonly<Record<string, GrantData>>;
    },
  ) {
    const given = { ...streamProcessorDefaults, ...args };
    const batch = { ...streamProcessorDefaults.batch, ...args.batch };
    const source = args.stream.spec;
    const draft = draftDelivery({
      site: this.site,
      options: args,
      adapter: "stream-processor",
      code: args.handler,
      exports: ["schema"],
      uses: args.uses,
      idempotency: args.idempotency,
    });
    const asked = {
      ...draft.asked,
      "batch.size": batch.size,
      "batch.window": draft.durations.seconds("batch.window", batch.window),
      parallelism: given.parallelism,
      maxRecordAge: args.maxRecordAge && draft.durations.seconds("maxRecordAge", args.maxRecordAge),
    };
    const problems = [...draft.problems(), ...positionFaults(this.site.cloud, given.from)];
    const { values, rows } = this.admit(streamProcessorLimits, asked, draft.outOfRange, problems);
    const spec: StreamProcessorSpec = {
      ...draft.spec(values, {
        maxMessageBytes: source.maxRecordBytes,
        batch: { size: values["batch.size"], windowSeconds: values["batch.window"] ?? 0 },
      }),
      stream: args.stream,
      from: given.from,
      parallelism: values.parallelism,
      bisect: given.bisect,
      maxRecordAgeSeconds: values.maxRecordAge ?? source.retentionSeconds,
      dedicatedThroughput: given.dedicatedThroughput,
      transform: args.transform,
    };
    return { spec, rows };
  }
}

/** What is wrong with where a reader is to begin. */
export function positionFaults(cloud: string, from: Position): Problem[] {
  if (typeof from === "string") return [];
  if (Number.isNaN(Date.parse(from.at)) || !/^\d{4}-\d\d-\d\dT/.test(from.at)) {
    const fact = `from.at=${JSON.stringify(from.at)} is not a time`;
    return [{ code: "SB-C004", fact, wayOut: "write it like 2026-01-31T12:00:00Z" }];
  }
  if (cloud !== "gcp") return [];
  const fact = "from.at: a Pub/Sub subscription begins when it is made";
  return [{ code: "SB-C003", fact, wayOut: "set from to oldest, and seek the subscription once it stands" }];
}
