import type { Control } from "../model";
import { escalation as document, keyGrant } from "../rules/aws/escalation";
import { identityPolicyTypes } from "../rules/aws/policies";
import { assignment, definition, delegation } from "../rules/azure/escalation";
import { assignmentTypes } from "../rules/azure/roles";
import { binding, customRole, onAccount } from "../rules/gcp/escalation";
import { aboveResources } from "../rules/gcp/iam";

export const escalation: Control = {
  id: "IAM-08",
  title: "No identity can widen its own permissions, or act as another",
  why: "Whoever may write policies, pass roles to code of their own or sign as an account has every permission there, whatever the list says.",
  fix: "Leave policies, role assignments and impersonation to the identity that deploys; name the one role or account, and the one service that may take it.",
  severity: "critical",
  frameworks: {
    gdpr: ["Art. 25(2)", "Art. 32(1)(b)"],
    hipaa: ["164.308(a)(4)(ii)(C)", "164.312(a)(1)"],
    pciDss: ["7.2.2", "7.2.5", "7.3.2"],
    soc2: ["CC6.1", "CC6.3"],
    cis: ["5.4", "6.8"],
    nist80053: ["AC-5", "AC-6", "AC-6(5)", "AC-6(10)"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [
      { types: identityPolicyTypes, judge: document },
      { types: ["aws:kms/grant:Grant"], judge: keyGrant },
    ],
    azure: [
      { types: assignmentTypes, judge: assignment },
      { types: ["azure-native:managedservices:RegistrationDefinition"], judge: delegation },
      { types: ["azure-native:authorization:RoleDefinition"], judge: definition },
    ],
    gcp: [
      { types: aboveResources, judge: binding },
      { types: /^gcp:serviceaccount\/iAM(Member|Binding|Policy):/, judge: onAccount },
      {
        types: ["gcp:projects/iAMCustomRole:IAMCustomRole", "gcp:organizations/iAMCustomRole:IAMCustomRole"],
        judge: customRole,
      },
    ],
  },
};
