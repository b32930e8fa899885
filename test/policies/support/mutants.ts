import assert from "node:assert/strict";
import { judge, told } from "./judge";
import { type Mode, modes, type Stack } from "./stack";

/** One small change to a compliant stack, and the one control that must notice, at the resource named. */
export interface Mutant {
  readonly name: string;
  readonly change: (stack: Stack) => unknown;
  /** Default: the resource that the suite is about. */
  readonly at?: string | readonly string[];
  /** Default: both. A document put together of outputs can be read once deployed only. */
  readonly modes?: readonly Mode[];
}

/** Every mutant fails exactly its control, at exactly its resources. */
export function killed(control: string, make: () => Stack, at: string, mutants: readonly Mutant[]): void {
  for (const mutant of mutants) {
    for (const mode of mutant.modes ?? modes) {
      it(`${control} fires: ${mutant.name} (${mode})`, () => {
        const stack = make();
        mutant.change(stack);
        const failed = told(judge(stack, mode), "fail");
        const where = [mutant.at ?? at].flat();
        assert.deepEqual(failed, where.map((name) => `${control} ${name}`).sort());
      });
    }
  }
}
