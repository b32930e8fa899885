import { fixOf } from "../fixes";
import type { Control, Verdict } from "../model";
import { locationOf, type ReportContext } from "./context";
import { exemptionText, label, type Standing, standing, summary } from "./summary";

const codes: Record<Standing | "strong", string> = {
  pass: "32",
  fail: "31",
  advisory: "35",
  undetermined: "33",
  exempted: "36",
  strong: "1",
};
const marks: Record<Standing, string> = {
  fail: "FAIL",
  advisory: "warn",
  undetermined: "  ? ",
  exempted: " ex ",
  pass: " ok ",
};
const order: readonly Standing[] = ["fail", "advisory", "undetermined", "exempted", "pass"];
const indent = "       ";

type Paint = (code: Standing | "strong", text: string) => string;

/** By control: failures with their place and their way out first, what cannot be told yet, what is exempted, what passes. */
export function textReport(verdicts: readonly Verdict[], context: ReportContext): string {
  const { stack, controls, problems = [], colour = false } = context;
  const paint: Paint = (code, text) => (colour ? `\u001b[${codes[code]}m${text}\u001b[0m` : text);
  const lines = [paint("strong", `Policy checks of ${stack}`), ""];
  const idle: string[] = [];
  for (const control of controls) {
    const own = verdicts.filter((one) => one.control === control.id);
    if (own.length === 0) idle.push(control.id);
    else lines.push(...section(control, own, paint, context));
  }
  if (idle.length > 0) lines.push(`Nothing to judge for ${idle.join(", ")}.`, "");
  if (problems.length > 0)
    lines.push(
      ...problems.map((problem) => `${paint("fail", marks.fail)} ${problem.replaceAll("\n", `\n${indent}`)}`),
      "",
    );
  const { pass, fail, advisory, undetermined, exempted } = summary(verdicts);
  const total = [
    `${fail + problems.length} failed`,
    ...(advisory > 0 ? [`${advisory} advisory`] : []),
    `${undetermined} undetermined`,
    ...(exempted > 0 ? [`${exempted} exempted`] : []),
    `${pass} passed`,
  ].join(", ");
  const worst = fail + problems.length > 0 ? "fail" : undetermined > 0 ? "undetermined" : "pass";
  return `${[...lines, paint(worst, total)].join("\n")}\n`;
}

function section(control: Control, verdicts: readonly Verdict[], paint: Paint, context: ReportContext): string[] {
  const { id, title, fix } = control;
  const lines = [`${paint("strong", id)}  ${title}`];
  for (const one of order) {
    const same = verdicts.filter((verdict) => standing(verdict) === one);
    if (one === "pass" && same.length > 0)
      lines.push(`  ${paint("pass", marks.pass)} ${same.length} of ${verdicts.length}`);
    else
      for (const verdict of same) {
        lines.push(`  ${paint(one, marks[one])} ${label(verdict.urn)}: ${verdict.message}`);
        if (verdict.exemption) lines.push(`${indent}${exemptionText(verdict.exemption)}`);
        if (one === "fail" || one === "advisory") lines.push(...wayOut(verdict, context));
      }
  }
  if (verdicts.some((verdict) => ["fail", "advisory"].includes(standing(verdict)))) lines.push(`${indent}${fix}`);
  return [...lines, ""];
}

/** Where the resource is made, and what to write there. */
function wayOut({ control, urn, message }: Verdict, context: ReportContext): string[] {
  const { file, line } = locationOf(urn, context);
  return [
    ...(context.locations?.has(urn) ? [`${indent}at ${file}:${line}`] : []),
    ...fixOf(control, urn, message).map((text) => `${indent}${text}`),
  ];
}
