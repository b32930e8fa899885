import { isObject, isUnknown, known } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { demands, isTrue } from "../demands";
import { expectProperty, list } from "../expect";
import { pointingAt, pointsAnywhere } from "../referred";

const block = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const accountBlock = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock";
export const blockTypes = [block, accountBlock];
const flags = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/** All four ways: lists and policies, those to come and those that are there. */
export const publicAccessBlock = ({ props }: ResourceView): Finding[] =>
  demands(
    props,
    "it blocks public access in all four ways",
    flags.map((path) => ({ path, accepts: isTrue, unmet: `it leaves a way to public access: set ${path} to true` })),
  );

/** A bucket is closed by a block of its own, or by one for the whole account; each block is judged by itself. */
export function bucket(resource: ResourceView, stack: StackView): Finding[] {
  return [blocked(resource, stack), accessList(resource)];
}

function blocked(resource: ResourceView, stack: StackView): Finding {
  if (pointingAt(resource, "bucket", stack, [block]).length > 0) return pass("its public access is blocked");
  if (stack.ofType(accountBlock).length > 0) return pass("public access is blocked in the whole account");
  return stack.ofType(block).some((one) => pointsAnywhere(one, "bucket", stack))
    ? undetermined("which bucket a public access block is for is known after deployment only")
    : fail("nothing blocks public access to it: add a BucketPublicAccessBlock with all four flags");
}

/** The provider's default is true for each, so only what is set counts. */
export const accessPoint = ({ props }: ResourceView): Finding[] =>
  demands(
    props,
    "it blocks public access",
    flags.map((flag) => ({
      path: `publicAccessBlockConfiguration.${flag}`,
      accepts: (value) => value === undefined || value === true,
      unmet: `it leaves a way to public access: remove publicAccessBlockConfiguration.${flag} or set it to true`,
    })),
  );

const closed = new Set([
  "private",
  "bucket-owner-read",
  "bucket-owner-full-control",
  "log-delivery-write",
  "aws-exec-read",
]);
const everyone = /\/groups\/global\/(AllUsers|AuthenticatedUsers)$/i;

/** Canned lists by name, and entries for groups of everyone. */
export function accessList({ props }: ResourceView): Finding {
  const canned = known(props, "acl");
  const entries = ["grants", "accessControlPolicy.grants"].map((path) => known(props, path));
  if (canned.state === "value" && !(typeof canned.value === "string" && closed.has(canned.value)))
    return fail("its acl is open to the public: remove it");
  const uris = entries.flatMap((one) => (one.state === "value" ? list(one.value) : [])).map(uriOf);
  if (uris.some((uri) => typeof uri === "string" && everyone.test(uri)))
    return fail("its access control list admits everyone: remove the grant");
  return [canned, ...entries].some(({ state }) => state === "unknown") || uris.some(isUnknown)
    ? undetermined("its access control list is known after deployment only")
    : pass("no access control list opens it");
}

function uriOf(grant: unknown): unknown {
  if (!isObject(grant)) return grant;
  if (isUnknown(grant.grantee)) return grant.grantee;
  return isObject(grant.grantee) ? grant.grantee.uri : grant.uri;
}

export const ownership = (resource: ResourceView): Finding =>
  expectProperty(resource, {
    path: "rule.objectOwnership",
    accepts: (value) => value === "BucketOwnerEnforced",
    met: "access control lists are off",
    unmet: "access control lists are on: set rule.objectOwnership to BucketOwnerEnforced",
  });
