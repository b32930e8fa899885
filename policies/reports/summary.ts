import type { Exemption, Outcome, Verdict } from "../model";

/** How a verdict is counted: what is exempted or advisory is no failure, and what is exempted not undetermined either. */
export type Standing = Outcome | "advisory" | "exempted";

export function standing({ verdict, exemption, advisory }: Verdict): Standing {
  if (verdict === "pass") return "pass";
  if (exemption) return "exempted";
  return verdict === "fail" && advisory ? "advisory" : verdict;
}

/** How many verdicts of each standing. */
export function summary(verdicts: readonly Verdict[]): Record<Standing, number> {
  const counts: Record<Standing, number> = { pass: 0, fail: 0, advisory: 0, undetermined: 0, exempted: 0 };
  for (const verdict of verdicts) counts[standing(verdict)] += 1;
  return counts;
}

export function exemptionText({ owner, reason, ticket, expires }: Exemption): string {
  return `exempted until ${expires} by ${owner} (${ticket}): ${reason}`;
}

/** A URN's own type and name. */
export function partsOf(urn: string): { readonly type: string; readonly name: string } {
  const [, , types = "", ...names] = urn.split("::");
  return { type: types.split("$").pop() ?? "", name: names.join("::") };
}

/** The short form of a URN that people read: its own type and name. */
export function label(urn: string): string {
  const { type, name } = partsOf(urn);
  return name === "" ? urn : `${name} (${type})`;
}
