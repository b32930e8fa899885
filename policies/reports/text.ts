import type { Control, Outcome, Verdict } from "../model";
import type { ReportContext } from "./index";
import { label, summary } from "./summary";

const codes: Record<Outcome | "strong", string> = { pass: "32", fail: "31", undetermined: "33", strong: "1" };
const marks: Record<Outcome, string> = { fail: "FAIL", undetermined: "  ? ", pass: " ok " };
const order: readonly Outcome[] = ["fail", "undetermined", "pass"];

type Paint = (code: Outcome | "strong", text: string) => string;

/** By control: failures with their way out first, what cannot be told yet, then how many resources pass. */
export function textReport(verdicts: readonly Verdict[], { stack, controls, colour = false }: ReportContext): string {
  const paint: Paint = (code, text) => (colour ? `\u001b[${codes[code]}m${text}\u001b[0m` : text);
  const lines = [paint("strong", `Policy checks of ${stack}`), ""];
  const idle: string[] = [];
  for (const control of controls) {
    const own = verdicts.filter((one) => one.control === control.id);
    if (own.length === 0) idle.push(control.id);
    else lines.push(...section(control, own, paint));
  }
  if (idle.length > 0) lines.push(`Nothing to judge for ${idle.join(", ")}.`, "");
  const { pass, fail, undetermined } = summary(verdicts);
  const total = `${fail} failed, ${undetermined} undetermined, ${pass} passed`;
  return `${[...lines, paint(fail > 0 ? "fail" : undetermined > 0 ? "undetermined" : "pass", total)].join("\n")}\n`;
}

function section({ id, title, fix }: Control, verdicts: readonly Verdict[], paint: Paint): string[] {
  const lines = [`${paint("strong", id)}  ${title}`];
  for (const outcome of order) {
    const same = verdicts.filter(({ verdict }) => verdict === outcome);
    if (outcome === "pass" && same.length > 0)
      lines.push(`  ${paint("pass", marks.pass)} ${same.length} of ${verdicts.length}`);
    else
      for (const { urn, message } of same) lines.push(`  ${paint(outcome, marks[outcome])} ${label(urn)}: ${message}`);
  }
  if (verdicts.some(({ verdict }) => verdict === "fail")) lines.push(`       ${fix}`);
  return [...lines, ""];
}
