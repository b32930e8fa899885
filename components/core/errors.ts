import * as pulumi from "@pulumi/pulumi";
import type { CloudName } from "./clouds";

/**
 * What is wrong, by number:
 * SB-C001 a value outside what the selected cloud accepts · SB-C002 accepted here but not portable, under `portability: strict` ·
 * SB-C003 a capability that the cloud lacks · SB-C004 two properties that do not go together or an argument of the wrong shape ·
 * SB-C006 a handler that cannot be bundled · SB-C007 a schema that JSON Schema cannot express · SB-C008 the stack's configuration.
 */
export type ProblemCode = "SB-C001" | "SB-C002" | "SB-C003" | "SB-C004" | "SB-C006" | "SB-C007" | "SB-C008";

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
