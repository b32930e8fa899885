import type { Context, EventOf, EventPublisher, TableReadWriter } from "../../../../runtime";
import { OrderPlaced } from "../../orders/contracts";
import { type Shelf, StockRejected, StockReserved } from "../contracts";
import { decide } from "./shelf";

export const events = [OrderPlaced];

/** Sets goods aside, once for each order, and says whether there were enough. */
export async function handler(
  event: EventOf<typeof OrderPlaced>,
  ctx: Context<{
    store: TableReadWriter<Shelf>;
    events: EventPublisher<typeof StockReserved | typeof StockRejected>;
  }>,
): Promise<void> {
  const { orderId, sku, quantity } = event.data;
  const { store, events } = ctx.uses;
  const status = await decide(store, sku, orderId, (known, available) => {
    if (known !== undefined) return { status: known, available };
    return available >= quantity
      ? { status: "reserved", available: available - quantity }
      : { status: "rejected", available };
  });
  const facts = { orderId, sku, quantity };
  if (status === "reserved") await events.publish(StockReserved, facts, { id: `${orderId}:reserved` });
  if (status === "rejected")
    await events.publish(StockRejected, { ...facts, reason: "not enough in stock" }, { id: `${orderId}:rejected` });
}
