import { isUnknown, valueAt } from "../../known";
import type { ResourceView, StackView } from "../../model";
import type { Cloud, Held, Permission } from "../edges";
import { perStack } from "../expect";
import { type Binding, bindingsOf, gcpIam } from "./iam";
import { isProjectOnly } from "./roles";
import { workloadAccounts } from "./workload-accounts";

const accountType = "gcp:serviceaccount/account:Account";

/** A component lets its own accounts call its own workloads. */
const invokers = new Set(["roles/run.invoker", "roles/run.servicesInvoker"]);

/** Whose policy a resource adds to: how its type begins, what grants call the kind, and the property that names which. */
const owners = [
  ["gcp:pubsub/topicIAM", "topic", "topic"],
  ["gcp:pubsub/subscriptionIAM", "subscription", "subscription"],
  ["gcp:storage/bucketIAM", "bucket", "bucket"],
  ["gcp:secretmanager/secretIam", "secret", "secretId"],
] as const;

/** A role on one kind of resource; on which, where its name is known: the policy's own, or the one that a condition compares. */
function permission(role: string, { condition }: Binding, { type, props }: ResourceView): Permission {
  if (type.startsWith("gcp:projects/")) return { what: `${role} on project`, where: lastName(boundTo(condition)) };
  const [, kind, property] = owners.find(([start]) => type.startsWith(start)) ?? [];
  return kind === undefined
    ? { what: `${role} on ${type.split(/iam/i)[0]}`, where: undefined }
    : { what: `${role} on ${kind}`, where: lastName(valueAt(props, property)) };
}

const boundTo = (condition: unknown): string | undefined =>
  /resource\.name\s*==\s*["']([^"']+)["']/.exec(String(valueAt(condition, "expression") ?? ""))?.[1];

/** Policies name a resource by its short name, grants by its path. */
const lastName = (value: unknown): string | undefined =>
  typeof value === "string" && !isUnknown(value) ? value.split("/").pop()?.toLowerCase() : undefined;

/** Accounts that a resource takes an address from, and those whose address it writes out. */
function named(resource: ResourceView, stack: StackView, bindings: readonly Binding[]): readonly ResourceView[] {
  const from = ["member", "members", "policyData"].flatMap((property) => stack.dependencies(resource, property));
  const members = bindings.flatMap((one) => one.members);
  const written = stack.ofType(accountType).filter((account) => members.some(isOf(account)));
  return [...new Set([...from.filter(({ type }) => type === accountType), ...written])];
}

const isOf = (account: ResourceView) => {
  const id = valueAt(account.props, "accountId");
  return (member: string) =>
    typeof id === "string" && member.toLowerCase().startsWith(`serviceaccount:${id.toLowerCase()}@`);
};

function held(resource: ResourceView, stack: StackView): readonly Held[] {
  const bindings = bindingsOf(resource);
  const known = bindings === "unknown" ? [] : bindings;
  return named(resource, stack, known).flatMap((identity): Held[] => {
    const own = stack.owner(resource) === stack.owner(identity);
    // A list or a policy may hold others' bindings beside its own; an address that is still open may be anybody's.
    const mine = known.filter(({ members, open }) => known.length === 1 || open || members.some(isOf(identity)));
    const judged = mine.filter(
      ({ role }) => role === undefined || !(isProjectOnly(role) || (own && invokers.has(role))),
    );
    if (bindings === "unknown" || judged.some(({ role }) => role === undefined))
      return [{ identity, permissions: undefined }];
    const permissions = judged.flatMap((one) => (one.role === undefined ? [] : [permission(one.role, one, resource)]));
    return permissions.length === 0 ? [] : [{ identity, permissions }];
  });
}

export const gcpEdges: Cloud = {
  types: gcpIam,
  identities: perStack(
    (stack: StackView) => new Set(workloadAccounts(stack).flatMap(({ candidates: accounts }) => accounts)),
  ),
  held,
  declared: ({ role, on, resource }) =>
    typeof role === "string" && typeof on === "string" && !isUnknown(role)
      ? [{ what: `${role} on ${on}`, where: lastName(resource) }]
      : undefined,
};
