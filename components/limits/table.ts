import type { LimitRow } from "../core/limits";
import { here, rows } from "./shared";

export const tableLimits: readonly LimitRow[] = [
  ...rows("pointInTimeRecovery", "days", {
    aws: {
      min: 1,
      max: 35,
      service: "DynamoDB",
      source: "DynamoDB PointInTimeRecoverySpecification.RecoveryPeriodInDays",
      confidence: "V",
    },
    azure: {
      oneOf: [7, 30],
      service: "Cosmos DB continuous backup",
      source: "Cosmos DB backup tiers Continuous7Days and Continuous30Days",
      confidence: "V",
    },
    gcp: { min: 7, max: 7, service: "Firestore", source: "Firestore point-in-time recovery window", confidence: "D" },
    local: here(1, 35),
  }),
];
