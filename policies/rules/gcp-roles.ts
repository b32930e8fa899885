/** Google Cloud roles: which are too broad, and which exist for whole projects only. */

const basic = new Set(["roles/owner", "roles/editor", "roles/viewer", "roles/browser"]);

/** Why a role is too broad; undefined for any other. Administration and ownership come under many names. */
export function broadRole(role: string): string | undefined {
  if (basic.has(role)) return "a basic role of the whole project";
  if (/^roles\/.*(admin|owner|editor)$/i.test(role)) return "a role of administration";
  return undefined;
}

/** Roles of telemetry and platform events, which Google Cloud grants on projects only. */
const projectOnly = new Set([
  "roles/logging.logWriter",
  "roles/monitoring.metricWriter",
  "roles/cloudtrace.agent",
  "roles/telemetry.tracesWriter",
  "roles/telemetry.writer",
  "roles/eventarc.eventReceiver",
]);

/** What a condition on a project's binding must hold to: the kind of name, and the type that it comes from. */
interface Bound {
  readonly name: RegExp;
  readonly from: string;
}
const database: Bound = { name: /\/databases\/[^"'/]+/, from: "gcp:firestore/database:Database" };
const bucket: Bound = { name: /projects\/_\/buckets\/[^"'/]+/, from: "gcp:storage/bucket:Bucket" };

/**
 * Roles that are given on the project under a condition that names the resource, for want of a policy to add them to:
 * Firestore has none, and the bucket that Cloud Run functions builds from comes with a region's first function.
 */
const bounds: Readonly<Record<string, Bound>> = {
  "roles/datastore.user": database,
  "roles/datastore.viewer": database,
  "roles/storage.objectViewer": bucket,
};

export const isProjectOnly = (role: string): boolean => projectOnly.has(role);
export const boundOf = (role: string): Bound | undefined => bounds[role];
