import { createHash } from "node:crypto";
import type { Context, ObjectChange, ObjectReader, ObjectWriter, TableReadWriter } from "../../../runtime";
import type { Medium } from "../contracts";
import { kindOf } from "./kinds";

/** Reads an upload, notes what it is, and writes a card for it. The newest change of a key holds, whichever comes first. */
export async function handler(
  change: ObjectChange,
  ctx: Context<{ uploads: ObjectReader; derived: ObjectWriter; media: TableReadWriter<Medium> }>,
): Promise<void> {
  const { uploads, derived, media } = ctx.uses;
  const { key, sequencer } = change;
  const known = await media.get(key);
  if (known && known.sequencer >= sequencer) return;
  const upload = change.kind === "created" ? await uploads.get(key) : undefined;
  if (!upload) {
    if (known) await media.put({ ...known, status: "deleted", sequencer });
    else await media.put({ key, bytes: 0, kind: "unknown", digest: "", status: "deleted", sequencer });
    await derived.delete(`${key}.json`);
    return;
  }
  const { body } = upload;
  const digest = createHash("sha256").update(body).digest("hex");
  const medium: Medium = { key, bytes: body.byteLength, kind: kindOf(body), digest, status: "present", sequencer };
  await derived.put(`${key}.json`, JSON.stringify(medium), { contentType: "application/json" });
  await media.put(medium);
}
