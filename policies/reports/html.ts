import { type Coverage, coverage, type Framework, frameworks } from "../frameworks";
import type { Control, Verdict } from "../model";
import { controls as everyControl } from "../packs";
import { locationOf, type ReportContext, unknownText } from "./context";
import { exemptionText, label, type Standing, standing, summary, worstFirst } from "./summary";

const words: Record<Standing, string> = {
  fail: "fails",
  advisory: "fails, advisory",
  known: "fails, known before",
  undetermined: "undetermined",
  exempted: "exempted",
  pass: "passes",
};
/** `2 fail`, `1 passes`: how many of each standing there are. */
const counted: Record<Standing, readonly [one: string, more: string]> = {
  fail: ["fails", "fail"],
  advisory: ["fails (advisory)", "fail (advisory)"],
  known: ["fails (known before)", "fail (known before)"],
  undetermined: ["is undetermined", "are undetermined"],
  exempted: ["is exempted", "are exempted"],
  pass: ["passes", "pass"],
};
function told(verdicts: readonly Verdict[]): string {
  const counts = summary(verdicts);
  return worstFirst
    .filter((one) => counts[one] > 0)
    .map((one) => `${counts[one]} ${counted[one][counts[one] === 1 ? 0 : 1]}`)
    .join(", ");
}

/**
 * The evidence for an auditor: one page without anything from elsewhere, with every requirement of each framework, the
 * controls that help to meet it, the resources they judged and what they found, or that no technical control covers it.
 */
export function htmlReport(verdicts: readonly Verdict[], context: ReportContext): string {
  const { stack, stackFile, dataClass, controls, problems = [], now = new Date() } = context;
  const chosen = frameworks.filter(({ name }) => context.frameworks?.includes(name) ?? true);
  const unknown = unknownText(context);
  const facts = [
    ["Stack", stack],
    ["Judged from", stackFile],
    ["Data class", dataClass],
    ["At", now.toISOString()],
    ["Controls", String(controls.length)],
    ["Verdicts", told(verdicts) || "none"],
    ...(unknown === undefined ? [] : [["Not judged", unknown]]),
  ];
  const body = [
    `<h1>Evidence for ${html(stack)}</h1>`,
    `<dl>${facts.map(([name, value]) => `<dt>${html(name)}</dt><dd>${html(value)}</dd>`).join("")}</dl>`,
    "<p>A control shows how resources are configured. Whether a requirement is met is for the auditor to say: most ask for more than technology.</p>",
    ...(problems.length > 0
      ? [
          `<section class="fail"><h2>The check itself fails</h2><ul>${problems.map(({ message }) => `<li>${html(message)}</li>`).join("")}</ul></section>`,
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
<main>
${body.join("\n")}
</main>
</body>
</html>
`;
}

function section(framework: Framework, verdicts: readonly Verdict[], context: ReportContext): string {
  const covered = coverage(framework, everyControl);
  const rows = covered.map(({ requirement, by }) => {
    const head = `<th scope="row">${html(requirement.id)}</th><td>${html(requirement.title)}</td>`;
    return by.length === 0
      ? `<tr class="none">${head}<td colspan="2">not covered by technical control</td></tr>`
      : `<tr>${head}<td colspan="2">${by.map((one) => evidence(one, verdicts, context)).join("")}</td></tr>`;
  });
  const of = `${covered.filter(({ by }) => by.length > 0).length} of ${covered.length} requirements have technical controls.`;
  return `<section id="${html(framework.name)}"><h2>${html(framework.title)}</h2>
<p>${html(framework.scope)} ${of} <a href="${html(framework.source)}">Source</a></p>
<table><caption>Requirements of ${html(framework.title)}, and what helps to meet them</caption><thead><tr><th scope="col">Requirement</th><th scope="col">Asks for</th><th scope="col" colspan="2">Controls, resources, verdicts</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></section>`;
}

function evidence({ control, paragraphs }: Coverage, verdicts: readonly Verdict[], context: ReportContext): string {
  const own = verdicts.filter((verdict) => verdict.control === control.id);
  const worst = worstFirst.find((one) => own.some((verdict) => standing(verdict) === one));
  const head = `<b>${html(control.id)}</b> ${html(control.title)} <small>(${html(paragraphs.join(", "))})</small>`;
  if (worst === undefined) return `<p>${head}: <span class="none">${html(whyNot(control, context))}</span></p>`;
  const items = worstFirst.flatMap((one) =>
    own.filter((verdict) => standing(verdict) === one).map((verdict) => item(verdict, one, context)),
  );
  return `<details${worst === "pass" ? "" : " open"}><summary>${head}: <span class="${worst}">${told(own)}</span></summary><ul>${items.join("")}</ul></details>`;
}

function whyNot({ id }: Control, { controls, idle }: ReportContext): string {
  if (!controls.some((one) => one.id === id)) return "not judged: its pack was not chosen";
  return idle?.get(id) ?? "nothing to judge";
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
tbody th { white-space: nowrap } td, dd, li { overflow-wrap: anywhere } caption { text-align: left; color: #555; padding: .3rem 0 }
ul { margin: .3rem 0; padding-left: 1.2rem } small { color: #555 } p { margin: .3rem 0 }
.fail, .advisory, .known { color: #a40000 } .undetermined { color: #7a5b00 } .exempted { color: #00527a } .pass { color: #1b6b1b } .none { color: #666 }
@media print { details::details-content { content-visibility: visible; block-size: auto } thead { display: table-header-group } }
`;
