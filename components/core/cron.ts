import { Cron } from "croner";
import type { Problem } from "./errors";

/** The five fields of a portable expression, each as it was written. */
export interface CronFields {
  readonly minute: string;
  readonly hour: string;
  readonly dayOfMonth: string;
  readonly month: string;
  /** 0 to 6, 0 being Sunday, or names. */
  readonly dayOfWeek: string;
}

const number = "\\d{1,2}";
const named = `(?:${number}|[A-Za-z]{3})`;
const field = (value: string) =>
  new RegExp(`^(?:\\*|${value}(?:-${value})?)(?:/${number})?(?:,${value}(?:-${value})?(?:/${number})?)*$`);
const shapes = [field(number), field(number), field(number), field(named), field(named)];

/**
 * Reads an expression of five fields as in POSIX crontab: numbers, names of months and days, `*`, lists, ranges, steps.
 * Refused: what not every cloud has (seconds, `?`, `L`, `W`, `#`, `@daily`, 7 for Sunday), and a day of the month together
 * with a day of the week, which POSIX reads as either and EventBridge cannot say.
 */
export function parseCron(text: string): CronFields | { readonly problem: Problem } {
  const refuse = (why: string): { readonly problem: Problem } => ({
    problem: { code: "SB-C004", fact: `cron=${JSON.stringify(text)} ${why}`, wayOut: 'write it like "0 3 * * 1-5"' },
  });
  const parts = text.trim().split(/\s+/);
  if (parts.length !== 5)
    return refuse(`has ${parts.length} fields instead of minute, hour, day of month, month, day of week`);
  const wrong = parts.find((part, index) => !shapes[index]?.test(part));
  if (wrong !== undefined) return refuse(`holds ${JSON.stringify(wrong)}, which not every cloud understands`);
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = ""] = parts;
  if (/\b7\b/.test(dayOfWeek)) return refuse("says 7 for Sunday, which not every cloud understands; 0 is portable");
  if (dayOfMonth !== "*" && dayOfWeek !== "*")
    return refuse(
      "names a day of the month and a day of the week, which is either of them here and both of them there",
    );
  try {
    if (new Cron(text, { mode: "5-part", paused: true }).nextRun() === null)
      return refuse("names no minute that will ever come");
  } catch (error) {
    return refuse(`is no expression: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { minute, hour, dayOfMonth, month, dayOfWeek };
}

/** Whether this machine knows the zone by its IANA name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^(UTC|[A-Za-z_]+\/[A-Za-z0-9_+/-]+)$/.test(name);
  } catch {
    return false;
  }
}
