import type { LimitRow } from "../core/limits";
import { deliveryLimits } from "./delivery";
import { here, rows } from "./shared";

const sqs = { service: "Amazon SQS" };
const lambda = { service: "AWS Lambda" };
const bus = { service: "Azure Service Bus" };
const pubsub = { service: "Pub/Sub push" };

/** What each cloud's queue accepts. Two-property rules stand in `queue-worker.ts`. */
export const queueWorkerLimits: readonly LimitRow[] = [
  ...deliveryLimits,
  ...rows("maxMessageBytes", "bytes", {
    aws: { min: 1024, max: 1_048_576, ...sqs, source: "SQS CreateQueue MaximumMessageSize", confidence: "V" },
    azure: { min: 1024, max: 262_144, ...bus, source: "Service Bus quotas: message size, Standard", confidence: "D" },
    gcp: { min: 1024, max: 10_485_760, service: "Pub/Sub", source: "Pub/Sub quotas: message size", confidence: "K" },
    local: here(1024, 10_485_760),
  }),
  ...rows("batch.size", "count", {
    aws: { min: 1, max: 10_000, ...lambda, source: "Lambda CreateEventSourceMapping.BatchSize", confidence: "V" },
    azure: {
      min: 1,
      max: 1000,
      ...bus,
      source: "Functions host.json serviceBus.maxMessageBatchSize",
      confidence: "D",
    },
    gcp: { min: 1, max: 1, ...pubsub, source: "Pub/Sub push: one message a request", confidence: "V" },
    local: here(1, 10_000),
  }),
  ...rows("batch.window", "seconds", {
    aws: {
      min: 0,
      max: 300,
      ...lambda,
      source: "Lambda CreateEventSourceMapping.MaximumBatchingWindowInSeconds",
      confidence: "V",
    },
    azure: { min: 0, max: 150, ...bus, source: "Functions host.json serviceBus.maxBatchWaitTime", confidence: "K" },
    gcp: { min: 0, max: 0, ...pubsub, source: "Pub/Sub push: one message a request", confidence: "V" },
    local: here(0, 300),
  }),
  ...rows("maxDelay", "seconds", {
    aws: { min: 1, max: 900, ...sqs, source: "SQS SendMessage.DelaySeconds", confidence: "V" },
    azure: {
      min: 1,
      max: 604_800,
      ...bus,
      source: "Service Bus ScheduledEnqueueTimeUtc, kept at 7 days",
      confidence: "D",
    },
    local: here(1, 604_800),
  }),
  ...rows("deduplication.window", "seconds", {
    aws: {
      oneOf: [300],
      service: "an SQS FIFO queue",
      source: "SQS MessageDeduplicationId: the five minutes are fixed",
      confidence: "D",
    },
    azure: {
      min: 20,
      max: 604_800,
      ...bus,
      source: "Service Bus duplicateDetectionHistoryTimeWindow",
      confidence: "K",
    },
    local: here(20, 604_800),
  }),
];
