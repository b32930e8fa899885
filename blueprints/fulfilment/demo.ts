import type { DemoReport, Stage } from "../../cli/demo";
import { inTurns, random } from "../traffic";
import type { Order } from "./orders/contracts";
import type { Payment } from "./payment/contracts";
import type { Shipment } from "./shipping/contracts";
import type { Shelf } from "./stock/contracts";

const orders = 1000;
const articles = ["MUG-01", "SHIRT-02", "POSTER-03", "LAMP-04", "CHAIR-05"];

/**
 * A thousand orders, some of customers whose bank refuses, some of customers whose bank needs a second asking, and more
 * of some articles than there are. Whatever comes in whichever order and however often: each order ends shipped, paid
 * and taken from stock, or cancelled with nothing paid and nothing set aside.
 */
export async function demo(stage: Stage): Promise<DemoReport> {
  const url = String(stage.outputs.url);
  const next = random(stage.seed);
  const placed = new Set<string>();
  const broken: string[] = [];
  const plan = Array.from({ length: orders }, (_, index) => ({
    key: `demo-${stage.seed}-${index}`,
    body: {
      sku: articles[Math.floor(next() * articles.length)],
      quantity: 1 + Math.floor(next() * 2),
      customer: `${next() < 0.1 ? "slow " : ""}${next() < 0.15 ? "broke " : ""}customer ${index}`,
    },
    repeated: next() < 0.1,
  }));
  let repeats = 0;
  await inTurns(plan, 8, async ({ key, body, repeated }) => {
    for (let time = 0; time < (repeated ? 2 : 1); time++) {
      const response = await post(url, key, body);
      const answer = (await response.json()) as { readonly id?: string };
      if (response.status !== 202 || answer.id === undefined) broken.push(`an order was answered ${response.status}`);
      else placed.add(answer.id);
      if (time > 0) repeats++;
    }
  });
  await stage.quiet();
  broken.push(...faults(stage, placed));
  const before = JSON.stringify(tables(stage));
  const replayed = stage.replay("shop", "demo");
  await stage.quiet();
  if (JSON.stringify(tables(stage)) !== before) broken.push("replaying all events changed what had come of them");
  const all = stage.items("orders-store") as unknown as Order[];
  const count = (status: Order["status"]) => all.filter((order) => order.status === status).length;
  const payments = stage.items("payment-store") as unknown as Payment[];
  const components = [
    "orders-close",
    "payment-authorize",
    "payment-refund",
    "stock-reserve",
    "stock-settle",
    "shipping-collect",
  ];
  const books = components.map((name) => stage.books(name));
  const dead = books.flatMap(({ deadLetters }) => deadLetters).length;
  if (dead > 0) broken.push(`${dead} events are dead letters`);
  return {
    rows: [
      ["orders placed", placed.size],
      ["placed twice", repeats],
      ["shipped", count("shipped")],
      ["cancelled", count("cancelled")],
      ["payments refunded", payments.filter(({ status }) => status === "refunded").length],
      ["events handled", books.reduce((total, { handled }) => total + handled, 0)],
      ["events retried", books.reduce((total, { retried }) => total + retried, 0)],
      ["events replayed", replayed],
    ],
    broken,
  };
}

function tables(stage: Stage) {
  return ["orders-store", "payment-store", "stock-store", "shipping-store"].map((table) =>
    stage.items(table).map(({ version: _, ...row }) => row),
  );
}

/** Posts as a well-behaved client: what the shop could not answer is asked again, under the same key. */
async function post(url: string, key: string, body: unknown): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(`${url}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify(body),
    });
    if ((response.status < 500 && response.status !== 429) || tries === 10) return response;
    await response.arrayBuffer();
    const seconds = Number(response.headers.get("retry-after") ?? 0.05);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}

/** Orders that are neither shipped nor fully compensated, and shelves that do not add up. */
export function faults(stage: Pick<Stage, "items">, placed: ReadonlySet<string>): string[] {
  const broken: string[] = [];
  const orders = new Map((stage.items("orders-store") as unknown as Order[]).map((order) => [order.id, order]));
  const payments = new Map(
    (stage.items("payment-store") as unknown as Payment[]).map((payment) => [payment.orderId, payment.status]),
  );
  const parcels = new Set(
    (stage.items("shipping-store") as unknown as Shipment[])
      .filter(({ parcel }) => parcel !== undefined)
      .map(({ orderId }) => orderId),
  );
  const shelves = stage.items("stock-store") as unknown as Shelf[];
  const reservations = new Map(shelves.flatMap(({ reservations }) => Object.entries(reservations)));
  for (const id of placed) {
    const order = orders.get(id);
    const [paid, kept, sent] = [payments.get(id), reservations.get(id), parcels.has(id)];
    const facts = `payment ${paid}, stock ${kept}, ${sent ? "a parcel" : "no parcel"}`;
    const shipped = paid === "authorized" && kept === "shipped" && sent;
    const compensated =
      ["declined", "refunded", "void"].includes(paid ?? "") &&
      ["rejected", "released", "void"].includes(kept ?? "") &&
      !sent;
    if (order?.status === "shipped" ? !shipped : order?.status !== "cancelled" || !compensated)
      broken.push(`the order ${id} is ${order?.status ?? "lost"}, with ${facts}`);
  }
  if (orders.size !== placed.size) broken.push(`${orders.size} orders are stored instead of ${placed.size}`);
  for (const { sku, available, reservations } of shelves) {
    const taken = Object.entries(reservations)
      .filter(([, status]) => status === "shipped" || status === "reserved")
      .reduce((total, [id]) => total + (orders.get(id)?.quantity ?? 0), 0);
    if (available + taken !== 150) broken.push(`the shelf of ${sku} has ${available} and gave ${taken}, of 150`);
  }
  return broken;
}
