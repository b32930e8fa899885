import type { DemoReport, Stage } from "../../cli/demo";
import { inTurns, random } from "../traffic";

type Kind = "plain" | "failing once" | "never possible" | "sent twice" | "malformed";
interface Planned {
  readonly kind: Kind;
  readonly key: string;
  readonly body: unknown;
  /** The field that a refusal must name. */
  readonly field?: string;
}

const orders = 300;
/** How often each kind comes, in hundredths. */
const shares: readonly (readonly [Kind, number])[] = [
  ["failing once", 10],
  ["never possible", 8],
  ["sent twice", 12],
  ["malformed", 12],
];

/**
 * Sends a few hundred orders and holds the blueprint to its promise: every accepted order is stored exactly once or is a
 * dead letter, every malformed one is refused by the name of its field, every repeat is suppressed.
 */
export async function demo(stage: Stage): Promise<DemoReport> {
  const url = String(stage.outputs.url);
  const plan = traffic(stage.seed);
  const accepted = new Map<string, Kind>();
  const broken: string[] = [];
  let posts = 0;
  let refused = 0;
  await inTurns(plan, 8, async (order) => {
    for (let time = 0; time < (order.kind === "sent twice" ? 2 : 1); time++) {
      const response = await post(url, order);
      const answer = (await response.json()) as { id?: string; errors?: readonly { pointer?: string }[] };
      if (response.status === 202 && answer.id !== undefined) {
        posts++;
        accepted.set(answer.id, order.kind);
      } else if (response.status === 400) {
        refused++;
        const named = answer.errors?.some(({ pointer }) => pointer?.includes(order.field ?? "?")) ?? false;
        if (!named) broken.push(`a malformed order was refused without naming ${order.field}`);
      } else broken.push(`an order that is ${order.kind} was answered ${response.status}`);
    }
  });
  await stage.quiet();

  const books = stage.books("fulfil");
  const dead = new Map<string, number>();
  for (const { body, error, attempts, traceId } of books.deadLetters) {
    const { id } = body as { id: string };
    dead.set(id, (dead.get(id) ?? 0) + 1);
    if (!error || attempts < 1 || !/^[0-9a-f]{32}$/.test(traceId))
      broken.push(`the dead letter ${id} lacks its cause, attempts or trace`);
  }
  let stored = 0;
  await inTurns([...accepted], 8, async ([id, kind]) => {
    const response = await fetch(`${url}/orders/${id}`);
    await response.arrayBuffer();
    const isStored = response.status === 200;
    if (isStored) stored++;
    const places = (isStored ? 1 : 0) + (dead.get(id) ?? 0);
    if (places !== 1) broken.push(`the order ${id} (${kind}) is in ${places} places instead of one`);
    else if (isStored === (kind === "never possible"))
      broken.push(`the order ${id} (${kind}) is ${isStored ? "stored" : "a dead letter"}`);
  });
  const expect = (what: string, found: number, expected: number) => {
    if (found !== expected) broken.push(`${what}: ${found} instead of ${expected}`);
  };
  const count = (kind: Kind) => plan.filter((order) => order.kind === kind).length;
  expect("malformed orders refused", refused, count("malformed"));
  expect("dead letters", books.deadLetters.length, count("never possible"));
  expect("duplicates suppressed", books.duplicatesSuppressed, posts - accepted.size);
  expect("orders handled", books.handled, stored);
  return {
    rows: [
      ["accepted", accepted.size],
      ["refused", refused],
      ["handled", books.handled],
      ["retried", books.retried],
      ["dead-lettered", books.deadLetters.length],
      ["duplicates suppressed", books.duplicatesSuppressed],
    ],
    broken,
  };
}

function traffic(seed: number): Planned[] {
  const next = random(seed);
  return Array.from({ length: orders }, (_, index): Planned => {
    const kind = pick(next() * 100);
    const good = {
      sku: ["MUG-01", "SHIRT-02", "POSTER-03"][Math.floor(next() * 3)] ?? "MUG-01",
      quantity: 1 + Math.floor(next() * 5),
      customer: `customer ${index}`,
    };
    const key = `demo-${seed}-${index}`;
    if (kind === "failing once") return { kind, key, body: { ...good, sku: "LAMP-04" } };
    if (kind === "never possible") return { kind, key, body: { ...good, sku: "GHOST-99" } };
    if (kind === "malformed") return { kind, key, ...malformed(good, next()) };
    return { kind, key, body: good };
  });
}

function pick(dice: number): Kind {
  let upTo = 0;
  for (const [kind, share] of shares) {
    upTo += share;
    if (dice < upTo) return kind;
  }
  return "plain";
}

function malformed(
  good: { sku: string; quantity: number; customer: string },
  dice: number,
): { body: unknown; field: string } {
  if (dice < 0.4) return { body: { ...good, quantity: 0 }, field: "quantity" };
  if (dice < 0.7) return { body: { ...good, sku: "mug" }, field: "sku" };
  const { customer: _, ...rest } = good;
  return { body: rest, field: "customer" };
}

/** Posts as a well-behaved client: a 429 is waited out as the answer says, a few times. */
async function post(url: string, { key, body }: Planned): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(`${url}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify(body),
    });
    if (response.status !== 429 || tries === 10) return response;
    await response.arrayBuffer();
    const seconds = Number(response.headers.get("retry-after") ?? 1);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}
