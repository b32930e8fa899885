import type { Context, HttpRequest, HttpResponse, TableReader } from "../../../../runtime";
import type { Order } from "../contracts";

/** Answers an order with its status. */
export async function handler(
  request: HttpRequest<"id">,
  ctx: Context<{ store: TableReader<Order> }>,
): Promise<HttpResponse> {
  const order = await ctx.uses.store.get(request.params.id);
  return order ? { status: 200, body: order } : { status: 404, body: { title: "no such order", status: 404 } };
}
