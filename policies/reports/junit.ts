import type { Verdict } from "../model";
import type { ReportContext } from "./index";
import { label } from "./summary";

/** One suite a control, one case a resource; what cannot be told yet is skipped with its reason. */
export function junitReport(verdicts: readonly Verdict[], { stack, controls }: ReportContext): string {
  const suites = controls.map(({ id, title, fix }) => {
    const cases = verdicts.filter(({ control }) => control === id);
    return `  <testsuite name="${xml(`${id} ${title}`)}" ${counts(cases)}>\n${cases.map((one) => testCase(one, fix)).join("")}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(stack)}" ${counts(verdicts)}>\n${suites.join("")}</testsuites>\n`;
}

function counts(verdicts: readonly Verdict[]): string {
  const of = (outcome: string) => verdicts.filter(({ verdict }) => verdict === outcome).length;
  return `tests="${verdicts.length}" failures="${of("fail")}" errors="0" skipped="${of("undetermined")}" time="0"`;
}

function testCase({ control, urn, verdict, message }: Verdict, fix: string): string {
  const head = `    <testcase classname="${xml(control)}" name="${xml(label(urn))}" time="0"`;
  if (verdict === "pass") return `${head}/>\n`;
  const inner =
    verdict === "fail"
      ? `<failure message="${xml(message)}" type="${xml(control)}">${xml(`${urn}\n${fix}`)}</failure>`
      : `<skipped message="${xml(message)}"/>`;
  return `${head}>${inner}</testcase>\n`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** XML 1.0 has no way to write most control characters, lone surrogates and non-characters: they become a question mark. */
const unwritable = /[\p{Cs}\p{Cn}]|(?![\t\n\r])\p{Cc}/gu;

function xml(text: string): string {
  return text
    .replace(unwritable, "?")
    .replace(/[&<>"']/g, (character) => entities[character] ?? character)
    .replace(/[\n\r\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}
