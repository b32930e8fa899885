import { createHash } from "node:crypto";
import type { LocalCloud } from "./cloud";
import type { DeadLetter } from "./dead-letters";
import type { Answer } from "./problem";
import type { QueueStats } from "./stats";

/** Dead letters shown of one queue; the commands show them all. */
const shownLetters = 50;
/** The page looks again after this many seconds. */
const refreshSeconds = 3;

const style = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; } code { font-size: .85em; } form { display: inline; }
.scroll { overflow-x: auto; } .quiet { opacity: .7; } button { font: inherit; padding: .15rem .7rem; }
`;
const styleHash = createHash("sha256").update(style).digest("base64");
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** The console: one page without script or other files. Never a payload. */
export function consolePage(cloud: LocalCloud): Answer {
  const stats = cloud.stats();
  const now = cloud.clock.now();
  const letters = stats.queues.map((queue) =>
    deadLetters(queue, cloud.find("Queue", queue.name)?.deadLetters.list(shownLetters) ?? [], now),
  );
  const body = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Local cloud</title>
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="${refreshSeconds}">
<style>${style}</style></head><body>
<h1>Local cloud</h1>
<p class="quiet">boot <code>${html(stats.bootId)}</code> · ${html(stats.faults)}</p>
<h2>Queues</h2>
${queuesTable(stats.queues)}
${letters.join("\n")}
<h2>APIs</h2>
${table(
  ["API", "URL", "#Running"],
  stats.apis.map(({ name, url, active }) => [html(name), `<code>${html(url)}</code>`, String(active)]),
)}
<h2>Functions</h2>
${table(
  ["Function", "#Instances", "#Calls"],
  stats.functions.map(({ name, instances, active }) => [html(name), String(instances), String(active)]),
)}
<h2>Tables and secrets</h2>
${table(
  ["Table", "#Items"],
  stats.tables.map(({ name, items }) => [html(name), String(items)]),
)}
${table(
  ["Secret", "Value"],
  stats.secrets.map(({ name, isSet }) => [html(name), isSet ? "set" : "not set"]),
)}
</body></html>
`;
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
    "cache-control": "no-store",
  };
  return { status: 200, headers, body };
}

function queuesTable(queues: readonly QueueStats[]): string {
  const head = [
    "Queue",
    "#Visible",
    "#In flight",
    "#Delayed",
    "#Oldest",
    "#Handled",
    "#Retried",
    "#Duplicates",
    "#Dead letters",
    "#p50 ms",
    "#p99 ms",
  ];
  return table(
    head,
    queues.map((queue) => [
      html(queue.name),
      ...[queue.visible, queue.inFlight, queue.delayed].map(String),
      age(queue.oldestAgeMs),
      ...[queue.counters.handled, queue.counters.retried, queue.counters.duplicatesSuppressed, queue.deadLetters].map(
        String,
      ),
      String(queue.p50Ms ?? "–"),
      String(queue.p99Ms ?? "–"),
    ]),
  );
}

function deadLetters(queue: QueueStats, letters: readonly DeadLetter[], now: number): string {
  if (letters.length === 0) return "";
  const action = `/console/queues/${encodeURIComponent(queue.name)}/redrive`;
  const rows = letters.map(({ id, error, attempts, traceparent, deadAt }) => [
    `<code>${html(id)}</code>`,
    html(error),
    String(attempts),
    `<code>${html(traceparent?.split("-")[1] ?? "–")}</code>`,
    age(now - deadAt),
    button(`${action}/${encodeURIComponent(id)}`, "Redrive"),
  ]);
  const more =
    queue.deadLetters > letters.length
      ? `<p class="quiet">The oldest ${letters.length} of ${queue.deadLetters}.</p>`
      : "";
  return `<h2>Dead letters of ${html(queue.name)} ${button(action, "Redrive all")}</h2>
${table(["Message", "Error", "#Attempts", "Trace", "#Dead for", ""], rows)}${more}`;
}

function button(action: string, label: string): string {
  return `<form method="post" action="${html(action)}"><button>${html(label)}</button></form>`;
}

/** Headings that start with # are of numbers. Cells are HTML already. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const kind = (column: number) => (head[column]?.startsWith("#") ? ' class="n"' : "");
  const headings = head.map((text, column) => `<th${kind(column)}>${html(text.replace(/^#/, ""))}</th>`).join("");
  const lines = rows.map(
    (cells) => `<tr>${cells.map((cell, column) => `<td${kind(column)}>${cell}</td>`).join("")}</tr>`,
  );
  return `<div class="scroll"><table><thead><tr>${headings}</tr></thead><tbody>${lines.join("")}</tbody></table></div>`;
}

function age(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

function html(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
