import type { Control } from "../model";
import { dataEvents } from "../rules/aws/data-events";
import { audited, loggedTypes } from "../rules/azure/diagnostics";
import { auditConfigTypes, bucketAccess, dataAccess, noExemptions } from "../rules/gcp/audit";
import { existingTrail } from "../settings";

export const dataAudit: Control = {
  id: "AUD-02",
  title: "Reads and writes of data are recorded",
  why: "The account's trail tells who changed a table, and nothing of who read it. Without it nobody can say whose data has leaked.",
  fix: "Record data events (AWS), a diagnostic setting for each resource (Azure), DATA_READ and DATA_WRITE (Google Cloud).",
  severity: "high",
  frameworks: {
    gdpr: ["Art. 5(2)", "Art. 33(3)", "Art. 33(5)"],
    hipaa: ["164.312(b)", "164.308(a)(1)(ii)(D)"],
    pciDss: ["10.2.1.1", "10.2.2"],
    soc2: ["CC7.2", "CC7.3"],
    cis: ["8.2", "8.5", "3.14"],
    nist80053: ["AU-2", "AU-3", "AU-12"],
  },
  appliesFrom: "confidential",
  settings: existingTrail,
  clouds: {
    aws: [dataEvents],
    azure: [{ types: loggedTypes, judge: audited }],
    gcp: [
      dataAccess,
      { types: auditConfigTypes, judge: noExemptions },
      { types: ["gcp:storage/bucket:Bucket"], judge: bucketAccess },
    ],
  },
};
