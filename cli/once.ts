/** `npm start -- <stack> --once`: the blueprint's demo traffic, its books, and an exit code that tells whether they balance. */

import type { LocalCloud } from "../local";
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

function books(cloud: LocalCloud, name: string): QueueBooks {
  const queue = cloud.find("Queue", name);
  if (!queue) throw new Error(`the demo asks for the queue ${name}, which its blueprint does not have`);
  const { counters } = queue;
  return {
    handled: counters.handled - counters.duplicatesSuppressed,
    retried: counters.retried,
    duplicatesSuppressed: counters.duplicatesSuppressed,
    deadLetters: queue.deadLetters.list().map(({ body, error, attempts, traceparent }) => ({
      body: JSON.parse(body) as unknown,
      error,
      attempts,
      traceId: traceparent?.split("-")[1] ?? "",
    })),
  };
}
