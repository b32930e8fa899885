import { known } from "../known";
import { type Control, type Finding, fail, pass, type ResourceView, undetermined } from "../model";
import { attachments, exclusive, identityPolicyTypes } from "../rules/aws/policies";
import { resourceDocuments, resourcePolicyTypes } from "../rules/aws/resource-policies";
import { attachment, document, identityPolicy, resourceStatement, role } from "../rules/aws/statements";
import { accessPolicy, assignment, definition, delegation, vault } from "../rules/azure/permissions";
import { assignmentTypes } from "../rules/azure/roles";
import { texts } from "../rules/expect";
import { bindingsOf, gcpIam } from "../rules/gcp/iam";
import { broadRole } from "../rules/gcp/roles";
import { hasWildcard } from "../rules/globs";

function gcpBinding(resource: ResourceView): Finding {
  const bindings = bindingsOf(resource);
  if (bindings === "unknown") return undetermined("policyData is known after deployment only");
  for (const { role } of bindings) {
    const fault = role === undefined ? undefined : broadRole(role);
    if (fault !== undefined) return fail(`its role is ${fault}: use the role of the one operation`);
  }
  return bindings.some(({ role }) => role === undefined)
    ? undetermined("its role is known after deployment only")
    : pass("its role is no broad one");
}

function customRole({ props }: ResourceView): Finding {
  const found = known(props, "permissions");
  if (found.state === "unknown") return undetermined("permissions are known after deployment only");
  const permissions = found.state === "value" ? texts(found.value) : undefined;
  if (!permissions) return fail("it has no list of permissions");
  return permissions.some(hasWildcard)
    ? fail("its permissions hold a wildcard")
    : pass("its permissions hold no wildcard");
}

export const wildcards: Control = {
  id: "IAM-02",
  title: "No permission by wildcard, basic role or role of administration",
  why: "A wildcard grants what nobody asked for, and grows with every new action of the service.",
  fix: "Grant the operations that the code calls: actions in full, data roles instead of Owner or Contributor, predefined roles of one operation.",
  severity: "critical",
  frameworks: {
    gdpr: ["Art. 25(2)", "Art. 32(1)(b)"],
    hipaa: ["164.308(a)(4)(ii)(B)", "164.312(a)(1)", "164.502(b)"],
    pciDss: ["7.2.1", "7.2.2", "7.2.5"],
    soc2: ["CC6.1", "CC6.3"],
    cis: ["3.3", "6.8"],
    nist80053: ["AC-6", "AC-6(1)", "AC-6(10)"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [
      { types: identityPolicyTypes, judge: identityPolicy },
      { types: ["aws:iam/role:Role"], judge: role },
      // What things may publish and read, by topics: these are no resources of a stack.
      { types: ["aws:iot/policy:Policy"], judge: identityPolicy },
      {
        types: resourcePolicyTypes,
        judge: (resource, stack) =>
          resourceDocuments(resource).flatMap((content) => document(content, resource, stack, resourceStatement)),
      },
      { types: attachments, judge: (resource, stack) => attachment(resource, stack) },
      { types: exclusive, judge: (resource, stack) => attachment(resource, stack, "policyArns") },
      {
        types: ["aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"],
        judge: (resource, stack) => attachment(resource, stack, "managedPolicyArn"),
      },
      {
        types: ["aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive"],
        judge: (resource, stack) => attachment(resource, stack, "managedPolicyArns"),
      },
    ],
    azure: [
      { types: assignmentTypes, judge: assignment },
      { types: ["azure-native:managedservices:RegistrationDefinition"], judge: delegation },
      {
        types: ["azure-native:authorization:RoleDefinition", "azure-native:cosmosdb:SqlResourceSqlRoleDefinition"],
        judge: definition,
      },
      { types: ["azure-native:keyvault:Vault"], judge: vault },
      { types: ["azure-native:keyvault:AccessPolicy"], judge: accessPolicy },
    ],
    gcp: [
      { types: gcpIam, judge: gcpBinding },
      {
        types: ["gcp:projects/iAMCustomRole:IAMCustomRole", "gcp:organizations/iAMCustomRole:IAMCustomRole"],
        judge: customRole,
      },
    ],
  },
};
