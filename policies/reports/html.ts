import { type Coverage, coverage, type Framework, frameworks } from "../frameworks";
import type { Verdict } from "../model";
import { locationOf, type ReportContext } from "./context";
import { exemptionText, label, type Standing, standing, summary } from "./summary";

const words: Record<Standing, string> = {
  fail: "fails",
  advisory: "fails, advisory",
  undetermined: "undetermined",
  exempted: "exempted",
  pass: "passes",
};
const worstFirst: readonly Standing[] = ["fail", "advisory", "undetermined", "exempted", "pass"];

/**
 * The evidence for an auditor: one page without anything from elsewhere, with every requirement of each framework, the
 * controls that help to meet it, the resources they judged and what they found, or that no technical control covers it.
 */
export function htmlReport(verdicts: readonly Verdict[], context: ReportContext): string {
  const { stack, stackFile, controls, problems = [], now = new Date() } = context;
  const chosen = frameworks.filter(({ name }) => context.frameworks?.includes(name) ?? true);
  const counts = summary(verdicts);
  const facts = [
    ["Stack", stack],
    ["Judged from", stackFile],
    ["At", now.toISOString()],
    ["Controls", String(controls.length)],
    ["Verdicts", worstFirst.map((one) => `${counts[one]} ${words[one]}`).join(", ")],
  ];
  const body = [
    `<h1>Evidence for ${html(stack)}</h1>`,
    `<dl>${facts.map(([name, value]) => `<dt>${html(name)}</dt><dd>${html(value)}</dd>`).join("")}</dl>`,
    "<p>A control shows how resources are configured. Whether a requirement is met is for the auditor to say: most ask for more than technology.</p>",
    ...(problems.length > 0
      ? [
          `<section class="fail"><h2>The check itself fails</h2><ul>${problems.map((one) => `<li>${html(one)}</li>`).join("")}</ul></section>`,
        ]
      : []),
    ...chosen.map((framework) => section(framework, verdicts, context)),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Evidence for ${html(stack)}</title>
<style>${style}</style>
</head>
<body>
${body.join("\n")}
</body>
</html>
`;
}

function section(framework: Framework, verdicts: readonly Verdict[], context: ReportContext): string {
  const covered = coverage(framework, context.controls);
  const rows = covered.map(({ requirement, by }) => {
    const head = `<th scope="row">${html(requirement.id)}</th><td>${html(requirement.title)}</td>`;
    return by.length === 0
      ? `<tr class="none">${head}<td colspan="2">not covered by technical control</td></tr>`
      : `<tr>${head}<td colspan="2">${by.map((one) => evidence(one, verdicts, context)).join("")}</td></tr>`;
  });
  const of = `${covered.filter(({ by }) => by.length > 0).length} of ${covered.length} requirements have technical controls.`;
  return `<section id="${html(framework.name)}"><h2>${html(framework.title)}</h2>
<p>${html(framework.scope)} ${of} <a href="${html(framework.source)}">Source</a></p>
<table><thead><tr><th scope="col">Requirement</th><th scope="col">Asks for</th><th scope="col" colspan="2">Controls, resources, verdicts</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></section>`;
}

function evidence({ control, paragraphs }: Coverage, verdicts: readonly Verdict[], context: ReportContext): string {
  const own = verdicts.filter((verdict) => verdict.control === control.id);
  const worst = worstFirst.find((one) => own.some((verdict) => standing(verdict) === one));
  const head = `<b>${html(control.id)}</b> ${html(control.title)} <small>(${html(paragraphs.join(", "))})</small>`;
  if (worst === undefined) return `<p>${head}: <span class="none">nothing to judge</span></p>`;
  const counts = summary(own);
  const told = worstFirst.filter((one) => counts[one] > 0).map((one) => `${counts[one]} ${words[one]}`);
  const items = worstFirst.flatMap((one) =>
    own.filter((verdict) => standing(verdict) === one).map((verdict) => item(verdict, one, context)),
  );
  return `<details${worst === "pass" ? "" : " open"}><summary>${head}: <span class="${worst}">${told.join(", ")}</span></summary><ul>${items.join("")}</ul></details>`;
}

function item(verdict: Verdict, one: Standing, context: ReportContext): string {
  const { file, line } = locationOf(verdict.urn, context);
  const exemption = verdict.exemption ? `; ${exemptionText(verdict.exemption)}` : "";
  return `<li><span class="${one}">${words[one]}</span> ${html(label(verdict.urn))}: ${html(verdict.message + exemption)} <small>${html(`${file}:${line}`)}</small></li>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const html = (text = ""): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? character);

const style = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1a1a1a; background: #fff }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem } dt { font-weight: 600 } dd { margin: 0 }
table { border-collapse: collapse; width: 100% } th, td { border-top: 1px solid #ccc; padding: .4rem .6rem; text-align: left; vertical-align: top }
tbody th { white-space: nowrap } ul { margin: .3rem 0; padding-left: 1.2rem } small { color: #555 } p { margin: .3rem 0 }
.fail, .advisory { color: #a40000 } .undetermined { color: #7a5b00 } .exempted { color: #00527a } .pass { color: #1b6b1b } .none { color: #666 }
@media print { details { display: block } }
`;
