import { type CloudName, portableClouds } from "./clouds";
import { type ContractRow, clamped } from "./contract";
import { formatDuration } from "./duration";
import type { Problem } from "./errors";

export type LimitUnit = "seconds" | "bytes" | "count" | "MiB" | "days" | "characters" | "per second";

/** What one cloud accepts for one property. */
export interface LimitRow {
  readonly property: string;
  readonly cloud: CloudName;
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly number[];
  readonly unit: LimitUnit;
  /** The service that sets the limit, as the message names it. */
  readonly service: string;
  readonly source: string;
  /** V: read from an API model or a pinned package. D: vendor documentation. K: unconfirmed, so it only warns. */
  readonly confidence: "V" | "D" | "K";
}

export interface LimitPolicy {
  readonly cloud: CloudName;
  /** `strict` refuses what one of the other clouds would refuse. */
  readonly portability: "warn" | "strict";
  /** `clamp` takes the nearest value that the cloud accepts, with a warning and a contract row, instead of refusing. */
  readonly outOfRange: "refuse" | "clamp";
}

export interface LimitReport<Values> {
  readonly values: Values;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  readonly rows: readonly ContractRow[];
}

/** Holds every property that has rows against the selected cloud's range and against the portable one. */
export function checkLimits<Values extends Readonly<Record<string, number | undefined>>>(
  rows: readonly LimitRow[],
  asked: Values,
  policy: LimitPolicy,
): LimitReport<Values> {
  const values: Record<string, number | undefined> = { ...asked };
  const problems: Problem[] = [];
  const warnings: string[] = [];
  const contract: ContractRow[] = [];
  for (const [property, value] of Object.entries(asked)) {
    const of = rows.filter((row) => row.property === property);
    if (value === undefined || of.length === 0) continue;
    const portable = rangeText(of.filter((row) => (portableClouds as readonly string[]).includes(row.cloud)));
    const broken = of.find((row) => row.cloud === policy.cloud && !accepts(row, value));
    if (!Number.isFinite(value) || (of[0]?.unit !== "per second" && !Number.isInteger(value))) {
      problems.push({
        code: "SB-C001",
        fact: `${property}=${value} is not a whole number`,
        wayOut: `set ${property} to a whole number`,
        portable,
      });
    } else if (broken) {
      const fact = `${property}=${show(value, broken.unit)} ${offence(broken, value)} (${broken.service} accepts ${rangeText([broken])})`;
      if (policy.outOfRange === "clamp") {
        const near = nearest(broken, value);
        values[property] = near;
        contract.push(
          clamped(
            property,
            show(value, broken.unit),
            show(near, broken.unit),
            `${broken.service} accepts ${rangeText([broken])}`,
            broken.source,
          ),
        );
        warnings.push(`${fact}; given ${show(near, broken.unit)} instead`);
      } else if (broken.confidence === "K") {
        warnings.push(`${fact}; this limit is not confirmed by the vendor's documentation`);
      } else {
        const wayOut = `set ${property} to ${rangeText([broken])}, or set outOfRange to "clamp"`;
        problems.push({ code: "SB-C001", fact, wayOut, portable });
      }
    } else {
      const elsewhere = of.filter(
        (row) =>
          (portableClouds as readonly string[]).includes(row.cloud) &&
          row.cloud !== policy.cloud &&
          !accepts(row, value),
      );
      for (const row of elsewhere) {
        const fact = `${property}=${show(value, row.unit)} is not portable to ${row.cloud} (${row.service} accepts ${rangeText([row])})`;
        if (policy.portability === "strict" && row.confidence !== "K") {
          problems.push({
            code: "SB-C002",
            fact,
            wayOut: `set ${property} to ${portable}, or set serverless-blueprints:portability to warn`,
            portable,
          });
        } else warnings.push(fact);
      }
    }
  }
  return { values: values as Values, problems, warnings, rows: contract };
}

export function accepts(row: LimitRow, value: number): boolean {
  if (row.oneOf && !row.oneOf.includes(value)) return false;
  return value >= (row.min ?? Number.NEGATIVE_INFINITY) && value <= (row.max ?? Number.POSITIVE_INFINITY);
}

/** What all the rows accept together, in words: `5 to 100`, `one of 512, 2048`, `60 or more`. */
export function rangeText(rows: readonly LimitRow[]): string {
  const unit = rows[0]?.unit ?? "count";
  const lists = rows.flatMap((row) => (row.oneOf ? [row.oneOf] : []));
  const common = lists[0]?.filter((value) => rows.every((row) => accepts(row, value)));
  if (common)
    return common.length === 1
      ? show(common[0] ?? 0, unit)
      : `one of ${common.map((value) => show(value, unit)).join(", ")}`;
  const min = Math.max(...rows.map((row) => row.min ?? Number.NEGATIVE_INFINITY));
  const max = Math.min(...rows.map((row) => row.max ?? Number.POSITIVE_INFINITY));
  if (min === max) return show(min, unit);
  if (!Number.isFinite(max)) return Number.isFinite(min) ? `${show(min, unit)} or more` : "any value";
  return Number.isFinite(min) ? `${show(min, unit)} to ${show(max, unit)}` : `at most ${show(max, unit)}`;
}

function offence(row: LimitRow, value: number): string {
  if (row.oneOf) return "is not one of the sizes offered";
  return value < (row.min ?? Number.NEGATIVE_INFINITY)
    ? `is below the minimum ${show(row.min ?? 0, row.unit)}`
    : `is above the maximum ${show(row.max ?? 0, row.unit)}`;
}

function nearest(row: LimitRow, value: number): number {
  // Between two sizes the larger one: a clamp must not take away what was asked for.
  if (row.oneOf) return row.oneOf.find((size) => size >= value) ?? row.oneOf[row.oneOf.length - 1] ?? value;
  return Math.min(Math.max(value, row.min ?? value), row.max ?? value);
}

function show(value: number, unit: LimitUnit): string {
  if (unit === "seconds" && Number.isInteger(value) && value > 0) return `"${formatDuration(value)}"`;
  if (unit === "count") return `${value}`;
  return `${value} ${value === 1 ? unit.replace(/s$/, "") : unit}`;
}
