/** Seconds of a duration as Google writes it (`7776000s`); undefined for anything else. */
export function googleSeconds(value: unknown): number | undefined {
  const [, seconds] = /^(\d+(?:\.\d+)?)s$/.exec(typeof value === "string" ? value : "") ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}

const daysOf = { Y: 365, M: 30, W: 7, D: 1 } as const;

/** Days of an ISO 8601 period of years, months, weeks and days (`P90D`); undefined for anything else. */
export function isoDays(value: unknown): number | undefined {
  const text = typeof value === "string" ? value.toUpperCase() : "";
  if (!/^P(?=\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)([YMWD])/g)].reduce(
    (days, [, count, unit]) => days + Number(count) * daysOf[unit as keyof typeof daysOf],
    0,
  );
}
