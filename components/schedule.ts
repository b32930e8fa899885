import type * as pulumi from "@pulumi/pulumi";
import type { ScheduleHandler } from "../runtime/handler";
import type { IdempotencyRecord } from "../runtime/settings";
import type { Realizer } from "./core/cloud";
import type { Code, HandlerMismatch, UsesArg } from "./core/code";
import { type CronFields, isTimeZone, parseCron } from "./core/cron";
import type { Problem } from "./core/errors";
import type { Transforms } from "./core/escape";
import type { GrantData } from "./core/grant";
import { Pattern } from "./core/pattern";
import { type DeliveryOptions, type DeliverySpec, draftDelivery, type Suppress } from "./delivery";
import { foundation } from "./foundation";
import { deliveryLimits } from "./limits/delivery";
import type { Table } from "./table";

declare module "./core/cloud" {
  interface Cloud {
    readonly schedule: Realizer<Pattern<"Schedule">, ScheduleSpec, ScheduleOutputs>;
  }
}

export interface ScheduleOptions extends DeliveryOptions {
  /** Five fields: minute, hour, day of month, month, day of week (0 is Sunday). `core/cron.ts` says what is portable. */
  readonly cron: string;
  /** IANA name. Default "UTC". Where clocks are put forward a minute may be skipped, where they are put back one may come twice. */
  readonly timeZone?: string;
  /**
   * `allow`: a run begins also while an earlier one works. `{ skip }`: it is left out then; the store, from
   * `idempotencyStore`, keeps who works. Default `allow`.
   */
  readonly overlap?: "allow" | { readonly skip: Table<IdempotencyRecord> };
  /** Suppresses repeats of a run, by its minute. Not together with `overlap: { skip }`. Default: none. */
  readonly idempotency?: Suppress;
  readonly transform?: Transforms<"Schedule">;
}

/** @see ScheduleOptions. */
export type ScheduleArgs<Handler> = ScheduleOptions & {
  readonly handler: Code<Handler> & (Handler extends ScheduleHandler<never> ? unknown : HandlerMismatch);
} & UsesArg<NoInfer<Handler>>;

export interface ScheduleSpec extends DeliverySpec {
  readonly cron: string;
  readonly fields: CronFields;
  readonly timeZone: string;
  readonly overlap: "allow" | "skip";
  readonly transform: Transforms<"Schedule"> | undefined;
}

export interface ScheduleOutputs {
  readonly queue: pulumi.Output<string>;
  readonly deadLetters: pulumi.Output<string>;
}

/** Calls a function at the minutes that a cron expression names, with retries and dead letters. */
export class Schedule<Handler = unknown> extends Pattern<"Schedule"> {
  readonly queue: pulumi.Output<string>;
  readonly deadLetters: pulumi.Output<string>;

  constructor(name: string, args: ScheduleArgs<Handler>, opts?: pulumi.ComponentResourceOptions) {
    super("Schedule", name, opts);
    const { spec, rows } = this.parse(args);
    foundation();
    const intent = { cron: spec.cron, timeZone: spec.timeZone };
    const outputs = this.realize(this.site.realization.schedule, spec, rows, intent);
    this.queue = outputs.queue;
    this.deadLetters = outputs.deadLetters;
  }

  private parse(
    args: ScheduleOptions & { readonly handler: Code; readonly uses?: Readonly<Record<string, GrantData>> },
  ) {
    const { timeZone = "UTC", overlap = "allow" } = args;
    const skip = overlap === "allow" ? undefined : overlap.skip;
    const draft = draftDelivery({
      site: this.site,
      options: args,
      adapter: "schedule",
      code: args.handler,
      exports: [],
      uses: args.uses,
      idempotency: skip
        ? { store: skip, by: "@component", window: "0 seconds" }
        : args.idempotency && { ...args.idempotency, by: "id" },
    });
    const problems: Problem[] = [...draft.problems()];
    const fields = parseCron(args.cron);
    if ("problem" in fields) problems.push(fields.problem);
    if (!isTimeZone(timeZone)) {
      const fact = `timeZone=${JSON.stringify(timeZone)} is no IANA time zone`;
      problems.push({ code: "SB-C004", fact, wayOut: 'name one like "Europe/Berlin" or "UTC"' });
    }
    if (skip && args.idempotency) {
      const fact = "overlap={ skip } and idempotency both ask for a record of the run";
      problems.push({ code: "SB-C004", fact, wayOut: "leave one of them out: what is skipped is not repeated either" });
    }
    const { values, rows } = this.admit(deliveryLimits, draft.asked, draft.outOfRange, problems);
    if ("problem" in fields) throw new Error("admit() has refused this problem");
    const spec: ScheduleSpec = {
      ...draft.spec(values, { maxMessageBytes: 262_144, batch: { size: 1, windowSeconds: 0 } }),
      cron: args.cron.trim().split(/\s+/).join(" "),
      fields,
      timeZone,
      overlap: skip ? "skip" : "allow",
      transform: args.transform,
    };
    return { spec, rows };
  }
}
