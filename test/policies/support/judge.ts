import {
  type Control,
  controls,
  type DataClass,
  evaluate,
  type Outcome,
  type Verdict,
  viewOf,
} from "../../../policies";
import type { Mode, Stack } from "./stack";

export function judge(
  stack: Stack,
  mode: Mode,
  dataClass?: DataClass,
  held: readonly Control[] = controls,
  enabled: readonly string[] = [],
): Verdict[] {
  return evaluate(held, viewOf(stack.resources(mode)), { dataClass, enabled });
}

/**
 * The controls that a small change is held against. What widens a policy is also more than its component declares: that is
 * IAM-09's, which has stacks and mutants of its own.
 */
export const besideEdges = (control?: string): readonly Control[] =>
  controls.filter(({ id }) => id !== "IAM-09" || control === id);

/** The verdicts of one outcome as `CONTROL name`, for comparison. */
export function told(verdicts: readonly Verdict[], outcome: Outcome): string[] {
  return verdicts
    .filter(({ verdict }) => verdict === outcome)
    .map(({ control, urn }) => `${control} ${urn.split("::").pop()}`);
}
