import type { Control } from "../model";
import { immutableTrail } from "../rules/aws/immutable-trail";
import { archivedElsewhere, archiveTypes, immutableArchive } from "../rules/azure/immutable";
import { immutableLogs } from "../rules/gcp/immutable";
import { existingTrail, retentionDays } from "../settings";

export const immutableAudit: Control = {
  id: "AUD-05",
  title: "Nobody can delete what the audit trail has recorded",
  why: "Whoever breaks in deletes the trail first. A lock of the store holds against administrators too, and cannot be undone: it is demanded of regulated data only.",
  fix: "Lock the store of the trail for a year: object lock (AWS), an immutability policy (Azure), a locked log bucket (Google Cloud).",
  severity: "medium",
  frameworks: {
    gdpr: ["Art. 5(2)"],
    hipaa: ["164.312(b)"],
    pciDss: ["10.3.2", "10.5.1"],
    soc2: ["CC7.2", "CC6.1"],
    cis: ["8.10"],
    nist80053: ["AU-9", "AU-11"],
  },
  appliesFrom: "regulated",
  settings: { ...retentionDays, ...existingTrail },
  clouds: {
    aws: [immutableTrail],
    azure: [{ types: archiveTypes, judge: immutableArchive }, archivedElsewhere],
    gcp: [immutableLogs],
  },
};
