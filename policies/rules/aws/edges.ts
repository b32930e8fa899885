import { isUnknown, known, valueAt } from "../../known";
import type { ResourceView, StackView } from "../../model";
import { type Cloud, type Held, type Permission, whereOf } from "../edges";
import { perStack, texts } from "../expect";
import { referred } from "../referred";
import { given, givingTypes } from "./given";
import { ofPlatform } from "./platform";
import { attachments, exclusive, identityDocuments } from "./policies";
import { parsePolicy } from "./policy-document";

const roleType = "aws:iam/role:Role";
const managedType = "aws:iam/policy:Policy";

/** What a document allows; a document that cannot be read is IAM-02's. */
function permissionsOf(document: unknown, identity: ResourceView, stack: StackView): readonly Permission[] | undefined {
  const parsed = parsePolicy(document);
  if (parsed.state === "unknown") return undefined;
  if (parsed.state === "malformed") return [];
  return parsed.statements
    .filter((statement) => statement.allow && !ofPlatform(statement, identity, stack))
    .flatMap(({ actions, notActions, resources }) =>
      // What is granted by exception is declared by nobody.
      [...actions, ...notActions.map((action) => `not ${action}`)].flatMap((what) =>
        (resources.length > 0 ? resources : [""]).map((one) => ({ what, where: whereOf(one) })),
      ),
    );
}

function together(
  documents: readonly unknown[],
  identity: ResourceView,
  stack: StackView,
): readonly Permission[] | undefined {
  const all = documents.map((one) => permissionsOf(one, identity, stack));
  return all.every((one) => one !== undefined) ? all.flat() : undefined;
}

function held(resource: ResourceView, stack: StackView): readonly Held[] {
  const { type } = resource;
  if (type === roleType) {
    const documents = identityDocuments(resource);
    const attached = known(resource.props, "managedPolicyArns");
    return [
      ...(documents.length > 0 ? [{ identity: resource, permissions: together(documents, resource, stack) }] : []),
      ...(attached.state === "absent" ? [] : [attachment(resource, "managedPolicyArns", resource, stack)]),
    ];
  }
  if (givingTypes.includes(type)) return given(resource, stack);
  const roles = ["role", "roles", "roleName"].flatMap((property) => referred(resource, property, stack, [roleType]));
  const arns = exclusive.test(type) ? "policyArns" : attachments.test(type) ? "policyArn" : undefined;
  return roles.map((identity) =>
    arns === undefined
      ? { identity, permissions: together(identityDocuments(resource), identity, stack) }
      : attachment(resource, arns, identity, stack),
  );
}

/** A policy of this stack by its document; any other by its ARN, which no grant names. */
function attachment(resource: ResourceView, property: string, identity: ResourceView, stack: StackView): Held {
  const policies = stack.dependencies(resource, property).filter(({ type }) => type === managedType);
  if (policies.length > 0)
    return { identity, permissions: together(policies.flatMap(identityDocuments), identity, stack) };
  if (known(resource.props, property).state === "unknown") return { identity, permissions: undefined };
  const arns = texts(valueAt(resource.props, property) ?? []) ?? [];
  return { identity, permissions: arns.map((arn) => ({ what: arn, where: undefined })) };
}

/** Policies of roles and what attaches them, and what else may name a role. */
const types = new RegExp(
  `^(aws:iam/(role:Role|rolePolicy:RolePolicy|(role)?policyAttachment:\\w+|rolePolicyAttachmentsExclusive:\\w+)|${givingTypes.join("|")})$`,
  "i",
);

export const awsEdges: Cloud = {
  types,
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
