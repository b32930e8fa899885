import * as pulumi from "@pulumi/pulumi";
import type { CloudName } from "./clouds";

/**
 * What is wrong, by number:
 * SB-C001 a value outside what the selected cloud accepts · SB-C002 accepted here but not portable, under `portability: strict` ·
 * SB-C003 a capability that the cloud lacks · SB-C004 two properties that do not go together or an argument of the wrong shape ·
 * SB-C006 a handler that cannot be bundled · SB-C007 a schema that JSON Schema cannot express · SB-C008 the stack's configuration ·
 * SB-C401 an event's name · SB-C402 a filter by a field that does not travel as an attribute · SB-C403 an order that cannot be kept ·
 * SB-C404 a filter · SB-C801 a handler that would call itself · SB-C802 a change feed's capability that the cloud lacks.
 */
export type ProblemCode =
  `SB-C${"001" | "002" | "003" | "004" | "006" | "007" | "008" | "401" | "402" | "403" | "404" | "801" | "802"}`;

export interface Problem {
  readonly code: ProblemCode;
  /** The fact, quoting the option as the user wrote it: `maxDeliveries=3 is below the minimum 5 (Pub/Sub allows 5 to 100)`. */
  readonly fact: string;
  /** What to do about it, as a sentence without its full stop. */
  readonly wayOut: string;
  /** The range that all clouds share, where there is one: `5 to 100`. */
  readonly portable?: string;
}

/** Who a problem belongs to. */
export interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly cloud: CloudName;
}

/** One problem in the project's one format. */
export function describe(subject: Subject | undefined, problem: Problem): string {
  const who = subject ? `${subject.kind} "${subject.name}" on ${subject.cloud}: ` : "";
  const lines = [`${problem.code} ${who}${problem.fact}.`, `  Way out: ${problem.wayOut}.`];
  if (problem.portable) lines.push(`  Portable range across aws, azure, gcp: ${problem.portable}.`);
  return lines.join("\n");
}

/** All that is wrong with one component, or with the stack's configuration. Pulumi prints its message without a stack trace. */
export class BlueprintError extends pulumi.RunError {
  constructor(
    readonly subject: Subject | undefined,
    readonly problems: readonly Problem[],
  ) {
    super(problems.map((problem) => describe(subject, problem)).join("\n"));
    this.name = "BlueprintError";
  }
}
