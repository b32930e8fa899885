import * as z from "zod/mini";
import type { Verdict } from "../../policies";
import { UsageError } from "../failure";
import { readGiven } from "./files";

/** What failed already. */
export interface Baseline {
  readonly has: (verdict: Verdict) => boolean;
}

const Report = z.object({
  verdicts: z.array(z.object({ control: z.string(), urn: z.string(), verdict: z.string(), message: z.string() })),
});

/** By control, resource and words: what is found there today, and was not then, is new. */
const keyOf = ({ control, urn, message }: Pick<Verdict, "control" | "urn" | "message">) =>
  JSON.stringify([control, urn, message]);

/** Reads what `check --format json` wrote. */
export function readBaseline(file: string): Baseline {
  const wayOut = "name a report that `check --format json` wrote";
  const text = readGiven(file, wayOut);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is no JSON document`, wayOut);
  }
  const report = Report.safeParse(content);
  if (!report.success) throw new UsageError(`${file} is no report: it has no verdicts`, wayOut);
  const failed = new Set(report.data.verdicts.filter(({ verdict }) => verdict === "fail").map(keyOf));
  return { has: (verdict) => verdict.verdict === "fail" && failed.has(keyOf(verdict)) };
}
