import { isUnknown, known, valueAt } from "../known";
import type { ResourceView, StackView } from "../model";
import { isPlatform } from "./aws-arns";
import { attachments, identityDocuments } from "./aws-policies";
import { parsePolicy, type Statement } from "./aws-policy-document";
import { type Cloud, type Held, type Permission, whereOf } from "./edges";
import { perStack, texts } from "./expect";
import { referred } from "./referred";

const roleType = "aws:iam/role:Role";
const managedType = "aws:iam/policy:Policy";

/** Logs, traces and the function's own variables: what every function has, and no grant names. */
function ofPlatform({ actions, resources, conditions }: Statement): boolean {
  if (isPlatform(actions)) return true;
  if (conditions.some(({ key }) => key === "kms:encryptioncontext:aws:lambda:functionarn")) return true;
  return (
    actions.every((action) => /^logs:(CreateLogStream|PutLogEvents)$/i.test(action)) &&
    resources.every((one) => isUnknown(one) || /^arn:[^:]+:logs:[^:*]+:[^:*]+:log-group:[^*]+:\*$/.test(one))
  );
}

/** What a document allows; a document that cannot be read is IAM-02's. */
function permissionsOf(document: unknown): readonly Permission[] | undefined {
  const parsed = parsePolicy(document);
  if (parsed.state === "unknown") return undefined;
  if (parsed.state === "malformed") return [];
  return parsed.statements
    .filter((statement) => statement.allow && !ofPlatform(statement))
    .flatMap(({ actions, notActions, resources }) =>
      // What is granted by exception is declared by nobody.
      [...actions, ...notActions.map((action) => `not ${action}`)].flatMap((what) =>
        (resources.length > 0 ? resources : [""]).map((one) => ({ what, where: whereOf(one) })),
      ),
    );
}

function together(documents: readonly unknown[]): readonly Permission[] | undefined {
  const all = documents.map(permissionsOf);
  return all.every((one) => one !== undefined) ? all.flat() : undefined;
}

function held(resource: ResourceView, stack: StackView): readonly Held[] {
  if (resource.type === roleType) {
    const documents = identityDocuments(resource);
    const attached = known(resource.props, "managedPolicyArns");
    const inline = documents.length > 0 ? [{ identity: resource, permissions: together(documents) }] : [];
    return attached.state === "absent"
      ? inline
      : [...inline, { identity: resource, permissions: attachment(resource, "managedPolicyArns", stack) }];
  }
  const roles = ["role", "roles"].flatMap((property) => referred(resource, property, stack, [roleType]));
  const permissions = attachments.test(resource.type)
    ? attachment(resource, "policyArn", stack)
    : together(identityDocuments(resource));
  return roles.map((identity) => ({ identity, permissions }));
}

/** A policy of this stack by its document; any other by its ARN, which no grant names. */
function attachment(resource: ResourceView, property: string, stack: StackView): readonly Permission[] | undefined {
  const policies = stack.dependencies(resource, property).filter(({ type }) => type === managedType);
  if (policies.length > 0) return together(policies.flatMap(identityDocuments));
  const found = known(resource.props, property);
  if (found.state === "unknown") return undefined;
  return (texts(valueAt(resource.props, property) ?? []) ?? []).map((arn) => ({ what: arn, where: undefined }));
}

export const awsEdges: Cloud = {
  types: /^aws:iam\/(role:Role|rolePolicy:RolePolicy|(role)?policyAttachment:\w+)$/i,
  identities: perStack(
    (stack: StackView) =>
      new Set(stack.ofType("aws:lambda/function:Function").flatMap((one) => referred(one, "role", stack, [roleType]))),
  ),
  held,
  declared: ({ actions, resource }) => {
    const [names, resources] = [texts(actions), texts(resource)];
    if (!names || !resources || names.some(isUnknown)) return undefined;
    return names.flatMap((what) => resources.map((one) => ({ what, where: whereOf(one) })));
  },
};
