import type { Duration, EventBus } from "../../components";
import { OrderPlaced } from "./orders/contracts";
import { PaymentAuthorized, PaymentDeclined, PaymentRefunded } from "./payment/contracts";
import { ParcelShipped } from "./shipping/contracts";
import { StockRejected, StockReleased, StockReserved } from "./stock/contracts";

/** All that is said on the shop's bus; each event belongs to the context that says it. */
export const shopEvents = [
  OrderPlaced,
  PaymentAuthorized,
  PaymentDeclined,
  PaymentRefunded,
  StockReserved,
  StockRejected,
  StockReleased,
  ParcelShipped,
];
export type ShopBus = EventBus<(typeof shopEvents)[number]>;

/** How every context of the shop treats what it subscribes to. */
export interface Reactions {
  readonly maxDeliveries: number;
  readonly backoff: { readonly min: Duration; readonly max: Duration };
}
