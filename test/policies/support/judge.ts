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

/** The verdicts of one outcome as `CONTROL name`, for comparison. */
export function told(verdicts: readonly Verdict[], outcome: Outcome): string[] {
  return verdicts
    .filter(({ verdict }) => verdict === outcome)
    .map(({ control, urn }) => `${control} ${urn.split("::").pop()}`);
}
