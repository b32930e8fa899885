import { fixOf } from "../fixes";
import type { Verdict } from "../model";
import { locationOf, type ReportContext, unknownText } from "./context";
import { exemptionText, label, standing, summary } from "./summary";

/** One suite a control, one case a resource; what cannot be told yet and what is exempted is skipped with its reason. */
export function junitReport(verdicts: readonly Verdict[], context: ReportContext): string {
  const { stack, dataClass, controls, problems = [] } = context;
  const suites = controls.map(({ id, title, fix }) => {
    const cases = verdicts.filter(({ control }) => control === id);
    const written = cases.map((one) => testCase(one, fix, context));
    return `  <testsuite name="${xml(`${id} ${title}`)}" ${counts(cases)}>\n${written.join("")}  </testsuite>\n`;
  });
  const loose = problems.map(
    ({ message, code = "check" }) =>
      `    <testcase classname="check" name="${xml(message)}" time="0"><failure message="${xml(message)}" type="${xml(code)}"/></testcase>\n`,
  );
  if (loose.length > 0)
    suites.push(`  <testsuite name="The check itself" ${counts([], loose.length)}>\n${loose.join("")}  </testsuite>\n`);
  const properties = { dataClass, unknownTo: unknownText(context) ?? "" };
  const head = Object.entries(properties).map(
    ([name, value]) => `    <property name="${name}" value="${xml(value)}"/>\n`,
  );
  // Properties are of a suite: of one without cases, which stands before all others.
  suites.unshift(
    `  <testsuite name="Judged as" ${counts([])}>\n   <properties>\n${head.join("")}   </properties>\n  </testsuite>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(stack)}" ${counts(verdicts, loose.length)}>\n${suites.join("")}</testsuites>\n`;
}

function counts(verdicts: readonly Verdict[], problems = 0): string {
  const { fail, advisory, known, undetermined, exempted } = summary(verdicts);
  const skipped = advisory + known + undetermined + exempted;
  return `tests="${verdicts.length + problems}" failures="${fail + problems}" errors="0" skipped="${skipped}" time="0"`;
}

function testCase(verdict: Verdict, fix: string, context: ReportContext): string {
  const { control, urn, message, exemption } = verdict;
  const { file, line } = locationOf(urn, context);
  const head = `    <testcase classname="${xml(control)}" name="${xml(label(urn))}" file="${xml(file)}" line="${line}" time="0"`;
  const inner = {
    pass: "",
    fail: `<failure message="${xml(message)}" type="${xml(control)}">${xml([urn, fix, ...fixOf(control, urn, message)].join("\n"))}</failure>`,
    advisory: `<skipped message="${xml(`advisory: ${message}`)}"/>`,
    known: `<skipped message="${xml(`known before: ${message}`)}"/>`,
    undetermined: `<skipped message="${xml(message)}"/>`,
    exempted: `<skipped message="${xml(`${message}; ${exemption ? exemptionText(exemption) : ""}`)}"/>`,
  }[standing(verdict)];
  return inner === "" ? `${head}/>\n` : `${head}>${inner}</testcase>\n`;
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
