import type { Context, StreamRecord, TableReadWriter } from "../../../runtime";
import { Click, type Session } from "../contracts";

export const schema = Click;

/** Follows each session; a gap in its sequence would show that the order was not kept. */
export async function handler(
  records: readonly StreamRecord<Click>[],
  ctx: Context<{ sessions: TableReadWriter<Session> }>,
): Promise<void> {
  for (const { body } of records) {
    const { session, sequence, at } = body;
    const known = await ctx.uses.sessions.get(session);
    if (known && known.last >= sequence) continue;
    const clicks = (known?.clicks ?? 0) + 1;
    await ctx.uses.sessions.put({ session, clicks, last: sequence, firstAt: known?.firstAt ?? at, lastAt: at });
  }
}
