import { awsStack, tlsOnly } from "../support/aws";
import { add, set } from "../support/changes";
import { killed, type Mutant } from "../support/mutants";
import { accepted, type Case, vague } from "../support/outcomes";
import { Out, type Stack, text, unknown } from "../support/stack";

const queue = "arn:aws:sqs:eu-central-1:111122223333:queue";
const send = { Effect: "Allow", Action: "sqs:SendMessage", Resource: queue };
const receive = { ...send, Action: "sqs:ReceiveMessage" };
const policy = (...all: unknown[]) => ({ policy: JSON.stringify({ Version: "2012-10-17", Statement: all }) });
/** Statements in a role's own policy. */
const may = (name: string, ...all: unknown[]): Mutant => ({ name, change: set("fulfil-policy", policy(...all)) });
const account = { AWS: "arn:aws:iam::444455556666:role/reader" };
const anyone = { ...send, Principal: "*" };

/** Every type that carries a policy of the resource, and the property that holds it. */
const resourcePolicies: Readonly<Record<string, string>> = {
  "aws:sqs/queuePolicy:QueuePolicy": "policy",
  "aws:sns/topicPolicy:TopicPolicy": "policy",
  "aws:kms/keyPolicy:KeyPolicy": "policy",
  "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
  "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
  "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
  "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy": "accessPolicy",
  "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
  "aws:ecr/registryPolicy:RegistryPolicy": "policy",
  "aws:schemas/registryPolicy:RegistryPolicy": "policy",
  "aws:backup/vaultPolicy:VaultPolicy": "policy",
};
const identityPolicies: Readonly<Record<string, string>> = {
  "aws:iam/policy:Policy": "policy",
  "aws:iam/userPolicy:UserPolicy": "policy",
  "aws:iam/groupPolicy:GroupPolicy": "policy",
  "aws:iam/rolePolicy:RolePolicy": "policy",
  "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": "inlinePolicy",
};
const attached = ["Role", "User", "Group"].map(
  (kind) => `aws:iam/${kind.toLowerCase()}PolicyAttachment:${kind}PolicyAttachment`,
);

describe("mutants of policy documents", () => {
  killed("IAM-02", awsStack, "fulfil-policy", [
    may("a service's wildcard in the last of many statements", receive, receive, { ...send, Action: "sqs:*" }),
    may("a service's wildcard in the middle of a list", {
      ...send,
      Action: ["sqs:ReceiveMessage", "sqs:*", "sqs:SendMessage"],
    }),
    may("a wildcard for the service", { ...send, Action: "s*:SendMessage" }),
    may("a wildcard for the service's letters", { ...send, Action: "s?s:SendMessage" }),
    may("a wildcard in the middle", { ...send, Action: "sqs:*Message" }),
    may("a wildcard in capitals", { ...send, Action: "SQS:SEND*" }),
    may("a wildcard as an escape of JSON", { ...send, Action: "sqs:\u002a" }),
    may(
      "a wildcard that a Deny elsewhere does not take back",
      { ...send, Effect: "Deny" },
      { ...send, Action: "sqs:*" },
    ),
    may("a wildcard under a condition", {
      ...send,
      Action: "sqs:*",
      Condition: { StringEquals: { "aws:PrincipalTag/team": "shop" } },
    }),
    may("NotAction of a list", { Effect: "Allow", NotAction: ["iam:*", "sts:*"], Resource: queue }),
    may("NotAction in the second statement", send, { Effect: "Allow", NotAction: "sqs:DeleteQueue", Resource: queue }),
    may("NotResource of a list", { Effect: "Allow", Action: "sqs:SendMessage", NotResource: [queue] }),
    may("every resource beside one", { ...send, Resource: [queue, "*"] }),
    may("no effect", { ...send, Effect: undefined }),
    may("an effect in lower case", { ...send, Effect: "allow" }),
    may("no action", { ...send, Action: undefined }),
    may("an empty list of actions", { ...send, Action: [] }),
    may("an action without its service", { ...send, Action: "SendMessage" }),
    may("actions that are no texts", { ...send, Action: { name: "sqs:SendMessage" } }),
    may("a condition that is a text", { ...send, Condition: "aws:SourceArn" }),
    may("a condition without an operator", { ...send, Condition: { "aws:SourceArn": queue } }),
    may("a statement that is a text", "Allow"),
    { name: "an empty document", change: set("fulfil-policy", { policy: "" }) },
    { name: "no document", change: set("fulfil-policy", { policy: undefined }) },
    { name: "a document of a number", change: set("fulfil-policy", { policy: 7 }) },
    { name: "a document that ends too early", change: set("fulfil-policy", { policy: '{"Statement":[{"Effect":' }) },
    { name: "a document of a list", change: set("fulfil-policy", { policy: [send] }) },
    { name: "a document without statements", change: set("fulfil-policy", { policy: { Version: "2012-10-17" } }) },
    {
      name: "a document as an object",
      change: set("fulfil-policy", { policy: { Statement: { ...send, Action: "*s:*Message" } } }),
    },
  ]);

  killed("IAM-02", awsStack, "more", [
    ...Object.entries(identityPolicies).map(([type, property]) => ({
      name: `a wildcard by ${type}`,
      change: add(type, { [property]: policy({ ...send, Action: "sqs:*" }).policy }),
    })),
    ...Object.entries(resourcePolicies).flatMap(([type, property]) => [
      { name: `anyone by ${type}`, change: add(type, { [property]: policy(anyone).policy }) },
      {
        name: `a wildcard for another account by ${type}`,
        change: add(type, { [property]: policy({ ...send, Principal: account, Action: "sqs:*" }).policy }),
      },
      { name: `nothing by ${type}`, change: add(type, {}) },
    ]),
    ...attached.flatMap((type) =>
      ["AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "AmazonSQSFullAccess", "AWSLambda_FullAccess"].map(
        (name) => ({ name: `${name} by ${type}`, change: add(type, { policyArn: `arn:aws:iam::aws:policy/${name}` }) }),
      ),
    ),
    {
      name: "everything on an API",
      change: add("aws:apigateway/restApiPolicy:RestApiPolicy", {
        policy: policy({ ...anyone, Action: "execute-api:*" }).policy,
      }),
    },
    {
      name: "everybody but one on an API",
      change: add("aws:apigateway/restApi:RestApi", {
        policy: policy({ Effect: "Allow", NotPrincipal: account, Action: "execute-api:Invoke", Resource: "*" }).policy,
      }),
    },
    {
      name: "administration in China",
      change: add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
        policyArn: "arn:aws-cn:iam::aws:policy/AdministratorAccess",
      }),
    },
    {
      name: "administration by job function",
      change: add("aws:iam/policyAttachment:PolicyAttachment", {
        policyArn: "arn:aws:iam::aws:policy/job-function/SupportFullAccess",
      }),
    },
    {
      name: "administration as the second of a role's own list",
      change: add("aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", {
        policyArns: ["arn:aws:iam::444455556666:policy/a", "arn:aws:iam::aws:policy/AdministratorAccess"],
      }),
    },
    {
      name: "a role for nobody in particular",
      change: set("fulfil-role", { assumeRolePolicy: policy({ Effect: "Allow", Action: "sts:AssumeRole" }).policy }),
      at: "fulfil-role",
    },
    {
      name: "everything on a domain of APIs",
      change: add("aws:apigateway/domainName:DomainName", {
        securityPolicy: "TLS_1_2",
        policy: policy({ ...anyone, Action: "execute-api:*" }).policy,
      }),
    },
    { name: "policies that are no list", change: add("aws:iam/role:Role", { managedPolicyArns: 7 }) },
  ]);

  const toQueue = (name: string, ...all: unknown[]): Mutant => ({
    name,
    change: set("queue-policy", policy(...all, tlsOnly)),
  });
  const open = (name: string, condition: object) => toQueue(`anyone, ${name}`, { ...anyone, Condition: condition });
  killed("IAM-02", awsStack, "queue-policy", [
    toQueue("anyone in the second statement", { ...send, Principal: account }, anyone),
    toQueue("anyone in a list of principals", { ...send, Principal: { AWS: [account.AWS, "*"] } }),
    toQueue("anyone by a map of two kinds", { ...send, Principal: { CanonicalUser: "0a1b", AWS: "*" } }),
    toQueue("anyone by a pattern of accounts", { ...send, Principal: { AWS: "arn:aws:iam::*:root" } }),
    toQueue("anyone by a pattern of kinds", { ...send, Principal: { CanonicalUser: "*" } }),
    toQueue("no principal", send),
    {
      ...toQueue("principals that are no texts", { ...send, Principal: { AWS: [7] } }),
      // A document that cannot be read denies nothing either.
      also: ["TLS-01 queue"],
    },
    toQueue("NotPrincipal behind a Deny", { ...anyone, Effect: "Deny" }, { ...send, NotPrincipal: account }),
    open("by a source that may be missing", { "ForAllValues:ArnLike": { "aws:SourceArn": "arn:aws:s3:::b" } }),
    open("by an empty list of sources", { ArnLike: { "aws:SourceArn": [] } }),
    ...["constructor", "toString", "__proto__"].map((key) =>
      open(`by a key that every object has, ${key}`, { StringEquals: JSON.parse(`{"${key}":"111122223333"}`) }),
    ),
    open("from outside of a mount", { Bool: { "elasticfilesystem:AccessedViaMountTarget": "false" } }),
    open("by any topic", { ArnLike: { "aws:SourceArn": "arn:aws:sns:*:*:*" } }),
    open("by any bucket", { StringLike: { "aws:SourceArn": "arn:aws:s3:::*" } }),
    open("of any organization", { StringLike: { "aws:PrincipalOrgID": "o-*" } }),
    open("of any account but one", { StringNotEquals: { "aws:SourceAccount": "111122223333" } }),
    open("at some time", { DateLessThan: { "aws:CurrentTime": "2030-01-01T00:00:00Z" } }),
    open("with a tag", { StringEquals: { "aws:PrincipalTag/team": "shop" } }),
  ]);
});

describe("policy documents that satisfy the controls", () => {
  const allowed = (...all: unknown[]) => set("fulfil-policy", policy(...all));
  const toQueue = (condition: object) => set("queue-policy", policy({ ...anyone, Condition: condition }, tlsOnly));
  const bounded = (stack: Stack) => {
    const bound = stack.add("aws:iam/policy:Policy", "bound", policy({ ...send, Action: "sqs:*", Resource: "*" }));
    return stack.set("fulfil-role", { permissionsBoundary: bound("arn:aws:iam::111122223333:policy/bound") });
  };
  accepted("IAM-02", awsStack, [
    [
      "an API that answers to whoever authenticates",
      add("aws:apigateway/restApiPolicy:RestApiPolicy", {
        policy: policy({ ...anyone, Action: "execute-api:Invoke" }).policy,
      }),
    ],
    ["a leading Deny of everything", allowed({ Effect: "Deny", Action: "*", Resource: "*" }, send)],
    ["a Deny of everything but some actions", allowed({ Effect: "Deny", NotAction: "sqs:*", Resource: "*" }, send)],
    ["one statement that is no list", set("fulfil-policy", { policy: { Statement: send } })],
    ["an action in other case", allowed({ ...send, Action: "SQS:sendmessage" })],
    ["a condition by number and truth", allowed({ ...send, Condition: { Bool: { "aws:ViaAWSService": true } } })],
    ["a boundary that is wider than what it bounds", bounded],
    ["anyone of the organization", toQueue({ StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } })],
    [
      "anyone by a value of an account",
      toQueue({ "ForAnyValue:StringEquals": { "aws:SourceAccount": "111122223333" } }),
    ],
    ["anyone by one bucket", toQueue({ ArnLike: { "AWS:SOURCEARN": "arn:aws:s3:::uploads" } })],
    [
      "anyone by the rules of an account",
      toQueue({ ArnLike: { "aws:SourceArn": "arn:aws:events:eu-central-1:111122223333:rule/*" } }),
    ],
    [
      "anyone who has mounted a file system within its network",
      add("aws:efs/fileSystemPolicy:FileSystemPolicy", {
        policy: policy({
          ...anyone,
          Action: "elasticfilesystem:ClientMount",
          Condition: { Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" } },
        }).policy,
      }),
    ],
    [
      "anyone of a network of the owner's, to a service in it",
      add("aws:vpclattice/authPolicy:AuthPolicy", {
        policy: policy({
          ...anyone,
          Action: "vpc-lattice-svcs:Invoke",
          Condition: { StringEquals: { "vpc-lattice-svcs:SourceVpc": "vpc-0a1b" } },
        }).policy,
      }),
    ],
    [
      "anyone of a network, to a search domain in it",
      add("aws:opensearch/domain:Domain", {
        vpcOptions: { subnetIds: ["subnet-0a1b"] },
        accessPolicies: policy({ ...anyone, Action: "es:ESHttpGet" }).policy,
      }),
    ],
    ["a domain without a policy", add("aws:opensearch/domain:Domain", {})],
    ["an exact role of another account", set("queue-policy", policy({ ...send, Principal: account }, tlsOnly))],
  ]);
  const everything = (name: string, ...Action: string[]): Case => [name, allowed({ ...send, Action, Resource: "*" })];
  const inside = (...Resource: string[]): Case => [Resource.join(" and "), allowed({ ...send, Resource })];
  const arn = (service: string, name: string) => `arn:aws:${service}:eu-central-1:111122223333:${name}`;
  accepted("IAM-02", awsStack, [
    everything(
      "a state machine's delivery of logs, which has no resource to name",
      ...["CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries"].map(
        (action) => `logs:${action}`,
      ),
      ...["PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups"].map((action) => `logs:${action}`),
    ),
    everything(
      "a function's network interfaces",
      ...["CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface", "DescribeSubnets"].map(
        (action) => `ec2:${action}`,
      ),
      ...["AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"].map((action) => `ec2:${action}`),
    ),
    everything("traces and metrics", "xray:PutTraceSegments", "cloudwatch:PutMetricData"),
    everything("the streams that there are", "dynamodb:ListStreams", "kinesis:ListStreams"),
  ]);
  accepted("IAM-03", awsStack, [
    inside("arn:aws:s3:::bucket/*"),
    inside("arn:aws:s3:::bucket/inbox/*"),
    inside("arn:aws:s3:::bucket/inbox/2*"),
    inside("arn:aws:s3:::bucket/*.json"),
    inside(arn("s3", "accesspoint/readers/object/*")),
    inside(arn("dynamodb", "table/orders/index/*"), arn("dynamodb", "table/orders/stream/*")),
    inside(arn("logs", "log-group:/shop/a:*"), arn("logs", "log-group:/shop/a:log-stream:worker-*")),
    inside(arn("execute-api", "a1b2c3/live/GET/*"), arn("execute-api", "a1b2c3/live/*/orders/*")),
    inside(arn("execute-api", "a1b2c3/live/POST/@connections/*")),
    inside(arn("states", "execution:orders:*")),
    inside(arn("lambda", "function:orders:*")),
    inside(arn("ecs", "task-definition/orders:*")),
    inside(arn("kinesis", "stream/orders/consumer/*")),
    inside(arn("appsync", "apis/a1b2c3/types/Query/fields/*")),
    inside(arn("secretsmanager", "secret:shop/database-??????")),
  ]);
  killed("IAM-03", awsStack, "fulfil-policy", [
    ...[
      "arn:aws:s3:::shop-*/inbox/*",
      "arn:aws:s3:::*/*",
      "arn:aws:s3:::shop*",
      arn("s3", "accesspoint/*/object/*"),
      arn("dynamodb", "table/*/index/*"),
      arn("dynamodb", "table/orders*"),
      arn("logs", "log-group:/shop/*:*"),
      arn("logs", "log-group:*"),
      arn("execute-api", "*/live/GET/orders"),
      arn("execute-api", "a1b2c3/*"),
      arn("execute-api", "a1b2c3/*/GET/*"),
      arn("lambda", "function:*"),
      arn("lambda", "function:orders*"),
      arn("ecs", "task-definition/*:1"),
      arn("secretsmanager", "secret:shop/*"),
      arn("secretsmanager", "secret:*-??????"),
      arn("secretsmanager", "secret:shop-*"),
      arn("sqs", "queue*"),
    ].map((Resource) => may(`the pattern ${Resource}`, { ...send, Resource })),
  ]);
  killed("IAM-02", awsStack, "bound", [
    {
      name: "a boundary that is attached too",
      change: (stack) => {
        bounded(stack);
        stack.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attach", {
          policyArn: new Out("bound", "arn:aws:iam::111122223333:policy/bound"),
        });
      },
    },
  ]);
  vague("IAM-02", awsStack, "more", [
    [
      "which managed policies a role has",
      add("aws:iam/role:Role", {
        assumeRolePolicy: policy({ ...send, Principal: account, Action: "sts:AssumeRole" }).policy,
        managedPolicyArns: unknown,
      }),
    ],
    [
      "one of the attached policies",
      add("aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", { policyArns: [unknown] }),
    ],
    ["a policy of no component", add("aws:iam/policy:Policy", { policy: text("{", new Out("queue", queue)) })],
  ]);
});
