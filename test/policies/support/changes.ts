/** The small changes of which mutants, and what is as good as before, are made. */
import type { Mutant } from "./mutants";
import type { Stack } from "./stack";

type Change = (stack: Stack) => Stack;

/** Changes one resource's properties: dotted paths to new values; undefined removes. */
export const set =
  (name: string, changes: object): Change =>
  (stack) =>
    stack.set(name, { ...changes });

/** The same, of one resource whose changes are many. */
export const changing =
  (name: string) =>
  (changes: object): Change =>
    set(name, changes);

/** A further resource, called `more`. */
export const add =
  (type: string, inputs: object): Change =>
  (stack) => {
    stack.add(type, "more", { ...inputs });
    return stack;
  };

/** A further resource that is at fault. */
export const more = (name: string, type: string, inputs: object): Mutant => ({
  name,
  change: add(type, inputs),
  at: "more",
});
