import type { Context, EventOf, EventPublisher, TableReadWriter } from "../../../../runtime";
import { OrderPlaced } from "../../orders/contracts";
import { type Payment, PaymentAuthorized, PaymentDeclined } from "../contracts";
import { authorize } from "./bank";

export const events = [OrderPlaced];

/**
 * Asks the bank once for each order and says what it answered. The answer is stored first: whatever repeats the event
 * finds it, and says the same again under the same id.
 */
export async function handler(
  event: EventOf<typeof OrderPlaced>,
  ctx: Context<{
    store: TableReadWriter<Payment>;
    events: EventPublisher<typeof PaymentAuthorized | typeof PaymentDeclined>;
  }>,
): Promise<void> {
  const { orderId, sku, quantity, total, customer } = event.data;
  const { store, events } = ctx.uses;
  const payment =
    (await store.get(orderId)) ??
    (await store.put({ orderId, status: authorize(customer, event.attempt), amount: total }, { ifAbsent: true }));
  const facts = { orderId, sku, quantity };
  if (payment.status === "declined")
    await events.publish(PaymentDeclined, { ...facts, reason: "the bank refused" }, { id: `${orderId}:declined` });
  if (payment.status === "authorized")
    await events.publish(PaymentAuthorized, { ...facts, amount: total }, { id: `${orderId}:authorized` });
}
