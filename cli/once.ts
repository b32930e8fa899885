/** `npm start -- <stack> --once`: the blueprint's demo traffic, its books, and an exit code that tells whether they balance. */

import type { LocalCloud } from "../local";
import type { Lives } from "../local/kinds";
import type { ResourceType } from "../local/resources";
import { demoOf, type QueueBooks } from "./demo";
import { deploy } from "./local-stack";
import type { Stack } from "./project";
import { columns } from "./table";

export interface OnceReport {
  readonly text: string;
  readonly balanced: boolean;
}

export async function once(cloud: LocalCloud, stack: Stack, seed: number): Promise<OnceReport> {
  const demo = demoOf(stack);
  const outputs = await deploy(cloud, stack);
  const started = Date.now();
  const report = await demo({
    outputs,
    seed,
    quiet: () => cloud.quiet({ skipBackoff: true }),
    books: (component) => books(cloud, `${stack.name}-${component}`),
    items: (table) => found(cloud, "Table", `${stack.name}-${table}`).rows(),
    replay: (bus, name) =>
      found(cloud, "Bus", `${stack.name}-${bus}`).replay({ name, from: 0, to: Number.POSITIVE_INFINITY }),
    rewind: (processor) => found(cloud, "Reader", `${stack.name}-${processor}`).reader.seek("oldest"),
    upload: (bucket, key, body) => {
      found(cloud, "Bucket", `${stack.name}-${bucket}`).put(key, body, "application/octet-stream");
    },
    remove: (bucket, key) => found(cloud, "Bucket", `${stack.name}-${bucket}`).delete(key),
    objects: (bucket) =>
      found(cloud, "Bucket", `${stack.name}-${bucket}`).list("", undefined, Number.POSITIVE_INFINITY),
    tick: (schedule) => found(cloud, "Schedule", `${stack.name}-${schedule}`).ring(),
    redrive: (component) => found(cloud, "Queue", `${stack.name}-${component}`).redrive(),
  });
  const table = columns(
    report.rows.map(([what, count]) => [what, String(count)]),
    "  ",
  );
  const verdict =
    report.broken.length === 0
      ? "The books balance."
      : `The books do not balance:\n${report.broken.map((line) => `  ${line}`).join("\n")}`;
  return {
    text: `${stack.name}, seed ${seed}, ${((Date.now() - started) / 1000).toFixed(1)} s\n${table}\n${verdict}`,
    balanced: report.broken.length === 0,
  };
}

function found<Type extends ResourceType>(cloud: LocalCloud, type: Type, name: string): Lives[Type] {
  const life = cloud.find(type, name);
  if (!life) throw new Error(`the demo asks for the ${type} ${name}, which its blueprint does not have`);
  return life;
}

function books(cloud: LocalCloud, name: string): QueueBooks {
  const queue = found(cloud, "Queue", name);
  const { counters } = queue;
  const read = cloud.find("Reader", name)?.reader.counters;
  return {
    handled: counters.handled - counters.duplicatesSuppressed + (read ? read.handled - read.duplicatesSuppressed : 0),
    retried: counters.retried + (read?.retried ?? 0),
    duplicatesSuppressed: counters.duplicatesSuppressed + (read?.duplicatesSuppressed ?? 0),
    deadLetters: queue.deadLetters.list().map(({ body, error, attempts, traceparent }) => ({
      body: parsed(body),
      error,
      attempts,
      traceId: traceparent?.split("-")[1] ?? "",
    })),
  };
}

/** A dead letter may be just what could not be parsed. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
