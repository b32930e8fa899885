import type { Context, HttpRequest, HttpResponse, TableReader } from "../../../runtime";
import type { WindowCount } from "../contracts";

/** `GET /windows/{page}/{minute}`: how often the page `/<page>` was clicked in that minute, such as `2026-01-31T12:05`. */
export async function handler(
  request: HttpRequest<"page" | "minute">,
  ctx: Context<{ windows: TableReader<WindowCount> }>,
): Promise<HttpResponse> {
  const window = `/${request.params.page}@${request.params.minute}`;
  let count = 0;
  let sessions = 0;
  let after: string | undefined;
  do {
    const page = await ctx.uses.windows.query(window, { limit: 100, ...(after === undefined ? {} : { after }) });
    for (const item of page.items) count += item.count;
    sessions += page.items.length;
    after = page.next;
  } while (after !== undefined);
  return { status: 200, body: { window, count, sessions } };
}
