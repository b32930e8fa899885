import { hasUnknown, isUnknown, known, valueAt } from "../known";
import { type Control, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { broadPolicies, identityDocuments, identityPolicyTypes } from "../rules/aws-policies";
import { isExactArn, parsePolicy } from "../rules/aws-policy-document";
import { isResourceScope } from "../rules/azure-roles";
import { texts } from "../rules/expect";
import { bindingsOf } from "../rules/gcp-iam";
import { isProjectOnly, needsCondition } from "../rules/gcp-roles";
import { insteadOf, registeredGrants } from "../rules/grants";
import { cloudOf } from "../types";

const patternFault = "Resource is a pattern over many resources: name the one";

/** `*` alone is judged by IAM-02, which knows the actions that allow nothing else. */
const inexact = (resources: readonly string[]) =>
  resources.some((one) => !isUnknown(one) && one !== "*" && !isExactArn(one));

/** ARNs that are not known yet come from resources; a property that depends on none could hold anything. */
const comesFromResources = (resource: ResourceView, stack: StackView, property: string) =>
  stack.dependencies(resource, property).some(({ type }) => cloudOf(type) !== undefined);

function identityPolicy(content: unknown, resource: ResourceView, stack: StackView): Finding {
  const property = resource.type.endsWith(":Role") ? "inlinePolicies" : "policy";
  const parsed = parsePolicy(content);
  // IAM-02 reports documents that cannot be read, and NotResource.
  if (parsed.state === "malformed") return pass("no resource pattern can be read in it");
  if (parsed.state === "unknown") return fromGrants(resource, stack, property);
  const allowed = parsed.statements.filter(({ allow }) => allow);
  for (const [index, { resources, notResources }] of allowed.entries()) {
    if (resources.length + notResources.length === 0) return fail(`allowing statement ${index + 1} names no resource`);
    if (inexact(resources)) return fail(`allowing statement ${index + 1}: ${patternFault}`);
  }
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
function managed(arns: readonly unknown[]): Finding {
  const wide = arns.some(
    (arn) => typeof arn === "string" && /^arn:aws[a-z-]*:iam::aws:policy\//.test(arn) && !broadPolicies.test(arn),
  );
  return wide
    ? fail("it attaches a policy of AWS's, which covers every resource of the account: write the statements")
    : pass("it attaches no policy of AWS's own");
}

/** Azure: below a resource group. Cosmos data roles: below the account. */
function assignment(resource: ResourceView, stack: StackView): Finding {
  const scope = known(resource.props, "scope");
  if (scope.state === "absent") return fail("it names no scope");
  const cosmos = resource.type.startsWith("azure-native:cosmosdb:");
  if (scope.state === "value") return azureScope(scope.value, cosmos);
  const sources = stack.dependencies(resource, "scope").map(({ type }) => type);
  const account = "azure-native:cosmosdb:DatabaseAccount";
  const group = "azure-native:resources:ResourceGroup";
  if (sources.length > 0 && sources.every((type) => type === group))
    return fail("its scope is a resource group: assign it on the resource");
  if (sources.some((type) => cloudOf(type) === "azure" && type !== group && !(cosmos && type === account)))
    return pass("its scope is a resource of this stack, whose id is known after deployment");
  const grants = registeredGrants(resource, stack);
  const scopes =
    grants?.rendered.map((rendered) => rendered.scope).filter((one) => typeof one === "string" && !isUnknown(one)) ??
    [];
  if (!grants || scopes.length === 0) return undetermined("its scope is known after deployment only");
  const note = insteadOf("its scope", grants);
  const worst = scopes
    .map((one) => azureScope(one, /databaseAccounts|^\/dbs/i.test(String(one))))
    .find(({ verdict }) => verdict === "fail");
  return worst ? fail(`${note}: ${worst.message}`) : pass(`${note}: each names its resource`);
}

function azureScope(scope: unknown, cosmos: boolean): Finding {
  if (typeof scope !== "string") return fail("its scope is no text");
  if (cosmos)
    return /\/dbs\/[^/]+/i.test(scope)
      ? pass("its scope lies within the account")
      : fail("its scope is the whole account: name the database or container");
  return isResourceScope(scope)
    ? pass("its scope is a resource")
    : fail("its scope is wider than a resource: assign it on the resource");
}

function projectBinding(resource: ResourceView): Finding {
  const bindings = bindingsOf(resource);
  if (bindings === "unknown") return undetermined("policyData is known after deployment only");
  for (const { role, condition } of bindings) {
    if (role === undefined) return undetermined("its role is known after deployment only");
    if (isProjectOnly(role)) continue;
    const database = /resource\.name|database/i;
    const expression = valueAt(condition, "expression");
    const named = typeof expression === "string" && database.test(expression);
    if (needsCondition(role) && (named || hasUnknown(condition))) continue;
    return fail(
      needsCondition(role)
        ? "its role holds for every database of the project: add a condition on resource.name"
        : "its role holds for the whole project: grant it on the resource",
    );
  }
  return pass("its role exists on projects only, or is bound by a condition");
}

const aboveResources = /^gcp:(projects|folder|organizations)\/\w*?iam(Member|Binding|Policy):/i;

export const resourceScope: Control = {
  id: "IAM-03",
  title: "Permissions are granted on the resource, not on what contains it",
  why: "A permission on an account, resource group or project reaches everything in it, also what is added tomorrow.",
  fix: "Name the resource: the ARN in full, the resource id as scope, the resource's own IAM member.",
  severity: "high",
  frameworks: {
    gdpr: ["Art. 25(2)"],
    hipaa: ["164.308(a)(4)(ii)(B)", "164.502(b)"],
    pciDss: ["7.2.2", "7.2.5"],
    soc2: ["CC6.3"],
    cis: ["3.3", "6.8"],
    nist80053: ["AC-3", "AC-6"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [
      {
        types: identityPolicyTypes,
        judge: (resource, stack) =>
          identityDocuments(resource).map((content) => identityPolicy(content, resource, stack)),
      },
      {
        types: /^aws:iam\/(role|user|group)?policyAttachment:/i,
        judge: ({ props }) => managed([valueAt(props, "policyArn")]),
      },
      {
        types: ["aws:iam/role:Role"],
        judge: ({ props }) => {
          const attached = valueAt(props, "managedPolicyArns");
          return Array.isArray(attached) ? managed(attached) : undefined;
        },
      },
    ],
    azure: [
      {
        types: ["azure-native:authorization:RoleAssignment", "azure-native:cosmosdb:SqlResourceSqlRoleAssignment"],
        judge: assignment,
      },
      {
        types: ["azure-native:authorization:RoleDefinition"],
        judge: ({ props }) => {
          const scopes = texts(valueAt(props, "assignableScopes") ?? []);
          return scopes?.some((scope) => scope === "/" || /^\/providers\/Microsoft\.Management\//i.test(scope))
            ? fail("the role can be assigned above the subscription: narrow assignableScopes")
            : pass("the role can be assigned within the subscription only");
        },
      },
    ],
    gcp: [{ types: aboveResources, judge: projectBinding }],
  },
};
