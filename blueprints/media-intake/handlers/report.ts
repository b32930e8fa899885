import type { Context, ObjectWriter, TableReader, Tick } from "../../../runtime";
import type { IndexEntry } from "../contracts";

const kinds = ["image", "video", "text", "unknown"];

/** Writes how many media of each kind there are, as of a run of the schedule. */
export async function handler(
  tick: Tick,
  ctx: Context<{ index: TableReader<IndexEntry>; reports: ObjectWriter }>,
): Promise<void> {
  const counts: Record<string, { files: number; bytes: number }> = {};
  for (const kind of kinds) {
    const total = { files: 0, bytes: 0 };
    let after: string | undefined;
    do {
      const page = await ctx.uses.index.query(kind, { limit: 100, ...(after === undefined ? {} : { after }) });
      for (const { status, bytes } of page.items) {
        if (status !== "present") continue;
        total.files++;
        total.bytes += bytes;
      }
      after = page.next;
    } while (after !== undefined);
    counts[kind] = total;
  }
  const name = `reports/${tick.scheduledFor.toISOString().slice(0, 16)}.json`;
  await ctx.uses.reports.put(name, JSON.stringify(counts), { contentType: "application/json" });
}
