import { isObject, isUnknown, known, unknownValue } from "../../known";
import type { ResourceView, StackView } from "../../model";
import { referred } from "../referred";

/** Where identities of AWS carry policy documents. */

const identityPolicyPaths: Readonly<Record<string, string>> = {
  "aws:iam/role:Role": "inlinePolicies",
  "aws:iam/rolePolicy:RolePolicy": "policy",
  "aws:iam/policy:Policy": "policy",
  "aws:iam/userPolicy:UserPolicy": "policy",
  "aws:iam/groupPolicy:GroupPolicy": "policy",
  "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": "inlinePolicy",
};
export const identityPolicyTypes = Object.keys(identityPolicyPaths);
/** The property that holds a resource's document, or its documents. */
export const identityPolicyPath = ({ type }: ResourceView): string => identityPolicyPaths[type] ?? "policy";

/** AWS's managed policies of administration and full access, by ARN. */
export const broadPolicies =
  /^arn:aws[a-z-]*:iam::aws:policy\/(.*\/)?(AdministratorAccess\S*|PowerUserAccess|IAMFullAccess|\w*FullAccess\w*)$/;

/** Documents that say what an identity may do. A role may carry them inline. */
export function identityDocuments(resource: ResourceView): readonly unknown[] {
  const { type, props } = resource;
  const path = identityPolicyPath(resource);
  if (!type.endsWith(":Role")) return [documentAt(props, path) ?? ""];
  const inline = documentAt(props, path);
  if (inline === undefined) return [];
  if (!Array.isArray(inline)) return isUnknown(inline) ? [inline] : [""];
  // One empty entry is how the provider is told that there are to be none.
  if (inline.length === 1 && isObject(inline[0]) && Object.keys(inline[0]).length === 0) return [];
  return inline.map((one) => (isUnknown(one) ? one : isObject(one) ? (documentAt(one, "policy") ?? "") : ""));
}

const managedType = "aws:iam/policy:Policy";

/** True of a policy that only bounds what roles and users may be given: it grants nothing by itself. */
export function isBoundary(policy: ResourceView, stack: StackView): boolean {
  const names = (type: RegExp, path: string) =>
    stack.resources.some((one) => type.test(one.type) && referred(one, path, stack, [managedType]).includes(policy));
  return (
    policy.type === managedType &&
    names(/^aws:iam\/(role|user):/, "permissionsBoundary") &&
    !names(attachments, "policyArn") &&
    !names(/^aws:iam\/role:/, "managedPolicyArns") &&
    !names(exclusive, "policyArns") &&
    !names(/^aws:ssoadmin\/customerManagedPolicyAttachment:/, "customerManagedPolicyReference.name") &&
    !names(/^aws:ssoadmin\/customerManagedPolicyAttachmentsExclusive:/, "customerManagedPolicyReferences")
  );
}

/** One policy to one or more identities. */
export const attachments = /^aws:iam\/(role|user|group)?policyAttachment:/i;
/** All policies of one identity. */
export const exclusive = /^aws:iam\/(role|user|group)PolicyAttachmentsExclusive:/;

export function trustDocuments({ props }: ResourceView): readonly unknown[] {
  return [documentAt(props, "assumeRolePolicy") ?? ""];
}

/** The document, the sentinel where it is unknown, undefined where there is none. An empty text is a malformed document. */
export function documentAt(of: unknown, path: string): unknown {
  const found = known(of, path);
  return found.state === "value" ? found.value : found.state === "unknown" ? unknownValue : undefined;
}
