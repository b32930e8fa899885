import type { Context, HttpRequest, HttpResponse, TableReader } from "../../../runtime";
import type { StoredOrder } from "../contracts";

/** Answers a stored order; 404 until it is fulfilled. */
export async function handler(
  request: HttpRequest<"id">,
  ctx: Context<{ store: TableReader<StoredOrder> }>,
): Promise<HttpResponse> {
  const order = await ctx.uses.store.get(request.params.id);
  return order
    ? { status: 200, body: order }
    : { status: 404, body: { id: request.params.id, status: "not fulfilled yet" } };
}
