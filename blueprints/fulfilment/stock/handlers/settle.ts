import type { Context, EventOf, EventPublisher, TableReadWriter } from "../../../../runtime";
import { PaymentDeclined } from "../../payment/contracts";
import { ParcelShipped } from "../../shipping/contracts";
import { type Shelf, StockReleased } from "../contracts";
import { decide } from "./shelf";

export const events = [PaymentDeclined, ParcelShipped];

/** What becomes of a reservation: it leaves with its parcel, or compensates: back to the shelf, or never made. */
export async function handler(
  event: EventOf<(typeof events)[number]>,
  ctx: Context<{ store: TableReadWriter<Shelf>; events: EventPublisher<typeof StockReleased> }>,
): Promise<void> {
  const { orderId, sku, quantity } = event.data;
  const { store, events } = ctx.uses;
  const shipped = event.type === ParcelShipped.type;
  const status = await decide(store, sku, orderId, (known, available) => {
    if (shipped) return { status: "shipped", available };
    if (known === undefined) return { status: "void", available };
    return known === "reserved"
      ? { status: "released", available: available + quantity }
      : { status: known, available };
  });
  if (status === "released")
    await events.publish(StockReleased, { orderId, sku, quantity }, { id: `${orderId}:released` });
}
