import { type Remediation, to } from "./remediation";

const blobs = ["azure-native:storage:BlobServiceProperties"];

/** Days for which Azure keeps what was deleted, where nothing is said. */
const week = 7;

export const versions: readonly Remediation[] = [
  {
    control: "RES-06",
    types: ["aws:s3/bucketVersioning:BucketVersioning"],
    path: "versioningConfiguration.status",
    ...to("Enabled"),
  },
  { control: "RES-06", types: blobs, path: "isVersioningEnabled", ...to(true) },
  ...["deleteRetentionPolicy", "containerDeleteRetentionPolicy"].flatMap((policy): Remediation[] => [
    { control: "RES-06", types: blobs, path: `${policy}.enabled`, ...to(true) },
    {
      control: "RES-06",
      types: blobs,
      path: `${policy}.days`,
      isMet: (days) => typeof days === "number" && days > 0,
      value: () => week,
    },
  ]),
  { control: "RES-06", types: ["gcp:storage/bucket:Bucket"], path: "versioning.enabled", ...to(true) },
];
