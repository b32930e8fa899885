import { isObject, isUnknown, known, unknownValue } from "../known";
import type { ResourceView } from "../model";

/** Where AWS resources carry policy documents. */

export const identityPolicyTypes = [
  "aws:iam/role:Role",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/policy:Policy",
  "aws:iam/userPolicy:UserPolicy",
  "aws:iam/groupPolicy:GroupPolicy",
];

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
  "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
  "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
};
export const resourcePolicyTypes = Object.keys(resourcePolicyPaths);

/** AWS's managed policies of administration and full access, by ARN. */
export const broadPolicies =
  /^arn:aws[a-z-]*:iam::aws:policy\/(.*\/)?(AdministratorAccess\S*|PowerUserAccess|IAMFullAccess|\w*FullAccess\w*)$/;

/** Documents that say what an identity may do. A role may carry them inline. */
export function identityDocuments({ type, props }: ResourceView): readonly unknown[] {
  if (!type.endsWith(":Role")) return [at(props, "policy") ?? ""];
  const inline = at(props, "inlinePolicies");
  if (inline === undefined) return [];
  if (!Array.isArray(inline)) return isUnknown(inline) ? [inline] : [""];
  return inline.map((one) => (isUnknown(one) ? one : isObject(one) ? (at(one, "policy") ?? "") : ""));
}

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
