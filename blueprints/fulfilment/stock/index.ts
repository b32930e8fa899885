import { code, Subscription, Table } from "../../../components";
import type { Reactions, ShopBus } from "../events";
import { OrderPlaced } from "../orders/contracts";
import { PaymentDeclined } from "../payment/contracts";
import { ParcelShipped } from "../shipping/contracts";
import { type Shelf, StockRejected, StockReleased, StockReserved } from "./contracts";

/** Sets goods aside for every order, and puts them back when it is not paid. */
export function stock(bus: ShopBus, reactions: Reactions): void {
  const store = new Table<Shelf>("stock-store", { key: "sku", version: "version" });
  new Subscription("stock-reserve", {
    bus,
    events: [OrderPlaced],
    handler: code<typeof import("./handlers/reserve")>(__dirname, "handlers/reserve"),
    uses: { store: store.readWriter(), events: bus.publisher(StockReserved, StockRejected) },
    ...reactions,
  });
  new Subscription("stock-settle", {
    bus,
    events: [PaymentDeclined, ParcelShipped],
    handler: code<typeof import("./handlers/settle")>(__dirname, "handlers/settle"),
    uses: { store: store.readWriter(), events: bus.publisher(StockReleased) },
    ...reactions,
  });
}
