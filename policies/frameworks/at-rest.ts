import type { Frameworks } from "../model";

/** What encryption at rest by a key of one's own helps to meet, whatever is encrypted. */
export const atRest: Frameworks = {
  gdpr: ["Art. 32(1)(a)"],
  hipaa: ["164.312(a)(2)(iv)"],
  pciDss: ["3.5.1", "3.6.1"],
  soc2: ["CC6.1"],
  cis: ["3.11"],
  nist80053: ["SC-28", "SC-28(1)", "SC-12"],
};
