import type { LimitRow } from "../core/limits";
import { here, rows } from "./shared";

const day = 86_400;

/** What each cloud's bus accepts. */
export const eventBusLimits: readonly LimitRow[] = [
  ...rows("archive.retention", "seconds", {
    aws: {
      min: day,
      max: 3650 * day,
      service: "an EventBridge archive",
      source: "EventBridge CreateArchive.RetentionDays, kept at ten years",
      confidence: "V",
    },
    azure: {
      min: day,
      max: 7 * day,
      service: "an Event Hub of the Standard tier",
      source: "Event Hubs quotas: retention",
      confidence: "K",
    },
    gcp: {
      min: 600,
      max: 31 * day,
      service: "a Pub/Sub topic",
      source: "Pub/Sub Topic.messageRetentionDuration",
      confidence: "V",
    },
    local: here(1, 31 * day),
  }),
  ...rows("maxEventBytes", "bytes", {
    aws: {
      min: 1024,
      max: 262_144,
      service: "EventBridge",
      source: "EventBridge quotas: PutEvents entry size; newer pages say 1 MB",
      confidence: "D",
    },
    azure: {
      min: 1024,
      max: 1_048_576,
      service: "Event Grid",
      source: "Event Grid quotas: event size",
      confidence: "D",
    },
    gcp: { min: 1024, max: 10_485_760, service: "Pub/Sub", source: "Pub/Sub quotas: message size", confidence: "K" },
    local: here(1024, 10_485_760),
  }),
];
