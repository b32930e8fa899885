import type { Context, StreamRecord, TableReadWriter } from "../../../runtime";
import { Click, type WindowCount } from "../contracts";

export const schema = Click;

/** A click this much older than its record counts as late, in ms. */
const lateness = 10 * 60_000;

/**
 * Counts clicks by page and minute. A repeat counts nothing, because a session's clicks come in order and each count
 * remembers its newest; so the stream can be read again from any position.
 */
export async function handler(
  records: readonly StreamRecord<Click>[],
  ctx: Context<{ windows: TableReadWriter<WindowCount> }>,
): Promise<void> {
  for (const { body, writtenAt } of records) {
    const { session, sequence, page, at } = body;
    if (page === "/crash") throw new UnreadablePage();
    const late = writtenAt.getTime() - Date.parse(at) > lateness;
    const window = late ? `late@${at.slice(0, 13)}` : `${page}@${at.slice(0, 16)}`;
    const known = await ctx.uses.windows.get({ partition: window, sort: session });
    if (known && known.last >= sequence) continue;
    await ctx.uses.windows.put({ window, session, count: (known?.count ?? 0) + 1, last: sequence });
  }
}

/** Stand-in for what no test had thought of. */
export class UnreadablePage extends Error {
  override readonly name = "UnreadablePage";
  constructor() {
    super("the page cannot be counted");
  }
}
