/** Customer-managed keys by literal names, for resources that tests of other controls add. */
export const kmsKeyArn = "arn:aws:kms:eu-central-1:111122223333:key/0a1b";
/** A bucket's default encryption. */
export const rule = {
  applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn },
  bucketKeyEnabled: true,
};
export const encryptionConfiguration = { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: kmsKeyArn };
export const cryptoKeyName = "projects/shop/locations/europe-west3/keyRings/shop/cryptoKeys/shop";
