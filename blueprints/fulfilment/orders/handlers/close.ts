import type { Context, EventOf, TableReadWriter } from "../../../../runtime";
import { PaymentDeclined } from "../../payment/contracts";
import { ParcelShipped } from "../../shipping/contracts";
import { StockRejected } from "../../stock/contracts";
import type { Order } from "../contracts";

export const events = [PaymentDeclined, StockRejected, ParcelShipped];

/** Closes an order: shipped when its parcel is, cancelled when it cannot be paid or is not in stock; the first word holds. */
export async function handler(
  event: EventOf<(typeof events)[number]>,
  ctx: Context<{ store: TableReadWriter<Order> }>,
): Promise<void> {
  const order = await ctx.uses.store.get(event.data.orderId);
  if (!order) throw new OrderMissing();
  if (order.status !== "placed") return;
  const closed =
    event.type === ParcelShipped.type
      ? ({ status: "shipped", note: event.data.parcel } as const)
      : ({ status: "cancelled", note: event.data.reason } as const);
  await ctx.uses.store.put({ ...order, ...closed });
}

export class OrderMissing extends Error {
  override readonly name = "OrderMissing";
  constructor() {
    super("the event is about an order that is not here");
  }
}
