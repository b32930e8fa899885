import { type Control, fail, type ResourceView } from "../model";
import { accessList, accessPoint, blockTypes, bucket, ownership, publicAccessBlock } from "../rules/aws/public-store";
import { demands, isTrue } from "../rules/demands";
import { sqlInstance, sqlNetworks } from "../rules/gcp/databases";
import { aclTypes, admitted, dataset, accessList as gcpAccessList, storeIam } from "../rules/gcp/public";

/** Copies go to storage accounts of other tenants where the account lets them. */
const closedAccount = ({ props }: ResourceView) =>
  demands(props, "no container of it can be made public", [
    {
      path: "allowBlobPublicAccess",
      accepts: (value) => value === false,
      unmet: "its containers can be made public: set allowBlobPublicAccess to false",
    },
    {
      path: "allowCrossTenantReplication",
      accepts: (value) => value === undefined || value === false,
      unmet: "it can be copied to another tenant: set allowCrossTenantReplication to false",
    },
  ]);

const privateContainer = ({ props }: ResourceView) =>
  demands(props, "it is private", [
    {
      path: "publicAccess",
      accepts: (value) => value === undefined || value === "None",
      unmet: "anyone may read it: set publicAccess to None",
    },
  ]);

const noAnonymousPull = ({ props }: ResourceView) =>
  demands(props, "images are pulled by identities", [
    {
      path: "anonymousPullEnabled",
      accepts: (value) => value === undefined || value === false,
      unmet: "anyone may pull its images: set anonymousPullEnabled to false",
    },
  ]);

const closedBucket = ({ props }: ResourceView) =>
  demands(props, "it cannot be made public", [
    {
      path: "publicAccessPrevention",
      accepts: (value) => value === "enforced",
      unmet: "it can be made public: set publicAccessPrevention to enforced",
    },
    {
      path: "uniformBucketLevelAccess",
      accepts: isTrue,
      unmet: "its objects may have lists of their own: set uniformBucketLevelAccess to true",
    },
  ]);

export const publicStores: Control = {
  id: "IAM-07",
  title: "No store is open to the public, or can be opened in passing",
  why: "One list or policy that names everyone publishes whatever is stored, and search engines for open buckets find it within hours.",
  fix: "aws: BucketPublicAccessBlock with four flags, no ACLs; azure: allowBlobPublicAccess false, publicAccess None; gcp: publicAccessPrevention enforced, uniform access, no allUsers.",
  severity: "critical",
  frameworks: {
    gdpr: ["Art. 5(1)(f)", "Art. 25(2)", "Art. 32(1)(b)"],
    hipaa: ["164.312(a)(1)", "164.308(a)(4)(ii)(B)"],
    pciDss: ["1.4.4", "7.3.3"],
    soc2: ["CC6.1", "CC6.6"],
    cis: ["3.3"],
    nist80053: ["AC-3", "AC-4", "SC-7"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [
      { types: ["aws:s3/bucket:Bucket"], judge: bucket },
      { types: blockTypes, judge: publicAccessBlock },
      { types: ["aws:s3/accessPoint:AccessPoint"], judge: accessPoint },
      { types: /^aws:s3\/(bucketAcl|bucketObject|bucketObjectv2|objectCopy):/, judge: accessList },
      { types: ["aws:s3/bucketOwnershipControls:BucketOwnershipControls"], judge: ownership },
    ],
    azure: [
      { types: ["azure-native:storage:StorageAccount"], judge: closedAccount },
      { types: ["azure-native:storage:BlobContainer"], judge: privateContainer },
      { types: ["azure-native:containerregistry:Registry"], judge: noAnonymousPull },
      {
        types: ["azure-native:storage:StorageAccountStaticWebsite"],
        judge: () =>
          fail("everybody reads what is in its container $web: serve it through a front door that authenticates"),
      },
    ],
    gcp: [
      { types: ["gcp:storage/bucket:Bucket"], judge: closedBucket },
      { types: storeIam, judge: admitted },
      { types: aclTypes, judge: gcpAccessList },
      { types: [sqlInstance], judge: sqlNetworks },
      { types: ["gcp:bigquery/dataset:Dataset", "gcp:bigquery/datasetAccess:DatasetAccess"], judge: dataset },
    ],
  },
};
