import * as z from "zod/mini";
import { event } from "../../../runtime";
import { OrderFacts } from "../orders/contracts";

const about = { subject: "orderId" } as const;

/** The customer's bank has set the amount aside. */
export const PaymentAuthorized = event(
  "com.shop.payment.PaymentAuthorized.v1",
  z.object({ ...OrderFacts.def.shape, amount: z.int() }),
  { ...about, promote: ["amount"] },
);

/** The customer's bank has refused. */
export const PaymentDeclined = event(
  "com.shop.payment.PaymentDeclined.v1",
  z.object({ ...OrderFacts.def.shape, reason: z.string() }),
  about,
);

/** What was set aside has been given back. */
export const PaymentRefunded = event(
  "com.shop.payment.PaymentRefunded.v1",
  z.object({ ...OrderFacts.def.shape, amount: z.int() }),
  about,
);

/** `void`: cancelled before it was asked for. */
export interface Payment {
  readonly orderId: string;
  readonly status: "authorized" | "declined" | "refunded" | "void";
  readonly amount: number;
  readonly version?: number;
}
