/** Roles and permissions by which an identity can give itself others, or act as another (Google Cloud). */
import { known } from "../../known";
import { type Finding, fail, pass, type ResourceView, undetermined } from "../../model";
import { texts } from "../expect";
import { coveredBy } from "../globs";
import { isDefaultAccount } from "./default-accounts";
import { bindingsOf } from "./iam";
import { isAgent, isAgentRole } from "./roles";

const iam = (...roles: readonly string[]) => roles.map((role) => `roles/iam.${role}`);
/** On a project and above, where they hold for every account in it. On one account the first three are how it is shared. */
const roles = new Set([
  ...iam("serviceAccountTokenCreator", "serviceAccountUser", "workloadIdentityUser"),
  ...iam("serviceAccountOpenIdTokenCreator", "serviceAccountAdmin", "serviceAccountKeyAdmin", "securityAdmin"),
  ...iam("roleAdmin", "organizationRoleAdmin", "workloadIdentityPoolAdmin"),
  ...iam("workforcePoolAdmin", "serviceAccountApiKeyBindingAdmin", "denyAdmin", "principalAccessBoundaryAdmin"),
  ...["owner", "editor", "admin", "writer"].map((name) => `roles/${name}`),
  "roles/resourcemanager.projectIamAdmin",
  "roles/resourcemanager.folderIamAdmin",
  "roles/resourcemanager.folderAdmin",
  "roles/resourcemanager.organizationAdmin",
  "roles/orgpolicy.policyAdmin",
  "roles/deploymentmanager.editor",
  "roles/cloudbuild.builds.editor",
  "roles/cloudbuild.builds.builder",
  "roles/privilegedaccessmanager.admin",
  "roles/composer.admin",
  "roles/dataflow.developer",
]);

export function binding(resource: ResourceView): Finding {
  const bindings = bindingsOf(resource);
  if (bindings === "unknown") return undetermined("policyData is known after deployment only");
  if (bindings.some(({ role }) => role !== undefined && roles.has(role)))
    return fail("its role lets the member act as every service account of the project: grant it on the one account");
  if (bindings.some(({ role, members }) => role !== undefined && isAgentRole(role) && !members.every(isAgent)))
    return fail(
      "its role is made for an account of Google's own services: give the member the role of the one operation",
    );
  return bindings.some(({ role }) => role === undefined)
    ? undetermined("its role is known after deployment only")
    : pass("its role stands for no other account");
}

/** On one account: its own policy is how it is shared, but not the account that everything falls back to. */
export function onAccount({ props }: ResourceView): Finding | undefined {
  const account = known(props, "serviceAccountId");
  if (account.state === "unknown") return undefined;
  return account.state === "value" && typeof account.value === "string" && isDefaultAccount(account.value)
    ? fail(
        "it lets the member act as the project's default account, which many run as: grant it on an account of its own",
      )
    : pass("it is about one account");
}

const accounts = ["actAs", "getAccessToken", "getOpenIdToken", "signBlob", "signJwt", "implicitDelegation"];
const permissions = [
  ...accounts.map((one) => `iam.serviceAccounts.${one}`),
  "iam.serviceAccounts.setIamPolicy",
  "iam.serviceAccountKeys.create",
  "iam.roles.create",
  "iam.roles.update",
  "iam.workloadIdentityPoolProviders.create",
  "iam.workloadIdentityPoolProviders.update",
  "resourcemanager.projects.setIamPolicy",
  "resourcemanager.folders.setIamPolicy",
  "resourcemanager.organizations.setIamPolicy",
  "orgpolicy.policy.set",
  "deploymentmanager.deployments.create",
  "cloudbuild.builds.create",
  "storage.hmacKeys.create",
  "apikeys.keys.create",
];

export function customRole({ props }: ResourceView): Finding | undefined {
  const found = known(props, "permissions");
  if (found.state === "unknown") return undetermined("permissions are known after deployment only");
  const held = found.state === "value" ? texts(found.value) : undefined;
  // What has no list is IAM-02's.
  if (!held) return undefined;
  const first = coveredBy(held, permissions)[0] ?? held.find((one) => /\.setIamPolicy$/.test(one));
  return first === undefined
    ? pass("its permissions stand for no other account")
    : fail("its permissions let the member act as another account or grant itself others: leave them out");
}
