import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as sns from "@pulumi/aws/sns";
import type * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import type { Pattern } from "../core/pattern";
import type { Site } from "../core/site";
import { foundationOf } from "./foundation";

interface AlarmTopic {
  readonly arn: pulumi.Output<string>;
  /** Alarms come after their topic lets them in. */
  readonly open: readonly pulumi.Resource[];
}
const topics = new WeakMap<Site, AlarmTopic>();

/** Tells of a queue's first dead letter, and again once it had been empty; nothing where nobody wants to be told. */
export function deadLetterAlarm(
  self: Pattern,
  queue: sqs.Queue,
  shape: (args: cloudwatch.MetricAlarmArgs) => cloudwatch.MetricAlarmArgs,
): cloudwatch.MetricAlarm | undefined {
  const { site } = self;
  if (site.alarmEmail === undefined) return undefined;
  const topic = alarmTopic(site, site.alarmEmail);
  return new cloudwatch.MetricAlarm(
    `${self.id}-dlq`,
    shape({
      alarmDescription: `${self.kind} ${self.id} of ${site.project}/${site.stack} has dead letters`,
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: queue.name },
      statistic: "Maximum",
      period: 300,
      evaluationPeriods: 1,
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      // A queue that is idle for hours has no metrics.
      treatMissingData: "notBreaching",
      alarmActions: [topic.arn],
      tags: { ...site.tags },
    }),
    self.child({ dependsOn: [...topic.open] }),
  );
}

/** One topic a stack, made by the first alarm. */
function alarmTopic(site: Site, email: string): AlarmTopic {
  const found = topics.get(site);
  if (found) return found;
  const { self, alarmKey } = foundationOf(site);
  const name = `${self.id}-alarms`;
  const topic = new sns.Topic(
    name,
    { ...(alarmKey && { kmsMasterKeyId: alarmKey.arn }), tags: { ...site.tags } },
    self.child(),
  );
  const policy = new sns.TopicPolicy(name, { arn: topic.arn, policy: topicPolicy(topic.arn) }, self.child());
  new sns.TopicSubscription(name, { topic: topic.arn, protocol: "email", endpoint: email }, self.child());
  const made = { arn: topic.arn, open: [policy, ...(alarmKey ? [alarmKey.usable] : [])] };
  topics.set(site, made);
  return made;
}

/** TLS only, and only for alarms of this account. */
function topicPolicy(arn: pulumi.Output<string>): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: arn,
        Condition: { StringEquals: { "aws:SourceAccount": arn.apply((text) => text.split(":")[4] ?? "") } },
      },
      {
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: arn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}
