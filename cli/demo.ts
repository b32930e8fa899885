/**
 * What a blueprint's demo is given, and what it answers: `demo.ts` in the folder named like the blueprint, beside the
 * project's entry file, exports `demo`. Run by `npm start -- <stack> --once`.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "./failure";
import type { Stack } from "./project";

/** A queue's books since it was made; a stream processor's or a trigger's come from its queue and its reader together. */
export interface QueueBooks {
  readonly handled: number;
  /** Deliveries beyond the first. */
  readonly retried: number;
  readonly duplicatesSuppressed: number;
  readonly deadLetters: readonly {
    readonly body: unknown;
    readonly error: string;
    readonly attempts: number;
    readonly traceId: string;
  }[];
}

export interface Stage {
  /** The stack's outputs. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The same seed sends the same traffic. */
  readonly seed: number;
  /** Resolves when no message waits, runs or backs off. */
  readonly quiet: () => Promise<void>;
  /** @param component the name of what has a queue or reads a stream */
  readonly books: (component: string) => QueueBooks;
  /** All items of a table. */
  readonly items: (table: string) => readonly Readonly<Record<string, unknown>>[];
  /** Publishes the archived events of a bus once more, marked with `name`; returns how many. */
  readonly replay: (bus: string, name: string) => number;
  /** Has a stream processor begin again at the oldest record. */
  readonly rewind: (processor: string) => void;
  /** Writes an object as somebody outside would. */
  readonly upload: (bucket: string, key: string, body: Uint8Array) => void;
  /** Deletes an object as somebody outside would. */
  readonly remove: (bucket: string, key: string) => void;
  /** All objects of a bucket. */
  readonly objects: (bucket: string) => readonly { readonly key: string; readonly body: Uint8Array }[];
  /** Runs a schedule now, for the present minute. */
  readonly tick: (schedule: string) => void;
  /** Sends dead letters back; returns how many. */
  readonly redrive: (component: string) => number;
}

export interface DemoReport {
  /** The table's lines: what, and how many. */
  readonly rows: readonly (readonly [string, number])[];
  /** Promises that did not hold, in words; none when the books balance. */
  readonly broken: readonly string[];
}

export type Demo = (stage: Stage) => Promise<DemoReport>;

/** Finds a stack's demo. */
export function demoOf(stack: Stack): Demo {
  const blueprint = stack.config["serverless-blueprints:blueprint"] ?? "";
  const file = join(dirname(stack.project.main), blueprint, "demo");
  if (!blueprint || ![".ts", ".js"].some((extension) => existsSync(file + extension))) {
    throw new UsageError(
      `${stack.name} has no demo: ${file}.ts does not exist`,
      "export one from there, or start without --once",
    );
  }
  return (require(file) as { demo: Demo }).demo;
}
