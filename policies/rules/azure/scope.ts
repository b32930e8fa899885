import { isUnknown, known } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { cloudOf } from "../../types";
import { demands, isTrue } from "../demands";
import { insteadOf, registeredGrants } from "../grants";
import { vouched } from "../vouched";
import { isResourceScope } from "./roles";

/** What gives a role of Cosmos DB to somebody. */
export const cosmosTypes = ["Sql", "Table", "Gremlin", "Cassandra"].map(
  (api) => `azure-native:cosmosdb:${api}Resource${api}RoleAssignment`,
);

/** What resources lie in, near and far. */
const containers = /^azure-native:(resources:ResourceGroup|management:ManagementGroup\w*|subscription:\w+)$/;

/** Azure: below a resource group. Cosmos data roles: below the account. */
export function assignment(resource: ResourceView, stack: StackView): Finding | Finding[] {
  const scope = known(resource.props, "scope");
  if (scope.state === "absent") return fail("it names no scope");
  const cosmos = resource.type.startsWith("azure-native:cosmosdb:");
  if (scope.state === "value") return azureScope(scope.value, cosmos);
  const sources = stack.dependencies(resource, "scope").map(({ type }) => type);
  const account = "azure-native:cosmosdb:DatabaseAccount";
  if (sources.length > 0 && sources.every((type) => containers.test(type)))
    return fail("its scope is a resource group, or more than that: assign it on the resource");
  if (sources.some((type) => cloudOf(type) === "azure" && !containers.test(type) && !(cosmos && type === account)))
    return pass("its scope is a resource of this stack, whose id is known after deployment");
  const grants = registeredGrants(resource, stack);
  if (!grants || grants.rendered.length === 0) return undetermined("its scope is known after deployment only");
  const note = insteadOf("its scope", grants);
  return grants.rendered.map(({ scope: registered, cosmosRole }) => {
    if (typeof registered !== "string" || isUnknown(registered))
      return undetermined(`${note}, which do not say the scope`);
    const { verdict, message } = azureScope(registered, cosmosRole !== undefined);
    return verdict === "fail" ? fail(`${note}: ${message}`) : pass(`${note}: each names its resource`);
  });
}

function azureScope(scope: unknown, cosmos: boolean): Finding {
  if (typeof scope !== "string") return fail("its scope is no text");
  if (cosmos)
    return /\/(dbs|tables|keyspaces|graphs)\/[^/]+/i.test(scope)
      ? pass("its scope lies within the account")
      : fail("its scope is the whole account: name the database or container");
  return isResourceScope(scope)
    ? pass("its scope is a resource")
    : fail("its scope is wider than a resource: assign it on the resource");
}

/** An access policy beside a vault. */
export const accessPolicy = (): Finding =>
  fail("it holds for everything in the vault: assign a role on the key or secret");

/** Access policies of a vault hold for all its keys, or all its secrets. */
export const accessModel = (resource: ResourceView, stack: StackView): readonly Finding[] =>
  vouched(
    demands(resource.props, "what is in it takes role assignments of its own", [
      {
        path: "properties.enableRbacAuthorization",
        accepts: isTrue,
        unmet: "its access policies hold for everything in it: set properties.enableRbacAuthorization to true",
      },
    ]),
    resource,
    stack,
  );

const contained = ["azure-native:apimanagement:Api", "azure-native:apimanagement:Product"];

/** A key of API Management opens one API, one product, or everything there is. */
export function subscription(resource: ResourceView, stack: StackView): Finding | Finding[] {
  const scope = known(resource.props, "scope");
  if (scope.state === "unknown" && stack.dependencies(resource, "scope").some(({ type }) => contained.includes(type)))
    return pass("its scope is an API or product of this stack, whose id is known after deployment");
  return demands(resource.props, "it opens one API or product", [
    {
      path: "scope",
      accepts: (value) => typeof value === "string" && /\/(apis|products)\/[^/]+/i.test(value),
      unmet: "it opens every API: set scope to the id of one API or product",
    },
  ]);
}
