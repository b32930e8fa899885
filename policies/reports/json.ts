import { fixOf } from "../fixes";
import type { Verdict } from "../model";
import type { ReportContext } from "./context";
import { summary } from "./summary";

/** Everything, passes included: evidence for an auditor as well as input for a tool. A failure carries the code that mends it. */
export function jsonReport(verdicts: readonly Verdict[], context: ReportContext): string {
  const { stack, stackFile, controls, locations, problems = [] } = context;
  const held = controls.map(({ id, title, why, fix, severity, frameworks }) => ({
    id,
    title,
    why,
    fix,
    severity,
    frameworks,
  }));
  const placed = verdicts.map((verdict) => ({
    ...verdict,
    ...locations?.get(verdict.urn),
    ...(verdict.verdict === "fail" ? { code: fixOf(verdict.control, verdict.urn, verdict.message) } : {}),
  }));
  const report = { stack, stackFile, summary: summary(verdicts), problems, controls: held, verdicts: placed };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
