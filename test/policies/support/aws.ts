import { json, Out, Stack, text } from "./stack";

const account = "111122223333";
const arn = (rest: string) => `arn:aws:${rest}`;

/** All four ways of a public access block. */
export const blocked = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};

/** What a queue's policy has to say whatever else it says. */
export const tlsOnly = {
  Effect: "Deny",
  Principal: "*",
  Action: "sqs:*",
  Resource: "*",
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};

/** A distribution as far as TLS goes. */
export const viewersOfTls = {
  defaultCacheBehavior: { viewerProtocolPolicy: "https-only" },
  viewerCertificate: { minimumProtocolVersion: "TLSv1.2_2021" },
};
/** A bucket's own policy that lets TLS in alone. */
export const bucketTlsOnly = { policy: json({ Statement: { ...tlsOnly, Action: "s3:*" } }) };

/** The smallest stack on AWS that has something for every control and satisfies them all. */
export function awsStack(): Stack {
  const stack = new Stack();
  stack.component("Foundation", "foundation", { audit: { existing: "account" } });
  const key = stack.add("aws:kms/key:Key", "key", {
    enableKeyRotation: true,
    policy: json({
      Statement: [
        { Effect: "Allow", Principal: { AWS: arn(`iam::${account}:root`) }, Action: "kms:*", Resource: "*" },
        {
          Effect: "Allow",
          Principal: { Service: "sns.amazonaws.com" },
          Action: ["kms:Decrypt", "kms:GenerateDataKey"],
          Resource: "*",
          Condition: { ArnLike: { "aws:SourceArn": arn(`sns:eu-central-1:${account}:*`) } },
        },
      ],
    }),
  })(arn(`kms:eu-central-1:${account}:key/0a1b`));
  const queueArn = (name: string) => arn(`sqs:eu-central-1:${account}:${name}`);
  const receive = [
    {
      from: "worker",
      to: "queue",
      operations: ["receive"],
      rendered: [
        { actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage"], resource: new Out("queue", queueArn("queue")) },
      ],
    },
  ];
  const worker = stack.component("QueueWorker", "worker", { grants: receive });
  const dead = stack.add(
    "aws:sqs/queue:Queue",
    "dead",
    { kmsMasterKeyId: key, messageRetentionSeconds: 1_209_600 },
    worker,
  )(queueArn("dead"));
  const queue = stack.add(
    "aws:sqs/queue:Queue",
    "queue",
    {
      kmsMasterKeyId: key,
      visibilityTimeoutSeconds: 180,
      redrivePolicy: json({ deadLetterTargetArn: dead, maxReceiveCount: 5 }),
    },
    worker,
  )(queueArn("queue"));
  stack.add(
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
    "dead-allow",
    { queueUrl: dead, redriveAllowPolicy: json({ redrivePermission: "byQueue", sourceQueueArns: [queue] }) },
    worker,
  );
  const topic = stack.add("aws:sns/topic:Topic", "topic", { kmsMasterKeyId: key });
  const topicArn = arn(`sns:eu-central-1:${account}:topic`);
  stack.add("aws:cloudwatch/metricAlarm:MetricAlarm", "alarm", {
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    statistic: "Maximum",
    threshold: 0,
    dimensions: { QueueName: new Out("dead", "dead") },
    comparisonOperator: "GreaterThanThreshold",
    alarmActions: [topic(topicArn)],
  });
  const denial = (Action: string, Resource: unknown) => ({
    Effect: "Deny",
    Principal: "*",
    Action,
    Resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
  const denied = (Action: string, Resource: unknown) => json({ Statement: denial(Action, Resource) });
  const undelivered = {
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: dead,
    Condition: { ArnEquals: { "aws:SourceArn": arn(`events:eu-central-1:${account}:rule/orders`) } },
  };
  for (const [name, policy] of [
    ["queue", denied("sqs:*", queue)],
    ["dead", json({ Statement: [denial("sqs:*", dead), undelivered] })],
  ] as const)
    stack.add(
      "aws:sqs/queuePolicy:QueuePolicy",
      `${name}-policy`,
      {
        queueUrl: new Out(name, `https://sqs.eu-central-1.amazonaws.com/${account}/${name}`),
        policy,
      },
      worker,
    );
  stack.add("aws:sns/topicPolicy:TopicPolicy", "topic-policy", {
    arn: topic(topicArn),
    policy: denied("sns:Publish", topicArn),
  });
  stack.add("aws:dynamodb/table:Table", "table", {
    serverSideEncryption: { enabled: true, kmsKeyArn: key },
    pointInTimeRecovery: { enabled: true },
    deletionProtectionEnabled: true,
  });
  const bucket = stack.add("aws:s3/bucket:Bucket", "bucket", {})("bucket");
  stack.add("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "bucket-block", {
    bucket,
    ...blocked,
  });
  stack.add("aws:s3/bucketPolicy:BucketPolicy", "bucket-policy", {
    bucket,
    policy: denied("s3:*", ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"]),
  });
  stack.add("aws:apigatewayv2/domainName:DomainName", "domain", {
    domainName: "api.example.com",
    domainNameConfiguration: { securityPolicy: "TLS_1_2" },
  });
  stack.add(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "bucket-encryption",
    {
      bucket,
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key },
          bucketKeyEnabled: true,
        },
      ],
    },
  );
  stack.add("aws:kinesis/stream:Stream", "stream", { encryptionType: "KMS", kmsKeyId: key });
  stack.add("aws:cloudwatch/eventBus:EventBus", "bus", { kmsKeyIdentifier: key });
  stack.add("aws:secretsmanager/secret:Secret", "secret", { kmsKeyId: key });
  stack.add("aws:s3/bucketVersioning:BucketVersioning", "bucket-versions", {
    bucket,
    versioningConfiguration: { status: "Enabled" },
  });
  const api = stack.component("HttpApi", "api", {
    routes: [
      { method: "POST", path: "/orders", auth: "none" },
      { method: "GET", path: "/orders/{id}", auth: "jwt" },
    ],
    grants: receive,
  });
  const gateway = stack.add("aws:apigatewayv2/api:Api", "gateway", { protocolType: "HTTP" }, api);
  const execution = gateway(arn(`execute-api:eu-central-1:${account}:a1b2c3`));
  const authorizer = stack.add("aws:apigatewayv2/authorizer:Authorizer", "authorizer", {}, api)("z9y8");
  stack.add("aws:apigatewayv2/route:Route", "place", { routeKey: "POST /orders", authorizationType: "NONE" }, api);
  stack.add(
    "aws:apigatewayv2/route:Route",
    "read",
    { routeKey: "GET /orders/{id}", authorizationType: "JWT", authorizerId: authorizer },
    api,
  );
  for (const name of ["fulfil", "front"]) {
    const owner = name === "fulfil" ? worker : api;
    const role = stack.add(
      "aws:iam/role:Role",
      `${name}-role`,
      {
        assumeRolePolicy: json({
          Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
        }),
      },
      owner,
    );
    const group = stack.add(
      "aws:cloudwatch/logGroup:LogGroup",
      `${name}-logs`,
      { name: `/shop/${name}`, retentionInDays: 365, kmsKeyId: key },
      owner,
    );
    stack.add(
      "aws:iam/rolePolicy:RolePolicy",
      `${name}-policy`,
      {
        role: role(`${name}-role`),
        policy: json({
          Statement: [
            {
              Effect: "Allow",
              Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
              Resource: text(group(arn(`logs:eu-central-1:${account}:log-group:/shop/${name}`)), ":*"),
            },
            { Effect: "Allow", Action: "xray:PutTraceSegments", Resource: "*" },
            { Effect: "Allow", Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"], Resource: queue },
          ],
        }),
      },
      owner,
    );
    stack.add(
      "aws:lambda/function:Function",
      name,
      {
        name,
        timeout: 30,
        kmsKeyArn: key,
        environment: { variables: { STAGE: "test" } },
        role: role(arn(`iam::${account}:role/${name}`)),
        loggingConfig: { logFormat: "JSON", logGroup: group(`/shop/${name}`) },
      },
      owner,
    );
  }
  stack.add(
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    "source",
    { eventSourceArn: queue, functionName: new Out("fulfil", "fulfil"), scalingConfig: { maximumConcurrency: 10 } },
    worker,
  );
  stack.add("aws:cloudwatch/eventTarget:EventTarget", "target", { arn: queue, deadLetterConfig: { arn: dead } });
  stack.add(
    "aws:apigatewayv2/stage:Stage",
    "stage",
    {
      apiId: gateway("a1b2c3"),
      defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 200 },
      accessLogSettings: {
        destinationArn: new Out("front-logs", arn(`logs:eu-central-1:${account}:log-group:/shop/front`)),
        format: JSON.stringify({
          id: "$context.requestId",
          ip: "$context.identity.sourceIp",
          status: "$context.status",
        }),
      },
    },
    api,
  );
  stack.add(
    "aws:lambda/permission:Permission",
    "front-permission",
    {
      action: "lambda:InvokeFunction",
      function: "front",
      principal: "apigateway.amazonaws.com",
      sourceArn: text(execution, "/*/*"),
    },
    api,
  );
  return stack;
}
