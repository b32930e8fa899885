import { awsStack } from "../support/aws";
import { azureStack, definition, group } from "../support/azure";
import { add, set } from "../support/changes";
import { gcpStack } from "../support/gcp";
import { killed, type Mutant } from "../support/mutants";
import { accepted, type Case, vague } from "../support/outcomes";
import { Out, type Stack, unknown } from "../support/stack";

const policy = (...all: unknown[]) => ({ policy: JSON.stringify({ Version: "2012-10-17", Statement: all }) });
const allow = (Action: unknown, Resource: unknown = "arn:aws:iam::111122223333:role/other", more: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const send = allow("sqs:SendMessage", "arn:aws:sqs:eu-central-1:111122223333:queue");
const may = (name: string, ...all: unknown[]): Mutant => ({ name, change: set("fulfil-policy", policy(...all)) });
const passRole = allow("iam:PassRole");
const toLambda = { Condition: { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } } };
const anyService = { Condition: { StringLike: { "iam:PassedToService": "*" } } };
const create = allow("lambda:CreateFunction", "arn:aws:lambda:eu-central-1:111122223333:function:new");
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const fulfil = new Out("fulfil-role", "fulfil-role");
const everywhere = { also: ["IAM-02 fulfil-policy"] };

describe("mutants of privilege escalation", () => {
  killed("IAM-08", awsStack, "fulfil-policy", [
    ...[
      "CreatePolicyVersion",
      "SetDefaultPolicyVersion",
      "AttachRolePolicy",
      "AttachUserPolicy",
      "PutRolePolicy",
      "PutUserPolicy",
      "AddUserToGroup",
      "CreateAccessKey",
      "CreateLoginProfile",
      "UpdateAssumeRolePolicy",
      "DeleteRolePermissionsBoundary",
    ].map((action) => may(action, send, allow(`iam:${action}`))),
    may("a policy by an action in other case", allow("IAM:putrolepolicy")),
    may("a key's policy", allow("kms:PutKeyPolicy", "arn:aws:kms:eu-central-1:111122223333:key/0a1b")),
    may("a bucket's policy", allow("s3:PutBucketPolicy", "arn:aws:s3:::uploads")),
    may(
      "a function's permissions",
      allow("lambda:AddPermission", "arn:aws:lambda:eu-central-1:111122223333:function:f"),
    ),
    may("a service of the account by role", passRole, create),
    may("a role passed, whatever else the policy allows", send, passRole),
    may("a role passed to a service that may be missing", {
      ...passRole,
      Condition: { StringEqualsIfExists: { "iam:PassedToService": "lambda.amazonaws.com" } },
    }),
    may("a role passed to one service or any", {
      ...passRole,
      Condition: { StringLike: { "iam:PassedToService": ["lambda.amazonaws.com", "*"] } },
    }),
    ...[
      "UpdateLoginProfile",
      "UpdateAccessKey",
      "AttachGroupPolicy",
      "PutGroupPolicy",
      "AddRoleToInstanceProfile",
      "UploadSigningCertificate",
      "UpdateOpenIDConnectProviderThumbprint",
    ].map((action) => may(action, allow(`iam:${action}`))),
    ...[
      "sso:CreateAccountAssignment",
      "sso:PutInlinePolicyToPermissionSet",
      "rolesanywhere:CreateTrustAnchor",
      "eks:CreateAccessEntry",
      "sqs:SetQueueAttributes",
      "glue:PutResourcePolicy",
      "lambda:UpdateFunctionUrlConfig",
      "elasticfilesystem:PutFileSystemPolicy",
    ].map((action) => may(action, allow(action, "arn:aws:sqs:eu-central-1:111122223333:queue"))),
    ...[
      "lambda:UpdateFunctionConfiguration",
      "ecs:ExecuteCommand",
      "ecs:RunTask",
      "codebuild:StartBuild",
      "cloudformation:ExecuteChangeSet",
      "ssm:StartAutomationExecution",
      "glue:UpdateDevEndpoint",
      "states:UpdateStateMachine",
    ].map((action) => ({ ...may(`${action} on everything`, allow(action, "*")), ...everywhere })),
    may("a role passed to any service", { ...passRole, ...anyService }, create),
    may("a role passed in one statement with the function", allow(["iam:PassRole", "states:CreateStateMachine"])),
    may(
      "a role passed, with a Deny for another",
      { ...passRole, Effect: "Deny", Resource: "arn:aws:iam::111122223333:role/x" },
      passRole,
      create,
    ),
    { ...may("a role passed by wildcard", allow("iam:Pass*"), create), ...everywhere },
    { ...may("every action of identities", allow("iam:*")), ...everywhere },
    { ...may("every role", allow("iam:PassRole", "*", toLambda)), ...everywhere },
    { ...may("every role assumed", allow("sts:AssumeRole", "*")), ...everywhere },
    {
      ...may("every role of the account", allow("iam:PassRole", "arn:aws:iam::111122223333:role/*", toLambda)),
      also: ["IAM-03 fulfil-policy"],
    },
    {
      ...may("a role of every account", allow("sts:AssumeRole", "arn:aws:iam::*:role/deploy")),
      also: ["IAM-03 fulfil-policy"],
    },
    {
      ...may(
        "every function's code",
        allow("lambda:UpdateFunctionCode", "arn:aws:lambda:eu-central-1:111122223333:function:*"),
      ),
      also: ["IAM-03 fulfil-policy"],
    },
    {
      name: "a registered grant, while the document is unknown",
      modes: ["preview"],
      change: set("worker", { "grants.0.rendered.0.actions": ["iam:PutRolePolicy"] }),
    },
    {
      name: "a role passed by one policy, and used by another of the same role",
      change: (stack: Stack) => {
        stack.set("fulfil-policy", policy(passRole));
        stack.add(rolePolicy, "more", { role: fulfil, ...policy(create) }, "worker");
      },
    },
    {
      name: "a role passed by a policy, and used by one that is attached",
      at: ["fulfil-policy"],
      change: (stack: Stack) => {
        stack.set("fulfil-policy", policy(passRole));
        const more = stack.add("aws:iam/policy:Policy", "more", policy(create));
        stack.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attach", {
          role: fulfil,
          policyArn: more("arn:aws:iam::111122223333:policy/more"),
        });
      },
    },
  ]);
  killed("IAM-08", awsStack, "more", [
    {
      name: "a managed policy",
      change: add("aws:iam/policy:Policy", policy(send, allow("iam:CreatePolicyVersion"))),
    },
    { name: "a user's policy", change: add("aws:iam/userPolicy:UserPolicy", policy(allow("iam:AttachUserPolicy"))) },
    {
      name: "a grant to grant",
      change: add("aws:kms/grant:Grant", { granteePrincipal: "arn", operations: ["Decrypt", "CreateGrant"] }),
    },
    { name: "a group's policy", change: add("aws:iam/groupPolicy:GroupPolicy", policy(passRole, create)) },
    {
      name: "a role's second inline policy",
      at: "fulfil-role",
      change: set("fulfil-role", {
        inlinePolicies: [
          { name: "a", ...policy(send) },
          { name: "b", ...policy(passRole, create) },
        ],
      }),
    },
    {
      name: "a role passed by one inline policy, and used by another",
      at: "fulfil-role",
      change: set("fulfil-role", {
        inlinePolicies: [
          { name: "a", ...policy(create) },
          { name: "b", ...policy(passRole) },
        ],
      }),
    },
  ]);

  const assigned = (name: string, id: string, also?: string): Mutant => ({
    name,
    change: set("front-receive", { roleDefinitionId: id }),
    ...(also && { also: [also] }),
  });
  const broad = "IAM-02 front-receive";
  killed("IAM-08", azureStack, "front-receive", [
    assigned("Owner by name", "Owner", broad),
    assigned("User Access Administrator by name in capitals", "USER ACCESS ADMINISTRATOR", broad),
    assigned("Role Based Access Control Administrator", definition("f58310d9-a9f6-439a-9e8d-f62e7b41a168"), broad),
    assigned("Contributor by name", "contributor", broad),
    assigned("Managed Identity Operator", definition("f1a07417-d97a-45cb-824c-7a7467783830")),
    assigned("Virtual Machine Contributor", definition("9980e02c-c2be-4d73-94e8-173b1dc7cf3c"), broad),
    assigned("Key Vault Contributor by a bare id", "f25e0fa2-a7c8-4377-a976-54943a77a395", broad),
  ]);
  const held = (name: string, permission: object, also?: string): Mutant => ({
    name,
    change: set("redriver", { permissions: [{ actions: [] }, permission] }),
    ...(also && { also: [also] }),
  });
  const wildcard = "IAM-02 redriver";
  killed("IAM-08", azureStack, "redriver", [
    held("role assignments", { actions: ["Microsoft.Authorization/roleAssignments/write"] }),
    held("role definitions in other case", { actions: ["microsoft.authorization/ROLEDEFINITIONS/write"] }),
    held("an identity put on other code", {
      actions: ["Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"],
    }),
    held("keys of an account", { actions: ["Microsoft.Storage/storageAccounts/listKeys/action"] }),
    held("all of authorization", { actions: ["Microsoft.Authorization/*"] }, wildcard),
    held("every write", { actions: ["*/write"] }, wildcard),
    held("every action", { actions: ["*"], notActions: ["Microsoft.Authorization/locks/*"] }, wildcard),
  ]);

  const onProject = (role: string, also: string[] = []): Mutant => ({
    name: `${role} on the project`,
    change: set("trace", { role }),
    also: ["IAM-03 trace", ...also],
  });
  killed("IAM-08", gcpStack, "trace", [
    ...[
      "serviceAccountTokenCreator",
      "serviceAccountUser",
      "workloadIdentityUser",
      "serviceAccountOpenIdTokenCreator",
    ].map((role) => onProject(`roles/iam.${role}`)),
    ...[
      "roles/owner",
      "roles/editor",
      "roles/writer",
      "roles/admin",
      "roles/iam.securityAdmin",
      "roles/iam.serviceAccountKeyAdmin",
      "roles/resourcemanager.projectIamAdmin",
    ].map((role) => onProject(role, ["IAM-02 trace"])),
    {
      name: "a role of Google's own services",
      change: set("trace", { role: "roles/dataflow.serviceAgent" }),
      modes: ["deployed"],
    },
    {
      name: "the account that many run as",
      change: add("gcp:serviceaccount/iAMMember:IAMMember", {
        serviceAccountId: "projects/shop/serviceAccounts/42-compute@developer.gserviceaccount.com",
        role: "roles/iam.serviceAccountUser",
        member: "user:a@example.org",
      }),
      at: "more",
    },
    {
      ...onProject("roles/iam.serviceAccountUser"),
      name: "by an authoritative binding",
      change: (stack) =>
        stack
          .retype("trace", "gcp:projects/iAMBinding:IAMBinding")
          .set("trace", { role: "roles/iam.serviceAccountUser", members: ["user:a@example.org"] }),
    },
    {
      ...onProject("roles/iam.serviceAccountTokenCreator"),
      name: "in a policy's second binding, on the organization",
      change: (stack) =>
        stack.retype("trace", "gcp:organizations/iAMPolicy:IAMPolicy").set("trace", {
          policyData: JSON.stringify({
            bindings: ["roles/cloudtrace.agent", "roles/iam.serviceAccountTokenCreator"].map((role) => ({
              role,
              members: [],
            })),
          }),
        }),
    },
  ]);
  killed("IAM-08", gcpStack, "redriver", [
    ...["actAs", "getAccessToken", "signBlob", "signJwt", "setIamPolicy"].map((one) => ({
      name: `a custom role with ${one}`,
      change: set("redriver", { permissions: ["pubsub.topics.publish", `iam.serviceAccounts.${one}`] }),
    })),
    {
      name: "a custom role with a topic's policy",
      change: set("redriver", { permissions: ["pubsub.topics.setIamPolicy"] }),
    },
    {
      name: "a custom role with every action on accounts",
      change: set("redriver", { permissions: ["iam.serviceAccounts.*"] }),
      also: ["IAM-02 redriver"],
    },
  ]);
});

describe("permissions that widen nothing", () => {
  const allowed = (name: string, ...all: unknown[]): Case => [name, set("fulfil-policy", policy(...all))];
  accepted("IAM-08", awsStack, [
    allowed("one role passed to one service, and a function", { ...passRole, ...toLambda }, create),
    allowed("one role assumed", allow("sts:AssumeRole")),
    allowed(
      "one function's code",
      allow("lambda:UpdateFunctionCode", "arn:aws:lambda:eu-central-1:111122223333:function:f"),
    ),
    allowed("policies that may not be written", { ...allow("iam:*"), Effect: "Deny" }, send),
    allowed("logs that a state machine delivers", allow("logs:PutResourcePolicy", "*")),
  ]);
  accepted("IAM-08", azureStack, [
    [
      "an operation that the role leaves out",
      set("redriver", {
        permissions: [
          {
            actions: ["Microsoft.Authorization/roleAssignments/write"],
            notActions: ["Microsoft.Authorization/*/write"],
          },
        ],
      }),
    ],
    [
      "reading of role assignments",
      set("redriver", { permissions: [{ actions: ["Microsoft.Authorization/roleAssignments/read"] }] }),
    ],
    [
      "a role of the stack itself",
      set("front-receive", {
        roleDefinitionId: new Out("redriver", `${group}${definition("0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f")}`),
      }),
    ],
  ]);
  const account = { role: "roles/iam.serviceAccountUser", member: "user:a@example.org" };
  accepted("IAM-08", gcpStack, [
    ["one account that is shared by its own policy", add("gcp:serviceaccount/iAMMember:IAMMember", account)],
  ]);
  vague("IAM-08", awsStack, "more", [
    ["a policy of no component", add("aws:iam/policy:Policy", { policy: unknown })],
    ["an action", add("aws:iam/policy:Policy", { policy: { Statement: allow(unknown) } })],
  ]);
  vague("IAM-08", azureStack, "front-receive", [["a role", set("front-receive", { roleDefinitionId: unknown })]]);
  vague("IAM-08", azureStack, "redriver", [
    ["a role's actions", set("redriver", { permissions: [{ actions: unknown }] })],
  ]);
  vague("IAM-08", gcpStack, "trace", [["a role", set("trace", { role: unknown })]]);
  vague("IAM-08", gcpStack, "redriver", [["permissions", set("redriver", { permissions: unknown })]]);
});
