/** Permissions by which an identity can give itself others, or act as another (AWS). */
import { known, valueAt } from "../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { isExactArn } from "./aws-arns";
import { demandsValue, isExact } from "./aws-conditions";
import { attachments, identityDocuments, identityPolicyTypes, isBoundary } from "./aws-policies";
import { parsePolicy, type Statement } from "./aws-policy-document";
import { demands } from "./demands";
import { perStack, texts } from "./expect";
import { coveredBy } from "./globs";
import { insteadOf, registeredGrants } from "./grants";
import { referred } from "./referred";

const of = (service: string, ...actions: readonly string[]) => actions.map((action) => `${service}:${action}`);

/** Policies, boundaries and credentials of identities: whoever may write them needs nothing else. */
const widening = [
  ...of("iam", "CreatePolicyVersion", "SetDefaultPolicyVersion", "AttachUserPolicy", "AttachGroupPolicy"),
  ...of("iam", "AttachRolePolicy", "PutUserPolicy", "PutGroupPolicy", "PutRolePolicy", "AddUserToGroup"),
  ...of("iam", "CreateAccessKey", "CreateLoginProfile", "UpdateLoginProfile", "UpdateAssumeRolePolicy"),
  ...of("iam", "CreateServiceSpecificCredential", "ResetServiceSpecificCredential", "CreateOpenIDConnectProvider"),
  ...of("iam", "CreateSAMLProvider", "UpdateSAMLProvider", "DeleteRolePermissionsBoundary"),
  ...of("iam", "DeleteUserPermissionsBoundary", "PutRolePermissionsBoundary", "PutUserPermissionsBoundary"),
];

/** Policies of resources: they open one to others. By name only, for a service's wildcard is IAM-02's. */
const opening = new Set(
  [
    ...of("kms", "PutKeyPolicy"),
    ...of("s3", "PutBucketPolicy", "DeleteBucketPolicy", "PutBucketAcl", "PutAccessPointPolicy"),
    ...of("lambda", "AddPermission", "AddLayerVersionPermission"),
    ...of("sqs", "AddPermission"),
    ...of("sns", "AddPermission"),
    ...of("secretsmanager", "PutResourcePolicy"),
    ...of("dynamodb", "PutResourcePolicy"),
    ...of("kinesis", "PutResourcePolicy"),
    ...of("events", "PutPermission"),
    ...of("ecr", "SetRepositoryPolicy"),
  ].map((action) => action.toLowerCase()),
);

/** To act as what is there: harmless on the one that is named only. */
const becoming = [
  ...of("sts", "AssumeRole"),
  ...of("lambda", "UpdateFunctionCode", "UpdateFunctionConfiguration"),
  ...of("ssm", "SendCommand", "StartSession"),
  ...of("codebuild", "UpdateProject"),
  ...of("cloudformation", "UpdateStack", "CreateChangeSet", "SetStackPolicy"),
  ...of("glue", "UpdateDevEndpoint", "UpdateJob"),
];

/** To make something that runs code under a role that it is passed. */
const starting = [
  ...of("lambda", "CreateFunction", "UpdateFunctionConfiguration"),
  ...of("ecs", "RegisterTaskDefinition", "RunTask", "StartTask"),
  ...of("ec2", "RunInstances", "AssociateIamInstanceProfile", "RequestSpotInstances"),
  ...of("cloudformation", "CreateStack", "UpdateStack", "CreateChangeSet", "CreateStackSet"),
  ...of("states", "CreateStateMachine", "UpdateStateMachine"),
  ...of("scheduler", "CreateSchedule", "UpdateSchedule"),
  ...of("pipes", "CreatePipe", "UpdatePipe"),
  ...of("events", "PutTargets"),
  ...of("glue", "CreateJob", "UpdateJob", "CreateDevEndpoint"),
  ...of("codebuild", "CreateProject", "UpdateProject"),
  ...of("sagemaker", "CreateNotebookInstance", "CreateTrainingJob", "CreateProcessingJob"),
  ...of("batch", "RegisterJobDefinition"),
  ...of("apprunner", "CreateService", "UpdateService"),
  ...of("datapipeline", "CreatePipeline", "PutPipelineDefinition"),
  ...of("elasticmapreduce", "RunJobFlow"),
  ...of("synthetics", "CreateCanary"),
];

type Allowed = Pick<Statement, "actions" | "resources" | "conditions">;

/** A Deny takes nothing back here: it may name other resources, and can be removed. */
function fault({ actions, resources, conditions }: Allowed, all: readonly Allowed[]): string | undefined {
  const [widens] = coveredBy(actions, widening);
  if (widens !== undefined) return `${widens} lets its holder widen permissions: leave it to who deploys`;
  if (actions.some((action) => opening.has(action.toLowerCase())))
    return "it lets its holder write a resource's policy, and so admit others: leave it to who deploys";
  const exact = resources.every(isExactArn);
  const [becomes] = exact ? [] : coveredBy(actions, becoming);
  if (becomes !== undefined) return `${becomes} on a pattern lets its holder act as others: name the one resource`;
  if (coveredBy(actions, ["iam:PassRole"]).length === 0) return undefined;
  if (!exact) return "iam:PassRole on a pattern hands on any role: name the one role";
  const toOne = demandsValue(
    conditions,
    (key) => key === "iam:passedtoservice",
    (value) => isExact(value),
  );
  const [starts] = toOne
    ? []
    : coveredBy(
        all.flatMap((one) => one.actions),
        starting,
      );
  return starts === undefined
    ? undefined
    : `iam:PassRole and ${starts} together run code under another role: add a condition on iam:PassedToService`;
}

/** What a document allows; of one that is unknown what its component registers. */
function allowed(content: unknown, resource: ResourceView, stack: StackView): readonly Allowed[] | "unknown" {
  const parsed = parsePolicy(content);
  // What cannot be read is IAM-02's.
  if (parsed.state === "malformed") return [];
  if (parsed.state === "statements") return parsed.statements.filter(({ allow }) => allow);
  const grants = registeredGrants(resource, stack);
  return (
    grants?.rendered.map((one) => ({
      actions: texts(one.actions) ?? [],
      resources: texts(one.resource) ?? [],
      conditions: [],
    })) ?? "unknown"
  );
}

/** Where each type says whose policy it is. */
const holderPaths: Readonly<Record<string, string>> = {
  "aws:iam/rolePolicy:RolePolicy": "role",
  "aws:iam/userPolicy:UserPolicy": "user",
  "aws:iam/groupPolicy:GroupPolicy": "group",
};
const identities = ["aws:iam/role:Role", "aws:iam/user:User", "aws:iam/group:Group"];

/** The identities that hold a policy, by URN, or by name where they are of no resource of this stack. */
function holders(policy: ResourceView, stack: StackView): readonly string[] {
  if (policy.type === "aws:iam/role:Role") return [policy.urn];
  const path = holderPaths[policy.type];
  if (path !== undefined) return named(policy, path, stack);
  const attaching = stack.resources.filter(
    (one) => attachments.test(one.type) && stack.dependencies(one, "policyArn").includes(policy),
  );
  return attaching.flatMap((one) =>
    ["role", "user", "group", "roles", "users", "groups"].flatMap((property) => named(one, property, stack)),
  );
}

function named(resource: ResourceView, property: string, stack: StackView): readonly string[] {
  const found = referred(resource, property, stack, identities).map(({ urn }) => urn);
  const literal = known(resource.props, property).state === "value" ? texts(valueAt(resource.props, property)) : [];
  return found.length > 0 ? found : (literal ?? []);
}

/** Everything that each identity is allowed, from all its documents. */
const byHolder = perStack((stack: StackView) => {
  const all = new Map<string, Allowed[]>();
  for (const policy of stack.ofType(...identityPolicyTypes)) {
    const statements = identityDocuments(policy).flatMap((content) => {
      const one = allowed(content, policy, stack);
      return one === "unknown" ? [] : one;
    });
    for (const holder of holders(policy, stack)) all.set(holder, [...(all.get(holder) ?? []), ...statements]);
  }
  return all;
});

export function escalation(resource: ResourceView, stack: StackView): Finding[] {
  if (isBoundary(resource, stack)) return [pass("it bounds permissions and grants none")];
  const others = holders(resource, stack).flatMap((holder) => byHolder(stack).get(holder) ?? []);
  const findings = identityDocuments(resource).map((content) => {
    const statements = allowed(content, resource, stack);
    if (statements === "unknown")
      return undetermined(
        "its policy document is known after deployment only, and no component registers grants for it",
      );
    const found = statements.map((one) => fault(one, [...statements, ...others])).find((one) => one !== undefined);
    if (found === undefined) return pass("its holder can neither widen its permissions nor act as another");
    const grants = parsePolicy(content).state === "unknown" ? registeredGrants(resource, stack) : undefined;
    return fail(grants ? `${insteadOf("its policy document", grants)}: ${found}` : found);
  });
  return findings;
}

/** A grant that may be granted on has no end. */
export const keyGrant = ({ props }: ResourceView): Finding[] =>
  demands(props, "its holder can use the key, and hand on nothing", [
    {
      path: "operations",
      accepts: (value) => Array.isArray(value) && !value.includes("CreateGrant"),
      unmet: "its holder can admit others to the key: leave CreateGrant out of operations",
    },
  ]);
