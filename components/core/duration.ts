const seconds = { second: 1, minute: 60, hour: 3600, day: 86400 } as const;
type Unit = keyof typeof seconds;

/** A length of time: `"30 seconds"`, `"5 minutes"`, `"1 hour"`, `"14 days"`. Whole seconds only. */
export type Duration = `${number} ${Unit | `${Unit}s`}`;

/** Seconds, or undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) (second|minute|hour|day)s?$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  const total = Number(amount) * seconds[unit as Unit];
  return Number.isSafeInteger(total) ? total : undefined;
}

/** The shortest exact wording: 90 is "90 seconds", 3600 is "1 hour". */
export function formatDuration(total: number): Duration {
  const [unit, size] = (Object.entries(seconds).reverse() as [Unit, number][]).find(
    ([, s]) => total % s === 0 && total >= s,
  ) ?? ["second", 1];
  const amount = total / size;
  return `${amount} ${amount === 1 ? unit : (`${unit}s` as const)}`;
}
