import assert from "node:assert/strict";
import { controls, type DataClass } from "../../../policies";
import { judge, told } from "./judge";
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
  suites.push({ control, make, at, mutants });
  for (const mutant of mutants) {
    for (const mode of mutant.modes ?? modes) {
      it(`${control} fires: ${mutant.name} (${mode})`, () => {
        const stack = make();
        mutant.change(stack);
        const failed = told(judge(stack, mode, dataClass, controls, [control]), "fail").sort();
        const where = [mutant.at ?? at].flat();
        const expected = [...where.map((name) => `${control} ${name}`), ...(mutant.also ?? [])];
        assert.deepEqual(failed, expected.sort());
      });
    }
  }
}
