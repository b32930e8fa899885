import type { Exemption, Outcome, Verdict } from "../model";

/** How a verdict is counted: what is exempted, advisory or known is no failure, and what is exempted not undetermined either. */
export type Standing = Outcome | "advisory" | "known" | "exempted";

export const worstFirst: readonly Standing[] = ["fail", "advisory", "known", "undetermined", "exempted", "pass"];

export function standing({ verdict, exemption, advisory, known }: Verdict): Standing {
  if (verdict === "pass") return "pass";
  if (exemption) return "exempted";
  if (verdict === "undetermined") return verdict;
  return known ? "known" : advisory ? "advisory" : "fail";
}

/** How many verdicts of each standing. */
export function summary(verdicts: readonly Verdict[]): Record<Standing, number> {
  const counts: Record<Standing, number> = { pass: 0, fail: 0, advisory: 0, known: 0, undetermined: 0, exempted: 0 };
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
