import { backTo, type Remediation, to } from "./remediation";

const flags = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];
const blocks = [
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
];

/** Nobody but the public loses access. Not here: ACLs, which uniform access would end for good, grants themselves, and keys that programs may use. */
export const publicAccess: readonly Remediation[] = [
  ...flags.map((path): Remediation => ({ control: "IAM-07", types: blocks, path, ...to(true) })),
  ...flags.map(
    (flag): Remediation => ({
      control: "IAM-07",
      types: ["aws:s3/accessPoint:AccessPoint"],
      path: `publicAccessBlockConfiguration.${flag}`,
      ...backTo(true),
    }),
  ),
  {
    control: "IAM-07",
    types: ["azure-native:storage:StorageAccount"],
    path: "allowBlobPublicAccess",
    ...to(false),
  },
  { control: "IAM-07", types: ["azure-native:storage:BlobContainer"], path: "publicAccess", ...backTo("None") },
  {
    control: "IAM-07",
    types: ["azure-native:containerregistry:Registry"],
    path: "anonymousPullEnabled",
    ...backTo(false),
  },
  { control: "IAM-07", types: ["gcp:storage/bucket:Bucket"], path: "publicAccessPrevention", ...to("enforced") },
];
