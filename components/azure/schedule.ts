import type { Realization } from "../core/cloud";
import { type ContractRow, emulated, native } from "../core/contract";
import type { CronFields } from "../core/cron";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { ScheduleOutputs, ScheduleSpec } from "../schedule";
import { deliveryRows, workedQueue } from "./worked-queue";

/** A timer in the worker's own app sends to its queue, from which the worker is called: a timer itself keeps nothing. */
export function schedule(self: Pattern<"Schedule">, spec: ScheduleSpec): Realization<ScheduleOutputs> {
  const { cron, timeZone } = spec;
  const timer = timerOf(spec.fields, timeZone);
  const { nodes, grants, outputs } = workedQueue(self, {
    spec,
    settings: { cron, timeZone },
    variables: () => ({ SB_SCHEDULE: timer.expression, ...(timer.exact ? { SB_SCHEDULE_EXACT: "true" } : {}) }),
    shape: shaper(spec.transform?.azure),
  });
  return {
    contract: [...deliveryRows(self, spec), ...clockRows(spec, timer)],
    grants,
    nodes,
    outputs,
  };
}

export interface Timer {
  /** NCRONTAB: six fields, seconds first, by the clock of UTC. */
  readonly expression: string;
  /** Whether it rings at no other minute than the schedule's. */
  readonly exact: boolean;
}

/**
 * Timers know UTC only on Linux. For another zone one rings at every minute that could be meant there, and the adapter
 * asks the zone's own clock: where that is whole hours away, at the same minute of every hour.
 */
export function timerOf({ minute, hour, dayOfMonth, month, dayOfWeek }: CronFields, timeZone: string): Timer {
  if (isUtc(timeZone)) return { expression: `0 ${minute} ${hour} ${dayOfMonth} ${month} ${dayOfWeek}`, exact: true };
  return { expression: `0 ${inWholeHours(timeZone) ? minute : "*"} * * * *`, exact: false };
}

/** Whether a zone's clock shows UTC's time, in both halves of the years ahead. */
function isUtc(timeZone: string): boolean {
  return offsetsOf(timeZone).every((minutes) => minutes === 0);
}

function inWholeHours(timeZone: string): boolean {
  return offsetsOf(timeZone).every((minutes) => minutes % 60 === 0);
}

/** A schedule may outlive the rules of its zone by no more than this; fixed, so that a plan does not depend on its day. */
const years = Array.from({ length: 15 }, (_, index) => 2025 + index);

/** Minutes ahead of UTC, in every month of the years ahead. */
function offsetsOf(timeZone: string): readonly number[] {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return years.flatMap((year) =>
    Array.from({ length: 12 }, (_, month) => {
      const instant = Date.UTC(year, month, 15, 12);
      const shown = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
      const { year: y = 0, month: m = 1, day = 1, hour = 0, minute = 0 } = shown;
      return (Date.UTC(y, m - 1, day, hour, minute) - instant) / 60_000;
    }),
  );
}

function clockRows({ cron, overlap, timeZone }: ScheduleSpec, { exact, expression }: Timer): readonly ContractRow[] {
  const late = "what was missed while the app stood still is made up for once";
  return [
    exact
      ? native("cron", cron, expression, `the timer fills the queue; ${late}`, "Azure Functions timer trigger")
      : emulated(
          "cron",
          cron,
          cron,
          `the timer rings at ${expression} and the adapter asks the zone's clock; ${late}`,
          "Azure Functions timer trigger",
        ),
    exact
      ? native("timeZone", timeZone, "UTC", "which its clock shows", "Azure Functions timer trigger")
      : emulated(
          "timeZone",
          timeZone,
          timeZone,
          "with its daylight saving, by the time zone data of the app's Node.js; timers on Linux know UTC only",
          "Azure Functions timer trigger",
        ),
    overlap === "skip"
      ? emulated("overlap", "skip", "skip", "a record in the store says who works", "runtime/suppression.ts")
      : native("overlap", "allow", "allow", "a run begins also while an earlier one works", "Service Bus queues"),
  ];
}
