import { known } from "../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { minimumDays } from "../settings";

interface Expectation {
  /** Dotted path of the property. */
  readonly path: string;
  readonly accepts: (value: unknown) => boolean;
  /** Why it passes. */
  readonly met: string;
  /** What is wrong, and the way out; said of an absent value too. */
  readonly unmet: string;
}

/** Holds one property against a condition: absent fails, unknown is undetermined. */
export function expectProperty(resource: ResourceView, { path, accepts, met, unmet }: Expectation): Finding {
  const found = known(resource.props, path);
  if (found.state === "unknown") return undetermined(`${path} is known after deployment only`);
  return found.state === "value" && accepts(found.value) ? pass(met) : fail(unmet);
}

export const isRetained = (days: unknown, stack: StackView): boolean =>
  typeof days === "number" && days >= minimumDays(stack);

/** The members of an array; nothing for anything else. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** One text or many, as cloud APIs often allow; undefined where it is neither. */
export function texts(value: unknown): readonly string[] | undefined {
  const all = Array.isArray(value) ? value : [value];
  return all.every((one) => typeof one === "string") ? all : undefined;
}

const memos = new WeakMap<object, Map<object, unknown>>();

/** Computes a fact about a stack once, however many resources ask for it. */
export function perStack<Fact, Stack extends object>(compute: (stack: Stack) => Fact): (stack: Stack) => Fact {
  return (stack) => {
    const facts = memos.get(stack) ?? new Map<object, unknown>();
    memos.set(stack, facts);
    if (!facts.has(compute)) facts.set(compute, compute(stack));
    return facts.get(compute) as Fact;
  };
}
