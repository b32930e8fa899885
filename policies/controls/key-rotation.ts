import type { Control } from "../model";
import { awsRotation, azureRotation, gcpRotation } from "../rules/key-rotation";

export const keyRotation: Control = {
  id: "ENC-07",
  title: "Keys that encrypt data are rotated by themselves",
  why: "The longer a key is used, the more a leaked one opens. What has to be rotated by hand is not.",
  fix: "aws enableKeyRotation; azure a rotationPolicy with a lifetime action of type rotate; gcp rotationPeriod of at most 90 days.",
  severity: "medium",
  frameworks: {
    gdpr: ["Art. 32(1)(a)"],
    hipaa: ["164.312(a)(2)(iv)"],
    pciDss: ["3.7.4"],
    soc2: ["CC6.1"],
    cis: ["3.11"],
    nist80053: ["SC-12", "SC-12(2)"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [{ types: ["aws:kms/key:Key"], judge: awsRotation }],
    azure: [{ types: ["azure-native:keyvault:Key", "azure-native:keyvault:ManagedHsmKey"], judge: azureRotation }],
    gcp: [{ types: ["gcp:kms/cryptoKey:CryptoKey"], judge: gcpRotation }],
  },
};
