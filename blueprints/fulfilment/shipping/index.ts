import { code, Subscription, Table } from "../../../components";
import type { Reactions, ShopBus } from "../events";
import { PaymentAuthorized } from "../payment/contracts";
import { StockReserved } from "../stock/contracts";
import { ParcelShipped, type Shipment } from "./contracts";

/** Ships what is paid and reserved. */
export function shipping(bus: ShopBus, reactions: Reactions): void {
  const store = new Table<Shipment>("shipping-store", { key: "orderId", version: "version" });
  new Subscription("shipping-collect", {
    bus,
    events: [PaymentAuthorized, StockReserved],
    handler: code<typeof import("./handlers/collect")>(__dirname, "handlers/collect"),
    uses: { store: store.readWriter(), events: bus.publisher(ParcelShipped) },
    ...reactions,
  });
}
