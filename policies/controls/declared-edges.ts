import type { Control, Rule } from "../model";
import { awsEdges } from "../rules/aws/edges";
import { azureEdges } from "../rules/azure/edges";
import { type Cloud, undeclared, ungranted } from "../rules/edges";
import { gcpEdges } from "../rules/gcp/edges";

const both = (cloud: Cloud): Rule[] => [
  { types: cloud.types, judge: (resource, stack) => undeclared(cloud, resource, stack) },
  { judgeStack: (stack) => ungranted(cloud, stack) },
];

export const declaredEdges: Control = {
  id: "IAM-09",
  title: "Functions hold the permissions that their component declares, and no others",
  why: "A policy attached by hand widens a function where nobody who reads the declaration sees it; a declared use that is not granted fails in production.",
  fix: "List what a handler needs under uses, and remove policies, role assignments and bindings that were attached to its identity beside it.",
  severity: "high",
  frameworks: {
    gdpr: ["Art. 25(2)", "Art. 32(1)(b)"],
    hipaa: ["164.308(a)(4)(ii)(C)", "164.312(a)(1)"],
    pciDss: ["7.2.5", "7.3.2"],
    soc2: ["CC6.3"],
    cis: ["3.3", "6.8"],
    nist80053: ["AC-2", "AC-6", "CM-6"],
  },
  appliesFrom: "internal",
  clouds: { aws: both(awsEdges), azure: both(azureEdges), gcp: both(gcpEdges) },
};
