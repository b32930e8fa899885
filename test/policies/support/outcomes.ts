import assert from "node:assert/strict";
import type { DataClass } from "../../../policies";
import { besideEdges, judge, told } from "./judge";
import { type Mode, modes, type Stack } from "./stack";

type Change = (stack: Stack) => unknown;
/** What the change is, and the change. */
export type Case = readonly [string, Change, (readonly Mode[])?];

/** Every change leaves a compliant stack compliant, with nothing undetermined. */
export function accepted(control: string, make: () => Stack, cases: readonly Case[], dataClass?: DataClass): void {
  for (const [name, change, only = modes] of cases)
    for (const mode of only)
      it(`${control} accepts ${name} (${mode})`, () => {
        const stack = make();
        change(stack);
        const verdicts = judge(stack, mode, dataClass, besideEdges(control), [control]);
        assert.deepEqual([...told(verdicts, "fail"), ...told(verdicts, "undetermined")], []);
        assert.ok(told(verdicts, "pass").some((one) => one.startsWith(`${control} `)));
      });
}

/** Every change leaves exactly this control undetermined, at one resource, until deployment. */
export function vague(
  control: string,
  make: () => Stack,
  at: string,
  cases: readonly Case[],
  dataClass?: DataClass,
): void {
  for (const [name, change] of cases)
    it(`${control} cannot tell ${name}`, () => {
      const stack = make();
      change(stack);
      const verdicts = judge(stack, "preview", dataClass, besideEdges(control), [control]);
      assert.ok(told(verdicts, "undetermined").includes(`${control} ${at}`));
      assert.deepEqual(told(verdicts, "fail"), []);
    });
}
