import { isUnknown } from "../known";
import type { ResourceView, StackView } from "../model";
import type { Cloud, Held } from "./edges";
import { perStack } from "./expect";
import { bindingsOf, gcpIam } from "./gcp-iam";
import { isProjectOnly } from "./gcp-roles";
import { workloadAccounts } from "./workload-accounts";

const accountType = "gcp:serviceaccount/account:Account";

/** A component lets its own accounts call its own workloads. */
const invokers = new Set(["roles/run.invoker", "roles/run.servicesInvoker"]);

function held(resource: ResourceView, stack: StackView): readonly Held[] {
  const members = [...stack.dependencies(resource, "member"), ...stack.dependencies(resource, "members")];
  const bindings = bindingsOf(resource);
  const roles = bindings === "unknown" ? [undefined] : bindings.map(({ role }) => role);
  return members
    .filter(({ type }) => type === accountType)
    .flatMap((identity) => {
      const own = stack.owner(resource) === stack.owner(identity);
      const judged = roles.filter(
        (role) => role === undefined || !(isProjectOnly(role) || (own && invokers.has(role))),
      );
      const known = judged.filter((role) => role !== undefined);
      const permissions = known.length < judged.length ? undefined : known.map((what) => ({ what, where: undefined }));
      return judged.length === 0 ? [] : [{ identity, permissions }];
    });
}

export const gcpEdges: Cloud = {
  types: gcpIam,
  identities: perStack(
    (stack: StackView) => new Set(workloadAccounts(stack).flatMap(({ candidates: accounts }) => accounts)),
  ),
  held,
  declared: ({ role }) =>
    typeof role === "string" && !isUnknown(role) ? [{ what: role, where: undefined }] : undefined,
};
