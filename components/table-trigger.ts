import type * as pulumi from "@pulumi/pulumi";
import type { TableHandler } from "../runtime/handler";
import type { Realizer } from "./core/cloud";
import type { Code, HandlerMismatch, UsesArg } from "./core/code";
import type { Duration } from "./core/duration";
import type { Problem } from "./core/errors";
import type { Transforms } from "./core/escape";
import type { GrantData } from "./core/grant";
import { Pattern } from "./core/pattern";
import { type DeliveryOptions, draftDelivery, type Suppress } from "./delivery";
import { foundation } from "./foundation";
import { tableTriggerLimits } from "./limits/stream";
import { type FeedSpec, type Position, positionFaults } from "./stream-processor";
import type { Table } from "./table";

declare module "./core/cloud" {
  interface Cloud {
    readonly tableTrigger: Realizer<Pattern<"TableTrigger">, TableTriggerSpec, TableTriggerOutputs>;
  }
}

export interface TableTriggerOptions<Item> extends Omit<DeliveryOptions, "maxConcurrency" | "retention"> {
  readonly table: Table<Item>;
  /** What is to be told. Default ["written"]; "deleted" needs `require.deletes`. */
  readonly on?: readonly ("written" | "deleted")[];
  /**
   * What the handler cannot do without; refused where the cloud lacks it (SB-C802). `deletes`: deletions are told, on
   * Azure at the price of keeping all versions. `beforeImage`: the item as it was. `order`: changes of one key in order;
   * Google Cloud gives none. Default: none of them, which is what all clouds offer.
   */
  readonly require?: { readonly deletes?: boolean; readonly beforeImage?: boolean; readonly order?: boolean };
  /** Where it begins when it is deployed for the first time. Default "latest". */
  readonly from?: Position;
  /** Changes taken at once; the handler gets them one by one. Default 1 and "0 seconds". */
  readonly batch?: { readonly size?: number; readonly window?: Duration };
  /** Changes older than this are dead letters when their turn comes. Default "1 day", which is as long as DynamoDB keeps them. */
  readonly maxRecordAge?: Duration;
  /** Lets the handler write to the table that it is told of (SB-C801). It must then end the loop by itself. Default false. */
  readonly allowFeedback?: boolean;
  /** Suppresses repeats of a change, by its id. Default: none, the handler must tolerate repeats. */
  readonly idempotency?: Suppress;
  readonly transform?: Transforms<"TableTrigger">;
}

/** @see TableTriggerOptions. */
export type TableTriggerArgs<Item, Handler> = TableTriggerOptions<Item> & {
  readonly handler: Code<Handler> & (Handler extends TableHandler<Item, never> ? unknown : HandlerMismatch);
} & UsesArg<NoInfer<Handler>>;

/** The defaults beside those of `delivery.ts`. */
export const tableTriggerDefaults = {
  from: "latest",
  batch: { size: 1, window: "0 seconds" },
  maxRecordAge: "1 day",
} as const;

export interface TableTriggerSpec extends FeedSpec {
  readonly table: Table<unknown>;
  readonly on: readonly ("written" | "deleted")[];
  readonly require: { readonly deletes: boolean; readonly beforeImage: boolean; readonly order: boolean };
  readonly transform: Transforms<"TableTrigger"> | undefined;
}

export interface TableTriggerOutputs {
  /** Where redriven dead letters go. */
  readonly queue: pulumi.Output<string>;
  readonly deadLetters: pulumi.Output<string>;
}

/** Calls a function for every item that is written to a table, or deleted from it, with retries and dead letters. */
export class TableTrigger<Item, Handler = unknown> extends Pattern<"TableTrigger"> {
  readonly queue: pulumi.Output<string>;
  readonly deadLetters: pulumi.Output<string>;

  constructor(name: string, args: TableTriggerArgs<Item, Handler>, opts?: pulumi.ComponentResourceOptions) {
    super("TableTrigger", name, opts);
    const { spec, rows } = this.parse(args);
    foundation();
    const outputs = this.realize(this.site.realization.tableTrigger, spec, rows, { table: spec.table.id });
    this.queue = outputs.queue;
    this.deadLetters = outputs.deadLetters;
  }

  private parse(
    args: TableTriggerOptions<Item> & { readonly handler: Code; readonly uses?: Readonly<Record<string, GrantData>> },
  ) {
    const { table, on = ["written"] } = args;
    const given = { ...tableTriggerDefaults, ...args };
    const batch = { ...tableTriggerDefaults.batch, ...args.batch };
    const needs = { deletes: false, beforeImage: false, order: false, ...args.require };
    const draft = draftDelivery({
      site: this.site,
      options: args,
      adapter: "table-trigger",
      code: args.handler,
      exports: [],
      uses: args.uses,
      idempotency: args.idempotency && { ...args.idempotency, by: "id" },
    });
    const asked = {
      ...draft.asked,
      "batch.size": batch.size,
      "batch.window": draft.durations.seconds("batch.window", batch.window),
      maxRecordAge: draft.durations.seconds("maxRecordAge", given.maxRecordAge),
    };
    const problems: Problem[] = [...draft.problems(), ...positionFaults(this.site.cloud, given.from)];
    if (on.length === 0)
      problems.push({ code: "SB-C004", fact: "on is empty", wayOut: "set on to written, deleted or both" });
    if (on.includes("deleted") && !needs.deletes) {
      const fact = "on names deleted, which not every cloud tells";
      problems.push({ code: "SB-C802", fact, wayOut: "set require.deletes to true" });
    }
    if (needs.order && this.site.cloud === "gcp") {
      const fact = "require.order: Firestore's changes come in no order";
      problems.push({ code: "SB-C802", fact, wayOut: "compare a version attribute in the handler, or use a Stream" });
    }
    const writes = Object.entries(args.uses ?? {}).filter(
      ([, { target, operations }]) => target === table && operations.includes("put"),
    );
    if (writes.length > 0 && !args.allowFeedback) {
      const fact = `uses.${writes[0]?.[0]} may write to the table "${table.id}" that the handler is told of: every write would call it again`;
      problems.push({ code: "SB-C801", fact, wayOut: "write to another table, or set allowFeedback" });
    }
    const { values, rows } = this.admit(tableTriggerLimits, asked, draft.outOfRange, problems);
    const spec: TableTriggerSpec = {
      ...draft.spec(values, {
        maxMessageBytes: 262_144,
        batch: { size: values["batch.size"], windowSeconds: values["batch.window"] ?? 0 },
      }),
      table: table as Table<unknown>,
      on: [...new Set(on)].sort(),
      require: needs,
      from: given.from,
      bisect: true,
      maxRecordAgeSeconds: values.maxRecordAge ?? 0,
      transform: args.transform,
    };
    return { spec, rows };
  }
}
