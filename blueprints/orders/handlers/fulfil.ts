import type { Context, Message, TableReadWriter } from "../../../runtime";
import { AcceptedOrder, type StoredOrder } from "../contracts";
import { priceOf } from "./catalog";

const yearSeconds = 365 * 86_400;

export const schema = AcceptedOrder;

/** Prices an accepted order and stores it. Fails when the catalog does not know the article. */
export async function handler(
  messages: readonly Message<AcceptedOrder>[],
  ctx: Context<{ store: TableReadWriter<StoredOrder> }>,
): Promise<void> {
  for (const { body, attempt } of messages) {
    const price = await priceOf(body.sku, attempt);
    const fulfilledAt = new Date().toISOString();
    const expiresAt = Math.floor(Date.now() / 1000) + yearSeconds;
    await ctx.uses.store.put({ ...body, total: price * body.quantity, fulfilledAt, expiresAt });
    ctx.log.info("order fulfilled", { id: body.id });
  }
}
