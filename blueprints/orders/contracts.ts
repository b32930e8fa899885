import * as z from "zod/mini";

/** What a customer sends to `POST /orders`. */
export const OrderRequest = z.strictObject({
  /** Article number, as in the catalog: `MUG-01`. */
  sku: z.string().check(z.regex(/^[A-Z]{2,8}-\d{2}$/)),
  quantity: z.int().check(z.minimum(1), z.maximum(100)),
  customer: z.string().check(z.minLength(1), z.maxLength(100)),
});
export type OrderRequest = z.output<typeof OrderRequest>;

/** An accepted order on its way to fulfilment. */
export const AcceptedOrder = z.strictObject({
  id: z.string().check(z.minLength(1)),
  ...OrderRequest.def.shape,
  /** ISO 8601. */
  acceptedAt: z.string(),
});
export type AcceptedOrder = z.output<typeof AcceptedOrder>;

/** An order as `GET /orders/{id}` answers it. */
export interface StoredOrder extends AcceptedOrder {
  /** In cents. */
  readonly total: number;
  readonly fulfilledAt: string;
  /** Second since 1970 at which the order is forgotten. */
  readonly expiresAt: number;
}
