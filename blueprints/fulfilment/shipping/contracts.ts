import * as z from "zod/mini";
import { event } from "../../../runtime";
import { OrderFacts } from "../orders/contracts";

/** The parcel has left the house. */
export const ParcelShipped = event(
  "com.shop.shipping.ParcelShipped.v1",
  z.object({ ...OrderFacts.def.shape, parcel: z.string() }),
  { subject: "orderId" },
);

/** What is known of an order that may be shipped: it leaves when it is paid and reserved. */
export interface Shipment {
  readonly orderId: string;
  readonly paid: boolean;
  readonly reserved: boolean;
  readonly parcel?: string;
  readonly version?: number;
}
