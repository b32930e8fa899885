import { awsStack, tlsOnly } from "./support/aws";
import { killed } from "./support/mutants";
import { json, Out } from "./support/stack";

const key = new Out("key", "arn:aws:kms:eu-central-1:111122223333:key/0a1b");
const queue = new Out("queue", "arn:aws:sqs:eu-central-1:111122223333:queue");
const replica = { regionName: "eu-west-1", pointInTimeRecovery: true, deletionProtectionEnabled: true };
const send = { Effect: "Allow", Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-central-1:111122223333:queue" };

describe("mutants on AWS", () => {
  killed("ENC-01", awsStack, "queue", [
    { name: "no key at all", change: (stack) => stack.set("queue", { kmsMasterKeyId: undefined }) },
    {
      name: "SQS's own encryption for confidential data",
      change: (stack) => stack.set("queue", { kmsMasterKeyId: undefined, sqsManagedSseEnabled: true }),
    },
    { name: "AWS's key by alias", change: (stack) => stack.set("queue", { kmsMasterKeyId: "alias/aws/sqs" }) },
    {
      name: "AWS's key by ARN of its alias",
      change: (stack) => stack.set("queue", { kmsMasterKeyId: "arn:aws:kms:eu-central-1:111122223333:alias/aws/sqs" }),
    },
    { name: "an empty key", change: (stack) => stack.set("queue", { kmsMasterKeyId: "" }) },
    {
      name: "a topic with AWS's key",
      change: (stack) => stack.set("topic", { kmsMasterKeyId: "alias/aws/sns" }),
      at: "topic",
    },
    {
      name: "a dead-letter queue beside it",
      change: (stack) => stack.set("dead", { kmsMasterKeyId: undefined }),
      at: "dead",
    },
  ]);

  killed("ENC-03", awsStack, "table", [
    { name: "no key", change: (stack) => stack.set("table", { serverSideEncryption: { enabled: true } }) },
    {
      name: "a key that is not switched on",
      change: (stack) => stack.set("table", { "serverSideEncryption.enabled": false }),
    },
    {
      name: "AWS's key by alias",
      change: (stack) => stack.set("table", { "serverSideEncryption.kmsKeyArn": "alias/aws/dynamodb" }),
    },
    { name: "no encryption settings", change: (stack) => stack.set("table", { serverSideEncryption: undefined }) },
    {
      name: "a replica without a key",
      change: (stack) => stack.set("table", { replicas: [{ ...replica, kmsKeyArn: key }, replica] }),
    },
    {
      name: "a replica with AWS's key",
      change: (stack) => stack.set("table", { replicas: [{ ...replica, kmsKeyArn: "alias/aws/dynamodb" }] }),
    },
    { name: "replicas that are none", change: (stack) => stack.set("table", { replicas: "eu-west-1" }) },
    {
      name: "a replica beside it without a key",
      change: (stack) =>
        stack.add("aws:dynamodb/tableReplica:TableReplica", "replica", {
          pointInTimeRecovery: true,
          deletionProtectionEnabled: true,
        }),
      at: "replica",
    },
  ]);

  killed("IAM-01", awsStack, "front-permission", [
    { name: "anyone may invoke", change: (stack) => stack.set("front-permission", { principal: "*" }) },
    { name: "any API may invoke", change: (stack) => stack.set("front-permission", { sourceArn: undefined }) },
    {
      name: "any API of the region by pattern",
      change: (stack) =>
        stack.set("front-permission", { sourceArn: "arn:aws:execute-api:eu-central-1:111122223333:*" }),
    },
    { name: "a pattern for everything", change: (stack) => stack.set("front-permission", { sourceArn: "*" }) },
    {
      name: "a public function URL by permission",
      change: (stack) => stack.set("front-permission", { functionUrlAuthType: "NONE" }),
    },
    {
      name: "a public function URL",
      change: (stack) => stack.add("aws:lambda/functionUrl:FunctionUrl", "url", { authorizationType: "NONE" }),
      at: "url",
    },
    {
      name: "a route that is public although declared otherwise",
      change: (stack) => stack.set("read", { authorizationType: "NONE" }),
      at: "read",
    },
    {
      name: "a route whose type is missing",
      change: (stack) => stack.set("read", { authorizationType: undefined }),
      at: "read",
    },
    {
      name: "nobody named",
      change: (stack) => stack.set("front-permission", { principal: undefined }),
    },
    {
      name: "a route of a type that is none",
      change: (stack) => stack.set("read", { authorizationType: "none" }),
      at: "read",
    },
    {
      name: "a route without its authorizer",
      change: (stack) => stack.set("read", { authorizerId: undefined }),
      at: "read",
    },
    {
      name: "a public route nobody declares",
      change: (stack) => stack.set("place", { routeKey: "$default" }),
      at: "place",
    },
    {
      name: "a public route outside a component",
      change: (stack) =>
        stack.add("aws:apigatewayv2/route:Route", "raw", { routeKey: "POST /orders", authorizationType: "NONE" }),
      at: "raw",
    },
    {
      name: "an API that routes everything",
      change: (stack) => stack.set("gateway", { target: "arn:aws:lambda:eu-central-1:111122223333:function:front" }),
      at: "gateway",
      also: ["AUD-03 gateway"],
    },
    {
      name: "a public method of a REST API",
      change: (stack) =>
        stack.add("aws:apigateway/method:Method", "method", { authorization: "NONE", httpMethod: "POST" }),
      at: "method",
    },
  ]);

  const statements = (...all: unknown[]) => json({ Version: "2012-10-17", Statement: all });
  killed("IAM-02", awsStack, "fulfil-policy", [
    {
      name: "every action",
      also: ["IAM-08 fulfil-policy"],
      change: (stack) => stack.set("fulfil-policy", { policy: statements({ ...send, Action: "*" }) }),
    },
    {
      name: "every action of a service",
      change: (stack) => stack.set("fulfil-policy", { policy: statements({ ...send, Action: "sqs:*" }) }),
    },
    {
      name: "a wildcard inside a name",
      change: (stack) => stack.set("fulfil-policy", { policy: statements({ ...send, Action: ["sqs:Send*"] }) }),
    },
    {
      name: "a single-character wildcard",
      change: (stack) => stack.set("fulfil-policy", { policy: statements({ ...send, Action: ["sqs:SendMessag?"] }) }),
    },
    {
      name: "a wildcard in the second statement",
      change: (stack) =>
        stack.set("fulfil-policy", { policy: statements(send, { ...send, Action: ["sqs:SendMessage", "sqs:*"] }) }),
    },
    {
      name: "a wildcard behind a leading Deny",
      change: (stack) =>
        stack.set("fulfil-policy", {
          policy: statements({ Effect: "Deny", Action: "*", Resource: "*" }, { ...send, Action: "sqs:*" }),
        }),
    },
    {
      name: "NotAction",
      change: (stack) =>
        stack.set("fulfil-policy", {
          policy: statements({ Effect: "Allow", NotAction: "iam:*", Resource: send.Resource }),
        }),
    },
    {
      name: "NotResource",
      change: (stack) =>
        stack.set("fulfil-policy", {
          policy: statements({ Effect: "Allow", Action: "sqs:SendMessage", NotResource: send.Resource }),
        }),
    },
    {
      name: "every resource",
      change: (stack) => stack.set("fulfil-policy", { policy: statements({ ...send, Resource: "*" }) }),
    },
    {
      name: "every resource in a list, for an action that needs none",
      change: (stack) =>
        stack.set("fulfil-policy", {
          policy: statements({
            ...send,
            Action: ["xray:PutTraceSegments", "sqs:SendMessage"],
            Resource: [send.Resource, "*"],
          }),
        }),
    },
    { name: "a document that is no JSON", change: (stack) => stack.set("fulfil-policy", { policy: "{" }) },
    {
      name: "a document as an object, with an unknown resource",
      change: (stack) =>
        stack.set("fulfil-policy", { policy: { Statement: { Effect: "Allow", Action: "sqs:*", Resource: queue } } }),
    },
    {
      name: "a registered grant with a wildcard, while the document is unknown",
      modes: ["preview"],
      at: ["fulfil-policy", "queue-policy", "dead-policy"],
      change: (stack) => stack.set("worker", { "grants.0.rendered.0.actions": ["sqs:*"] }),
    },
    {
      name: "an inline policy of a role",
      change: (stack) =>
        stack.set("fulfil-role", {
          inlinePolicies: [
            { name: "a", policy: statements(send) },
            { name: "b", policy: statements({ ...send, Action: "sqs:*" }) },
          ],
        }),
      at: "fulfil-role",
    },
    {
      name: "an attached administrator policy",
      change: (stack) =>
        stack.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attach", {
          policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
        }),
      at: "attach",
    },
    {
      name: "an attached policy of full access",
      change: (stack) =>
        stack.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attach", {
          policyArn: "arn:aws:iam::aws:policy/AmazonSQSFullAccess",
        }),
      at: "attach",
    },
    {
      name: "a managed policy in the role",
      change: (stack) => stack.set("fulfil-role", { managedPolicyArns: ["arn:aws:iam::aws:policy/IAMFullAccess"] }),
      at: "fulfil-role",
    },
    {
      name: "a role that anyone may assume",
      change: (stack) =>
        stack.set("fulfil-role", {
          assumeRolePolicy: statements({ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }),
        }),
      at: "fulfil-role",
    },
    {
      name: "an attachment of nothing",
      change: (stack) => stack.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attach", {}),
      at: "attach",
    },
    {
      name: "managed policies that are no list",
      change: (stack) => stack.set("fulfil-role", { managedPolicyArns: "arn" }),
      at: "fulfil-role",
    },
    {
      name: "a customer-managed policy",
      change: (stack) =>
        stack.add("aws:iam/policy:Policy", "managed", { policy: statements({ ...send, Action: "s3:*" }) }),
      at: "managed",
    },
    {
      name: "a queue policy open to anyone",
      change: (stack) => stack.set("queue-policy", { policy: statements({ ...send, Principal: "*" }, tlsOnly) }),
      at: "queue-policy",
    },
    {
      name: "a queue policy open to anyone, by a list of AWS principals",
      change: (stack) =>
        stack.set("queue-policy", { policy: statements({ ...send, Principal: { AWS: ["*"] } }, tlsOnly) }),
      at: "queue-policy",
    },
    {
      name: "a queue policy open to anyone who speaks TLS",
      change: (stack) =>
        stack.set("queue-policy", {
          policy: statements(
            { ...send, Principal: "*", Condition: { Bool: { "aws:SecureTransport": "true" } } },
            tlsOnly,
          ),
        }),
      at: "queue-policy",
    },
    {
      name: "a queue policy for requests that may lack their source",
      change: (stack) =>
        stack.set("queue-policy", {
          policy: statements(
            {
              ...send,
              Principal: "*",
              Condition: { ArnLikeIfExists: { "aws:SourceArn": "arn:aws:s3:::b" } },
            },
            tlsOnly,
          ),
        }),
      at: "queue-policy",
    },
    {
      name: "a queue policy for any source",
      change: (stack) =>
        stack.set("queue-policy", {
          policy: statements(
            {
              ...send,
              Principal: "*",
              Condition: { ArnLike: { "aws:SourceArn": ["arn:aws:s3:::b", "*"] } },
            },
            tlsOnly,
          ),
        }),
      at: "queue-policy",
    },
    {
      name: "NotPrincipal",
      change: (stack) =>
        stack.set("queue-policy", { policy: statements({ ...send, NotPrincipal: { AWS: "111122223333" } }, tlsOnly) }),
      at: "queue-policy",
    },
    {
      name: "a key policy with a wildcard for a service",
      change: (stack) =>
        stack.set("key", {
          policy: statements({
            Effect: "Allow",
            Principal: { Service: "sns.amazonaws.com" },
            Action: "kms:*",
            Resource: "*",
          }),
        }),
      at: "key",
      also: ["IAM-06 key"],
    },
  ]);

  killed("IAM-03", awsStack, "fulfil-policy", [
    {
      name: "every queue of the account",
      change: (stack) =>
        stack.set("fulfil-policy", {
          policy: statements({ ...send, Resource: "arn:aws:sqs:eu-central-1:111122223333:*" }),
        }),
    },
    {
      name: "every queue of a prefix",
      change: (stack) =>
        stack.set("fulfil-policy", {
          policy: statements({ ...send, Resource: "arn:aws:sqs:eu-central-1:111122223333:shop-*" }),
        }),
    },
    {
      name: "the queue in every region",
      change: (stack) =>
        stack.set("fulfil-policy", { policy: statements({ ...send, Resource: "arn:aws:sqs:*:111122223333:queue" }) }),
    },
    {
      name: "a pattern in the second statement",
      change: (stack) =>
        stack.set("fulfil-policy", {
          policy: statements(send, {
            ...send,
            Resource: [send.Resource, "arn:aws:sqs:eu-central-1:111122223333:que?e"],
          }),
        }),
    },
    {
      name: "every table",
      change: (stack) =>
        stack.set("fulfil-policy", {
          policy: statements({
            Effect: "Allow",
            Action: "dynamodb:GetItem",
            Resource: "arn:aws:dynamodb:eu-central-1:111122223333:table/*",
          }),
        }),
    },
    {
      name: "no resource",
      change: (stack) =>
        stack.set("fulfil-policy", { policy: statements({ Effect: "Allow", Action: "sqs:SendMessage" }) }),
    },
    {
      name: "a registered grant on a pattern, while the document is unknown",
      modes: ["preview"],
      change: (stack) =>
        stack.set("worker", { "grants.0.rendered.0.resource": "arn:aws:sqs:eu-central-1:111122223333:*" }),
    },
    {
      name: "an attached policy of AWS's",
      change: (stack) =>
        stack.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attach", {
          policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        }),
      at: "attach",
    },
  ]);

  killed("IAM-04", awsStack, "fulfil", [
    {
      name: "a role shared by two functions",
      change: (stack) => stack.set("front", { role: new Out("fulfil-role", "arn:aws:iam::111122223333:role/fulfil") }),
      at: ["front", "fulfil"],
    },
    {
      name: "a literal role shared by two functions",
      change: (stack) =>
        stack
          .set("front", { role: "arn:aws:iam::111122223333:role/x" })
          .set("fulfil", { role: "arn:aws:iam::111122223333:role/x" }),
      at: ["front", "fulfil"],
    },
    { name: "no role", change: (stack) => stack.set("fulfil", { role: undefined }) },
  ]);

  killed("IAM-05", awsStack, "accessKey", [
    { name: "an access key", change: (stack) => stack.add("aws:iam/accessKey:AccessKey", "accessKey", { user: "ci" }) },
    {
      name: "a login profile",
      change: (stack) => stack.add("aws:iam/userLoginProfile:UserLoginProfile", "accessKey", { user: "ci" }),
    },
    {
      name: "a credential for one service",
      change: (stack) =>
        stack.add("aws:iam/serviceSpecificCredential:ServiceSpecificCredential", "accessKey", { userName: "ci" }),
    },
  ]);
});
