import { isObject, isUnknown, type Known, known } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { list } from "../expect";
import { annotation } from "./annotations";
import { bindingsOf, gcpIam, isPublic } from "./iam";

const services = "storage|pubsub|secretmanager|bigquery|bigtable|spanner|kms|artifactregistry|healthcare|sourcerepo";
/** IAM of what holds data: everything else is called. */
export const storeIam = new RegExp(`^(?=gcp:(${services})/)${gcpIam.source.slice(1)}`, "i");
export const callIam = new RegExp(`^(?!gcp:(${services})/)${gcpIam.source.slice(1)}`, "i");

/** A binding that names everyone, with or without an account. */
export function admitted(resource: ResourceView, stack: StackView): Finding {
  const bindings = bindingsOf(resource);
  if (bindings === "unknown") return undetermined("policyData is known after deployment only");
  if (bindings.some(({ members }) => members.some(isPublic)))
    return fail("it admits allUsers or allAuthenticatedUsers: name the service account that is to be admitted");
  if (!bindings.some(({ open }) => open)) return pass("it names who is admitted");
  const sources = [...stack.dependencies(resource, "member"), ...stack.dependencies(resource, "members")];
  return sources.some(({ type }) => identities.has(type))
    ? pass("it admits a service account of this stack, whose address is known after deployment")
    : undetermined("who it admits is known after deployment only");
}

/** Cloud Run lets anyone in whom it does not check. */
function checked(off: Known, setting: string): Finding {
  if (off.state === "unknown") return undetermined(`${setting} is known after deployment only`);
  return off.state === "absent" || String(off.value) === "false"
    ? pass("callers need the invoker role")
    : fail(`${setting} lets anyone call the service: leave it false`);
}

export const invokerChecked = ({ props }: ResourceView): Finding =>
  checked(known(props, "invokerIamDisabled"), "invokerIamDisabled");

export const knativeInvokerChecked = ({ props }: ResourceView): Finding =>
  checked(
    annotation(known(props, "metadata.annotations"), "run.googleapis.com/invoker-iam-disabled"),
    "the annotation run.googleapis.com/invoker-iam-disabled",
  );

const identities = new Set([
  "gcp:serviceaccount/account:Account",
  "gcp:projects/serviceIdentity:ServiceIdentity",
  "gcp:iam/workloadIdentityPool:WorkloadIdentityPool",
  "gcp:logging/projectSink:ProjectSink",
  "gcp:apigateway/gateway:Gateway",
]);

/** Access control lists: of a bucket, of its objects by default, of one object. */
export const aclTypes = [
  "gcp:storage/bucketACL:BucketACL",
  "gcp:storage/defaultObjectACL:DefaultObjectACL",
  "gcp:storage/objectACL:ObjectACL",
  "gcp:storage/bucketAccessControl:BucketAccessControl",
  "gcp:storage/defaultObjectAccessControl:DefaultObjectAccessControl",
  "gcp:storage/objectAccessControl:ObjectAccessControl",
];

/** Predefined lists with the public in them. */
const publicLists = /^(public|authenticated)Read/i;

export function accessList({ props }: ResourceView): Finding {
  const read = ["predefinedAcl", "defaultAcl", "roleEntities", "entity"].map((path) => known(props, path));
  // An entry is `READER:allUsers`.
  const entries = read.flatMap((one) => (one.state === "value" ? list([one.value].flat()) : [])).map(String);
  if (entries.some((entry) => publicLists.test(entry) || isPublic(entry.slice(entry.indexOf(":") + 1))))
    return fail("its list admits allUsers or allAuthenticatedUsers: use uniform bucket-level access and IAM instead");
  return read.some(({ state }) => state === "unknown") || entries.some(isUnknown)
    ? undetermined("its entries are known after deployment only")
    : pass("its list admits nobody at large");
}

/** BigQuery: a dataset's own list, or one entry of it. */
export function dataset({ type, props }: ResourceView): Finding {
  const one = type.endsWith(":DatasetAccess");
  const found = one ? ({ state: "value", value: [props] } as const) : known(props, "accesses");
  if (found.state === "unknown") return undetermined("accesses are known after deployment only");
  const entries = found.state === "value" ? list(found.value) : [];
  const admits = entries.some((entry) =>
    isObject(entry)
      ? [entry.iamMember, entry.specialGroup].some((who) => typeof who === "string" && isPublic(who))
      : false,
  );
  if (admits) return fail("its list admits allUsers or allAuthenticatedUsers: name who is to be admitted");
  return entries.some(
    (entry) => isUnknown(entry) || (isObject(entry) && [entry.iamMember, entry.specialGroup].some(isUnknown)),
  )
    ? undetermined("whom its list admits is known after deployment only")
    : pass("its list admits nobody at large");
}
