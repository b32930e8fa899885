import type { Verdict } from "../model";
import type { ReportContext } from "./context";
import { csvReport } from "./csv";
import { htmlReport } from "./html";
import { jsonReport } from "./json";
import { junitReport } from "./junit";
import { sarifReport } from "./sarif";
import { textReport } from "./text";

export type { Problem, ReportContext, SourceLocation } from "./context";

export const reportFormats = ["text", "json", "sarif", "junit", "csv", "html"] as const;
export type ReportFormat = (typeof reportFormats)[number];

const reports: Record<ReportFormat, (verdicts: readonly Verdict[], context: ReportContext) => string> = {
  text: textReport,
  json: jsonReport,
  sarif: sarifReport,
  junit: junitReport,
  csv: csvReport,
  html: htmlReport,
};

/** Writes verdicts for people or machines, ending in a newline. */
export function render(verdicts: readonly Verdict[], format: ReportFormat, context: ReportContext): string {
  return reports[format](verdicts, context);
}
