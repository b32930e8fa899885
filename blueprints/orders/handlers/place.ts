import { createHash, randomUUID } from "node:crypto";
import type { Context, HttpRequest, HttpResponse, QueueSender } from "../../../runtime";
import { type AcceptedOrder, OrderRequest } from "../contracts";

export const schema = OrderRequest;

/** Accepts an order: 202 once the queue has it. A repeated `Idempotency-Key` is the same order, with the same id. */
export async function handler(
  request: HttpRequest<never, OrderRequest>,
  ctx: Context<{ queue: QueueSender<AcceptedOrder> }>,
): Promise<HttpResponse> {
  const key = request.headers["idempotency-key"];
  const id = key === undefined ? randomUUID() : createHash("sha256").update(key).digest("hex").slice(0, 32);
  await ctx.uses.queue.send({ id, ...request.body, acceptedAt: new Date().toISOString() });
  return { status: 202, headers: { location: `/orders/${id}` }, body: { id } };
}
