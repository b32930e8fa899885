import { awsStack, tlsOnly } from "../support/aws";
import { kmsKeyArn } from "../support/keys";
import { killed } from "../support/mutants";
import { accepted, vague } from "../support/outcomes";
import { json, Out, type Stack, unknown } from "../support/stack";

const dead = new Out("dead", "arn:aws:sqs:eu-central-1:111122223333:dead");
const rule = { ArnEquals: { "aws:SourceArn": "arn:aws:events:eu-central-1:111122223333:rule/orders" } };
const lets = (more: object = {}) => ({
  Effect: "Allow",
  Principal: { Service: "events.amazonaws.com" },
  Action: "sqs:SendMessage",
  Resource: "arn:aws:sqs:eu-central-1:111122223333:dead",
  Condition: rule,
  ...more,
});
/** The dead-letter queue's policy, beside its denial of what comes without TLS. */
const policy =
  (...statements: object[]) =>
  (stack: Stack) =>
    stack.set("dead-policy", { policy: json({ Statement: [tlsOnly, ...statements] }) });
/** A topic's subscription in the place of the target. */
const subscription = (stack: Stack) =>
  stack
    .retype("target", "aws:sns/topicSubscription:TopicSubscription")
    .set("target", { protocol: "sqs", redrivePolicy: json({ deadLetterTargetArn: dead }) });
const topic = { ArnLike: { "aws:SourceArn": "arn:aws:sns:eu-central-1:111122223333:topic" } };
const ofTopics = { Principal: { Service: "sns.amazonaws.com" }, Condition: topic };

describe("what services put into dead-letter queues", () => {
  killed("RES-03", awsStack, "target", [
    { name: "a queue that lets no service send", change: policy() },
    { name: "a queue that lets another service send", change: policy(lets(ofTopics)) },
    { name: "a queue that lets the service receive", change: policy(lets({ Action: "sqs:ReceiveMessage" })) },
    { name: "a queue that keeps the service out", change: policy(lets({ Effect: "Deny" })) },
    { name: "a queue without a policy", change: (stack) => stack.remove("dead-policy"), also: ["TLS-01 dead"] },
    {
      name: "a subscription of a queue that lets events send",
      change: (stack) => policy(lets())(subscription(stack)),
    },
  ]);
  accepted("RES-03", awsStack, [
    ["the service in a list", policy(lets({ Principal: { Service: ["sns.amazonaws.com", "events.amazonaws.com"] } }))],
    ["several actions", policy(lets({ Action: ["sqs:GetQueueUrl", "SQS:sendmessage"] }))],
    ["a queue's own policy", (stack) => stack.set("dead", { policy: json({ Statement: [tlsOnly, lets()] }) })],
    ["a subscription of a queue that lets topics send", (stack) => policy(lets(ofTopics))(subscription(stack))],
    [
      "a queue of another stack",
      (stack) => stack.set("target", { "deadLetterConfig.arn": "arn:aws:sqs:eu-central-1:111122223333:other" }),
    ],
  ]);
  vague("RES-03", awsStack, "target", [
    [
      "a policy from elsewhere",
      (stack) => {
        // Of no component that answers for it.
        stack.add("aws:sqs/queue:Queue", "other", { kmsMasterKeyId: kmsKeyArn, messageRetentionSeconds: 1_209_600 });
        stack.add("aws:sqs/queuePolicy:QueuePolicy", "other-policy", {
          queueUrl: new Out("other", "other"),
          policy: unknown,
        });
        stack.add("aws:cloudwatch/metricAlarm:MetricAlarm", "other-alarm", {
          namespace: "AWS/SQS",
          metricName: "ApproximateNumberOfMessagesVisible",
          threshold: 0,
          dimensions: { QueueName: new Out("other", "other") },
          comparisonOperator: "GreaterThanThreshold",
          alarmActions: ["arn:aws:sns:eu-central-1:111122223333:topic"],
        });
        stack.set("target", {
          "deadLetterConfig.arn": new Out("other", "arn:aws:sqs:eu-central-1:111122223333:other"),
        });
        return stack;
      },
    ],
  ]);
});
