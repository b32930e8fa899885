import { awsStack, tlsOnly } from "../support/aws";
import { azureStack } from "../support/azure";
import { add, set } from "../support/changes";
import { gcpStack } from "../support/gcp";
import { killed, type Mutant } from "../support/mutants";
import { accepted, type Case, vague } from "../support/outcomes";
import { Out, unknown } from "../support/stack";

const retryConfig = { retryCount: 3 };
const json = (...all: unknown[]) => JSON.stringify({ Version: "2012-10-17", Statement: all });

const service = {
  Effect: "Allow",
  Principal: { Service: "sns.amazonaws.com" },
  Action: "sqs:SendMessage",
  Resource: "arn",
};
const own = "arn:aws:sns:eu-central-1:111122223333:topic";
const source = (arn: unknown) => ({ ArnLike: { "aws:SourceArn": arn } });
const by = (condition: object) => set("queue-policy", { policy: json({ ...service, Condition: condition }, tlsOnly) });

const assume = { Effect: "Allow", Action: "sts:AssumeRole" };
const trust = (...all: unknown[]) => set("fulfil-role", { assumeRolePolicy: json(...all) });
const root = { AWS: "arn:aws:iam::444455556666:root" };
const github = "token.actions.githubusercontent.com";
const pipeline = {
  ...assume,
  Action: "sts:AssumeRoleWithWebIdentity",
  Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${github}` },
};
const claims = (aud: unknown, sub: unknown, operator = "StringLike") =>
  trust({ ...pipeline, Condition: { [operator]: { [`${github}:aud`]: aud, [`${github}:sub`]: sub } } });
const repository = "repo:shop/orders:environment:production";
const audience = "sts.amazonaws.com";

const foreign = "arn:aws:iam::444455556666";
const shared = (name: string, principal: object, condition?: object): Mutant => ({
  name,
  change: set("queue-policy", { policy: json({ ...toQueue, Principal: principal, Condition: condition }, tlsOnly) }),
});
const toQueue = {
  Effect: "Allow",
  Action: "sqs:SendMessage",
  Resource: "arn:aws:sqs:eu-central-1:111122223333:queue",
};
const administers = { Effect: "Allow", Action: "kms:*", Resource: "*" };
const bucketRead = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/*" };
const bucketTls = { ...tlsOnly, Action: "s3:*" };

describe("mutants of trust", () => {
  killed("IAM-06", awsStack, "queue-policy", [
    { name: "a service for anybody", change: by({}) },
    { name: "a service for whoever speaks TLS", change: by({ Bool: { "aws:SecureTransport": "true" } }) },
    { name: "a service for any topic of any account", change: by(source("arn:aws:sns:*:*:*")) },
    { name: "a service for a pattern of accounts", change: by(source("arn:aws:sns:eu-central-1:1111*:topic")) },
    { name: "a service for any bucket", change: by(source("arn:aws:s3:::*")) },
    { name: "a service for a source or anything", change: by(source([own, "*"])) },
    { name: "a service for a source that may be missing", change: by({ ArnLikeIfExists: { "aws:SourceArn": own } }) },
    { name: "a service for all of no sources", change: by({ "ForAllValues:ArnLike": { "aws:SourceArn": own } }) },
    { name: "a service for everybody else", change: by({ ArnNotLike: { "aws:SourceArn": own } }) },
    { name: "a service for an empty account", change: by({ StringEquals: { "aws:SourceAccount": "" } }) },
    {
      name: "the second statement's service",
      change: set("queue-policy", { policy: json({ ...service, Condition: source(own) }, service, tlsOnly) }),
    },
    {
      name: "a service in a list beside an account",
      change: set("queue-policy", {
        policy: json({ ...service, Principal: { ...root, Service: ["events.amazonaws.com"] } }, tlsOnly),
      }),
    },
  ]);
  killed("IAM-06", awsStack, "queue-policy", [
    shared("another account by its root", root),
    shared("another account by its number, in a list", { AWS: ["111122223333", "444455556666"] }),
    shared("another account, whoever speaks TLS", root, { Bool: { "aws:SecureTransport": "true" } }),
    shared("another account by itself", root, { StringEquals: { "aws:PrincipalAccount": "444455556666" } }),
    shared("another account's every role", root, { ArnLike: { "aws:PrincipalArn": `${foreign}:role/*` } }),
  ]);
  killed("IAM-06", awsStack, "key", [
    {
      name: "a second account that administers a key",
      change: set("key", {
        policy: json(
          { ...administers, Principal: { AWS: "arn:aws:iam::111122223333:root" } },
          { ...administers, Principal: root },
        ),
      }),
    },
    {
      name: "another account's caller of a key, which is the account itself",
      change: set("key", {
        policy: json(
          { ...administers, Principal: { AWS: "arn:aws:iam::111122223333:root" } },
          { ...administers, Principal: root, Condition: { StringEquals: { "kms:CallerAccount": "444455556666" } } },
        ),
      }),
    },
  ]);
  killed("IAM-06", awsStack, "more", [
    ...[
      add("aws:s3/bucketPolicy:BucketPolicy", { policy: json({ ...bucketRead, Principal: root }, bucketTls) }),
      add("aws:lambda/permission:Permission", { principal: "444455556666" }),
      add("aws:lambda/permission:Permission", { principal: root.AWS }),
      add("aws:cloudwatch/eventPermission:EventPermission", { principal: "444455556666" }),
    ].map((change, index) => ({
      name: `another account, while this one's is known (${index})`,
      change,
      modes: ["deployed"] as const,
    })),
    ...[
      "aws:sns/topicPolicy:TopicPolicy",
      "aws:s3/bucketPolicy:BucketPolicy",
      "aws:secretsmanager/secretPolicy:SecretPolicy",
      "aws:kms/keyPolicy:KeyPolicy",
      "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    ].map((type) => ({ name: `a service for anybody by ${type}`, change: add(type, { policy: json(service) }) })),
    {
      name: "a key for any log group of any account",
      change: add("aws:kms/keyPolicy:KeyPolicy", {
        policy: json({
          ...service,
          Action: "kms:Decrypt",
          Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:*:*:*" } },
        }),
      }),
    },
    ...["s3", "events", "sns"].map((name) => ({
      name: `a function for anybody's ${name}`,
      change: add("aws:lambda/permission:Permission", { principal: `${name}.amazonaws.com` }),
    })),
    {
      name: "a function for every rule of every account",
      change: add("aws:lambda/permission:Permission", {
        principal: "events.amazonaws.com",
        sourceArn: "arn:aws:events:*:*:rule/*",
      }),
    },
    {
      name: "a function for an account by pattern",
      change: add("aws:lambda/permission:Permission", { principal: "s3.amazonaws.com", sourceAccount: "*" }),
    },
    {
      name: "guests of a pool",
      change: add("aws:cognito/identityPool:IdentityPool", { allowUnauthenticatedIdentities: true }),
    },
    {
      name: "a layer for everybody",
      change: add("aws:lambda/layerVersionPermission:LayerVersionPermission", { principal: "*" }),
    },
    {
      name: "a bus for any organization",
      change: add("aws:cloudwatch/eventPermission:EventPermission", {
        principal: "*",
        condition: { key: "aws:PrincipalOrgID", type: "StringLike", value: "o-*" },
      }),
    },
    { name: "a bus for everybody", change: add("aws:cloudwatch/eventPermission:EventPermission", { principal: "*" }) },
  ]);
  killed("IAM-06", awsStack, "fulfil-role", [
    { name: "an account by its root", change: trust({ ...assume, Principal: root }) },
    { name: "an account by its number", change: trust({ ...assume, Principal: { AWS: "444455556666" } }) },
    {
      name: "an account in a list behind an exact role",
      change: trust({ ...assume, Principal: { AWS: ["arn:aws:iam::444455556666:role/ci", root.AWS] } }),
    },
    {
      name: "an account by MFA alone",
      change: trust({ ...assume, Principal: root, Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }),
    },
    {
      name: "an account by any external id",
      change: trust({ ...assume, Principal: root, Condition: { StringLike: { "sts:ExternalId": "*" } } }),
    },
    {
      name: "an account by an external id that may be missing",
      change: trust({ ...assume, Principal: root, Condition: { StringEqualsIfExists: { "sts:ExternalId": "shop" } } }),
    },
    ...[
      { StringEquals: { "aws:PrincipalAccount": "444455556666" } },
      { ArnLike: { "aws:PrincipalArn": `${foreign}:*` } },
      { ArnLike: { "aws:PrincipalArn": `${foreign}:role/*` } },
      { StringLike: { "aws:PrincipalArn": "*" } },
      { StringLike: { "aws:PrincipalOrgID": "o-*" } },
      { StringLike: { "aws:PrincipalArn": "arn:*" } },
    ].map((Condition) => ({
      name: `an account, under a condition that everybody in it meets: ${JSON.stringify(Condition)}`,
      change: trust({ ...assume, Principal: root, Condition }),
    })),
    {
      name: "anyone of one account",
      change: trust({
        ...assume,
        Principal: "*",
        Condition: { StringEquals: { "aws:PrincipalAccount": "444455556666" } },
      }),
    },
    ...["logs", "logs.eu-central-1", "appsync", "iot", "ssm", "transfer", "delivery.logs", "firehose"].map((name) => ({
      name: `${name} for anybody`,
      change: trust({ ...assume, Principal: { Service: `${name}.amazonaws.com` } }),
    })),
    ...["unauthenticated", ["authenticated", "unauthenticated"]].map((amr) => ({
      name: `guests of an identity pool as ${amr}`,
      change: trust({
        ...pipeline,
        Principal: { Federated: "cognito-identity.amazonaws.com" },
        Condition: {
          StringEquals: { "cognito-identity.amazonaws.com:aud": "eu-central-1:0a1b" },
          "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": amr },
        },
      }),
    })),
    {
      name: "a scheduler for anybody",
      change: trust({ ...assume, Principal: { Service: "scheduler.amazonaws.com" } }),
    },
    {
      name: "state machines beside functions, for anybody",
      change: trust({ ...assume, Principal: { Service: ["lambda.amazonaws.com", "states.amazonaws.com"] } }),
    },
    { name: "every pipeline there is", change: trust(pipeline) },
    { name: "every repository", change: claims(audience, "*") },
    { name: "every repository of an owner", change: claims(audience, "repo:shop/*") },
    { name: "a pattern of repositories", change: claims(audience, "repo:shop/orders*:ref:refs/heads/main") },
    { name: "every branch and pull request", change: claims(audience, "repo:shop/orders:*") },
    { name: "every branch", change: claims(audience, "repo:shop/orders:ref:refs/heads/*") },
    { name: "one exact subject or all of an owner", change: claims(audience, [repository, "repo:shop/*"]) },
    { name: "any audience", change: claims("*", repository) },
    { name: "a subject that may be missing", change: claims(audience, repository, "StringLikeIfExists") },
    { name: "all subjects but one", change: claims(audience, repository, "StringNotEquals") },
    {
      name: "no subject",
      change: trust({ ...pipeline, Condition: { StringEquals: { [`${github}:aud`]: audience } } }),
    },
    {
      name: "no audience",
      change: trust({ ...pipeline, Condition: { StringEquals: { [`${github}:sub`]: repository } } }),
    },
    {
      name: "claims of another provider",
      change: trust({
        ...pipeline,
        Condition: { StringEquals: { "gitlab.com:aud": audience, "gitlab.com:sub": repository } },
      }),
    },
    {
      name: "a directory's tokens for others",
      change: trust({
        ...assume,
        Action: "sts:AssumeRoleWithSAML",
        Principal: { Federated: "arn:aws:iam::111122223333:saml-provider/corp" },
      }),
    },
  ]);

  const credential = (name: string, change: object): Mutant => ({ name, change: set("pipeline", change) });
  killed("IAM-06", azureStack, "pipeline", [
    credential("no issuer", { issuer: undefined }),
    credential("an issuer by pattern", { issuer: "https://*.githubusercontent.com" }),
    credential("an issuer without TLS", { issuer: "http://token.actions.githubusercontent.com" }),
    credential("no subject", { subject: undefined }),
    credential("an empty subject", { subject: "" }),
    credential("a subject by pattern", { subject: "repo:shop/orders:ref:refs/heads/*" }),
    credential("no audience", { audiences: undefined }),
    credential("an empty list of audiences", { audiences: [] }),
    credential("any audience", { audiences: ["*"] }),
    credential("an audience that is no list", { audiences: "api://AzureADTokenExchange" }),
    {
      name: "an older API version",
      change: (s) =>
        s
          .retype("pipeline", "azure-native:managedidentity/v20230131:FederatedIdentityCredential")
          .set("pipeline", { subject: undefined }),
    },
  ]);

  const condition = (name: string, attributeCondition: unknown): Mutant => ({
    name,
    change: set("pipeline", { attributeCondition }),
  });
  killed("IAM-06", gcpStack, "pipeline", [
    condition("no condition", undefined),
    condition("an empty condition", ""),
    condition("a condition that is always true", "true"),
    condition("a claim that is there", "assertion.repository != ''"),
    condition("a way around", "assertion.repository == 'shop/orders' || true"),
    condition("an owner by emptiness", "assertion.repository.startsWith('')"),
    condition("a condition that is no text", true),
    condition("a repository that is kept out", "!(assertion.repository == 'shop/orders')"),
    condition("a choice that lets the others in", "assertion.repository == 'shop/orders' ? true : true"),
    condition("the issuer of everybody's tokens", "assertion.iss == 'https://token.actions.githubusercontent.com'"),
    condition("a branch, which every repository may have", "assertion.ref == 'refs/heads/main'"),
    condition("an owner whose name begins so", "assertion.repository_owner.startsWith('shop')"),
    condition("a subject of any repository", "assertion.sub.startsWith('repo:')"),
    condition("a repository of that name anywhere", "assertion.repository.endsWith('/orders')"),
    condition("a pattern that is not anchored", "assertion.repository.matches('shop/.*')"),
    condition("a pattern with a way around", "assertion.repository.matches('^(shop/orders|.*)$')"),
    condition("two texts", "'assertion.repository' == 'shop/orders'"),
    condition("no expression", "assertion.repository == 'shop/orders' and more"),
    {
      name: "an attribute that is the issuer",
      change: set("pipeline", {
        attributeMapping: { "attribute.repository": "assertion.iss" },
        attributeCondition: "attribute.repository == 'https://token.actions.githubusercontent.com'",
      }),
    },
  ]);
  const account = "gcp:serviceaccount/iAMMember:IAMMember";
  const pool = "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci";
  const user = "roles/iam.workloadIdentityUser";
  killed("IAM-06", gcpStack, "more", [
    { name: "everybody of a pool", change: add(account, { role: user, member: `${pool}/*` }) },
    {
      name: "an attribute of any value",
      change: add(account, { role: user, member: `${pool}/attribute.repository/*` }),
    },
    {
      name: "everybody of a pool among others",
      change: add("gcp:serviceaccount/iAMBinding:IAMBinding", {
        role: user,
        members: ["user:a@example.org", `${pool}/*`],
      }),
    },
    {
      name: "a private account",
      change: set("publish", { member: "user:somebody@gmail.com" }),
      at: "publish",
    },
    ...[
      "domain:gmail.com",
      "user:somebody@outlook.com",
      "principalSet://cloudresourcemanager.googleapis.com/projects/42",
      "principalSet://cloudresourcemanager.googleapis.com/organizations/1/type/ServiceAccount",
      "projectViewer:shop",
    ].map(
      (member): Mutant => ({
        name: `${member} in a policy as a whole`,
        change: (stack) =>
          stack.retype("publish", "gcp:pubsub/topicIAMPolicy:TopicIAMPolicy").set("publish", {
            role: undefined,
            member: undefined,
            policyData: JSON.stringify({ bindings: [{ role: "roles/pubsub.publisher", members: [member] }] }),
          }),
        at: "publish",
      }),
    ),
    {
      name: "an anonymous job",
      change: add("gcp:cloudscheduler/job:Job", { retryConfig, httpTarget: { uri: "https://example.org" } }),
    },
    {
      name: "an anonymous push",
      change: (stack) => {
        stack.set("graves", { pushConfig: { pushEndpoint: "https://example.org" } });
      },
      at: "graves",
    },
    {
      name: "a push by an empty account",
      change: (stack) => {
        stack.set("graves", {
          pushConfig: { pushEndpoint: "https://example.org", oidcToken: { serviceAccountEmail: "" } },
        });
      },
      at: "graves",
    },
  ]);
});

describe("trust that satisfies the controls", () => {
  const kms = (condition: object): Mutant["change"] =>
    add("aws:kms/keyPolicy:KeyPolicy", { policy: json({ ...service, Action: "kms:Decrypt", Condition: condition }) });
  accepted("IAM-06", awsStack, [
    ["a pool without guests", add("aws:cognito/identityPool:IdentityPool", { allowUnauthenticatedIdentities: false })],
    ["one topic", by(source(own))],
    ["the topics of an account", by(source("arn:aws:sns:eu-central-1:111122223333:*"))],
    ["one bucket", by(source("arn:aws:s3:::uploads"))],
    ["an account", by({ StringEquals: { "AWS:SourceAccount": "111122223333" } })],
    ["an organization", by({ "ForAnyValue:StringEquals": { "aws:SourceOrgID": "o-a1b2c3d4e5" } })],
    [
      "a key by what it encrypts",
      kms({ ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-central-1:111122223333:*" } }),
    ],
    ["a service that is denied", set("queue-policy", { policy: json({ ...service, Effect: "Deny" }, tlsOnly) })],
    [
      "a function for one bucket",
      add("aws:lambda/permission:Permission", { principal: "s3.amazonaws.com", sourceArn: "arn:aws:s3:::uploads" }),
    ],
    [
      "a function for a topic of this stack",
      add("aws:lambda/permission:Permission", { principal: "sns.amazonaws.com", sourceArn: new Out("topic", own) }),
    ],
    [
      "a layer for an organization",
      add("aws:lambda/layerVersionPermission:LayerVersionPermission", {
        principal: "*",
        organizationId: "o-a1b2c3d4e5",
      }),
    ],
    ["an exact role of another account", trust({ ...assume, Principal: { AWS: "arn:aws:iam::444455556666:role/ci" } })],
    [
      "an account by its external id",
      trust({ ...assume, Principal: root, Condition: { StringEquals: { "sts:ExternalId": "shop" } } }),
    ],
    [
      "an account of the organization",
      trust({ ...assume, Principal: root, Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } } }),
    ],
    [
      "anyone of the organization",
      trust({
        ...assume,
        Principal: { AWS: "*" },
        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
      }),
    ],
    [
      "one role of an account",
      trust({ ...assume, Principal: root, Condition: { ArnEquals: { "aws:PrincipalArn": `${foreign}:role/ci` } } }),
    ],
    [
      "sign-on roles of an account, whose names end by chance",
      trust({
        ...assume,
        Principal: root,
        Condition: { ArnLike: { "aws:PrincipalArn": `${foreign}:role/aws-reserved/sso.amazonaws.com/*/Admin_*` } },
      }),
    ],
    ...["lambda", "ec2", "ecs-tasks", "apigateway", "vpc-flow-logs"].map(
      (name): Case => [
        `${name}, which takes roles of its caller's account only`,
        trust({ ...assume, Principal: { Service: `${name}.amazonaws.com` } }),
      ],
    ),
    [
      "subscriptions of one's own logs",
      trust({
        ...assume,
        Principal: { Service: "logs.amazonaws.com" },
        Condition: { StringLike: { "aws:SourceArn": "arn:aws:logs:eu-central-1:111122223333:*" } },
      }),
    ],
    ["one's own account", shared("", { AWS: "arn:aws:iam::111122223333:root" }).change],
    [
      "another account of the organization",
      shared("", root, { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }).change,
    ],
    [
      "one's own account in a bucket's policy, by an ARN that the stack knows",
      add("aws:s3/bucketPolicy:BucketPolicy", {
        policy: json({ ...bucketRead, Principal: { AWS: "111122223333" } }, bucketTls),
      }),
      ["deployed"],
    ],
    [
      "a bus for one's own account",
      add("aws:cloudwatch/eventPermission:EventPermission", { principal: "111122223333" }),
      ["deployed"],
    ],
    [
      "a bus for an account of the organization",
      add("aws:cloudwatch/eventPermission:EventPermission", {
        principal: "444455556666",
        condition: { key: "aws:PrincipalOrgID", type: "StringEquals", value: "o-a1b2c3d4e5" },
      }),
    ],
    ["one environment of one repository", claims(audience, repository, "StringEquals")],
    ["the releases of one repository", claims(audience, "repo:shop/orders:ref:refs/tags/v*")],
    [
      "people of an identity pool that signed in",
      trust({
        ...pipeline,
        Principal: { Federated: "cognito-identity.amazonaws.com" },
        Condition: {
          StringEquals: { "cognito-identity.amazonaws.com:aud": "eu-central-1:0a1b" },
          "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "authenticated" },
        },
      }),
    ],
    [
      "a directory's tokens for the console",
      trust({
        ...assume,
        Action: "sts:AssumeRoleWithSAML",
        Principal: { Federated: "arn:aws:iam::111122223333:saml-provider/corp" },
        Condition: { StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml" } },
      }),
    ],
  ]);
  const conditions = [
    "assertion.repository_owner_id == '42' && assertion.ref == 'refs/heads/main'",
    "attribute.repository in ['shop/orders', 'shop/stock']",
    "google.subject.startsWith('repo:shop/orders:')",
    "'ci' in assertion.groups",
    "!(assertion.repository != 'shop/orders')",
    "(assertion.ref == 'refs/heads/main' || assertion.ref_protected == 'true') && assertion.repository_owner == 'shop'",
    "assertion.repository == 'shop/orders' ? assertion.ref == 'refs/heads/main' : assertion.repository == 'shop/stock'",
    'assertion.repository.matches("^shop/(orders|stock)$")',
    "assertion.sub.startsWith('system:serviceaccount:shop:')",
    "assertion.arn.startsWith('arn:aws:sts::111122223333:assumed-role/ci/')",
    "assertion['terraform_organization_name'] == 'shop' // of ours",
  ];
  const pool = "iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci";
  accepted("IAM-06", gcpStack, [
    ...conditions.map((attributeCondition): Case => [attributeCondition, set("pipeline", { attributeCondition })]),
    [
      "one subject of a pool",
      add("gcp:serviceaccount/iAMMember:IAMMember", {
        role: "roles/iam.workloadIdentityUser",
        member: `principal://${pool}/subject/shop`,
      }),
    ],
    [
      "one repository of a pool",
      add("gcp:serviceaccount/iAMMember:IAMMember", {
        role: "roles/iam.workloadIdentityUser",
        member: `principalSet://${pool}/attribute.repository/shop/orders`,
      }),
    ],
    [
      "a job by a service account",
      add("gcp:cloudscheduler/job:Job", {
        retryConfig,
        httpTarget: { uri: "https://example.org", oidcToken: { serviceAccountEmail: new Out("gateway", "g@shop") } },
      }),
    ],
  ]);
  vague("IAM-06", awsStack, "more", [
    ["a policy of no component", add("aws:sns/topicPolicy:TopicPolicy", { policy: unknown })],
    [
      "whom a permission is for",
      add("aws:lambda/permission:Permission", { principal: "s3.amazonaws.com", sourceArn: unknown }),
    ],
    [
      "whose account a bus is for",
      add("aws:cloudwatch/eventPermission:EventPermission", { principal: "444455556666" }),
    ],
    [
      "whose account may read a bucket",
      add("aws:s3/bucketPolicy:BucketPolicy", { policy: json({ ...bucketRead, Principal: root }, bucketTls) }),
    ],
    ["who may use a layer", add("aws:lambda/layerVersionPermission:LayerVersionPermission", { principal: unknown })],
  ]);
  vague("IAM-06", azureStack, "pipeline", [["a subject", set("pipeline", { subject: unknown })]]);
  vague("IAM-06", gcpStack, "pipeline", [["a condition", set("pipeline", { attributeCondition: unknown })]]);
  vague("IAM-06", gcpStack, "more", [
    ["who calls", add("gcp:cloudscheduler/job:Job", { retryConfig, httpTarget: unknown })],
  ]);
});
