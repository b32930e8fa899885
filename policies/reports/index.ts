import type { Control, Verdict } from "../model";
import { jsonReport } from "./json";
import { junitReport } from "./junit";
import { sarifReport } from "./sarif";
import { textReport } from "./text";

export interface ReportContext {
  readonly stack: string;
  /** The stack's file, where findings are anchored: relative to the project, with forward slashes. */
  readonly stackFile: string;
  /** The controls that were held against the stack. */
  readonly controls: readonly Control[];
  /** Terminal colours, in text only. Default: false. */
  readonly colour?: boolean;
}

export const reportFormats = ["text", "json", "sarif", "junit"] as const;
export type ReportFormat = (typeof reportFormats)[number];

const reports: Record<ReportFormat, (verdicts: readonly Verdict[], context: ReportContext) => string> = {
  text: textReport,
  json: jsonReport,
  sarif: sarifReport,
  junit: junitReport,
};

/** Writes verdicts for people or machines, ending in a newline. */
export function render(verdicts: readonly Verdict[], format: ReportFormat, context: ReportContext): string {
  return reports[format](verdicts, context);
}
