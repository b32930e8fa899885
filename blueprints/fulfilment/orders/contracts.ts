import * as z from "zod/mini";
import { event } from "../../../runtime";

/** What a customer sends to `POST /orders`. */
export const OrderRequest = z.strictObject({
  sku: z.string().check(z.regex(/^[A-Z]{2,8}-\d{2}$/)),
  quantity: z.int().check(z.minimum(1), z.maximum(100)),
  customer: z.string().check(z.minLength(1), z.maxLength(100)),
});
export type OrderRequest = z.output<typeof OrderRequest>;

/** What every event about an order says: the other contexts need not ask back. */
export const OrderFacts = z.object({
  orderId: z.string().check(z.minLength(1)),
  sku: z.string(),
  quantity: z.int(),
});
export type OrderFacts = z.output<typeof OrderFacts>;

/** A customer has ordered; nothing is paid, nothing is reserved. */
export const OrderPlaced = event(
  "com.shop.orders.OrderPlaced.v1",
  z.object({
    ...OrderFacts.def.shape,
    customer: z.string(),
    /** In cents. */
    total: z.int(),
  }),
  { subject: "orderId", promote: ["total"] },
);

/** An order as `GET /orders/{id}` answers it. */
export interface Order extends OrderFacts {
  readonly id: string;
  readonly customer: string;
  /** In cents. */
  readonly total: number;
  readonly status: "placed" | "shipped" | "cancelled";
  /** Why it was cancelled, or which parcel it is in. */
  readonly note?: string;
  readonly version?: number;
}
