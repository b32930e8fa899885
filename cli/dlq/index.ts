/** `npm run dlq`: dead letters of a component, on any cloud: list, show, send back, delete. */
import { createInterface } from "node:readline/promises";
import { UsageError } from "../failure";
import type { Stack } from "../project";
import { columns } from "../table";
import { type DeadLetter, type DeadLetterBox, type Held, holding } from "./box";
import { parseWhere } from "./where";

export type { DeadLetterBox } from "./box";

export interface Shown {
  readonly payload: boolean;
  readonly json: boolean;
}
export interface Chosen {
  readonly ids: readonly string[];
  readonly where: readonly string[];
}

/** Finds a component's dead letters, or says what there is instead. */
export async function open(stack: Stack, component: string): Promise<DeadLetterBox> {
  const cloud = stack.config["serverless-blueprints:cloud"];
  if (cloud === "local") return (require("./local") as typeof import("./local")).localBox(stack, component);
  const { deployed } = require("./deployed") as typeof import("./deployed");
  const place = await deployed(stack, component);
  if (cloud === "aws") return (require("./aws") as typeof import("./aws")).awsBox(place);
  if (cloud === "azure") return (require("./azure") as typeof import("./azure")).azureBox(place);
  return (require("./gcp") as typeof import("./gcp")).gcpBox(place);
}

export async function list(
  box: DeadLetterBox,
  options: Shown & { readonly where: readonly string[]; readonly limit: number },
): Promise<string> {
  const meets = parseWhere(options.where);
  const found = await holding(box, Number.POSITIVE_INFINITY, async (held) => ({
    result: held.map(({ letter }) => letter).filter(meets),
    removed: new Set<Held>(),
  }));
  const letters = found.slice(0, options.limit);
  if (options.json)
    return JSON.stringify(
      letters.map((letter) => told(letter, options.payload)),
      undefined,
      2,
    );
  if (found.length === 0)
    return options.where.length > 0
      ? `No dead letter of ${box.component} meets that.`
      : `${box.component} has no dead letters.`;
  const rows = letters.map((letter) => [
    letter.id,
    String(letter.attempts),
    time(letter.deadAt),
    traceOf(letter),
    letter.error,
    ...(options.payload ? [letter.body] : []),
  ]);
  const head = ["ID", "ATTEMPTS", "DIED", "TRACE", "ERROR", ...(options.payload ? ["PAYLOAD"] : [])];
  const more = found.length > letters.length ? `\n(${found.length - letters.length} more)` : "";
  return columns([head, ...rows]) + more;
}

export async function show(box: DeadLetterBox, id: string, { payload, json }: Shown): Promise<string> {
  const letter = await holding(box, Number.POSITIVE_INFINITY, async (held) => ({
    result: chosen(box, held, { ids: [id], where: [] })[0]?.letter,
    removed: new Set<Held>(),
  }));
  if (!letter) throw missing(box, id);
  if (json) return JSON.stringify(told(letter, payload), undefined, 2);
  return columns([
    ["id", letter.id],
    ["error", letter.error || "none given: the cloud itself gave it up"],
    ["attempts", String(letter.attempts)],
    ["trace", traceOf(letter)],
    ["first sent", time(letter.firstSentAt)],
    ["died", time(letter.deadAt)],
    ...(letter.redrives === undefined ? [] : [["sent back before", `${letter.redrives} times`]]),
    ...(letter.key === undefined ? [] : [["key", letter.key]]),
    ["payload", payload ? letter.body : `${Buffer.byteLength(letter.body)} bytes; --payload shows it`],
  ]);
}

export interface Pace {
  /** A second; undefined: the box's own. */
  readonly rate: number | undefined;
  /** Ends the work before the next letter. */
  readonly stopped: () => boolean;
  /** Told after each. */
  readonly progress: (done: number, of: number) => void;
}

/** Sends dead letters back, all or the chosen ones. Each is sent before it is removed: what stops in between is sent again, never lost. */
export async function redrive(box: DeadLetterBox, which: Chosen, pace: Pace): Promise<string> {
  const rate = pace.rate ?? box.defaultRate;
  const done = await holding(box, Number.POSITIVE_INFINITY, async (held) => {
    const removed = new Set<Held>();
    const all = chosen(box, held, which);
    for (const one of all) {
      if (pace.stopped()) break;
      await one.sendBack();
      await one.remove();
      removed.add(one);
      pace.progress(removed.size, all.length);
      if (rate !== undefined && removed.size < all.length)
        await new Promise((resolve) => setTimeout(resolve, 1000 / rate));
    }
    return { result: { sent: removed.size, of: all.length }, removed };
  });
  const rest = done.sent < done.of ? `; stopped before ${letters(done.of - done.sent)} more` : "";
  return `${letters(done.sent)} sent back to ${box.component}${rest}.`;
}

/** Deletes dead letters for good, once the component's name has been typed. */
export async function purge(box: DeadLetterBox, which: Chosen, confirmed: string | undefined): Promise<string> {
  const meant = await holding(box, Number.POSITIVE_INFINITY, async (held) => ({
    result: chosen(box, held, which).map(({ letter }) => letter.id),
    removed: new Set<Held>(),
  }));
  const typed =
    confirmed ??
    (await ask(`This deletes ${letters(meant.length)} of ${box.component} for good. Type its name to go on: `));
  if (typed !== box.component) {
    throw new UsageError(
      `nothing was deleted: ${JSON.stringify(typed)} is not the worker's name`,
      `type ${box.component}, or give --confirm ${box.component}`,
    );
  }
  const count = await holding(box, Number.POSITIVE_INFINITY, async (held) => {
    // What died while the name was typed was not meant.
    const removed = new Set(held.filter(({ letter }) => meant.includes(letter.id)));
    for (const one of removed) await one.remove();
    return { result: removed.size, removed };
  });
  return `${letters(count)} deleted.`;
}

function chosen(box: DeadLetterBox, held: readonly Held[], { ids, where }: Chosen): Held[] {
  for (const id of ids) if (!held.some(({ letter }) => letter.id === id)) throw missing(box, id);
  const meets = parseWhere(where);
  return held.filter(({ letter }) => (ids.length === 0 || ids.includes(letter.id)) && meets(letter));
}

function missing({ component }: DeadLetterBox, id: string): UsageError {
  return new UsageError(
    `${component} has no dead letter ${JSON.stringify(id)} that can be reached now`,
    "npm run dlq -- list shows those there are; one that somebody else has in hand comes back within minutes",
  );
}

async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY)
    throw new UsageError(
      "purge asks for the worker's name, and there is no terminal to ask on",
      "give --confirm <worker>",
    );
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}

function told({ body, ...letter }: DeadLetter, payload: boolean) {
  return { ...letter, bytes: Buffer.byteLength(body), ...(payload && { body }) };
}

const letters = (count: number) => `${count} dead ${count === 1 ? "letter" : "letters"}`;
const traceOf = ({ traceparent }: DeadLetter) => traceparent?.split("-")[1] ?? "";
const time = (ms: number | undefined) => (ms === undefined ? "" : new Date(ms).toISOString());
