import { type Known, known, valueAt } from "../../known";
import type { Finding, ResourceView, StackView } from "../../model";
import { perStack } from "../expect";
import { type Claim, ownOnly } from "../own-identity";

export const lambda = "aws:lambda/function:Function";

export const logGroup = "aws:cloudwatch/logGroup:LogGroup";

/** A function's log group: the one it names, or the one of the name that Lambda would otherwise make by itself. */
const groupClaims = perStack((stack: StackView): readonly Claim[] => {
  const groups = stack.ofType(logGroup);
  return stack.ofType(lambda).map((resource) => {
    const named = known(resource.props, "loggingConfig.logGroup");
    if (named.state === "absent")
      return claim(
        resource,
        groups.filter((group) => isDefaultGroup(group, resource, stack)),
      );
    if (named.state === "unknown")
      return {
        resource,
        value: named,
        candidates: stack.dependencies(resource, "loggingConfig").filter(({ type }) => type === logGroup),
      };
    return claim(
      resource,
      groups.filter(({ props }) => valueAt(props, "name") === named.value),
      named,
    );
  });
});

/** A group that stands in this stack counts; a name that none of its groups has does not. */
function claim(resource: ResourceView, found: readonly ResourceView[], named?: Known): Claim {
  const [first] = found;
  return {
    resource,
    value: first ? (named ?? { state: "value", value: first.urn }) : { state: "absent" },
    candidates: found,
  };
}

function isDefaultGroup(group: ResourceView, resource: ResourceView, stack: StackView): boolean {
  const name = known(group.props, "name");
  if (name.state === "unknown") return stack.dependencies(group, "name").includes(resource);
  const functionName = valueAt(resource.props, "name");
  return typeof functionName === "string" && name.state === "value" && name.value === `/aws/lambda/${functionName}`;
}

export function ownLogGroup(resource: ResourceView, stack: StackView): Finding {
  const claims = groupClaims(stack);
  const mine = claims.find((one) => one.resource === resource) ?? claim(resource, []);
  return ownOnly(mine, claims, "declared log group");
}
