/** What Google Cloud's IAM resources have in common: a member, a list of them, or a policy as a whole. */

/** The role of one operation, by the beginning of the types that give it. */
const stores: Readonly<Record<string, string>> = {
  "pubsub/topicIAM": "roles/pubsub.publisher",
  "pubsub/subscriptionIAM": "roles/pubsub.subscriber",
  "storage/bucketIAM": "roles/storage.objectViewer",
  "storage/managedFolderIam": "roles/storage.objectViewer",
  "secretmanager/secretIam": "roles/secretmanager.secretAccessor",
  "bigquery/datasetIam": "roles/bigquery.dataViewer",
  "kms/cryptoKeyIAM": "roles/cloudkms.cryptoKeyEncrypterDecrypter",
  "artifactregistry/repositoryIam": "roles/artifactregistry.reader",
};
const called: Readonly<Record<string, string>> = {
  "cloudrunv2/serviceIam": "roles/run.invoker",
  "cloudrunv2/jobIam": "roles/run.invoker",
  "cloudrun/iam": "roles/run.invoker",
  "cloudfunctionsv2/functionIam": "roles/cloudfunctions.invoker",
  "cloudfunctions/functionIam": "roles/cloudfunctions.invoker",
};
const accounts: Readonly<Record<string, string>> = { "serviceaccount/iAM": "roles/iam.workloadIdentityUser" };

/** On projects, folders and organizations: a role that exists there only. */
const above: Readonly<Record<string, string>> = {
  "projects/iAM": "roles/logging.logWriter",
  "folder/iAM": "roles/logging.logWriter",
  "organizations/iAM": "roles/logging.logWriter",
};

export const iamOf = { stores, called, above, all: { ...stores, ...called, ...accounts, ...above } };

const kinds = ["Member", "Binding", "Policy"] as const;
type Kind = (typeof kinds)[number];

function typeOf(start: string, kind: Kind): string {
  const [module, name = ""] = start.split("/");
  return `gcp:${module}/${name}${kind}:${name[0]?.toUpperCase()}${name.slice(1)}${kind}`;
}

const written = (code: (kind: Kind, role: string) => string, of: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(of).flatMap(([start, role]) => kinds.map((kind) => [typeOf(start, kind), code(kind, role)])),
  );

const policy = (role: string, member: string) =>
  `policyData: gcp.organizations.getIAMPolicyOutput({ bindings: [{ role: "${role}", members: [${member}] }] }).policyData`;

/** Who is given a role. */
export const memberIs = (member: string, of: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  written(
    (kind, role) =>
      kind === "Member" ? `member: ${member}` : kind === "Binding" ? `members: [${member}]` : policy(role, member),
    of,
  );

/** Which role is given. */
export const roleOfOne = (of: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  written((kind, role) => (kind === "Policy" ? policy(role, "own.member") : `role: "${role}"`), of);

/** Every IAM type of these. */
export const iamTypes = (of: Readonly<Record<string, string>>): readonly string[] =>
  Object.keys(of).flatMap((start) => kinds.map((kind) => typeOf(start, kind)));
