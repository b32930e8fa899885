import type { Known } from "../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { isName } from "../names";

/** One workload and what its identity (or anything else it must not share) is known by. */
export interface Claim {
  readonly resource: ResourceView;
  /** The literal name or id; unknown at preview. */
  readonly value: Known;
  /** The resources of this stack that the property takes its value from and that could be it. */
  readonly candidates: readonly ResourceView[];
}

/** Judges that no two workloads claim the same. `what` is the claimed thing's name in messages. */
export function ownOnly(claim: Claim, all: readonly Claim[], what: string): Finding {
  if (claim.value.state === "absent") return fail(`it has no ${what} of its own`);
  if (claim.value.state === "value" && !isName(claim.value.value)) return fail(`what it names is no ${what}`);
  const others = all.filter((other) => other.resource.urn !== claim.resource.urn);
  const twin = twinOf(claim, others);
  if (twin) return fail(`it shares its ${what} with "${twin.resource.name}": give each its own`);
  if (claim.value.state === "value") return pass(`it has a ${what} of its own`);
  // The property may be built from several resources, such as a callers' account named in a variable: its own is the one nobody else refers to.
  const own = claim.candidates.filter((candidate) => !others.some((other) => other.candidates.includes(candidate)));
  const [first] = own;
  return first
    ? pass(`it has a ${what} of its own, "${first.name}", whose id is known after deployment`)
    : undetermined(`its ${what} is known after deployment only`);
}

/** Another that certainly claims the same. */
export const twinOf = (claim: Claim, others: readonly Claim[]): Claim | undefined =>
  others.find((other) => same(claim, other));

function same(a: Claim, b: Claim): boolean {
  if (a.value.state === "value" && b.value.state === "value") return a.value.value === b.value.value;
  const [only, ...more] = a.candidates;
  const [their, ...others] = b.candidates;
  return only !== undefined && more.length === 0 && others.length === 0 && only === their;
}

/** Candidates of one claim, by type. */
export function candidates(
  resource: ResourceView,
  stack: StackView,
  property: string,
  types: readonly string[],
): readonly ResourceView[] {
  return stack.dependencies(resource, property).filter(({ type }) => types.includes(type));
}
