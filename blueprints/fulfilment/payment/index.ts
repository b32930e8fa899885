import { code, Subscription, Table } from "../../../components";
import type { Reactions, ShopBus } from "../events";
import { OrderPlaced } from "../orders/contracts";
import { StockRejected } from "../stock/contracts";
import { type Payment, PaymentAuthorized, PaymentDeclined, PaymentRefunded } from "./contracts";

/** Asks the bank for every order, and gives back what it was asked for in vain. */
export function payment(bus: ShopBus, reactions: Reactions): void {
  const store = new Table<Payment>("payment-store", { key: "orderId", version: "version" });
  new Subscription("payment-authorize", {
    bus,
    events: [OrderPlaced],
    handler: code<typeof import("./handlers/authorize")>(__dirname, "handlers/authorize"),
    uses: { store: store.readWriter(), events: bus.publisher(PaymentAuthorized, PaymentDeclined) },
    ...reactions,
  });
  new Subscription("payment-refund", {
    bus,
    events: [StockRejected],
    handler: code<typeof import("./handlers/refund")>(__dirname, "handlers/refund"),
    uses: { store: store.readWriter(), events: bus.publisher(PaymentRefunded) },
    ...reactions,
  });
}
