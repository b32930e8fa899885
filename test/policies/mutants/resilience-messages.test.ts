import { awsStack } from "../support/aws";
import { azureStack } from "../support/azure";
import { gcpStack } from "../support/gcp";
import { kmsKeyArn } from "../support/keys";
import { killed } from "../support/mutants";
import { accepted, vague } from "../support/outcomes";
import { json, Out, type Stack, unknown } from "../support/stack";

const arn = (name: string) => `arn:aws:sqs:eu-central-1:111122223333:${name}`;
const dead = new Out("dead", arn("dead"));
const queue = new Out("queue", arn("queue"));

/** The golden mapping, reading a stream. */
const stream = (more: Record<string, unknown>) => (stack: Stack) =>
  stack.set("source", {
    eventSourceArn: "arn:aws:kinesis:eu-central-1:111122223333:stream/clicks",
    scalingConfig: undefined,
    maximumRetryAttempts: 5,
    bisectBatchOnFunctionError: true,
    destinationConfig: { onFailure: { destinationArn: dead } },
    ...more,
  });

const kafka = {
  eventSourceArn: "arn:aws:kafka:eu-central-1:111122223333:cluster/clicks/0a1b",
  scalingConfig: undefined,
};
/** How a function is called that nobody waits for. */
const later = (config: object) => (stack: Stack) =>
  stack.add("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "later", {
    functionName: new Out("front", "front"),
    ...config,
  });
const subscribed = (redrivePolicy: unknown) => (stack: Stack) =>
  stack
    .retype("target", "aws:sns/topicSubscription:TopicSubscription")
    .set("target", { protocol: "sqs", redrivePolicy });
/** A stage of a REST API; its limits are what this is about. */
const restStage = (stack: Stack) => {
  const api = stack.add("aws:apigateway/restApi:RestApi", "rest", {});
  stack.add("aws:apigateway/method:Method", "method", {
    restApi: api("r1"),
    httpMethod: "GET",
    authorization: "AWS_IAM",
  });
  return stack.add("aws:apigateway/stage:Stage", "rest-stage", {
    restApi: api("r1"),
    stageName: "live",
    accessLogSettings: {
      destinationArn: new Out("front-logs", "arn:aws:logs:eu-central-1:111122223333:log-group:/shop/front"),
      format: JSON.stringify({ id: "$context.requestId", ip: "$context.identity.sourceIp", s: "$context.status" }),
    },
  });
};
const limits = { throttlingRateLimit: 10, throttlingBurstLimit: 20 };
const methods = (name: string, methodPath: string, settings: unknown) => (stack: Stack) =>
  stack.add("aws:apigateway/methodSettings:MethodSettings", name, { stageName: "live", methodPath, settings });
const plan = (stack: Stack) =>
  stack.add("aws:apigateway/usagePlan:UsagePlan", "plan", {
    apiStages: [{ apiId: new Out("rest", "r1"), stage: new Out("rest-stage", "live") }],
    throttleSettings: { rateLimit: 10, burstLimit: 20 },
  });
const all =
  (...changes: ((stack: Stack) => unknown)[]) =>
  (stack: Stack) => {
    for (const change of changes) change(stack);
  };

describe("mutants of dead letters and limits", () => {
  killed("RES-05", awsStack, "rest-stage", [
    { name: "a REST API without limits", change: restStage },
    {
      name: "limits that are switched off",
      change: all(restStage, methods("general", "*/*", { throttlingRateLimit: -1, throttlingBurstLimit: -1 })),
    },
    {
      name: "a method that its own settings take out of the limits",
      change: all(restStage, methods("general", "*/*", limits), methods("one", "orders/GET", { metricsEnabled: true })),
    },
    { name: "a usage plan, and methods that ask for no key", change: all(restStage, plan) },
    {
      name: "a usage plan without limits",
      change: all(restStage, plan, (stack) =>
        stack.set("plan", { throttleSettings: {} }).set("method", { apiKeyRequired: true }),
      ),
    },
  ]);
  accepted("RES-05", awsStack, [
    ["limits of all methods", all(restStage, methods("general", "*/*", limits))],
    [
      "limits of all methods and of one",
      all(restStage, methods("general", "*/*", limits), methods("one", "orders/GET", limits)),
    ],
    [
      "a usage plan by keys that all methods ask for",
      all(restStage, plan, (stack) => stack.set("method", { apiKeyRequired: true })),
    ],
  ]);
  vague("RES-05", awsStack, "rest-stage", [
    ["limits from elsewhere", all(restStage, methods("general", "*/*", unknown))],
    ["a method's limits", all(restStage, methods("general", "*/*", limits), methods("one", "orders/GET", unknown))],
  ]);
  accepted("RES-01", awsStack, [
    [
      "a count as text",
      (stack) => stack.set("queue", { redrivePolicy: json({ deadLetterTargetArn: dead, maxReceiveCount: "5" }) }),
    ],
    [
      "Kafka with a place for failures",
      (stack) => stack.set("source", { ...kafka, destinationConfig: { onFailure: { destinationArn: dead } } }),
    ],
  ]);
  vague("RES-01", awsStack, "queue", [
    [
      "a count from elsewhere",
      (stack) => stack.set("queue", { redrivePolicy: { deadLetterTargetArn: dead, maxReceiveCount: unknown } }),
    ],
  ]);
  accepted("RES-03", awsStack, [
    [
      "one attempt, and a queue for what fails",
      all(later({ maximumRetryAttempts: 0, destinationConfig: { onFailure: { destination: dead } } })),
    ],
    ["attempts that nothing is said of", later({})],
    [
      "one attempt of a function with a queue of its own",
      all(later({ maximumRetryAttempts: 0 }), (stack) => stack.set("front", { deadLetterConfig: { targetArn: dead } })),
    ],
  ]);
  vague("RES-03", awsStack, "later", [["attempts from elsewhere", later({ maximumRetryAttempts: unknown })]]);
  killed("RES-03", awsStack, "later", [
    { name: "one attempt and no place", change: later({ maximumRetryAttempts: 0 }) },
    {
      name: "one attempt and an empty place",
      change: later({ maximumRetryAttempts: 0, destinationConfig: { onFailure: { destination: " " } } }),
    },
  ]);
  killed("RES-03", awsStack, "target", [
    { name: "a subscription's policy that names no queue", change: subscribed("{}") },
    { name: "a subscription's policy of null", change: subscribed("null") },
    { name: "a subscription's policy that is no JSON", change: subscribed("dead") },
  ]);
  killed("RES-01", awsStack, "queue", [
    {
      name: "no redrive policy",
      change: (stack) => stack.set("queue", { redrivePolicy: undefined }),
    },
    {
      name: "a policy that names nothing",
      change: (stack) => stack.set("queue", { redrivePolicy: "{}" }),
    },
    {
      name: "a policy that is no JSON",
      change: (stack) => stack.set("queue", { redrivePolicy: "{" }),
    },
    {
      name: "one attempt, which a throttled receive spends",
      change: (stack) => stack.set("queue", { redrivePolicy: json({ deadLetterTargetArn: dead, maxReceiveCount: 1 }) }),
      modes: ["deployed"],
    },
    {
      name: "one attempt as an object",
      change: (stack) => stack.set("queue", { redrivePolicy: { deadLetterTargetArn: dead, maxReceiveCount: 1 } }),
      modes: ["deployed"],
    },
    {
      name: "dead letters kept for less time than messages",
      change: (stack) => stack.set("queue", { messageRetentionSeconds: 1_209_601 }),
    },
    {
      name: "dead letters kept for the default time, messages for longer",
      change: (stack) =>
        stack.set("queue", { messageRetentionSeconds: 400_000 }).set("dead", { messageRetentionSeconds: undefined }),
    },
    {
      name: "a dead-letter queue that any queue may use",
      change: (stack) => stack.remove("dead-allow"),
      at: "dead",
    },
    {
      name: "a dead-letter queue open by its own word",
      change: (stack) => stack.set("dead-allow", { redriveAllowPolicy: json({ redrivePermission: "allowAll" }) }),
      at: "dead",
    },
    {
      name: "leave for another queue",
      change: (stack) => stack.set("dead-allow", { queueUrl: queue }),
      at: "dead",
    },
    {
      name: "messages visible again too early",
      change: (stack) => stack.set("queue", { visibilityTimeoutSeconds: 179 }),
      at: "source",
    },
    {
      name: "messages visible again after the default time",
      change: (stack) => stack.set("queue", { visibilityTimeoutSeconds: undefined }),
      at: "source",
    },
    {
      name: "a function that takes longer",
      change: (stack) => stack.set("fulfil", { timeout: 31 }),
      at: "source",
    },
  ]);

  killed("RES-01", awsStack, "source", [
    { name: "a stream retried without end", change: stream({ maximumRetryAttempts: undefined }) },
    { name: "a stream retried without end by number", change: stream({ maximumRetryAttempts: -1 }) },
    { name: "a stream's batch in one piece", change: stream({ bisectBatchOnFunctionError: false }) },
    {
      name: "a stream with other response types",
      change: stream({ bisectBatchOnFunctionError: undefined, functionResponseTypes: [] }),
    },
    { name: "a stream without a place for failures", change: stream({ destinationConfig: undefined }) },
    { name: "a stream with an empty place for failures", change: stream({ destinationConfig: { onFailure: {} } }) },
    { name: "Kafka without a place for failures", change: (stack) => stack.set("source", kafka) },
    {
      name: "Kafka elsewhere without a place for failures",
      change: (stack) =>
        stack.set("source", { ...kafka, eventSourceArn: undefined, selfManagedEventSource: { endpoints: {} } }),
    },
    {
      name: "Kafka of the stack with an empty place for failures",
      change: (stack) => {
        const cluster = stack.add("aws:msk/serverlessCluster:ServerlessCluster", "cluster", {});
        stack.set("source", {
          ...kafka,
          eventSourceArn: cluster(kafka.eventSourceArn),
          destinationConfig: { onFailure: { destinationArn: "null" } },
        });
      },
    },
    {
      name: "a timeout as text, which the queue does not allow for",
      change: (stack) => stack.set("fulfil", { timeout: "900" }),
    },
    {
      name: "a table's changes without a place for failures",
      change: (stack) =>
        stream({
          eventSourceArn: new Out("table", "arn:aws:dynamodb:eu-central-1:111122223333:table/t/stream/1"),
          destinationConfig: undefined,
        })(stack),
    },
  ]);

  killed("RES-01", azureStack, "queue", [
    {
      name: "what expires is gone by default",
      change: (stack) => stack.set("queue", { deadLetteringOnMessageExpiration: undefined }),
    },
    {
      name: "what expires is gone",
      change: (stack) => stack.set("queue", { deadLetteringOnMessageExpiration: false }),
    },
    { name: "one attempt", change: (stack) => stack.set("queue", { maxDeliveryCount: 1 }) },
    {
      name: "a subscription of a topic",
      change: (stack) =>
        stack
          .retype("queue", "azure-native:servicebus/v20240101:Subscription")
          .set("queue", { deadLetteringOnMessageExpiration: false }),
    },
  ]);

  killed("RES-01", gcpStack, "work", [
    {
      name: "no policy, which leaves the kept ones to nobody",
      change: (stack) => stack.set("work", { deadLetterPolicy: undefined }),
      at: ["graves", "work"],
    },
    {
      name: "a policy without a topic",
      change: (stack) => stack.set("work", { "deadLetterPolicy.deadLetterTopic": "" }),
      at: ["graves", "work"],
    },
    { name: "nothing keeps dead letters", change: (stack) => stack.remove("graves") },
    { name: "the agent may not bury", change: (stack) => stack.remove("bury") },
    { name: "the agent may not take away", change: (stack) => stack.remove("forward") },
    {
      name: "the agent may read only",
      change: (stack) => stack.set("forward", { role: "roles/pubsub.viewer" }),
    },
    {
      name: "somebody else may bury",
      change: (stack) => stack.set("bury", { member: new Out("front-account", "serviceAccount:front@shop.iam") }),
    },
    {
      name: "leave to bury in another topic",
      change: (stack) => stack.set("bury", { topic: new Out("topic", "topic") }),
    },
    {
      name: "dead letters gone with their subscription after quiet days",
      change: (stack) => stack.set("graves", { expirationPolicy: undefined }),
      at: "graves",
    },
    {
      name: "dead letters gone after an hour",
      change: (stack) => stack.set("graves", { messageRetentionDuration: "3600s" }),
      at: "graves",
    },
    {
      name: "dead letters that a filter leaves out",
      change: (stack) => stack.set("graves", { filter: 'attributes.kind = "order"' }),
      at: "graves",
    },
    {
      name: "dead letters that come back",
      change: (stack) =>
        stack.set("work", { "deadLetterPolicy.deadLetterTopic": new Out("topic", "projects/shop/topics/topic") }),
      at: ["graves", "work"],
    },
    {
      name: "a hundred thousand attempts",
      change: (stack) => stack.set("work", { "deadLetterPolicy.maxDeliveryAttempts": 100_000 }),
    },
    {
      name: "an agent that a policy as a whole leaves out",
      change: (stack) =>
        stack.retype("bury", "gcp:pubsub/topicIAMPolicy:TopicIAMPolicy").set("bury", {
          role: undefined,
          member: undefined,
          policyData: JSON.stringify({
            bindings: [{ role: "roles/pubsub.publisher", members: ["user:a@example.org"] }],
          }),
        }),
    },
    {
      name: "dead letters gone with their subscription after a stated time",
      change: (stack) => stack.set("graves", { "expirationPolicy.ttl": "2678400s" }),
      at: "graves",
    },
  ]);

  killed("RES-03", awsStack, "target", [
    { name: "no place", change: (stack) => stack.set("target", { deadLetterConfig: undefined }) },
    { name: "an empty place", change: (stack) => stack.set("target", { deadLetterConfig: {} }) },
    { name: "an empty name", change: (stack) => stack.set("target", { "deadLetterConfig.arn": "" }) },
    {
      name: "a schedule",
      change: (stack) =>
        stack.retype("target", "aws:scheduler/schedule:Schedule").set("target", { target: {}, kmsKeyArn }),
    },
    {
      name: "a queue's subscription of a topic",
      change: (stack) =>
        stack.retype("target", "aws:sns/topicSubscription:TopicSubscription").set("target", { protocol: "sqs" }),
    },
    {
      name: "a pipe from a stream",
      also: ["AUD-04 target"],
      change: (stack) =>
        stack.retype("target", "aws:pipes/pipe:Pipe").set("target", {
          source: "arn:aws:kinesis:eu-central-1:111122223333:stream/clicks",
          sourceParameters: { kinesisStreamParameters: { startingPosition: "LATEST" } },
          kmsKeyIdentifier: kmsKeyArn,
        }),
    },
    {
      name: "a pipe from a stream without parameters",
      also: ["AUD-04 target"],
      change: (stack) =>
        stack.retype("target", "aws:pipes/pipe:Pipe").set("target", {
          source: "arn:aws:dynamodb:eu-central-1:111122223333:table/t/stream/1",
          kmsKeyIdentifier: kmsKeyArn,
        }),
    },
    {
      name: "a function that a topic calls, with a queue of no name",
      change: (stack) => {
        stack.set("front-permission", {
          principal: "sns.amazonaws.com",
          sourceArn: new Out("topic", "arn:aws:sns:eu-central-1:111122223333:topic"),
        });
        later({ destinationConfig: { onFailure: { destination: "" } } })(stack);
      },
      at: "front",
    },
    {
      name: "a function that a topic calls",
      change: (stack) =>
        stack.set("front-permission", {
          principal: "sns.amazonaws.com",
          sourceArn: new Out("topic", "arn:aws:sns:eu-central-1:111122223333:topic"),
        }),
      at: "front",
    },
  ]);

  killed("RES-03", azureStack, "events", [
    { name: "no place", change: (stack) => stack.set("events", { deadLetterWithResourceIdentity: undefined }) },
    { name: "an empty place", change: (stack) => stack.set("events", { deadLetterWithResourceIdentity: {} }) },
    { name: "one attempt", change: (stack) => stack.set("events", { retryPolicy: { maxDeliveryAttempts: 1 } }) },
    {
      name: "a minute of attempts",
      change: (stack) => stack.set("events", { retryPolicy: { eventTimeToLiveInMinutes: 1 } }),
    },
    {
      name: "a topic's own subscription under a version",
      change: (stack) =>
        stack
          .retype("events", "azure-native:eventgrid/v20250215:TopicEventSubscription")
          .set("events", { deadLetterWithResourceIdentity: undefined }),
    },
  ]);

  killed("RES-03", gcpStack, "job", [
    { name: "a job that is not tried again", change: (stack) => stack.set("job", { retryConfig: undefined }) },
    { name: "a job with no retries", change: (stack) => stack.set("job", { "retryConfig.retryCount": 0 }) },
    {
      name: "a function whose event is delivered once by default",
      change: (stack) => stack.set("front", { eventTrigger: { eventType: "type" } }),
      at: "front",
    },
    {
      name: "a function whose event is delivered once",
      change: (stack) => stack.set("front", { eventTrigger: { retryPolicy: "RETRY_POLICY_DO_NOT_RETRY" } }),
      at: "front",
    },
    {
      name: "a trigger with one attempt",
      change: (stack) =>
        stack.retype("job", "gcp:eventarc/trigger:Trigger").set("job", { retryPolicy: { maxAttempts: 1 } }),
    },
    {
      name: "one attempt at a task",
      change: (stack) =>
        stack.retype("job", "gcp:cloudtasks/queue:Queue").set("job", {
          rateLimits: { maxDispatchesPerSecond: 10, maxConcurrentDispatches: 10 },
          retryConfig: { maxAttempts: 1 },
        }),
    },
  ]);

  killed("RES-05", awsStack, "stage", [
    { name: "no limits", change: (stack) => stack.set("stage", { defaultRouteSettings: undefined }) },
    {
      name: "no rate",
      change: (stack) => stack.set("stage", { "defaultRouteSettings.throttlingRateLimit": undefined }),
    },
    {
      name: "no burst",
      change: (stack) => stack.set("stage", { "defaultRouteSettings.throttlingBurstLimit": undefined }),
    },
    {
      name: "no rate by number",
      change: (stack) => stack.set("stage", { "defaultRouteSettings.throttlingRateLimit": -1 }),
    },
    {
      name: "as many instances as the backlog wants",
      change: (stack) => stack.set("source", { scalingConfig: undefined }),
      at: "source",
    },
  ]);

  killed("RES-05", azureStack, "fulfil", [
    {
      name: "no limit",
      change: (stack) => stack.set("fulfil", { functionAppConfig: undefined, "siteConfig.ftpsState": "Disabled" }),
    },
    {
      name: "a limit of none",
      change: (stack) => stack.set("fulfil", { "functionAppConfig.scaleAndConcurrency.maximumInstanceCount": 0 }),
    },
    {
      name: "the other property with none",
      change: (stack) =>
        stack.set("fulfil", {
          functionAppConfig: undefined,
          "siteConfig.functionAppScaleLimit": 0,
          "siteConfig.ftpsState": "Disabled",
        }),
    },
  ]);

  killed("RES-05", gcpStack, "fulfil", [
    { name: "a service without", change: (stack) => stack.set("fulfil", { "template.scaling": undefined }) },
    { name: "a service with none", change: (stack) => stack.set("fulfil", { "template.scaling.maxInstanceCount": 0 }) },
    {
      name: "a function without",
      change: (stack) => stack.set("front", { "serviceConfig.maxInstanceCount": undefined }),
      at: "front",
    },
    {
      name: "tasks at any rate",
      change: (stack) => stack.retype("job", "gcp:cloudtasks/queue:Queue"),
      at: "job",
    },
    {
      name: "tasks as many as come",
      change: (stack) =>
        stack.retype("job", "gcp:cloudtasks/queue:Queue").set("job", { rateLimits: { maxDispatchesPerSecond: 10 } }),
      at: "job",
    },
  ]);
});
