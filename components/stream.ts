import type * as pulumi from "@pulumi/pulumi";
import type * as z from "zod/v4/core";
import type { StreamProducer } from "../runtime/clients";
import type { FieldOf } from "../runtime/field";
import type { Realizer } from "./core/cloud";
import type { Duration } from "./core/duration";
import type { Transforms } from "./core/escape";
import { type Grant, grant } from "./core/grant";
import { Durations } from "./core/options";
import { Pattern } from "./core/pattern";
import { isRefused, type JsonSchema, jsonSchemaOf } from "./core/schema";
import { foundation } from "./foundation";
import { streamLimits } from "./limits/stream";

declare module "./core/cloud" {
  interface Cloud {
    readonly stream: Realizer<Pattern<"Stream">, StreamSpec, StreamOutputs>;
  }
}

export interface StreamArgs<Schema extends z.$ZodType> {
  /** Schema of a record, from `contracts.ts`. */
  readonly record: Schema;
  /** The field, a text, whose records are kept in order. */
  readonly key: FieldOf<z.output<Schema>, string>;
  /** How many partitions share the load: an integer, or "on-demand" where the cloud scales by itself. Default 4; portable 1 to 32. */
  readonly partitions?: number | "on-demand";
  /** How long records stay, read or not. Default "1 day"; portable "1 day" to "7 days". */
  readonly retention?: Duration;
  /** Largest record in bytes, refused at `put`. Default 262,144; portable 1,024 to 1,000,000. */
  readonly maxRecordBytes?: number;
  /** What to do with a value that the cloud does not accept. Default `refuse`. */
  readonly outOfRange?: "refuse" | "clamp";
  readonly transform?: Transforms<"Stream">;
}

/** The defaults, once. */
export const streamDefaults = {
  partitions: 4,
  retention: "1 day",
  maxRecordBytes: 262_144,
  outOfRange: "refuse",
} as const;

export interface StreamSpec {
  readonly record: JsonSchema;
  readonly key: string;
  readonly partitions: number | "on-demand";
  readonly retentionSeconds: number;
  readonly maxRecordBytes: number;
  readonly transform: Transforms<"Stream"> | undefined;
}

export interface StreamOutputs {
  /** The stream's native id: Kinesis stream, event hub, Pub/Sub topic. */
  readonly stream: pulumi.Output<string>;
}

/**
 * An ordered log of records: those of one key stay in order, each processor reads all of them at its own pace, and
 * reading takes nothing away.
 */
export class Stream<Schema extends z.$ZodType> extends Pattern<"Stream"> {
  readonly stream: pulumi.Output<string>;
  readonly spec: StreamSpec;

  constructor(name: string, args: StreamArgs<Schema>, opts?: pulumi.ComponentResourceOptions) {
    super("Stream", name, opts);
    const given = { ...streamDefaults, ...args };
    const durations = new Durations();
    const asked = {
      partitions: typeof given.partitions === "number" ? given.partitions : undefined,
      retention: durations.seconds("retention", given.retention),
      maxRecordBytes: given.maxRecordBytes,
    };
    const schema = jsonSchemaOf("record", args.record);
    const problems = [...durations.problems, ...(isRefused(schema) ? [schema.problem] : [])];
    if (given.partitions === "on-demand" && this.site.cloud === "azure") {
      const fact = "partitions=on-demand: an event hub has a fixed number of partitions";
      problems.push({ code: "SB-C003", fact, wayOut: "set partitions to 1 to 32" });
    }
    const { values, rows } = this.admit(streamLimits, asked, given.outOfRange, problems);
    foundation();
    this.spec = {
      record: isRefused(schema) ? {} : schema,
      key: given.key,
      partitions: values.partitions ?? "on-demand",
      retentionSeconds: values.retention ?? 0,
      maxRecordBytes: values.maxRecordBytes,
      transform: args.transform,
    };
    const { record, key } = this.spec;
    this.stream = this.realize(this.site.realization.stream, this.spec, rows, { record, key }).stream;
  }

  /** May write records. */
  producer(): Grant<StreamProducer<z.input<Schema>>> {
    return grant(this, "stream", "producer", ["putRecords"]);
  }
}
