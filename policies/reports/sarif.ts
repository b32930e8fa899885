import { createHash } from "node:crypto";
import type { Control, Severity, Verdict } from "../model";
import { locationOf, type ReportContext } from "./context";
import { exemptionText, label } from "./summary";

const levels: Record<Severity, "error" | "warning"> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "warning",
};
/** What code scanning sorts alerts by (0 to 10). */
const scores: Record<Severity, string> = { critical: "9.5", high: "8.0", medium: "5.5", low: "3.0" };

/**
 * SARIF 2.1.0. A failure is a result of kind `fail`, what cannot be told yet one of kind `open`; passes are left out, as
 * scanners do. Findings stand at the line of the blueprint that makes the resource and name its URN as logical location.
 * What is exempted is a suppressed result. What fails the check itself is a notification of the run, which thereby failed.
 */
export function sarifReport(verdicts: readonly Verdict[], context: ReportContext): string {
  const rules = context.controls.map(rule);
  const results = verdicts.filter(({ verdict }) => verdict !== "pass").map((verdict) => result(verdict, context));
  const problems = (context.problems ?? []).map((text) => ({ level: "error", message: { text } }));
  const driver = { name: "serverless-blueprints", semanticVersion: "0.1.0", rules };
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver },
        columnKind: "utf16CodeUnits",
        invocations: [{ executionSuccessful: problems.length === 0, toolExecutionNotifications: problems }],
        automationDetails: { id: `policies/${context.stack}/` },
        results,
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function rule({ id, title, why, fix, severity, frameworks }: Control) {
  return {
    id,
    name: title.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? "").toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: fix },
    defaultConfiguration: { level: levels[severity] },
    properties: {
      tags: [
        "security",
        ...Object.entries(frameworks).flatMap(([name, ids]) => ids.map((paragraph: string) => `${name}/${paragraph}`)),
      ],
      "security-severity": scores[severity],
    },
  };
}

function result({ control, urn, verdict, message, exemption, advisory }: Verdict, context: ReportContext) {
  const ruleIndex = context.controls.findIndex(({ id }) => id === control);
  const severity = context.controls[ruleIndex]?.severity ?? "high";
  const { file, line } = locationOf(urn, context);
  return {
    ruleId: control,
    ruleIndex,
    ...(verdict === "fail"
      ? { kind: "fail", level: advisory ? "note" : levels[severity] }
      : { kind: "open", level: "none" }),
    message: { text: `${label(urn)}: ${message}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: encodeURI(file) }, region: { startLine: line } },
        logicalLocations: [{ name: urn.split("::").pop() ?? urn, fullyQualifiedName: urn, kind: "resource" }],
      },
    ],
    // Every result has the list, or readers cannot tell "none" from "not looked for".
    suppressions: exemption ? [{ kind: "external", status: "accepted", justification: exemptionText(exemption) }] : [],
    // Stable while the resource and the control are the same, whatever the message says.
    partialFingerprints: { "controlAndResource/v1": createHash("sha256").update(`${control}\0${urn}`).digest("hex") },
  };
}
