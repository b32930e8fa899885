import { type Remediation, to } from "./remediation";

const table = ["aws:dynamodb/table:Table"];
const database = ["gcp:firestore/database:Database"];

/** Histories and protections. Not here: Cosmos DB's continuous backup, from which there is no way back. */
export const recovery: readonly Remediation[] = [
  { control: "RES-04", types: table, path: "pointInTimeRecovery.enabled", ...to(true) },
  { control: "RES-04", types: table, path: "deletionProtectionEnabled", ...to(true) },
  {
    control: "RES-04",
    types: ["aws:dynamodb/tableReplica:TableReplica"],
    path: "pointInTimeRecovery",
    ...to(true),
  },
  {
    control: "RES-04",
    types: database,
    path: "pointInTimeRecoveryEnablement",
    ...to("POINT_IN_TIME_RECOVERY_ENABLED"),
  },
  { control: "RES-04", types: database, path: "deleteProtectionState", ...to("DELETE_PROTECTION_ENABLED") },
];
