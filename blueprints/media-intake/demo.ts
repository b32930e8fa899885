import { createHash } from "node:crypto";
import type { DemoReport, Stage } from "../../cli/demo";
import { inTurns, random } from "../traffic";
import type { IndexEntry, Medium } from "./contracts";

const files = 200;
const png = [0x89, 0x50, 0x4e, 0x47];

/**
 * Uploads a few hundred files, writes some of them twice, removes some, and adds some that are cut short. Every file that
 * stays is known by its newest content, every one that went is known to be gone, the index agrees with both, the broken
 * ones are dead letters until they are repaired and sent back, and the report adds up.
 */
export async function demo(stage: Stage): Promise<DemoReport> {
  const url = String(stage.outputs.url);
  const next = random(stage.seed);
  const broken: string[] = [];
  const present = new Map<string, Uint8Array>();
  const removed = new Set<string>();
  const cut = new Set<string>();
  let rewritten = 0;
  for (let number = 0; number < files; number++) {
    const key = `incoming/file-${number}`;
    const dice = next();
    const text = Buffer.from(`file ${number} of seed ${stage.seed}`);
    const body = dice < 0.4 ? Buffer.from([...png, number % 256]) : text;
    if (dice > 0.96) {
      stage.upload("uploads", key, Buffer.from(png.slice(0, 2)));
      cut.add(key);
      continue;
    }
    stage.upload("uploads", key, body);
    present.set(key, body);
    if (dice > 0.8) {
      const newer = Buffer.concat([body, Buffer.from(" again")]);
      stage.upload("uploads", key, newer);
      present.set(key, newer);
      rewritten++;
    }
    if (dice > 0.5 && dice < 0.6) {
      stage.remove("uploads", key);
      present.delete(key);
      removed.add(key);
    }
    stage.upload("uploads", `elsewhere/file-${number}`, body);
  }
  await stage.quiet();
  const dead = stage.books("take").deadLetters;
  if (dead.length !== cut.size || !dead.every(({ error }) => error.startsWith("BrokenImage")))
    broken.push(`${dead.length} dead letters instead of ${cut.size} broken images`);
  for (const key of cut) {
    const whole = Buffer.from([...png, 1]);
    stage.upload("uploads", key, whole);
    present.set(key, whole);
  }
  await stage.quiet();
  const sentBack = stage.redrive("take");
  await stage.quiet();
  if (stage.books("take").deadLetters.length > 0) broken.push("what was sent back died again");

  const media = new Map((stage.items("media") as unknown as Medium[]).map((medium) => [medium.key, medium]));
  for (const [key, body] of present) {
    const digest = createHash("sha256").update(body).digest("hex");
    const medium = media.get(key);
    if (medium?.status !== "present" || medium.digest !== digest)
      broken.push(`${key} is not known by its newest content`);
  }
  for (const key of removed) if (media.get(key)?.status !== "deleted") broken.push(`${key} is not known to be gone`);
  if (media.size !== present.size + removed.size)
    broken.push(`${media.size} media instead of ${present.size + removed.size}`);
  const index = new Map(
    (stage.items("index") as unknown as IndexEntry[]).map((entry) => [`${entry.kind} ${entry.key}`, entry]),
  );
  for (const { key, kind, status, bytes } of media.values()) {
    const entry = index.get(`${kind} ${key}`);
    if (entry?.status !== status || entry.bytes !== bytes) broken.push(`the index does not agree about ${key}`);
  }
  await inTurns([...present.keys()].slice(0, 20), 4, async (key) => {
    const response = await fetch(`${url}/media/${key.slice("incoming/".length)}`);
    await response.arrayBuffer();
    if (response.status !== 200) broken.push(`${key} was answered ${response.status}`);
  });
  stage.tick("report");
  await stage.quiet();
  const report = stage.objects("derived").find(({ key }) => key.startsWith("reports/"));
  const counts = report ? (JSON.parse(Buffer.from(report.body).toString()) as Record<string, { files: number }>) : {};
  const reported = Object.values(counts).reduce((total, { files }) => total + files, 0);
  if (reported !== present.size) broken.push(`the report says ${reported} files instead of ${present.size}`);
  return {
    rows: [
      ["files uploaded", files],
      ["written twice", rewritten],
      ["removed", removed.size],
      ["broken, then repaired", cut.size],
      ["dead letters sent back", sentBack],
      ["media known", media.size],
      ["files in the report", reported],
    ],
    broken,
  };
}
