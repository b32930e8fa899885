import { hasUnknown, isUnknown, known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { texts } from "../expect";
import { hasWildcard } from "../globs";
import { insteadOf, registeredGrants } from "../grants";
import { delegated } from "./delegation";
import { broadRole } from "./roles";

export function assignment(resource: ResourceView, stack: StackView): Finding | Finding[] {
  const role = known(resource.props, "roleDefinitionId");
  if (role.state === "absent") return fail("it assigns no role");
  if (role.state === "value") return azureRole(role.value);
  if (
    stack
      .dependencies(resource, "roleDefinitionId")
      .some(({ type }) => type === "azure-native:authorization:RoleDefinition")
  )
    return pass("it assigns a role defined in this stack, which is judged by itself");
  return fromGrants("roleDefinitionId", resource, stack);
}

/** The roles that the owning component registers, in place of what is unknown until deployment. */
function fromGrants(what: string, resource: ResourceView, stack: StackView): Finding[] {
  const grants = registeredGrants(resource, stack);
  if (!grants)
    return [undetermined(`${what} is known after deployment only, and no component registers grants for it`)];
  const note = insteadOf(what, grants);
  const findings = grants.rendered.map(({ role, cosmosRole }) => {
    // Cosmos DB's own roles reach data only: its `contributor` is no Contributor.
    if (cosmosRole === "reader" || cosmosRole === "contributor") return pass(`${note}: no broad role`);
    if (typeof role !== "string" || isUnknown(role)) return undetermined(`${note}, which do not say the role`);
    const { verdict, message } = azureRole(role);
    return verdict === "fail" ? fail(`${note}: ${message}`) : pass(`${note}: no broad role`);
  });
  return findings.length > 0 ? findings : [pass(note)];
}

function azureRole(role: unknown): Finding {
  if (typeof role !== "string" || role === "") return fail("its role is no text");
  const broad = broadRole(role);
  return broad === undefined
    ? pass("its role is no broad one")
    : fail(`role ${broad} is broader than any workload needs: use a data role`);
}

export function definition({ props }: ResourceView): Finding[] {
  const permissions = known(props, "permissions");
  if (permissions.state === "unknown") return [undetermined("permissions are known after deployment only")];
  if (permissions.state === "absent" || !Array.isArray(permissions.value))
    return [fail("it has no list of permissions")];
  return permissions.value.flatMap((permission) =>
    ["actions", "dataActions"].map((kind) => actionList(permission, kind)),
  );
}

function actionList(permission: unknown, kind: string): Finding {
  const found = known(permission, kind);
  if (isUnknown(permission) || found.state === "unknown")
    return undetermined(`${kind} are known after deployment only`);
  const actions = found.state === "absent" ? [] : texts(found.value);
  if (!actions) return fail(`${kind} is no list of texts`);
  return actions.some(hasWildcard)
    ? fail(`${kind} hold a wildcard: list the actions that are used`)
    : pass("its actions hold no wildcard");
}

/** Lighthouse hands roles to another tenant. */
export const delegation = (resource: ResourceView): readonly Finding[] => delegated(resource, azureRole);

const kinds = ["keys", "secrets", "certificates", "storage"];

/** Access policies of a vault know the word `all`; who may purge takes away what nobody brings back. */
function policyFault(policy: unknown): string | undefined {
  const words = kinds
    .flatMap((kind) => texts(valueAt(policy, `permissions.${kind}`)) ?? [])
    .map((one) => one.toLowerCase());
  if (words.includes("all")) return "an access policy grants all: list the permissions that are used";
  return words.includes("purge")
    ? "an access policy lets its holder purge what is deleted: leave purge out"
    : undefined;
}

/** An access policy beside its vault. */
export function accessPolicy({ props }: ResourceView): Finding {
  const policy = known(props, "policy");
  if (policy.state === "absent") return fail("it has no policy");
  const fault = policy.state === "value" ? policyFault(policy.value) : undefined;
  if (fault !== undefined) return fail(fault);
  const permissions = known(props, "policy.permissions");
  return permissions.state === "unknown" || hasUnknown(permissions.state === "value" ? permissions.value : undefined)
    ? undetermined("its permissions are known after deployment only")
    : pass("it lists its permissions");
}

/** The policies that a vault has from the start. */
export function vault(resource: ResourceView, stack: StackView): Finding | Finding[] | undefined {
  const policies = known(resource.props, "properties.accessPolicies");
  if (policies.state === "absent") return undefined;
  if (policies.state === "unknown") return fromGrants("its access policies", resource, stack);
  if (!Array.isArray(policies.value)) return fail("accessPolicies is no list");
  const fault = policies.value.map(policyFault).find((one) => one !== undefined);
  return fault !== undefined ? fail(fault) : pass("its access policies list their permissions");
}
