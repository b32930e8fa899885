import { known, valueAt } from "../known";
import { type Control, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { holdsCode } from "../rules/azure/host-storage";
import { type Demand, demands, isPositive, isTrue } from "../rules/demands";
import { pointingAt, pointsAnywhere } from "../rules/referred";

const versioning = "aws:s3/bucketVersioning:BucketVersioning";
const versioned = "what is overwritten or deleted stays as a version";

function s3(resource: ResourceView, stack: StackView): Finding | Finding[] {
  const beside = pointingAt(resource, "bucket", stack, [versioning]);
  if (beside.length > 0)
    return beside.flatMap(({ props }) =>
      demands(props, versioned, [
        {
          path: "versioningConfiguration.status",
          accepts: (value) => value === "Enabled",
          unmet: "its versioning is not on: set versioningConfiguration.status of its BucketVersioning to Enabled",
        },
      ]),
    );
  // The property of earlier versions of the provider, one block or a list of one.
  for (const path of ["versioning.enabled", "versionings.0.enabled"]) {
    const own = known(resource.props, path);
    if (own.state === "unknown") return undetermined(`${path} is known after deployment only`);
    if (own.state === "value" && own.value === true) return pass(versioned);
  }
  return stack.ofType(versioning).some((one) => pointsAnywhere(one, "bucket", stack))
    ? undetermined("which bucket a BucketVersioning is for is known after deployment only")
    : fail("it keeps no versions: give it an aws.s3.BucketVersioning with status Enabled");
}

const blobService = "azure-native:storage:BlobServiceProperties";
const container = "azure-native:storage:BlobContainer";
const otherStores = ["Queue", "Table", "FileShare"].map((kind) => `azure-native:storage:${kind}`);

function storageAccount(resource: ResourceView, stack: StackView): Finding | Finding[] | undefined {
  const has = (types: readonly string[]) => pointingAt(resource, "accountName", stack, types).length > 0;
  if (!has([container]) && has(otherStores)) return undefined;
  if (holdsCode(resource, stack)) return pass("it holds a function app's code and state, which are made again");
  const services = pointingAt(resource, "accountName", stack, [blobService]);
  if (services.length === 0)
    return stack.ofType(blobService).some((one) => pointsAnywhere(one, "accountName", stack))
      ? undetermined("which account a BlobServiceProperties is for is known after deployment only")
      : fail("blobs that are overwritten or deleted are gone: give it a storage.BlobServiceProperties");
  // Accounts with a file system keep no versions.
  const hierarchical = valueAt(resource.props, "isHnsEnabled") === true;
  return services.flatMap(({ props }) =>
    demands(props, `${versioned}, or can be undeleted`, [
      ...(hierarchical
        ? []
        : [
            {
              path: "isVersioningEnabled",
              accepts: isTrue,
              unmet: "overwritten blobs are gone: set isVersioningEnabled of its BlobServiceProperties to true",
            },
          ]),
      ...kept("deleteRetentionPolicy", "deleted blobs"),
      {
        path: "deleteRetentionPolicy.allowPermanentDelete",
        accepts: (value) => value === undefined || value === false,
        unmet:
          "what is deleted can be deleted for good: set deleteRetentionPolicy.allowPermanentDelete of its BlobServiceProperties to false",
      },
      ...kept("containerDeleteRetentionPolicy", "deleted containers"),
    ]),
  );
}

/** What is deleted stays for some days. */
const kept = (policy: string, what: string): Demand[] => [
  {
    path: `${policy}.enabled`,
    accepts: isTrue,
    unmet: `${what} are gone: set ${policy}.enabled of its BlobServiceProperties to true`,
  },
  {
    path: `${policy}.days`,
    accepts: isPositive,
    unmet: `${what} are kept for no stated time: set ${policy}.days of its BlobServiceProperties`,
  },
];

function gcs({ props }: ResourceView): Finding {
  const states = ["versioning.enabled", "softDeletePolicy.retentionDurationSeconds"].map((path) => known(props, path));
  const [on, soft] = states.map((found) => (found.state === "value" ? found.value : undefined));
  if (on === true || isPositive(soft)) return pass(`${versioned}, or can be undeleted`);
  if (states.some(({ state }) => state === "unknown"))
    return undetermined("versioning or softDeletePolicy is known after deployment only");
  return fail(
    "objects are not stated to outlive their deletion: set versioning.enabled, or softDeletePolicy.retentionDurationSeconds",
  );
}

export const versionedStores: Control = {
  id: "RES-06",
  title: "Object stores keep what is overwritten or deleted",
  why: "A bug, a mistaken lifecycle rule or an intruder deletes objects as fast as they can be listed. Versions and soft delete are what brings them back.",
  fix: "Keep versions: aws a BucketVersioning, azure BlobServiceProperties with versioning and soft delete, gcp versioning or softDeletePolicy.",
  severity: "medium",
  frameworks: {
    gdpr: ["Art. 5(1)(f)", "Art. 32(1)(b)", "Art. 32(1)(c)"],
    hipaa: ["164.308(a)(7)(ii)(A)", "164.312(c)(1)"],
    pciDss: [],
    soc2: ["A1.2", "C1.1"],
    cis: ["11.2"],
    nist80053: ["CP-9"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [{ types: ["aws:s3/bucket:Bucket"], judge: s3 }],
    azure: [{ types: ["azure-native:storage:StorageAccount"], judge: storageAccount }],
    gcp: [{ types: ["gcp:storage/bucket:Bucket"], judge: gcs }],
  },
};
