import { fixOf } from "../fixes";
import type { Control, Verdict } from "../model";
import { locationOf, type ReportContext, unknownText } from "./context";
import { exemptionText, label, type Standing, standing, summary, worstFirst } from "./summary";

const codes: Record<Standing | "strong", string> = {
  pass: "32",
  fail: "31",
  advisory: "35",
  known: "35",
  undetermined: "33",
  exempted: "36",
  strong: "1",
};
const marks: Record<Standing, string> = {
  fail: "FAIL",
  advisory: "warn",
  known: " old",
  undetermined: "  ? ",
  exempted: " ex ",
  pass: " ok ",
};
const indent = "       ";

type Paint = (code: Standing | "strong", text: string) => string;

/** By control: failures with their place and their way out first, what cannot be told yet, what is exempted, what passes. */
export function textReport(verdicts: readonly Verdict[], context: ReportContext): string {
  const { stack, dataClass, controls, problems = [], colour = false } = context;
  const paint: Paint = (code, text) => (colour ? `\u001b[${codes[code]}m${text}\u001b[0m` : text);
  const lines = [paint("strong", `Policy checks of ${line(stack)}, data of class ${dataClass}`), ""];
  for (const control of controls) {
    const own = verdicts.filter((one) => one.control === control.id);
    if (own.length > 0) lines.push(...section(control, own, paint, context));
  }
  const without = controls.filter(({ id }) => !verdicts.some(({ control }) => control === id));
  for (const [reason, ids] of grouped(without, context)) lines.push(`${ids.join(", ")}: ${reason}.`);
  if (without.length > 0) lines.push("");
  const unknown = unknownText(context);
  if (unknown !== undefined) lines.push(unknown, "");
  for (const { message } of problems)
    lines.push(`${paint("fail", marks.fail)} ${message.split("\n").map(line).join(`\n${indent}`)}`);
  if (problems.length > 0) lines.push("");
  const { pass, fail, advisory, known, undetermined, exempted } = summary(verdicts);
  const total = [
    `${fail + problems.length} failed`,
    ...(advisory > 0 ? [`${advisory} advisory`] : []),
    ...(known > 0 ? [`${known} known before`] : []),
    `${undetermined} undetermined`,
    ...(exempted > 0 ? [`${exempted} exempted`] : []),
    `${pass} passed`,
  ].join(", ");
  const worst = fail + problems.length > 0 ? "fail" : undetermined > 0 ? "undetermined" : "pass";
  return `${[...lines, paint(worst, total)].join("\n")}\n`;
}

/** Why there is nothing to say of some controls, and of which. */
function grouped(controls: readonly Control[], { idle }: ReportContext): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { id } of controls) {
    const reason = idle?.get(id) ?? "nothing to judge";
    groups.set(reason, [...(groups.get(reason) ?? []), id]);
  }
  return groups;
}

/** Names come from the program: what would move the cursor, or begin a line of its own, is shown as its escape. */
const line = (text: string): string =>
  text.replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

const isFault = (one: Standing) => one === "fail" || one === "advisory" || one === "known";

function section(control: Control, verdicts: readonly Verdict[], paint: Paint, context: ReportContext): string[] {
  const { id, title, fix } = control;
  const lines = [`${paint("strong", id)}  ${title}`];
  for (const one of worstFirst) {
    const same = verdicts.filter((verdict) => standing(verdict) === one);
    if (one === "pass" && same.length > 0)
      lines.push(`  ${paint("pass", marks.pass)} ${same.length} of ${verdicts.length}`);
    else
      for (const verdict of same) {
        lines.push(`  ${paint(one, marks[one])} ${line(`${label(verdict.urn)}: ${verdict.message}`)}`);
        if (verdict.exemption) lines.push(`${indent}${line(exemptionText(verdict.exemption))}`);
        if (isFault(one)) lines.push(...wayOut(verdict, context));
      }
  }
  if (verdicts.some((verdict) => isFault(standing(verdict)))) lines.push(`${indent}${fix}`);
  return [...lines, ""];
}

/** Where the resource is made, and what to write there. */
function wayOut({ control, urn, message }: Verdict, context: ReportContext): string[] {
  const { file, line: at } = locationOf(urn, context);
  return [
    ...(context.locations?.has(urn) ? [`${indent}at ${line(file)}:${at}`] : []),
    ...fixOf(control, urn, message).map((text) => `${indent}${line(text)}`),
  ];
}
