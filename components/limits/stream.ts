import type { LimitRow } from "../core/limits";
import { deliveryLimits } from "./delivery";
import { here, rows } from "./shared";

const day = 86_400;
const kinesis = { service: "Amazon Kinesis" };
const hubs = { service: "Azure Event Hubs Standard" };
const pubsub = { service: "ordered Pub/Sub" };
const lambda = { service: "AWS Lambda" };

/** What each cloud's stream accepts. */
export const streamLimits: readonly LimitRow[] = [
  ...rows("partitions", "count", {
    aws: {
      min: 1,
      max: 500,
      ...kinesis,
      source: "Kinesis CreateStream.ShardCount; the quota of an account",
      confidence: "K",
    },
    azure: { min: 1, max: 32, ...hubs, source: "Event Hubs quotas: partitions", confidence: "V" },
    gcp: {
      min: 1,
      max: 10_000,
      ...pubsub,
      source: "Pub/Sub keeps order by key and has no partitions",
      confidence: "D",
    },
    local: here(1, 256),
  }),
  ...rows("retention", "seconds", {
    aws: {
      min: day,
      max: 365 * day,
      ...kinesis,
      source: "Kinesis IncreaseStreamRetentionPeriod.RetentionPeriodHours",
      confidence: "V",
    },
    azure: { min: 3600, max: 7 * day, ...hubs, source: "Event Hubs quotas: retention", confidence: "K" },
    gcp: {
      min: 600,
      max: 31 * day,
      ...pubsub,
      source: "Pub/Sub Subscription.messageRetentionDuration",
      confidence: "V",
    },
    local: here(60, 365 * day),
  }),
  ...rows("maxRecordBytes", "bytes", {
    aws: { min: 1024, max: 1_048_576, ...kinesis, source: "Kinesis PutRecord.Data", confidence: "V" },
    azure: { min: 1024, max: 1_000_000, ...hubs, source: "Event Hubs quotas: event size", confidence: "K" },
    gcp: { min: 1024, max: 10_000_000, ...pubsub, source: "Pub/Sub quotas: message size", confidence: "K" },
    local: here(1024, 10_000_000),
  }),
];

/** What each cloud's processor of a stream accepts, beside what every delivery does. */
export const streamProcessorLimits: readonly LimitRow[] = [
  ...deliveryLimits.filter(({ property }) => property !== "maxConcurrency" && property !== "retention"),
  ...rows("batch.size", "count", {
    aws: { min: 1, max: 10_000, ...lambda, source: "Lambda CreateEventSourceMapping.BatchSize", confidence: "V" },
    azure: { min: 1, max: 1000, ...hubs, source: "Functions host.json eventHubs.maxEventBatchSize", confidence: "D" },
    gcp: { min: 1, max: 1, service: "Pub/Sub push", source: "Pub/Sub push: one message a request", confidence: "V" },
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
    azure: { min: 0, max: 60, ...hubs, source: "Functions host.json eventHubs.maxWaitTime", confidence: "D" },
    gcp: { min: 0, max: 0, service: "Pub/Sub push", source: "Pub/Sub push: one message a request", confidence: "V" },
    local: here(0, 300),
  }),
  ...rows("parallelism", "count", {
    aws: {
      min: 1,
      max: 10,
      ...lambda,
      source: "Lambda CreateEventSourceMapping.ParallelizationFactor",
      confidence: "V",
    },
    azure: {
      min: 1,
      max: 1,
      ...hubs,
      source: "Event Hubs: one reader a partition and consumer group",
      confidence: "D",
    },
    gcp: { min: 1, max: 1, ...pubsub, source: "Pub/Sub: one outstanding message a key", confidence: "D" },
    local: here(1, 10),
  }),
  ...rows("maxRecordAge", "seconds", {
    aws: {
      min: 60,
      max: 7 * day,
      ...lambda,
      source: "Lambda CreateEventSourceMapping.MaximumRecordAgeInSeconds",
      confidence: "V",
    },
    azure: { min: 1, max: 7 * day, ...hubs, source: "checked by the adapter", confidence: "V" },
    gcp: { min: 1, max: 31 * day, ...pubsub, source: "checked by the adapter", confidence: "V" },
    local: here(1, 365 * day),
  }),
];

/** What each cloud's reader of a table's changes accepts. */
export const tableTriggerLimits: readonly LimitRow[] = [
  ...streamProcessorLimits.filter(({ property }) => property !== "parallelism" && property !== "maxRecordAge"),
  ...rows("maxRecordAge", "seconds", {
    aws: {
      min: 60,
      max: day,
      service: "DynamoDB Streams",
      source: "DynamoDB Streams keep a change for 24 hours",
      confidence: "D",
    },
    azure: { min: 1, max: 7 * day, service: "Cosmos DB", source: "checked by the adapter", confidence: "V" },
    gcp: {
      min: 1,
      max: 31 * day,
      service: "the trigger's own queue",
      source: "checked by the adapter",
      confidence: "V",
    },
    local: here(1, day),
  }),
];
