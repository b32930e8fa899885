import { type Remediation, to } from "./remediation";

/** Only keys that encrypt by one secret, and whose material is AWS's, are rotated by AWS. Not here: purge protection, for good. */
export const keys: readonly Remediation[] = [
  {
    control: "ENC-07",
    types: ["aws:kms/key:Key"],
    path: "enableKeyRotation",
    ...to(true),
    unless: ({ keyUsage, customerMasterKeySpec, customKeyStoreId }) =>
      ![undefined, "ENCRYPT_DECRYPT"].includes(keyUsage as string) ||
      ![undefined, "SYMMETRIC_DEFAULT"].includes(customerMasterKeySpec as string) ||
      customKeyStoreId !== undefined,
  },
];
