import { awsStack, blocked } from "../support/aws";
import { azureStack } from "../support/azure";
import { add, set } from "../support/changes";
import { gcpStack } from "../support/gcp";
import { cryptoKeyName } from "../support/keys";
import { killed } from "../support/mutants";
import { accepted, vague } from "../support/outcomes";
import { Out, unknown } from "../support/stack";

const bucket = new Out("bucket", "bucket");
const flags = Object.keys(blocked);
const everyone = "http://acs.amazonaws.com/groups/global/AllUsers";
const members = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const owner = { grantee: { type: "CanonicalUser", id: "0a1b" }, permission: "FULL_CONTROL" };
const acl = "aws:s3/bucketAcl:BucketAcl";
const ownership = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";

describe("mutants of public stores", () => {
  killed("IAM-07", awsStack, "bucket-block", [
    ...flags.flatMap((flag) => [
      { name: `${flag} is off`, change: set("bucket-block", { [flag]: false }) },
      { name: `${flag} by the provider's default`, change: set("bucket-block", { [flag]: undefined }) },
    ]),
    { name: "a flag as text", change: set("bucket-block", { blockPublicPolicy: "true" }) },
    {
      name: "a block of the account that blocks nothing",
      change: add("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", {}),
      at: "more",
    },
    {
      name: "a block of an older name",
      change: (stack) =>
        stack.retype("bucket", "aws:s3/bucketV2:BucketV2").set("bucket-block", { ignorePublicAcls: 0 }),
    },
  ]);
  killed("IAM-07", awsStack, "bucket", [
    { name: "no block", change: (stack) => stack.remove("bucket-block") },
    { name: "a block of another bucket", change: set("bucket-block", { bucket: "elsewhere" }) },
    { name: "a block without a bucket", change: set("bucket-block", { bucket: undefined }) },
    { name: "a public list", change: set("bucket", { acl: "public-read" }) },
    { name: "a list for everyone with an account", change: set("bucket", { acl: "authenticated-read" }) },
    { name: "a list of an unheard name", change: set("bucket", { acl: "Private" }) },
    { name: "a list that is no text", change: set("bucket", { acl: true }) },
    { name: "an entry for everyone", change: set("bucket", { grants: [{ uri: everyone, permissions: ["READ"] }] }) },
  ]);
  killed("IAM-07", awsStack, "more", [
    ...["public-read", "public-read-write", "authenticated-read"].flatMap((canned) =>
      [acl, "aws:s3/bucketObject:BucketObject", "aws:s3/bucketObjectv2:BucketObjectv2"].map((type) => ({
        name: `${canned} by ${type}`,
        change: add(type, { bucket, acl: canned }),
      })),
    ),
    ...[everyone, members].map((uri) => ({
      name: `the second entry of a list for ${uri.slice(uri.lastIndexOf("/") + 1)}`,
      change: add(acl, {
        bucket,
        accessControlPolicy: { grants: [owner, { grantee: { type: "Group", uri }, permission: "READ" }] },
      }),
    })),
    ...["ObjectWriter", "BucketOwnerPreferred", undefined].map((objectOwnership) => ({
      name: `lists that are on (${objectOwnership})`,
      change: add(ownership, { bucket, rule: { objectOwnership } }),
    })),
    ...flags.map((flag) => ({
      name: `an access point without ${flag}`,
      change: add("aws:s3/accessPoint:AccessPoint", { bucket, publicAccessBlockConfiguration: { [flag]: false } }),
    })),
  ]);

  killed("IAM-07", azureStack, "store", [
    { name: "containers may be public", change: set("store", { allowBlobPublicAccess: true }) },
    { name: "containers may be public by default", change: set("store", { allowBlobPublicAccess: undefined }) },
    { name: "a text for false", change: set("store", { allowBlobPublicAccess: "false" }) },
    { name: "copies to other tenants", change: set("store", { allowCrossTenantReplication: true }) },
    {
      name: "by an explicit API version",
      change: (s) =>
        s
          .retype("store", "azure-native:storage/v20230101:StorageAccount")
          .set("store", { allowBlobPublicAccess: true }),
    },
    ...["Blob", "Container", "blob", true].map((publicAccess) => ({
      name: `a container with public access ${publicAccess}`,
      change: add("azure-native:storage:BlobContainer", { accountName: new Out("store", "store"), publicAccess }),
      at: "more",
    })),
    {
      name: "a registry for anyone",
      change: add("azure-native:containerregistry:Registry", { anonymousPullEnabled: true }),
      at: "more",
      also: ["AUD-02 more", "ENC-05 more"],
    },
  ]);

  const iam = [
    "gcp:pubsub/topicIAMMember:TopicIAMMember",
    "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember",
    "gcp:storage/bucketIAMMember:BucketIAMMember",
    "gcp:storage/managedFolderIamMember:ManagedFolderIamMember",
    "gcp:secretmanager/secretIamMember:SecretIamMember",
    "gcp:bigquery/datasetIamMember:DatasetIamMember",
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
  ];
  /** Reads by nobody in particular are not in the audit log. */
  const unlogged = ["AUD-02 objects"];
  const viewer = "roles/any.viewer";
  killed("IAM-07", gcpStack, "more", [
    ...iam.flatMap((type) =>
      ["allUsers", "allAuthenticatedUsers"].map((member) => ({
        name: `${member} by ${type}`,
        change: add(type, { role: viewer, member }),
      })),
    ),
    {
      name: "everyone among the members of a binding",
      change: add("gcp:storage/bucketIAMBinding:BucketIAMBinding", {
        role: viewer,
        members: ["user:a@example.org", "allUsers"],
      }),
    },
    {
      name: "everyone in a policy's second binding",
      change: add("gcp:storage/bucketIAMPolicy:BucketIAMPolicy", {
        policyData: JSON.stringify({
          bindings: [
            { role: viewer, members: ["user:a@example.org"] },
            { role: viewer, members: ["allAuthenticatedUsers"] },
          ],
        }),
      }),
    },
    {
      name: "a policy that is none",
      change: add("gcp:storage/bucketIAMPolicy:BucketIAMPolicy", { policyData: "{" }),
      also: ["IAM-02 more", "IAM-06 more"],
    },
    { name: "a bucket's list", change: add("gcp:storage/bucketACL:BucketACL", { predefinedAcl: "publicRead" }) },
    {
      name: "an entry of a bucket's list",
      change: add("gcp:storage/bucketACL:BucketACL", { roleEntities: ["OWNER:user-a", "READER:allUsers"] }),
    },
    {
      name: "objects by default",
      change: add("gcp:storage/defaultObjectAccessControl:DefaultObjectAccessControl", {
        role: "READER",
        entity: "allAuthenticatedUsers",
      }),
    },
    { name: "one object", change: add("gcp:storage/objectACL:ObjectACL", { predefinedAcl: "authenticatedRead" }) },
    {
      name: "a dataset for everyone with an account",
      change: add("gcp:bigquery/dataset:Dataset", {
        accesses: [{ role: "OWNER" }, { specialGroup: "allAuthenticatedUsers" }],
        defaultEncryptionConfiguration: { kmsKeyName: cryptoKeyName },
      }),
    },
    {
      name: "a dataset for everyone by one entry",
      change: add("gcp:bigquery/datasetAccess:DatasetAccess", { role: "READER", iamMember: "allUsers" }),
    },
  ]);
  killed("IAM-07", gcpStack, "objects", [
    { name: "no prevention", change: set("objects", { publicAccessPrevention: undefined }), also: unlogged },
    {
      name: "no prevention, and usage logged into another bucket",
      change: (stack) => {
        const to = stack.add("gcp:storage/bucket:Bucket", "usage", {
          versioning: { enabled: true },
          publicAccessPrevention: "enforced",
          uniformBucketLevelAccess: true,
          encryption: { defaultKmsKeyName: cryptoKeyName },
        });
        stack.set("objects", { publicAccessPrevention: undefined, logging: { logBucket: to("usage") } });
      },
    },
    {
      name: "prevention as the project has it",
      change: set("objects", { publicAccessPrevention: "inherited" }),
      also: unlogged,
    },
    { name: "lists of objects", change: set("objects", { uniformBucketLevelAccess: false }) },
    { name: "lists of objects by default", change: set("objects", { uniformBucketLevelAccess: undefined }) },
  ]);
});

describe("stores that satisfy the controls", () => {
  accepted("IAM-07", awsStack, [
    [
      "a block of the whole account",
      (s) => {
        s.remove("bucket-block").add("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "more", blocked);
      },
    ],
    ["a private list", set("bucket", { acl: "private" })],
    ["an owner's entry", add(acl, { bucket, accessControlPolicy: { grants: [owner] } })],
    ["lists that are off", add(ownership, { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } })],
    ["an access point by default", add("aws:s3/accessPoint:AccessPoint", { bucket })],
  ]);
  accepted("IAM-07", azureStack, [
    ["a container by default", add("azure-native:storage:BlobContainer", {})],
    ["a container for nobody", add("azure-native:storage:BlobContainer", { publicAccess: "None" })],
  ]);
  accepted("IAM-07", gcpStack, [
    ["a list of its own people", add("gcp:storage/bucketACL:BucketACL", { roleEntities: ["OWNER:project-owners-1"] })],
  ]);
  vague("IAM-07", awsStack, "bucket", [
    ["which bucket a block is for", set("bucket-block", { bucket: unknown })],
    ["a bucket's list", set("bucket", { acl: unknown })],
    ["a bucket's entries", set("bucket", { grants: [unknown] })],
  ]);
  vague("IAM-07", awsStack, "bucket-block", [["a flag", set("bucket-block", { blockPublicAcls: unknown })]]);
  vague("IAM-07", azureStack, "store", [["public access", set("store", { allowBlobPublicAccess: unknown })]]);
  vague("IAM-07", gcpStack, "objects", [["prevention", set("objects", { publicAccessPrevention: unknown })]]);
  vague("IAM-07", gcpStack, "more", [
    [
      "who may read",
      add("gcp:storage/bucketIAMMember:BucketIAMMember", { role: "roles/storage.objectViewer", member: unknown }),
    ],
    ["who is on a list", add("gcp:storage/bucketACL:BucketACL", { roleEntities: unknown })],
    [
      "a dataset's list",
      add("gcp:bigquery/dataset:Dataset", {
        accesses: [unknown],
        defaultEncryptionConfiguration: { kmsKeyName: cryptoKeyName },
      }),
    ],
  ]);
});
