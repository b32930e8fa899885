import type { Context, EventOf, EventPublisher, TableReadWriter } from "../../../../runtime";
import { PaymentAuthorized } from "../../payment/contracts";
import { StockReserved } from "../../stock/contracts";
import { ParcelShipped, type Shipment } from "../contracts";

export const events = [PaymentAuthorized, StockReserved];

/** Waits for both words, in whichever order they come, then ships; says so again to whoever repeats one of them. */
export async function handler(
  event: EventOf<(typeof events)[number]>,
  ctx: Context<{ store: TableReadWriter<Shipment>; events: EventPublisher<typeof ParcelShipped> }>,
): Promise<void> {
  const { orderId, sku, quantity } = event.data;
  const { store, events } = ctx.uses;
  const known = (await store.get(orderId)) ?? { orderId, paid: false, reserved: false };
  const paid = known.paid || event.type === PaymentAuthorized.type;
  const reserved = known.reserved || event.type === StockReserved.type;
  const parcel = paid && reserved ? { parcel: `parcel-${orderId.slice(0, 8)}` } : {};
  const shipment = { ...known, paid, reserved, ...parcel };
  if (paid !== known.paid || reserved !== known.reserved) await store.put(shipment);
  if (shipment.parcel !== undefined) {
    const data = { orderId, sku, quantity, parcel: shipment.parcel };
    await events.publish(ParcelShipped, data, { id: `${orderId}:shipped` });
  }
}
