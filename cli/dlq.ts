/** Dead letters of a worker: list, show, send back, delete. */
import { createInterface } from "node:readline/promises";
import type { ShownDeadLetter } from "../local/admin";
import { AdminClient } from "../local/admin-client";
import { UsageError } from "./failure";
import type { Stack } from "./project";
import { columns } from "./table";

export interface DeadLetterBox {
  readonly client: AdminClient;
  /** The queue's name in the local cloud. */
  readonly queue: string;
  /** As the user calls it. */
  readonly component: string;
}

/** Finds a worker's dead letters, or says what there is instead. */
export async function open(stack: Stack, component: string): Promise<DeadLetterBox> {
  const cloud = stack.config["serverless-blueprints:cloud"];
  if (cloud !== "local") {
    throw new UsageError(
      `dead letters of ${stack.name} are on ${cloud}, where this command does not reach yet`,
      "use the cloud's own console; npm run plan shows where they wait",
    );
  }
  const client = await AdminClient.connect();
  const queue = `${stack.name}-${component}`;
  const names = (await client.stats()).queues.map(({ name }) => name);
  if (!names.includes(queue)) {
    const here = names
      .filter((name) => name.startsWith(`${stack.name}-`))
      .map((name) => name.slice(stack.name.length + 1));
    throw new UsageError(
      `${stack.name} has no worker ${JSON.stringify(component)} in the running local cloud`,
      here.length > 0 ? `choose one of ${here.join(", ")}` : `start it with npm start -- ${stack.name}`,
    );
  }
  return { client, queue, component };
}

export async function list(
  { client, queue, component }: DeadLetterBox,
  options: { readonly payload: boolean; readonly json: boolean },
): Promise<string> {
  const { total, deadLetters } = await client.deadLetters(queue, { payload: options.payload });
  if (options.json) return JSON.stringify(deadLetters, undefined, 2);
  if (total === 0) return `${component} has no dead letters.`;
  const rows = deadLetters.map((letter) => [
    letter.id,
    String(letter.attempts),
    new Date(letter.deadAt).toISOString(),
    traceOf(letter),
    letter.error,
    ...(letter.body === undefined ? [] : [letter.body]),
  ]);
  const head = ["ID", "ATTEMPTS", "DIED", "TRACE", "ERROR", ...(options.payload ? ["PAYLOAD"] : [])];
  const more = total > deadLetters.length ? `\n(${total - deadLetters.length} more)` : "";
  return columns([head, ...rows]) + more;
}

export async function show(
  { client, queue }: DeadLetterBox,
  id: string,
  options: { readonly payload: boolean; readonly json: boolean },
): Promise<string> {
  const letter = await client.deadLetter(queue, id, { payload: options.payload });
  if (options.json) return JSON.stringify(letter, undefined, 2);
  const rows = [
    ["id", letter.id],
    ["error", letter.error],
    ["attempts", String(letter.attempts)],
    ["trace", traceOf(letter)],
    ["first sent", new Date(letter.firstSentAt).toISOString()],
    ["died", new Date(letter.deadAt).toISOString()],
    ["sent back before", `${letter.redrives} times`],
    ["payload", letter.body ?? `${letter.bytes} bytes; --payload shows it`],
  ];
  return columns(rows);
}

/** Sends dead letters back to their queue, all or the named ones; their deliveries count from 1 again. */
export async function redrive({ client, queue, component }: DeadLetterBox, ids: readonly string[]): Promise<string> {
  for (const id of ids) await client.deadLetter(queue, id);
  const count = await client.redrive(queue, ids.length > 0 ? ids : undefined);
  return `${letters(count)} sent back to ${component}.`;
}

/** Deletes dead letters for good, once the worker's name has been typed. */
export async function purge(
  box: DeadLetterBox,
  ids: readonly string[],
  confirmed: string | undefined,
): Promise<string> {
  for (const id of ids) await box.client.deadLetter(box.queue, id);
  const typed =
    confirmed ?? (await ask(`This deletes dead letters of ${box.component} for good. Type its name to go on: `));
  if (typed !== box.component) {
    throw new UsageError(
      `nothing was deleted: ${JSON.stringify(typed)} is not the worker's name`,
      `type ${box.component}, or give --confirm ${box.component}`,
    );
  }
  return `${letters(await box.client.purge(box.queue, ids.length > 0 ? ids : undefined))} deleted.`;
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

const letters = (count: number) => `${count} dead ${count === 1 ? "letter" : "letters"}`;
const traceOf = ({ traceparent }: ShownDeadLetter) => traceparent?.split("-")[1] ?? "";
