import { known } from "../known";
import {
  component,
  type Finding,
  fail,
  pass,
  type ResourceView,
  type StackRule,
  type StackView,
  undetermined,
} from "../model";
import { isName } from "../names";
import { vouchesForTrail } from "../settings";

/** What is missing of a trail; `unknown` where the deciding value is not known yet, an empty list where it is complete. */
export type Gaps = readonly string[] | "unknown";

export interface TrailKind {
  readonly what: string;
  readonly types: readonly string[];
  /** Undefined: no trail of the account, but something else under the same type. */
  readonly gaps: (resource: ResourceView, stack: StackView) => Gaps | undefined;
}

/**
 * The trail belongs to the account: one stack makes it, every other one names it in its foundation or by policy
 * configuration. A stack that does neither is reported as a stack.
 */
export function accountTrail({ what, types, gaps }: TrailKind): StackRule {
  return {
    judgeStack(stack) {
      const trails = stack
        .ofType(...types)
        .filter(({ external }) => !external)
        .flatMap((resource) => {
          const found = gaps(resource, stack);
          return found === undefined ? [] : [{ resource, found }];
        });
      const complete = trails.find(({ found }) => found !== "unknown" && found.length === 0);
      if (complete) return pass(`it is a complete ${what}`, complete.resource.urn);
      const existing = existingTrail(stack);
      if (existing?.verdict === "pass") return existing;
      if (trails.length > 0)
        return trails.map(({ resource, found }) =>
          found === "unknown"
            ? undetermined(`whether it is the account's ${what} is known after deployment only`, resource.urn)
            : fail(`the ${what} is incomplete: ${found.join(", ")}`, resource.urn),
        );
      return (
        existing ??
        fail(
          `the stack has neither a ${what} nor a foundation that names the account's: set Foundation's audit trail, or existingTrail in the policy configuration`,
        )
      );
    },
  };
}

/** The policy configuration or the foundation says that the account has its trail, and which. */
export function existingTrail(stack: StackView): Finding | undefined {
  if (vouchesForTrail(stack)) return pass("the policy configuration (existingTrail) names the account's own trail");
  const [foundation] = stack.ofType(component("Foundation"));
  return foundation && namedBy(foundation);
}

function namedBy(foundation: ResourceView): Finding | undefined {
  const audit = known(foundation.props, "audit");
  const existing = known(foundation.props, "audit.existing");
  if (audit.state === "unknown" || existing.state === "unknown")
    return undetermined("which trail the foundation names is known after deployment only", foundation.urn);
  return existing.state === "value" && isName(existing.value)
    ? pass("the foundation names the account's own trail", foundation.urn)
    : undefined;
}

/** Who makes the account's trail also keeps it from being deleted; who names it leaves that to whoever made it. */
export const keptElsewhere = (stack: StackView): Finding | undefined => {
  const existing = existingTrail(stack);
  return existing?.verdict === "pass"
    ? pass(`${existing.message}, which is kept where it is made`, existing.urn)
    : undefined;
};
