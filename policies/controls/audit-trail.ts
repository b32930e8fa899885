import type { Control } from "../model";
import { accountTrail } from "../rules/account-trail";
import { cloudTrail, eventStoreType, trailType } from "../rules/aws/trails";
import { activityLog, activitySettings } from "../rules/azure/activity-log";
import { auditConfig, auditConfigTypes } from "../rules/gcp/audit";
import { existingTrail, retentionDays } from "../settings";

export const auditTrail: Control = {
  id: "AUD-01",
  title: "The account records who changed what",
  why: "Without a complete trail an intrusion can be neither noticed nor reconstructed, and nothing can be proved to an auditor.",
  fix: "Name the account's trail in the foundation (auditTrail) or in the policy configuration (existingTrail), or create it in one stack an account.",
  severity: "high",
  frameworks: {
    gdpr: ["Art. 5(2)", "Art. 33(5)"],
    hipaa: ["164.312(b)", "164.308(a)(1)(ii)(D)"],
    pciDss: ["10.2.1", "10.2.1.2", "10.2.1.6", "10.2.1.7", "10.2.2", "10.3.4"],
    soc2: ["CC7.2", "CC7.3"],
    cis: ["8.2", "8.5"],
    nist80053: ["AU-2", "AU-3", "AU-9", "AU-12", "AC-6(9)"],
  },
  appliesFrom: "internal",
  settings: { ...retentionDays, ...existingTrail },
  clouds: {
    aws: [accountTrail({ what: "CloudTrail trail", types: [trailType, eventStoreType], gaps: cloudTrail })],
    azure: [accountTrail({ what: "activity log setting", types: activitySettings, gaps: activityLog })],
    gcp: [accountTrail({ what: "audit configuration", types: auditConfigTypes, gaps: auditConfig })],
  },
};
