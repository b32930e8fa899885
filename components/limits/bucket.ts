import type { LimitRow } from "../core/limits";
import { here, rows } from "./shared";

/** What each cloud's object storage accepts. */
export const bucketLimits: readonly LimitRow[] = [
  ...rows("expireAfter", "days", {
    aws: { min: 1, max: 3650, service: "Amazon S3", source: "S3 LifecycleExpiration.Days", confidence: "V" },
    azure: {
      min: 1,
      max: 3650,
      service: "Azure Storage",
      source: "Storage management policy daysAfterModificationGreaterThan",
      confidence: "V",
    },
    gcp: { min: 1, max: 3650, service: "Cloud Storage", source: "Cloud Storage lifecycle age", confidence: "V" },
    local: here(1, 3650),
  }),
  ...rows("restoreWithin", "days", {
    aws: {
      min: 1,
      max: 3650,
      service: "Amazon S3",
      source: "S3 NoncurrentVersionExpiration.NoncurrentDays",
      confidence: "V",
    },
    azure: {
      min: 1,
      max: 365,
      service: "Azure Storage",
      source: "Storage blob service deleteRetentionPolicy.days",
      confidence: "V",
    },
    gcp: {
      min: 7,
      max: 90,
      service: "Cloud Storage",
      source: "Cloud Storage softDeletePolicy.retentionDurationSeconds 604,800 to 7,776,000",
      confidence: "V",
    },
    local: here(1, 3650),
  }),
];
