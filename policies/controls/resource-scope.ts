import { hasUnknown, valueAt } from "../known";
import { type Control, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { attachments, exclusive, identityPolicyTypes } from "../rules/aws/policies";
import { identityPolicies, managed } from "../rules/aws/scope";
import { assignmentTypes } from "../rules/azure/roles";
import { accessModel, accessPolicy, assignment, cosmosTypes, subscription } from "../rules/azure/scope";
import { list, texts } from "../rules/expect";
import { type Cel, everyWay, parseCel } from "../rules/gcp/cel";
import { aboveResources, bindingsOf } from "../rules/gcp/iam";
import { boundOf, isProjectOnly } from "../rules/gcp/roles";

/** A condition that holds for one resource: its name, or what begins with its name, and no way around. */
function holdsTo(name: RegExp, condition: unknown): boolean {
  const expression = valueAt(condition, "expression");
  return typeof expression === "string" && everyWay(parseCel(expression), (test) => comparesName(test, name));
}

function comparesName(test: Cel, name: RegExp): boolean {
  const [subject, ...compared] =
    test.kind === "binary" && test.op === "=="
      ? [test.left, test.right]
      : test.kind === "call" && test.name === "startsWith"
        ? [test.on, ...test.args]
        : [];
  const sides = subject ? [subject, ...compared] : [];
  return (
    sides.some((side) => side.kind === "name" && side.path === "resource.name") &&
    sides.some((side) => side.kind === "literal" && name.test(String(side.value)))
  );
}

/** Google Cloud's own roles on projects: telemetry, and what a condition binds to one resource. */
function projectBinding(resource: ResourceView, stack: StackView): Finding | Finding[] {
  const bindings = bindingsOf(resource);
  if (bindings === "unknown") return undetermined("policyData is known after deployment only");
  return bindings.map(({ role, condition }) => {
    if (role === undefined) return undetermined("its role is known after deployment only");
    const bound = boundOf(role);
    if (isProjectOnly(role))
      return resource.type.startsWith("gcp:projects/")
        ? pass("its role is given on projects only")
        : fail("its role holds for every project in it: grant it on the project");
    if (!bound) return fail("its role holds for the whole project: grant it on the resource");
    if (holdsTo(bound.name, condition)) return pass("its role is bound to one resource by a condition");
    if (!hasUnknown(condition))
      return fail("its role holds for everything of its kind in the project: add a condition on resource.name");
    return stack.dependencies(resource, "condition").some(({ type }) => type === bound.from)
      ? pass("its role is bound by a condition on a resource of this stack, whose name is known after deployment")
      : undetermined("its condition is known after deployment only, and does not come from a resource of its kind");
  });
}

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
      { types: identityPolicyTypes, judge: identityPolicies },
      { types: attachments, judge: ({ props }) => managed([valueAt(props, "policyArn")]) },
      { types: exclusive, judge: ({ props }) => managed(list(valueAt(props, "policyArns"))) },
      {
        types: ["aws:iam/role:Role"],
        judge: ({ props }) => {
          const attached = valueAt(props, "managedPolicyArns");
          return Array.isArray(attached) ? managed(attached) : undefined;
        },
      },
    ],
    azure: [
      { types: [...assignmentTypes, ...cosmosTypes], judge: assignment },
      { types: ["azure-native:keyvault:Vault"], judge: accessModel },
      { types: ["azure-native:keyvault:AccessPolicy"], judge: accessPolicy },
      { types: ["azure-native:apimanagement:Subscription"], judge: subscription },
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
