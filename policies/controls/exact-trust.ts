import type { Control } from "../model";
import {
  noGuests,
  openTypes,
  permission,
  principalOrOrganization,
  resourcePolicy,
  rolePolicy,
} from "../rules/aws/deputy";
import { resourcePolicyTypes } from "../rules/aws/resource-policies";
import { everySubscription, signed } from "../rules/azure/event-grid";
import { federatedCredential } from "../rules/azure/federation";
import { caller, callerTypes, members, poolProvider } from "../rules/gcp/federation";
import { gcpIam } from "../rules/gcp/iam";

export const exactTrust: Control = {
  id: "IAM-06",
  title: "Trust names exactly who is trusted, and on whose behalf",
  why: "A service that acts for all its customers, an account of many people or a pipeline that anyone can start does for a stranger what was meant for one's own.",
  fix: "aws: aws:SourceArn or aws:SourceAccount for services, sts:ExternalId or an exact principal for accounts, exact aud and sub for tokens; azure: exact issuer and subject; gcp: attributeCondition, and a service account for every push.",
  severity: "high",
  frameworks: {
    gdpr: ["Art. 32(1)(b)"],
    hipaa: ["164.312(a)(1)", "164.312(d)"],
    pciDss: ["7.2.5"],
    soc2: ["CC6.1", "CC6.6"],
    cis: ["3.3", "6.8"],
    nist80053: ["AC-3", "AC-6", "IA-8", "IA-9", "IA-13(2)"],
  },
  appliesFrom: "internal",
  settings: {
    trustedAccounts: {
      type: "array",
      description:
        "AWS accounts, as twelve digits, everybody in which is trusted by roles and resources that name the account.",
      items: { type: "string", pattern: "^[0-9]{12}$" },
    },
  },
  clouds: {
    aws: [
      { types: resourcePolicyTypes, judge: resourcePolicy },
      { types: ["aws:iam/role:Role"], judge: rolePolicy },
      { types: ["aws:lambda/permission:Permission"], judge: permission },
      { types: openTypes, judge: principalOrOrganization },
      { types: ["aws:cognito/identityPool:IdentityPool"], judge: noGuests },
    ],
    azure: [
      { types: ["azure-native:managedidentity:FederatedIdentityCredential"], judge: federatedCredential },
      { types: everySubscription, judge: signed },
    ],
    gcp: [
      { types: ["gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"], judge: poolProvider },
      { types: gcpIam, judge: members },
      { types: callerTypes, judge: caller },
    ],
  },
};
