import { fixOf } from "../fixes";
import type { Verdict } from "../model";
import { type ReportContext, tool } from "./context";
import { summary } from "./summary";

/**
 * Everything, passes included: evidence for an auditor, input for a tool, and the baseline of a later check. A failure
 * carries the code that mends it.
 */
export function jsonReport(verdicts: readonly Verdict[], context: ReportContext): string {
  const {
    stack,
    stackFile,
    dataClass,
    controls,
    idle,
    locations,
    problems = [],
    unknownTo,
    now = new Date(),
  } = context;
  const held = controls.map(({ id, title, why, fix, severity, frameworks }) => ({
    id,
    title,
    why,
    fix,
    severity,
    frameworks,
    ...(idle?.has(id) && { idle: idle.get(id) }),
  }));
  const severities = new Map(controls.map(({ id, severity }) => [id, severity]));
  const placed = verdicts.map((verdict) => ({
    ...verdict,
    severity: severities.get(verdict.control),
    ...locations?.get(verdict.urn),
    ...(verdict.verdict === "fail" ? { code: fixOf(verdict.control, verdict.urn, verdict.message) } : {}),
  }));
  const report = {
    tool,
    at: now.toISOString(),
    stack,
    stackFile,
    dataClass,
    summary: summary(verdicts),
    problems,
    unknownTo: Object.fromEntries(unknownTo ?? []),
    controls: held,
    verdicts: placed,
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
