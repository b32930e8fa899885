/** What every function on AWS is allowed, and no grant names: its own log, traces, its own variables. */
import { isUnknown, valueAt } from "../../known";
import type { ResourceView, StackView } from "../../model";
import { isExact } from "../globs";
import { referred } from "../referred";
import { isPlatform } from "./arns";
import { type Condition, demandsValue, isOwnArn } from "./conditions";
import type { Statement } from "./policy-document";

const roleType = "aws:iam/role:Role";
const groupType = "aws:cloudwatch/logGroup:LogGroup";

export function ofPlatform(statement: Statement, identity: ResourceView, stack: StackView): boolean {
  const { actions, resources, conditions } = statement;
  if (isPlatform(actions)) return true;
  if (actions.every((action) => /^kms:Decrypt$/i.test(action)) && conditions.some(ofVariables)) return true;
  if (!actions.every((action) => /^logs:(CreateLogStream|PutLogEvents)$/i.test(action))) return false;
  const own = groupsOf(identity, stack);
  return resources.every((one) => {
    if (isUnknown(one)) return true;
    const [, name] = /^arn:[^:]+:logs:[^:*]+:[^:*]+:log-group:([^:*]+):\*$/.exec(one) ?? [];
    return name !== undefined && (own === "unknown" || own.has(name));
  });
}

/** What Lambda has encrypted for a function, and not the data of queues and tables under the same key. */
function ofVariables(condition: Condition): boolean {
  const { operator, key, values } = condition;
  if (key !== "kms:encryptioncontext:aws:lambda:functionarn") return false;
  if (operator === "null") return values.length > 0 && values.every((value) => value === "false");
  return demandsValue(
    [condition],
    () => true,
    (value) => isExact(value) || isOwnArn(value),
  );
}

/** Names of the groups that an identity's functions log to: those they name, Lambda's own, those of their component. */
function groupsOf(identity: ResourceView, stack: StackView): ReadonlySet<string> | "unknown" {
  const functions = stack
    .ofType("aws:lambda/function:Function")
    .filter((one) => referred(one, "role", stack, [roleType]).includes(identity));
  const owner = stack.owner(identity);
  const groups = stack.ofType(groupType).filter((one) => owner !== undefined && stack.owner(one) === owner);
  const names = [
    ...functions.map(
      (one) => valueAt(one.props, "loggingConfig.logGroup") ?? `/aws/lambda/${valueAt(one.props, "name")}`,
    ),
    ...groups.map((one) => valueAt(one.props, "name")),
  ];
  return names.every((name) => typeof name === "string") ? new Set(names) : "unknown";
}
