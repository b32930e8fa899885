import { createHash, randomUUID } from "node:crypto";
import {
  Conflict,
  type Context,
  type EventPublisher,
  type HttpRequest,
  type HttpResponse,
  type TableReadWriter,
} from "../../../../runtime";
import { type Order, OrderPlaced, OrderRequest } from "../contracts";
import { priceOf } from "./prices";

export const schema = OrderRequest;

/**
 * Takes an order: stored, then announced. A call that died between the two is made good by the customer's repeat: the
 * same `Idempotency-Key` is the same order, and the same event.
 */
export async function handler(
  request: HttpRequest<never, OrderRequest>,
  ctx: Context<{ store: TableReadWriter<Order>; events: EventPublisher<typeof OrderPlaced> }>,
): Promise<HttpResponse> {
  const { sku, quantity, customer } = request.body;
  const price = priceOf(sku);
  if (price === undefined) return { status: 422, body: { title: "no such article", status: 422 } };
  const key = request.headers["idempotency-key"];
  const id = key === undefined ? randomUUID() : createHash("sha256").update(key).digest("hex").slice(0, 32);
  const total = price * quantity;
  try {
    await ctx.uses.store.put({ id, orderId: id, sku, quantity, customer, total, status: "placed" }, { ifAbsent: true });
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
  await ctx.uses.events.publish(OrderPlaced, { orderId: id, sku, quantity, customer, total }, { id: `${id}:placed` });
  return { status: 202, headers: { location: `/orders/${id}` }, body: { id } };
}
