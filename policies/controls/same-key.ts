import type { Control } from "../model";
import { sameKey } from "../rules/same-key";

const rule = { judgeStack: sameKey };

export const sameKeyPerClass: Control = {
  id: "ENC-11",
  title: "Data of one class is under one customer-managed key",
  why: "One key a data class can be taken away in one step, and its log tells who read data of that class. A store under another key is forgotten in both.",
  fix: "Give all stores that carry the same data-class tag or label the same key, in each region.",
  severity: "low",
  frameworks: {
    gdpr: ["Art. 32(1)(a)"],
    hipaa: ["164.312(a)(2)(iv)"],
    pciDss: [],
    soc2: ["CC6.1"],
    cis: ["3.11", "3.12"],
    nist80053: ["SC-12", "SC-28(1)"],
  },
  appliesFrom: "confidential",
  optIn:
    "a key for each service or tenant is as sound a design, and separates more; stacks that chose it are not wrong",
  clouds: { aws: [rule], azure: [rule], gcp: [rule] },
};
