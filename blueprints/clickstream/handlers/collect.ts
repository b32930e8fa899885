import type { Context, HttpRequest, HttpResponse, StreamProducer } from "../../../runtime";
import { type Click, Clicks } from "../contracts";

export const schema = Clicks;

/** Takes a batch of clicks: 202 once the stream has all of them. */
export async function handler(
  request: HttpRequest<never, Clicks>,
  ctx: Context<{ clicks: StreamProducer<Click> }>,
): Promise<HttpResponse> {
  await ctx.uses.clicks.putAll(request.body.clicks);
  return { status: 202, body: { accepted: request.body.clicks.length } };
}
