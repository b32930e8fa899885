import { besideEdges, judge, told } from "./judge";
import type { Mutant, Suite } from "./mutants";
import { type Mode, modes } from "./stack";

/** What exactly fails where a mutant is noticed as it should be. */
export function expectedOf({ control, at }: Pick<Suite, "control" | "at">, mutant: Mutant): readonly string[] {
  const where = [mutant.at ?? at].flat();
  return [...where.map((name) => `${control} ${name}`), ...(mutant.also ?? [])].sort();
}

/** What fails once a suite's stack is changed so. */
export function failures({ control, make, dataClass }: Suite, mutant: Mutant, mode: Mode): readonly string[] {
  const stack = make();
  mutant.change(stack);
  return told(judge(stack, mode, dataClass, besideEdges(control), [control]), "fail").sort();
}

/** How many mutants exactly the right controls notice at exactly the right resources, at previews and once deployed. */
export function score(suites: readonly Suite[]): { readonly killed: number; readonly tried: number } {
  let [killed, tried] = [0, 0];
  for (const suite of suites)
    for (const mutant of suite.mutants)
      for (const mode of mutant.modes ?? modes) {
        tried++;
        if (failures(suite, mutant, mode).join() === expectedOf(suite, mutant).join()) killed++;
      }
  return { killed, tried };
}
