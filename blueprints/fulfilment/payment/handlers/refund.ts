import type { Context, EventOf, EventPublisher, TableReadWriter } from "../../../../runtime";
import { StockRejected } from "../../stock/contracts";
import { type Payment, PaymentRefunded } from "../contracts";

export const events = [StockRejected];

/** Compensation: nothing can be shipped, so nothing is paid. What the bank has not been asked for yet never will be. */
export async function handler(
  event: EventOf<typeof StockRejected>,
  ctx: Context<{ store: TableReadWriter<Payment>; events: EventPublisher<typeof PaymentRefunded> }>,
): Promise<void> {
  const { orderId, sku, quantity } = event.data;
  const { store, events } = ctx.uses;
  let payment = await store.get(orderId);
  if (!payment) payment = await store.put({ orderId, status: "void", amount: 0 }, { ifAbsent: true });
  if (payment.status === "authorized") payment = await store.put({ ...payment, status: "refunded" });
  if (payment.status === "refunded") {
    const data = { orderId, sku, quantity, amount: payment.amount };
    await events.publish(PaymentRefunded, data, { id: `${orderId}:refunded` });
  }
}
