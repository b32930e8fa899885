import type { Context, TableChange, TableReadWriter } from "../../../runtime";
import type { IndexEntry, Medium } from "../contracts";

/** Keeps the index by kind in step with the media. The item is written whole, so repeats and overtaking do no harm here. */
export async function handler(
  change: TableChange<Medium>,
  ctx: Context<{ index: TableReadWriter<IndexEntry> }>,
): Promise<void> {
  const { item } = change;
  if (!item) return;
  await ctx.uses.index.put({ kind: item.kind, key: item.key, bytes: item.bytes, status: item.status });
}
