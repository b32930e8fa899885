import type { DemoReport, Stage } from "../../cli/demo";
import { inTurns, random } from "../traffic";
import type { Session, WindowCount } from "./contracts";

const sessions = 80;
const clicksEach = 30;
const pages = ["/home", "/search", "/cart", "/checkout"];
const hour = 3_600_000;

/**
 * Sends a few thousand clicks of many sessions: some long after they happened, some on a page that nobody can count, some
 * that are no clicks at all. Every countable click is counted exactly once in its minute, late ones among the late, every
 * other is a dead letter with its content; and reading the stream again from its beginning changes no count.
 */
export async function demo(stage: Stage): Promise<DemoReport> {
  const url = String(stage.outputs.url);
  const next = random(stage.seed);
  const started = Date.now();
  const expected = new Map<string, number>();
  const bySession = new Map<string, number>();
  let poison = 0;
  let malformed = 0;
  let late = 0;
  const batches = Array.from({ length: sessions }, (_, number) => {
    const session = `s${stage.seed}-${number}`;
    return Array.from({ length: clicksEach }, (_, index) => {
      const dice = next();
      const isLate = dice < 0.05;
      const at = new Date(started - (isLate ? hour : 0) - Math.floor(next() * 60_000)).toISOString();
      let page = pages[Math.floor(next() * pages.length)] ?? "/home";
      if (dice > 0.99) page = "/crash";
      else if (dice > 0.98) page = "no page at all";
      if (page === "/crash") poison++;
      else if (page === "no page at all") malformed++;
      else {
        const window = isLate ? `late@${at.slice(0, 13)}` : `${page}@${at.slice(0, 16)}`;
        expected.set(window, (expected.get(window) ?? 0) + 1);
        if (isLate) late++;
      }
      if (page !== "no page at all") bySession.set(session, (bySession.get(session) ?? 0) + 1);
      return { session, sequence: index + 1, at, page };
    });
  });
  const broken: string[] = [];
  await inTurns(batches, 4, async (clicks) => {
    for (let from = 0; from < clicks.length; from += 10) {
      const body = JSON.stringify({ clicks: clicks.slice(from, from + 10) });
      const headers = { "content-type": "application/json" };
      const response = await fetch(`${url}/clicks`, { method: "POST", headers, body });
      await response.arrayBuffer();
      if (response.status !== 202) broken.push(`clicks were answered ${response.status}`);
    }
  });
  await stage.quiet();
  const counted = counts(stage);
  for (const [window, count] of expected)
    if (counted.get(window) !== count)
      broken.push(`${window} was counted ${counted.get(window) ?? 0} times instead of ${count}`);
  for (const window of counted.keys())
    if (!expected.has(window)) broken.push(`${window} was counted, and nobody clicked`);
  for (const { session, clicks } of stage.items("sessions") as unknown as Session[])
    if (clicks !== bySession.get(session))
      broken.push(`the session ${session} has ${clicks} clicks instead of ${bySession.get(session)}`);
  const { deadLetters, retried } = stage.books("count");
  const dead = (error: string) => deadLetters.filter((letter) => letter.error.startsWith(error)).length;
  if (dead("UnreadablePage") !== poison)
    broken.push(`${dead("UnreadablePage")} poison records are dead letters instead of ${poison}`);
  if (dead("InvalidMessage") !== malformed)
    broken.push(`${dead("InvalidMessage")} malformed records are dead letters instead of ${malformed}`);
  if (deadLetters.some(({ body }) => typeof (body as { session?: unknown }).session !== "string"))
    broken.push("a dead letter lacks its record");
  stage.rewind("count");
  await stage.quiet();
  const again = counts(stage);
  if (JSON.stringify([...again].sort()) !== JSON.stringify([...counted].sort()))
    broken.push("reading the stream again changed the counts");
  return {
    rows: [
      ["clicks", sessions * clicksEach],
      ["windows", expected.size],
      ["late", late],
      ["retried", retried],
      ["poison, dead-lettered", poison],
      ["malformed, dead-lettered", malformed],
      ["handled, replay included", stage.books("count").handled],
    ],
    broken,
  };
}

/** Clicks by window. */
function counts(stage: Stage): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { window, count } of stage.items("windows") as unknown as WindowCount[])
    totals.set(window, (totals.get(window) ?? 0) + count);
  return totals;
}
