import * as z from "zod/mini";
import { event } from "../../../runtime";
import { OrderFacts } from "../orders/contracts";

const about = { subject: "orderId" } as const;

/** The goods are set aside. */
export const StockReserved = event("com.shop.stock.StockReserved.v1", z.object(OrderFacts.def.shape), about);

/** There are not enough of them. */
export const StockRejected = event(
  "com.shop.stock.StockRejected.v1",
  z.object({ ...OrderFacts.def.shape, reason: z.string() }),
  about,
);

/** What was set aside is back on the shelf. */
export const StockReleased = event("com.shop.stock.StockReleased.v1", z.object(OrderFacts.def.shape), about);

/** `void`: cancelled before it was reserved. */
export type ReservationStatus = "reserved" | "rejected" | "released" | "void" | "shipped";

/** An article's shelf. Reservations live in it, so that one write changes the count and the reservation together. */
export interface Shelf {
  readonly sku: string;
  readonly available: number;
  readonly reservations: Readonly<Record<string, ReservationStatus>>;
  readonly version?: number;
}
