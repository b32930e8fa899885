import { isObject, isUnknown, known, unknownValue } from "../known";
import type { ResourceView, StackView } from "../model";

/** Where AWS resources carry policy documents. */

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

const resourcePolicyPaths: Readonly<Record<string, string>> = {
  "aws:sqs/queuePolicy:QueuePolicy": "policy",
  "aws:sqs/queue:Queue": "policy",
  "aws:sns/topicPolicy:TopicPolicy": "policy",
  "aws:sns/topic:Topic": "policy",
  "aws:kms/key:Key": "policy",
  "aws:kms/keyPolicy:KeyPolicy": "policy",
  "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
  "aws:secretsmanager/secret:Secret": "policy",
  "aws:s3/bucketPolicy:BucketPolicy": "policy",
  "aws:s3/bucket:Bucket": "policy",
  "aws:s3/accessPoint:AccessPoint": "policy",
  "aws:s3control/accessPointPolicy:AccessPointPolicy": "policy",
  "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
  "aws:ecr/registryPolicy:RegistryPolicy": "policy",
  "aws:schemas/registryPolicy:RegistryPolicy": "policy",
  "aws:apigateway/restApiPolicy:RestApiPolicy": "policy",
  "aws:apigateway/restApi:RestApi": "policy",
  "aws:backup/vaultPolicy:VaultPolicy": "policy",
  "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
  "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
  "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy": "accessPolicy",
  "aws:kms/replicaKey:ReplicaKey": "policy",
  "aws:kms/externalKey:ExternalKey": "policy",
};
export const resourcePolicyTypes = Object.keys(resourcePolicyPaths);

/** AWS's managed policies of administration and full access, by ARN. */
export const broadPolicies =
  /^arn:aws[a-z-]*:iam::aws:policy\/(.*\/)?(AdministratorAccess\S*|PowerUserAccess|IAMFullAccess|\w*FullAccess\w*)$/;

/** Documents that say what an identity may do. A role may carry them inline. */
export function identityDocuments(resource: ResourceView): readonly unknown[] {
  const { type, props } = resource;
  const path = identityPolicyPath(resource);
  if (!type.endsWith(":Role")) return [at(props, path) ?? ""];
  const inline = at(props, path);
  if (inline === undefined) return [];
  if (!Array.isArray(inline)) return isUnknown(inline) ? [inline] : [""];
  return inline.map((one) => (isUnknown(one) ? one : isObject(one) ? (at(one, "policy") ?? "") : ""));
}

/** True of a policy that only bounds what roles and users may be given: it grants nothing by itself. */
export function isBoundary(policy: ResourceView, stack: StackView): boolean {
  const names = (type: RegExp, property: string) =>
    stack.resources.some((one) => type.test(one.type) && stack.dependencies(one, property).includes(policy));
  return (
    policy.type === "aws:iam/policy:Policy" &&
    names(/^aws:iam\/(role|user):/, "permissionsBoundary") &&
    !names(attachments, "policyArn") &&
    !names(/^aws:iam\/role:/, "managedPolicyArns") &&
    !names(exclusive, "policyArns")
  );
}

/** One policy to one or more identities. */
export const attachments = /^aws:iam\/(role|user|group)?policyAttachment:/i;
/** All policies of one identity. */
export const exclusive = /^aws:iam\/(role|user|group)PolicyAttachmentsExclusive:/;

/** Documents that say who may use the resource that carries them. */
export function resourceDocuments({ type, props }: ResourceView): readonly unknown[] {
  const content = at(props, resourcePolicyPaths[type] ?? "policy");
  // A policy of its own may be absent, where the resource is not the policy itself.
  if (content === undefined || content === "") return /Policy$/.test(type) ? [""] : [];
  return [content];
}

export function trustDocuments({ props }: ResourceView): readonly unknown[] {
  return [at(props, "assumeRolePolicy") ?? ""];
}

/** The document, the sentinel where it is unknown, undefined where there is none. An empty text is a malformed document. */
function at(of: unknown, path: string): unknown {
  const found = known(of, path);
  return found.state === "value" ? found.value : found.state === "unknown" ? unknownValue : undefined;
}
