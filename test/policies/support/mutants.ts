import assert from "node:assert/strict";
import type { DataClass } from "../../../policies";
import { expectedOf, failures } from "./score";
import { type Mode, modes, type Stack } from "./stack";

/** One small change to a compliant stack, and the one control that must notice, at the resource named. */
export interface Mutant {
  readonly name: string;
  readonly change: (stack: Stack) => unknown;
  /** Default: the resource that the suite is about. */
  readonly at?: string | readonly string[];
  /** Other controls that the same edge rightly fails, as `CONTROL name`. */
  readonly also?: readonly string[];
  /** Default: both. A document put together of outputs can be read once deployed only. */
  readonly modes?: readonly Mode[];
}

export interface Suite {
  readonly control: string;
  readonly make: () => Stack;
  readonly at: string;
  readonly mutants: readonly Mutant[];
  readonly dataClass: DataClass | undefined;
}
/** Every suite that was declared, for the pages of the controls and the score. */
export const suites: Suite[] = [];

/** Every mutant fails exactly its control, at exactly its resources. @param dataClass default: what the stack says */
export function killed(
  control: string,
  make: () => Stack,
  at: string,
  mutants: readonly Mutant[],
  dataClass?: DataClass,
): void {
  const suite: Suite = { control, make, at, mutants, dataClass };
  suites.push(suite);
  for (const mutant of mutants)
    for (const mode of mutant.modes ?? modes)
      it(`${control} fires: ${mutant.name} (${mode})`, () =>
        assert.deepEqual(failures(suite, mutant, mode), expectedOf(suite, mutant)));
}
