/** What resources of AWS give to roles by themselves: policies that name a role, and grants of keys. */
import { known, valueAt } from "../../known";
import type { ResourceView, StackView } from "../../model";
import { type Held, type Permission, whereOf } from "../edges";
import { list } from "../expect";
import { parsePolicy } from "./policy-document";
import { resourceDocuments, resourcePolicyPath, resourcePolicyTypes } from "./resource-policies";

const roleType = "aws:iam/role:Role";
const keyGrant = "aws:kms/grant:Grant";
export const givingTypes = [...resourcePolicyTypes, keyGrant];

/** Roles that an ARN may be of: those that the property comes from, and of these the one that it names. */
function rolesOf(resource: ResourceView, property: string, stack: StackView): readonly ResourceView[] {
  const [top = property] = property.split(".");
  return stack.dependencies(resource, top).filter(({ type }) => type === roleType);
}

const names = (arn: string, role: ResourceView): boolean => {
  const name = valueAt(role.props, "name");
  return typeof name === "string" ? arn.endsWith(`/${name}`) : arn.includes(":role/");
};

export function given(resource: ResourceView, stack: StackView): readonly Held[] {
  if (resource.type === keyGrant) return ofGrant(resource, stack);
  const roles = rolesOf(resource, resourcePolicyPath(resource.type), stack);
  return roles.flatMap((identity) =>
    resourceDocuments(resource).map((content) => ({ identity, permissions: inPolicy(content, identity) })),
  );
}

function inPolicy(content: unknown, role: ResourceView): readonly Permission[] | undefined {
  const parsed = parsePolicy(content);
  if (parsed.state === "unknown") return undefined;
  if (parsed.state === "malformed") return [];
  return parsed.statements
    .filter(({ allow, principals }) => allow && principals.some((one) => one.startsWith("AWS:") && names(one, role)))
    .flatMap(({ actions, resources }) =>
      actions.flatMap((what) => resources.map((one) => ({ what, where: one === "*" ? undefined : whereOf(one) }))),
    );
}

function ofGrant(grant: ResourceView, stack: StackView): readonly Held[] {
  const operations = known(grant.props, "operations");
  const key = valueAt(grant.props, "keyId");
  const where = typeof key === "string" && key.startsWith("arn:") ? whereOf(key) : undefined;
  const permissions =
    operations.state === "unknown"
      ? undefined
      : list(valueAt(grant.props, "operations")).map((one) => ({ what: `kms:${one}`, where }));
  return rolesOf(grant, "granteePrincipal", stack).map((identity) => ({ identity, permissions }));
}
