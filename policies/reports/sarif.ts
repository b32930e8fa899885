import { createHash } from "node:crypto";
import { posix } from "node:path";
import { fixOf } from "../fixes";
import type { Control, Severity, Verdict } from "../model";
import { locationOf, type Problem, type ReportContext, tool, unknownText } from "./context";
import { exemptionText, label, standing } from "./summary";

const levels: Record<Severity, "error" | "warning"> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "warning",
};
/** What code scanning sorts alerts by (0 to 10). */
const scores: Record<Severity, string> = { critical: "9.5", high: "8.0", medium: "5.5", low: "3.0" };

/** Problems that are told of one resource are results too, under rules of their own. */
const problemRules: Readonly<Record<string, string>> = {
  "SB-C005": "A replacement must not lose what queues, streams, tables, buckets and other stores hold",
};

/**
 * SARIF 2.1.0. A failure is a result of kind `fail`, what cannot be told yet one of kind `open`; passes are left out, as
 * scanners do. Findings stand at the line of the blueprint that makes the resource and name its URN as logical location.
 * What is exempted is a suppressed result, what an earlier report has an unchanged one. What else fails the check is a
 * notification of the run, which thereby failed.
 */
export function sarifReport(verdicts: readonly Verdict[], context: ReportContext): string {
  const { controls, problems = [] } = context;
  const placed = problems.filter(
    (problem): problem is Placed => problem.code !== undefined && problem.urn !== undefined,
  );
  const codes = [...new Set(placed.map(({ code }) => code))];
  const ruleIds = [...controls.map(({ id }) => id), ...codes];
  const results = [
    ...verdicts.filter(({ verdict }) => verdict !== "pass").map((verdict) => ofVerdict(verdict, context)),
    ...placed.map((problem) => ofProblem(problem, context)),
  ].map((result) => ({ ...result, ruleIndex: ruleIds.indexOf(result.ruleId) }));
  const loose = problems.filter(({ code }) => code === undefined);
  const unknown = unknownText(context);
  const notifications = [
    ...loose.map(({ message }) => ({ level: "error", message: { text: message } })),
    ...(unknown === undefined ? [] : [{ level: "warning", message: { text: unknown } }]),
  ];
  const driver = {
    name: tool.name,
    semanticVersion: tool.version,
    rules: [...controls.map(rule), ...codes.map((code) => problemRule(code))],
  };
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver },
        columnKind: "utf16CodeUnits",
        invocations: [{ executionSuccessful: loose.length === 0, toolExecutionNotifications: notifications }],
        automationDetails: { id: `policies/${context.stack}/` },
        properties: { dataClass: context.dataClass },
        results,
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

type Placed = Problem & { readonly code: string; readonly urn: string };

const named = (title: string) =>
  title.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? "").toUpperCase());

function rule({ id, title, why, fix, severity, frameworks }: Control) {
  return {
    id,
    name: named(title),
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

function problemRule(id: string) {
  const title = problemRules[id] ?? id;
  return {
    id,
    name: named(title),
    shortDescription: { text: title },
    fullDescription: { text: title },
    help: { text: title },
    defaultConfiguration: { level: "error" },
    properties: { tags: ["reliability"] },
  };
}

function ofVerdict(verdict: Verdict, context: ReportContext) {
  const { control, urn, message, exemption } = verdict;
  const severity = context.controls.find(({ id }) => id === control)?.severity ?? "high";
  const told = standing(verdict);
  const code = verdict.verdict === "fail" ? fixOf(control, urn, message) : [];
  return {
    ...result(control, urn, [`${label(urn)}: ${message}`, ...code].join("\n"), context),
    ...(verdict.verdict === "fail"
      ? { kind: "fail", level: told === "advisory" ? "note" : levels[severity] }
      : { kind: "open", level: "none" }),
    ...(verdict.known && { baselineState: "unchanged" }),
    // Every result has the list, or readers cannot tell "none" from "not looked for".
    suppressions: exemption ? [{ kind: "external", status: "accepted", justification: exemptionText(exemption) }] : [],
  };
}

const ofProblem = ({ code, urn, message }: Placed, context: ReportContext) => ({
  ...result(code, urn, message, context),
  kind: "fail",
  level: "error",
  suppressions: [],
});

/** A path as a relative URI. A lone surrogate, which no URI can hold, becomes a replacement character. */
const encoded = (path: string): string =>
  path
    .split("/")
    .map((part) => encodeURIComponent(`${Buffer.from(part)}`))
    .join("/");

function result(ruleId: string, urn: string, text: string, context: ReportContext) {
  const { file, line } = locationOf(urn, context);
  return {
    ruleId,
    message: { text },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encoded(posix.join(context.base ?? "", file)) },
          region: { startLine: line },
        },
        logicalLocations: [{ name: urn.split("::").pop() ?? urn, fullyQualifiedName: urn, kind: "resource" }],
      },
    ],
    // Stable while the resource and the rule are the same, whatever the message says.
    partialFingerprints: { "controlAndResource/v1": createHash("sha256").update(`${ruleId}\0${urn}`).digest("hex") },
  };
}
