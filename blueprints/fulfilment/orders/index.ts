import { code, HttpApi, Subscription, Table } from "../../../components";
import type { Reactions, ShopBus } from "../events";
import { PaymentDeclined } from "../payment/contracts";
import { ParcelShipped } from "../shipping/contracts";
import { StockRejected } from "../stock/contracts";
import { type Order, OrderPlaced, OrderRequest } from "./contracts";

/** Takes orders, announces them, and closes them by what the others say. */
export function orders(bus: ShopBus, reactions: Reactions) {
  const store = new Table<Order>("orders-store", { key: "id", version: "version" });
  const api = new HttpApi("orders-api", {
    routes: {
      "POST /orders": {
        auth: "none",
        body: OrderRequest,
        handler: code<typeof import("./handlers/place")>(__dirname, "handlers/place"),
        uses: { store: store.readWriter(), events: bus.publisher(OrderPlaced) },
      },
      "GET /orders/{id}": {
        auth: "none",
        handler: code<typeof import("./handlers/read")>(__dirname, "handlers/read"),
        uses: { store: store.reader() },
      },
    },
    throttle: { rate: 500, burst: 1000, required: false },
  });
  new Subscription("orders-close", {
    bus,
    events: [PaymentDeclined, StockRejected, ParcelShipped],
    handler: code<typeof import("./handlers/close")>(__dirname, "handlers/close"),
    uses: { store: store.readWriter() },
    ...reactions,
  });
  return { url: api.url };
}
