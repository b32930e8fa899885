import { isUnknown, known, valueAt } from "../known";
import { type Control, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import {
  broadPolicies,
  identityDocuments,
  identityPolicyTypes,
  resourceDocuments,
  resourcePolicyTypes,
  trustDocuments,
} from "../rules/aws-policies";
import { cannotBeScoped, hasWildcard, isAccountRoot, parsePolicy, type Statement } from "../rules/aws-policy-document";
import { broadRole as broadAzureRole } from "../rules/azure-roles";
import { texts } from "../rules/expect";
import { bindingsOf, gcpIam } from "../rules/gcp-iam";
import { broadRole as broadGcpRole } from "../rules/gcp-roles";
import { insteadOf, type Registered, registeredGrants } from "../rules/grants";

type Judge = (statement: Statement, resource: ResourceView) => string | undefined;

function negations({ notActions, notResources, notPrincipals }: Statement): string | undefined {
  if (notActions.length > 0) return "Allow with NotAction grants everything else: list the actions";
  if (notResources.length > 0) return "Allow with NotResource grants everything else: list the resources";
  return notPrincipals.length > 0 ? "Allow with NotPrincipal admits everybody else: list the principals" : undefined;
}

function actionFault(actions: readonly string[]): string | undefined {
  return actions.some(hasWildcard) ? "an action holds a wildcard: list the actions that are used" : undefined;
}

function resourceFault(actions: readonly string[], resources: readonly string[]): string | undefined {
  return resources.some((one) => one === "*") && !cannotBeScoped(actions)
    ? "Resource is *: name the resource"
    : undefined;
}

const identityStatement: Judge = (statement) =>
  negations(statement) ?? actionFault(statement.actions) ?? resourceFault(statement.actions, statement.resources);

const trustStatement: Judge = (statement) =>
  negations(statement) ??
  actionFault(statement.actions) ??
  (statement.principals.includes("*") ? "anyone may assume the role: name the principal" : undefined);

/** In a policy of the resource itself Resource adds nothing, and a key hands its administration to the account. */
const resourceStatement: Judge = (statement, { type }) => {
  const administration =
    type.startsWith("aws:kms/") && statement.principals.length > 0 && statement.principals.every(isAccountRoot);
  if (administration) return negations(statement);
  const open = statement.principals.includes("*") && !statement.conditional;
  return (
    negations(statement) ??
    actionFault(statement.actions) ??
    (open ? "Principal is * without a condition: name who is admitted" : undefined)
  );
};

function document(content: unknown, resource: ResourceView, stack: StackView, judge: Judge): Finding {
  const parsed = parsePolicy(content);
  if (parsed.state === "malformed") return fail(`its policy document cannot be read: ${parsed.fault}`);
  if (parsed.state === "unknown") return fromGrants(registeredGrants(resource, stack));
  for (const [index, statement] of parsed.statements.entries()) {
    if (!statement.allow) continue;
    const fault = judge(statement, resource);
    if (fault !== undefined) return fail(`statement ${index + 1}: ${fault}`);
    if (statement.actions.some(isUnknown))
      return undetermined(`statement ${index + 1}: an action is known after deployment only`);
  }
  return pass("its statements hold no wildcard");
}

/** The grants of the owning component in place of a document that is unknown until deployment. */
function fromGrants(grants: Registered | undefined): Finding {
  if (!grants)
    return undetermined("its policy document is known after deployment only, and no component registers grants for it");
  const note = insteadOf("its policy document", grants);
  for (const rendered of grants.rendered) {
    const [actions, resources] = [texts(rendered.actions), texts(rendered.resource)];
    if (!actions || !resources || actions.length === 0 || actions.some(isUnknown))
      return undetermined(`${note}, which do not say the actions`);
    const fault = actionFault(actions) ?? resourceFault(actions, resources);
    if (fault !== undefined) return fail(`${note}: ${fault}`);
  }
  return pass(`${note}: no wildcard`);
}

function attachment(resource: ResourceView, stack: StackView): Finding {
  const policy = known(resource.props, "policyArn");
  if (policy.state === "unknown")
    return stack.dependencies(resource, "policyArn").some(({ type }) => type === "aws:iam/policy:Policy")
      ? pass("it attaches a policy of this stack, which is judged by itself")
      : undetermined("policyArn is known after deployment only");
  return policy.state === "value" && typeof policy.value === "string"
    ? managed([policy.value])
    : fail("it attaches no policy");
}

function managed(arns: readonly unknown[]): Finding {
  return arns.some((arn) => typeof arn === "string" && broadPolicies.test(arn))
    ? fail("it attaches a managed policy of full access or administration: write the statements that are used")
    : pass("it attaches no managed policy of full access");
}

function role(resource: ResourceView, stack: StackView): Finding[] {
  const attached = known(resource.props, "managedPolicyArns");
  return [
    ...trustDocuments(resource).map((content) => document(content, resource, stack, trustStatement)),
    ...(attached.state === "value"
      ? [Array.isArray(attached.value) ? managed(attached.value) : fail("managedPolicyArns is no list")]
      : []),
  ];
}

function assignment(resource: ResourceView, stack: StackView): Finding {
  const role = known(resource.props, "roleDefinitionId");
  if (role.state === "absent") return fail("it assigns no role");
  if (role.state === "value") return azureRole(role.value);
  if (
    stack
      .dependencies(resource, "roleDefinitionId")
      .some(({ type }) => type === "azure-native:authorization:RoleDefinition")
  )
    return pass("it assigns a role defined in this stack, which is judged by itself");
  const grants = registeredGrants(resource, stack);
  if (!grants)
    return undetermined("roleDefinitionId is known after deployment only, and no component registers grants for it");
  const note = insteadOf("roleDefinitionId", grants);
  const roles = grants.rendered.map((rendered) => rendered.role ?? rendered.cosmosRole);
  if (!roles.every((one) => typeof one === "string" && !isUnknown(one)))
    return undetermined(`${note}, which do not say the role`);
  const worst = roles.map(azureRole).find(({ verdict }) => verdict === "fail");
  return worst ? fail(`${note}: ${worst.message}`) : pass(`${note}: no broad role`);
}

function azureRole(role: unknown): Finding {
  if (typeof role !== "string" || role === "") return fail("its role is no text");
  const broad = broadAzureRole(role);
  return broad === undefined
    ? pass("its role is no broad one")
    : fail(`role ${broad} is broader than any workload needs: use a data role`);
}

function definition({ props }: ResourceView): Finding {
  const permissions = known(props, "permissions");
  if (permissions.state === "unknown") return undetermined("permissions are known after deployment only");
  if (permissions.state === "absent" || !Array.isArray(permissions.value)) return fail("it has no list of permissions");
  for (const permission of permissions.value) {
    if (isUnknown(permission)) return undetermined("a permission is known after deployment only");
    for (const kind of ["actions", "dataActions"]) {
      const found = known(permission, kind);
      if (found.state === "unknown") return undetermined(`${kind} are known after deployment only`);
      const actions = found.state === "absent" ? [] : texts(found.value);
      if (!actions) return fail(`${kind} is no list of texts`);
      if (actions.some(hasWildcard)) return fail(`${kind} hold a wildcard: list the actions that are used`);
    }
  }
  return pass("its actions hold no wildcard");
}

/** Access policies of a vault know the word `all`. */
function vault({ props }: ResourceView): Finding | undefined {
  const policies = known(props, "properties.accessPolicies");
  if (policies.state === "absent") return undefined;
  if (policies.state === "unknown") return undetermined("accessPolicies are known after deployment only");
  if (!Array.isArray(policies.value)) return fail("accessPolicies is no list");
  const kinds = ["keys", "secrets", "certificates", "storage"];
  const lists = policies.value.flatMap((policy) => kinds.map((kind) => valueAt(policy, `permissions.${kind}`)));
  return lists.some((one) => (texts(one) ?? []).some((word) => word.toLowerCase() === "all"))
    ? fail("an access policy grants all: list the permissions that are used")
    : pass("its access policies list their permissions");
}

function gcpBinding(resource: ResourceView): Finding {
  const bindings = bindingsOf(resource);
  if (bindings === "unknown") return undetermined("policyData is known after deployment only");
  for (const { role } of bindings) {
    const fault = role === undefined ? undefined : broadGcpRole(role);
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
      {
        types: identityPolicyTypes,
        judge: (resource, stack) =>
          identityDocuments(resource).map((content) => document(content, resource, stack, identityStatement)),
      },
      { types: ["aws:iam/role:Role"], judge: role },
      {
        types: resourcePolicyTypes,
        judge: (resource, stack) =>
          resourceDocuments(resource).map((content) => document(content, resource, stack, resourceStatement)),
      },
      { types: /^aws:iam\/(role|user|group)?policyAttachment:/i, judge: attachment },
    ],
    azure: [
      { types: ["azure-native:authorization:RoleAssignment"], judge: assignment },
      {
        types: ["azure-native:authorization:RoleDefinition", "azure-native:cosmosdb:SqlResourceSqlRoleDefinition"],
        judge: definition,
      },
      { types: ["azure-native:keyvault:Vault"], judge: vault },
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
