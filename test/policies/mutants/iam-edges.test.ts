import { awsStack, tlsOnly } from "../support/aws";
import { azureStack, dataReceiver, definition, group } from "../support/azure";
import { gcpStack } from "../support/gcp";
import { killed } from "../support/mutants";
import { accepted } from "../support/outcomes";
import { json, Out, type Stack, text } from "../support/stack";

const queue = new Out("queue", "arn:aws:sqs:eu-central-1:111122223333:queue");
const other = "arn:aws:sqs:eu-central-1:111122223333:other";
const role = new Out("fulfil-role", "fulfil-role");
const logs = {
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: text(new Out("fulfil-logs", "arn:aws:logs:eu-central-1:111122223333:log-group:/shop/fulfil"), ":*"),
};
const receive = { Effect: "Allow", Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"], Resource: queue };
const policy = (...statements: object[]) => ({ policy: json({ Statement: [logs, ...statements] }) });
const logGroups = "arn:aws:logs:eu-central-1:111122223333:log-group";
const decrypt = {
  Effect: "Allow",
  Action: "kms:Decrypt",
  Resource: new Out("key", "arn:aws:kms:eu-central-1:111122223333:key/0a1b"),
};
const roleArn = new Out("fulfil-role", "arn:aws:iam::111122223333:role/fulfil-role");
const bucketTls = { ...tlsOnly, Action: "s3:*" };
const put = (Resource: string) => json({ Statement: [{ Effect: "Allow", Action: "s3:PutObject", Resource }] });

const principal = new Out("fulfil-identity", "principal-fulfil");
const account = new Out("fulfil-account", "fulfil@shop.iam.gserviceaccount.com");
const owner = "7b4b7b6c-5d4f-4a7e-9c53-3b3f6b6f2c11";
const anotherQueue = `${group}/providers/Microsoft.ServiceBus/namespaces/bus/queues/other`;

/** A document that is put together of outputs can be read once deployed only. */
const modes = ["deployed"] as const;

/** A worker that says it publishes to a topic, and does. */
const publishing = (stack: Stack): Stack => {
  stack.set("worker", {
    grants: [
      {
        rendered: [
          { role: "roles/datastore.user", on: "project", resource: "projects/shop/databases/shop" },
          { role: "roles/pubsub.publisher", on: "topic", resource: new Out("topic", "projects/shop/topics/topic") },
        ],
      },
    ],
  });
  stack.add(
    "gcp:pubsub/topicIAMMember:TopicIAMMember",
    "declared",
    { topic: "topic", role: "roles/pubsub.publisher", member: text("serviceAccount:", account) },
    "worker",
  );
  return stack;
};

const byHand = (stack: Stack, type: string, inputs: object = {}) =>
  stack.add(type, "by-hand", {
    ...inputs,
    role: "roles/pubsub.publisher",
    member: text("serviceAccount:", account),
  });

describe("mutants of declared edges", () => {
  killed("IAM-09", awsStack, "fulfil-policy", [
    {
      name: "an action appended",
      change: (stack) =>
        stack.set("fulfil-policy", policy({ ...receive, Action: [...receive.Action, "sqs:SendMessage"] })),
      modes,
    },
    {
      name: "a statement appended",
      change: (stack) =>
        stack.set("fulfil-policy", policy(receive, { Effect: "Allow", Action: "sqs:SendMessage", Resource: other })),
      modes,
    },
    {
      name: "the same action on another queue",
      change: (stack) => stack.set("fulfil-policy", policy(receive, { ...receive, Resource: other })),
      modes,
    },
    {
      name: "a policy attached by hand",
      change: (stack) =>
        stack.add("aws:iam/rolePolicy:RolePolicy", "by-hand", { role, policy: put("arn:aws:s3:::reports/daily.csv") }),
      at: "by-hand",
    },
    {
      name: "a managed policy attached by hand",
      change: (stack) => {
        const managed = stack.add("aws:iam/policy:Policy", "managed", {
          policy: put("arn:aws:s3:::reports/daily.csv"),
        });
        stack.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "by-hand", {
          role,
          policyArn: managed("arn:aws:iam::111122223333:policy/managed"),
        });
      },
      at: "by-hand",
    },
    {
      name: "a policy attached among all that a role has",
      change: (stack) =>
        stack.add("aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", "by-hand", {
          roleName: role,
          policyArns: ["arn:aws:iam::111122223333:policy/reports"],
        }),
      at: "by-hand",
    },
    {
      name: "the log of another function",
      change: (stack) =>
        stack.set("fulfil-policy", policy({ ...logs, Resource: `${logGroups}:/shop/front:*` }, receive)),
      modes,
    },
    {
      name: "a grant that poses as one for the function's variables",
      change: (stack) =>
        stack.set(
          "fulfil-policy",
          policy(receive, {
            Effect: "Allow",
            Action: ["kms:Decrypt", "s3:GetObject"],
            Resource: "arn:aws:s3:::reports/daily.csv",
            Condition: { Null: { "kms:EncryptionContext:aws:lambda:FunctionArn": "false" } },
          }),
        ),
      modes,
    },
    {
      name: "a key for whatever no function has encrypted",
      change: (stack) =>
        stack.set(
          "fulfil-policy",
          policy(receive, {
            ...decrypt,
            Condition: { Null: { "kms:EncryptionContext:aws:lambda:FunctionArn": "true" } },
          }),
        ),
      modes,
    },
    {
      name: "metrics that are read",
      change: (stack) =>
        stack.set(
          "fulfil-policy",
          policy(receive, { Effect: "Allow", Action: "cloudwatch:GetMetricData", Resource: "*" }),
        ),
      modes,
    },
    {
      name: "a bucket's policy that names the role",
      change: (stack) =>
        stack.set("bucket-policy", {
          policy: json({
            Statement: [
              {
                Effect: "Allow",
                Principal: { AWS: roleArn },
                Action: "s3:GetObject",
                Resource: "arn:aws:s3:::bucket/*",
              },
              bucketTls,
            ],
          }),
        }),
      at: "bucket-policy",
      modes,
    },
    {
      name: "a grant of a key to the role",
      change: (stack) =>
        stack.add("aws:kms/grant:Grant", "by-hand", {
          keyId: decrypt.Resource,
          granteePrincipal: roleArn,
          operations: ["Decrypt"],
        }),
      at: "by-hand",
    },
    {
      name: "a declared action that is not granted",
      change: (stack) => stack.set("fulfil-policy", policy({ ...receive, Action: "sqs:ReceiveMessage" })),
      at: "worker",
      modes,
    },
    {
      name: "a declared edge that is not granted at all",
      change: (stack) => stack.set("fulfil-policy", policy()),
      at: "worker",
      modes,
    },
  ]);

  killed("IAM-09", azureStack, "fulfil-receive", [
    {
      name: "another role",
      change: (stack) => stack.set("fulfil-receive", { roleDefinitionId: definition(owner) }),
      at: ["fulfil-receive", "worker"],
    },
    {
      name: "the role on another queue",
      change: (stack) => stack.set("fulfil-receive", { scope: anotherQueue }),
      at: ["fulfil-receive", "worker"],
      modes,
    },
    {
      name: "a role assigned by hand",
      change: (stack) =>
        stack.add("azure-native:authorization:RoleAssignment", "by-hand", {
          principalId: principal,
          principalType: "ServicePrincipal",
          roleDefinitionId: definition(owner),
          scope: anotherQueue,
        }),
      at: "by-hand",
    },
    {
      name: "the declared role once more, on another queue",
      change: (stack) =>
        stack.add("azure-native:authorization:RoleAssignment", "by-hand", {
          principalId: principal,
          principalType: "ServicePrincipal",
          roleDefinitionId: definition(dataReceiver),
          scope: anotherQueue,
        }),
      at: "by-hand",
      modes,
    },
    {
      name: "a role on a database's data by hand",
      change: (stack) =>
        stack.add("azure-native:cosmosdb:SqlResourceSqlRoleAssignment", "by-hand", {
          accountName: new Out("cosmos", "cosmos"),
          principalId: principal,
          roleDefinitionId: `${group}/providers/Microsoft.DocumentDB/databaseAccounts/cosmos/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002`,
          scope: `${group}/providers/Microsoft.DocumentDB/databaseAccounts/cosmos/dbs/shop/colls/orders`,
        }),
      at: "by-hand",
      modes,
    },
    { name: "a declared edge that is not granted", change: (stack) => stack.remove("fulfil-receive"), at: "worker" },
  ]);

  killed("IAM-09", gcpStack, "data", [
    {
      name: "another role",
      change: (stack) => stack.set("data", { role: "roles/datastore.viewer" }),
      at: ["data", "worker"],
    },
    {
      name: "a role bound by hand",
      change: (stack) =>
        stack.add("gcp:pubsub/topicIAMMember:TopicIAMMember", "by-hand", {
          topic: "topic",
          role: "roles/pubsub.publisher",
          member: text("serviceAccount:", account),
        }),
      at: "by-hand",
    },
    {
      name: "one of many members of a binding",
      change: (stack) =>
        stack.add("gcp:pubsub/topicIAMBinding:TopicIAMBinding", "by-hand", {
          topic: "topic",
          role: "roles/pubsub.publisher",
          members: ["serviceAccount:other@shop.iam.gserviceaccount.com", text("serviceAccount:", account)],
        }),
      at: "by-hand",
    },
    { name: "a declared edge that is not granted", change: (stack) => stack.remove("data"), at: "worker" },
    {
      name: "another database",
      change: (stack) =>
        stack.set("data", { condition: { expression: 'resource.name == "projects/shop/databases/other"' } }),
      at: ["data", "worker"],
    },
    {
      name: "an account whose address is written out",
      change: (stack) =>
        stack.add("gcp:pubsub/topicIAMMember:TopicIAMMember", "by-hand", {
          topic: "topic",
          role: "roles/pubsub.publisher",
          member: "serviceAccount:fulfil@shop.iam.gserviceaccount.com",
        }),
      at: "by-hand",
    },
    {
      name: "a policy as a whole",
      change: (stack) =>
        stack.add("gcp:pubsub/topicIAMPolicy:TopicIAMPolicy", "by-hand", {
          topic: "topic",
          policyData: json({
            bindings: [{ role: "roles/pubsub.publisher", members: [text("serviceAccount:", account)] }],
          }),
        }),
      at: "by-hand",
      modes: ["deployed"],
    },
    {
      name: "the declared role on another topic",
      change: (stack) => byHand(publishing(stack), "gcp:pubsub/topicIAMMember:TopicIAMMember", { topic: "other" }),
      at: "by-hand",
      modes,
    },
    {
      name: "the declared role on a resource of another kind",
      change: (stack) => byHand(publishing(stack), "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember"),
      at: "by-hand",
    },
  ]);
  accepted("IAM-09", gcpStack, [
    ["a grant on a topic by its path", publishing],
    [
      "others' bindings in a policy as a whole",
      (stack) =>
        publishing(stack)
          .retype("declared", "gcp:pubsub/topicIAMPolicy:TopicIAMPolicy")
          .set("declared", {
            role: undefined,
            member: undefined,
            policyData: JSON.stringify({
              bindings: [
                { role: "roles/pubsub.publisher", members: ["serviceAccount:fulfil@shop.iam.gserviceaccount.com"] },
                { role: "roles/pubsub.viewer", members: ["serviceAccount:other@shop.iam.gserviceaccount.com"] },
              ],
            }),
          }),
    ],
  ]);

  accepted("IAM-09", awsStack, [
    [
      "the declared edge in two statements",
      (stack: Stack) =>
        stack.set(
          "fulfil-policy",
          policy({ ...receive, Action: "sqs:ReceiveMessage" }, { ...receive, Action: "SQS:deletemessage" }),
        ),
    ],
    [
      "what Lambda has encrypted for the function",
      (stack: Stack) =>
        stack.set(
          "fulfil-policy",
          policy(receive, {
            ...decrypt,
            Condition: { Null: { "kms:EncryptionContext:aws:lambda:FunctionArn": "false" } },
          }),
        ),
    ],
    [
      "the declared edge by the queue's own policy as well",
      (stack: Stack) =>
        stack.set("queue-policy", {
          policy: json({ Statement: [{ ...receive, Principal: { AWS: roleArn } }, tlsOnly] }),
        }),
      modes,
    ],
    [
      "a denial beside it",
      (stack: Stack) =>
        stack.set("fulfil-policy", policy(receive, { Effect: "Deny", Action: "sqs:PurgeQueue", Resource: queue })),
    ],
    [
      "policies of roles that no component has",
      (stack: Stack) => {
        const loose = stack.add("aws:iam/role:Role", "loose", {
          assumeRolePolicy: json({
            Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
          }),
        });
        stack.add("aws:iam/rolePolicy:RolePolicy", "loose", {
          role: loose("loose"),
          policy: put("arn:aws:s3:::reports/a"),
        });
      },
    ],
  ]);
});
