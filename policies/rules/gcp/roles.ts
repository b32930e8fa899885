/** Google Cloud roles: which are too broad, and which exist for whole projects only. */

const basic = new Set(
  ["owner", "editor", "viewer", "browser", "admin", "writer", "reader"].map((name) => `roles/${name}`),
);
/** To write what is stored there is no narrower role. */
const ofData = /^roles\/(bigquery\.data|healthcare\.(fhirResource|dicom|hl7V2))Editor$/;

/** Why a role is too broad; undefined for any other. Administration and ownership come under many names. */
export function broadRole(role: string): string | undefined {
  if (basic.has(role)) return "a basic role of the whole project";
  if (!ofData.test(role) && /^roles\/.*(admin|owner|editor)(\.v\d+)?$/i.test(role)) return "a role of administration";
  return undefined;
}

/** Roles of telemetry, of platform events and of services whose resources have no policies: Google Cloud grants them on projects only. */
const projectOnly = new Set([
  "roles/logging.logWriter",
  "roles/monitoring.metricWriter",
  "roles/cloudtrace.agent",
  "roles/telemetry.tracesWriter",
  "roles/telemetry.writer",
  "roles/eventarc.eventReceiver",
  "roles/errorreporting.writer",
  "roles/cloudprofiler.agent",
  "roles/serviceusage.serviceUsageConsumer",
  "roles/bigquery.jobUser",
  "roles/bigquery.readSessionUser",
  "roles/workflows.invoker",
  "roles/aiplatform.user",
]);

/** What a condition on a project's binding must hold to: the kind of name, and the type that it comes from. */
interface Bound {
  readonly name: RegExp;
  readonly from: string;
}
const database: Bound = { name: /\/databases\/[^"'/]+/, from: "gcp:firestore/database:Database" };
const instance: Bound = {
  name: /^projects\/[^/]+\/instances\/[^"'/]+/,
  from: "gcp:sql/databaseInstance:DatabaseInstance",
};
const bucket: Bound = { name: /projects\/_\/buckets\/[^"'/]+/, from: "gcp:storage/bucket:Bucket" };

/**
 * Roles that are given on the project under a condition that names the resource, for want of a policy to add them to:
 * Firestore and Cloud SQL have none, and the bucket that Cloud Run functions builds from comes with a region's first function.
 */
const bounds: Readonly<Record<string, Bound>> = {
  "roles/datastore.user": database,
  "roles/datastore.viewer": database,
  "roles/storage.objectViewer": bucket,
  "roles/cloudsql.client": instance,
  "roles/cloudsql.instanceUser": instance,
};

/** Made for the accounts by which Google's services act in a project: each reaches whatever its service may need. */
export const isAgentRole = (role: string): boolean => /^roles\/.+serviceAgent$/i.test(role);
/** Accounts of Google's services in one's project. */
export const isAgent = (member: string): boolean =>
  /^serviceAccount:(service-\d+@[\w-]+\.iam|\d+@cloud(services|build))\.gserviceaccount\.com$/.test(member);

export const isProjectOnly = (role: string): boolean => projectOnly.has(role) || isAgentRole(role);
export const boundOf = (role: string): Bound | undefined => bounds[role];
