import type { LimitRow } from "../core/limits";
import { here, memory, rows } from "./shared";

const sqs = { service: "Amazon SQS" };
const lambda = { service: "AWS Lambda" };
const bus = { service: "Azure Service Bus" };
const pubsub = { service: "Pub/Sub push" };

/** What each cloud's queue accepts, for every pattern that has one: workers, subscriptions, triggers, schedules. */
export const deliveryLimits: readonly LimitRow[] = [
  ...memory,
  ...rows("timeout", "seconds", {
    aws: { min: 1, max: 900, ...lambda, source: "Lambda CreateFunction.Timeout", confidence: "V" },
    azure: { min: 1, max: 300, ...bus, source: "Service Bus queue lockDuration, at most PT5M", confidence: "V" },
    gcp: {
      min: 1,
      max: 590,
      ...pubsub,
      source: "Pub/Sub Subscription.ackDeadlineSeconds 10 to 600, less 10 to answer in",
      confidence: "V",
    },
    local: here(1, 900),
  }),
  ...rows("maxDeliveries", "count", {
    aws: { min: 1, max: 1000, ...sqs, source: "SQS RedrivePolicy.maxReceiveCount", confidence: "K" },
    azure: { min: 1, max: 2000, ...bus, source: "Service Bus queue maxDeliveryCount", confidence: "K" },
    gcp: {
      min: 5,
      max: 100,
      service: "a Pub/Sub dead-letter policy",
      source: "Pub/Sub DeadLetterPolicy.maxDeliveryAttempts",
      confidence: "V",
    },
    local: here(1, 1000),
  }),
  ...rows("retention", "seconds", {
    aws: { min: 60, max: 1_209_600, ...sqs, source: "SQS CreateQueue MessageRetentionPeriod", confidence: "V" },
    azure: {
      min: 1,
      max: 1_209_600,
      ...bus,
      source: "Service Bus queue defaultMessageTimeToLive, kept at 14 days as on SQS",
      confidence: "V",
    },
    gcp: {
      min: 600,
      max: 2_678_400,
      ...pubsub,
      source: "Pub/Sub Subscription.messageRetentionDuration",
      confidence: "V",
    },
    local: here(60, 2_678_400),
  }),
  ...rows("deadLetter.retention", "seconds", {
    aws: { min: 60, max: 1_209_600, ...sqs, source: "SQS CreateQueue MessageRetentionPeriod", confidence: "V" },
    azure: {
      min: 600,
      max: 2_678_400,
      ...bus,
      source: "Service Bus queue defaultMessageTimeToLive, within the range of Pub/Sub",
      confidence: "D",
    },
    gcp: {
      min: 600,
      max: 2_678_400,
      ...pubsub,
      source: "Pub/Sub Subscription.messageRetentionDuration",
      confidence: "V",
    },
    local: here(60, 2_678_400),
  }),
  ...rows("maxConcurrency", "count", {
    aws: { min: 2, max: 1000, ...lambda, source: "Lambda ScalingConfig.MaximumConcurrency", confidence: "V" },
    azure: {
      min: 40,
      max: 1000,
      service: "Azure Functions Flex Consumption",
      source: "Flex Consumption maximumInstanceCount; the lower bound is said to have been reduced",
      confidence: "K",
    },
    gcp: { min: 1, max: 1000, service: "Cloud Run functions", source: "Cloud Run max instances", confidence: "K" },
    local: here(1, 1000),
  }),
  ...rows("backoff.min", "seconds", {
    aws: { min: 0, max: 43_200, ...sqs, source: "SQS ChangeMessageVisibility.VisibilityTimeout", confidence: "V" },
    azure: { min: 0, max: 86_400, ...bus, source: "Service Bus ScheduledEnqueueTimeUtc", confidence: "D" },
    gcp: {
      min: 0,
      max: 600,
      service: "a Pub/Sub retry policy",
      source: "Pub/Sub RetryPolicy.minimumBackoff",
      confidence: "V",
    },
    local: here(0, 43_200),
  }),
  ...rows("backoff.max", "seconds", {
    aws: { min: 0, max: 43_200, ...sqs, source: "SQS ChangeMessageVisibility.VisibilityTimeout", confidence: "V" },
    azure: { min: 0, max: 86_400, ...bus, source: "Service Bus ScheduledEnqueueTimeUtc", confidence: "D" },
    gcp: {
      min: 0,
      max: 600,
      service: "a Pub/Sub retry policy",
      source: "Pub/Sub RetryPolicy.maximumBackoff",
      confidence: "V",
    },
    local: here(0, 43_200),
  }),
];
