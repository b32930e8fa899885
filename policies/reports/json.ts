import type { Verdict } from "../model";
import type { ReportContext } from "./index";
import { summary } from "./summary";

/** Everything, passes included: evidence for an auditor as well as input for a tool. */
export function jsonReport(verdicts: readonly Verdict[], { stack, stackFile, controls }: ReportContext): string {
  const held = controls.map(({ id, title, why, fix, severity, frameworks }) => ({
    id,
    title,
    why,
    fix,
    severity,
    frameworks,
  }));
  return `${JSON.stringify({ stack, stackFile, summary: summary(verdicts), controls: held, verdicts }, undefined, 2)}\n`;
}
