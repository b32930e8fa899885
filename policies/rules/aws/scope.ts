import { hasUnknown, isUnknown } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { cloudOf } from "../../types";
import { texts } from "../expect";
import { insteadOf, registeredGrants } from "../grants";
import { isExactArn } from "./arns";
import { broadPolicies, identityDocuments, identityPolicyPath, isBoundary } from "./policies";
import { parsePolicy } from "./policy-document";

const patternFault = "Resource is a pattern over many resources: name the one";

/** `*` alone is judged by IAM-02, which knows the actions that allow nothing else. */
const inexact = (resources: readonly string[]) =>
  resources.some((one) => !isUnknown(one) && one !== "*" && !isExactArn(one));

/** ARNs that are not known yet come from resources; a property that depends on none could hold anything. */
const comesFromResources = (resource: ResourceView, stack: StackView, property: string) =>
  stack.dependencies(resource, property).some(({ type }) => cloudOf(type) !== undefined);

export function identityPolicies(resource: ResourceView, stack: StackView): Finding[] {
  if (isBoundary(resource, stack)) return [pass("it bounds permissions and grants none")];
  return identityDocuments(resource).map((content) => identityPolicy(content, resource, stack));
}

function identityPolicy(content: unknown, resource: ResourceView, stack: StackView): Finding {
  const property = identityPolicyPath(resource);
  const parsed = parsePolicy(content);
  // IAM-02 reports documents that cannot be read, and NotResource.
  if (parsed.state === "malformed") return pass("no resource pattern can be read in it");
  const allowed = parsed.statements.filter(({ allow }) => allow);
  for (const [index, { resources, notResources }] of allowed.entries()) {
    if (resources.length + notResources.length === 0) return fail(`allowing statement ${index + 1} names no resource`);
    if (inexact(resources)) return fail(`allowing statement ${index + 1}: ${patternFault}`);
  }
  if (parsed.state === "unknown") return fromGrants(resource, stack, property);
  return !hasUnknown(allowed.map(({ resources }) => resources)) || comesFromResources(resource, stack, property)
    ? pass("its statements name their resources")
    : undetermined("a Resource is known after deployment only");
}

function fromGrants(resource: ResourceView, stack: StackView, property: string): Finding {
  const grants = registeredGrants(resource, stack);
  if (!grants)
    return undetermined("its policy document is known after deployment only, and no component registers grants for it");
  const note = insteadOf("its policy document", grants);
  const resources = grants.rendered.map((rendered) => texts(rendered.resource));
  if (!resources.every((one) => one !== undefined)) return undetermined(`${note}, which do not say the resource`);
  if (inexact(resources.flat())) return fail(`${note}: ${patternFault}`);
  return resources.flat().some(isUnknown) && !comesFromResources(resource, stack, property)
    ? undetermined(`${note}, whose resources are known after deployment too`)
    : pass(`${note}: each names its resource`);
}

/** Managed policies of AWS hold for every resource of the account; those of full access are IAM-02's. */
export function managed(arns: readonly unknown[]): Finding {
  const wide = arns.some(
    (arn) => typeof arn === "string" && /^arn:aws[a-z-]*:iam::aws:policy\//.test(arn) && !broadPolicies.test(arn),
  );
  return wide
    ? fail("it attaches a policy of AWS's, which covers every resource of the account: write the statements")
    : pass("it attaches no policy of AWS's own");
}
