import type { Outcome, Verdict } from "../model";

/** How many verdicts of each outcome. */
export function summary(verdicts: readonly Verdict[]): Record<Outcome, number> {
  const counts: Record<Outcome, number> = { pass: 0, fail: 0, undetermined: 0 };
  for (const { verdict } of verdicts) counts[verdict] += 1;
  return counts;
}

/** The short form of a URN that people read: its own type and name. */
export function label(urn: string): string {
  const parts = urn.split("::");
  const type = (parts[2] ?? "").split("$").pop() ?? "";
  const name = parts.slice(3).join("::");
  return name === "" ? urn : `${name} (${type})`;
}
