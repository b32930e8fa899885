/** Whole accounts as principals: whose they are, and what holds them to somebody in them. */
import { type Finding, type ResourceView, type StackView, undetermined } from "../../model";
import { textsOf } from "../../settings";
import { cloudOf } from "../../types";
import { perStack } from "../expect";
import { type Condition, isOwnArn, narrows } from "./conditions";
import type { Statement } from "./policy-document";

const inArn = /^arn:aws[a-z-]*:[^:\s]*:[^:\s]*:(\d{12}):\S+$/;
const accountIn = (arn: string): string | undefined => inArn.exec(arn)?.[1];

/** The account that a principal stands for as a whole, by its number or its root. */
export function accountOf(principal: string): string | undefined {
  const [, number, root] = /^(?:AWS:)?(?:(\d{12})|arn:aws[a-z-]*:iam::(\d{12}):root)$/.exec(principal) ?? [];
  return number ?? root;
}

/** Accounts in which this stack has resources: those of ARNs that properties take from resources of it. */
const ownAccounts = perStack((stack: StackView): ReadonlySet<string> => {
  const found = stack.resources.flatMap((resource) =>
    Object.entries(resource.props).flatMap(([property, value]) => {
      const account = typeof value === "string" ? accountIn(value) : undefined;
      const from = account === undefined ? [] : stack.dependencies(resource, property);
      return account !== undefined && from.some(({ type }) => cloudOf(type) === "aws") ? [account] : [];
    }),
  );
  return new Set(found);
});

/** Accounts of what a document is about, and so of the account that it is in; once for all of its statements. */
const ownerIn = perStack(
  (all: readonly Statement[]): ReadonlySet<string> =>
    new Set(all.flatMap(({ resources }) => resources.flatMap((arn) => accountIn(arn) ?? []))),
);
const rootsIn = perStack(
  (all: readonly Statement[]): ReadonlySet<string> =>
    new Set(all.flatMap((one) => (one.allow ? one.principals.flatMap((of) => accountOf(of) ?? []) : []))),
);

/** Whose an account is, where a document tells of its own, or else the stack. */
export function whose(account: string, owner: ReadonlySet<string>, stack: StackView): "own" | "foreign" | "unknown" {
  if (textsOf(stack, "trustedAccounts").includes(account)) return "own";
  const all = owner.size > 0 ? owner : ownAccounts(stack);
  return all.size === 0 ? "unknown" : all.has(account) ? "own" : "foreign";
}

/** Said of everybody in an account already. */
const saysAccountOnly = new Set(["aws:principalaccount", "kms:calleraccount"]);

/** Somebody in an account: a pattern must begin with more than the kind of identity. */
const isSomebody = (arn: string): boolean => {
  const [, name = ""] = /^[^:]*:[^:]*:[^:]*:[^:]*:[^:]*:[^/]*\/(.*)$/.exec(arn) ?? [];
  return isOwnArn(arn) && /^[^*?/]/.test(name);
};

/** True where conditions hold a whole account, or everybody, to somebody in it, an organization or a network. */
export const holdsAccount = (conditions: readonly Condition[]): boolean =>
  narrows(conditions, (value, key) => !saysAccountOnly.has(key) && (key !== "aws:principalarn" || isSomebody(value)));

/** A statement of a resource's policy that admits everybody in another account. */
export function sharedWithAccount(
  { principals, conditions }: Statement,
  all: readonly Statement[],
  { type }: ResourceView,
  stack: StackView,
): string | Finding | undefined {
  if (holdsAccount(conditions)) return undefined;
  const accounts = [...new Set(principals.flatMap((one) => accountOf(one) ?? []))];
  if (accounts.length === 0) return undefined;
  const sides = accounts.map((one) => whose(one, ownerIn(all), stack));
  if (sides.includes("foreign")) return sharedFault;
  if (!sides.includes("unknown")) return undefined;
  // A key is administered by the account that it is in: of several, all but one are others.
  if (type.startsWith("aws:kms/")) return rootsIn(all).size > 1 ? sharedFault : undefined;
  return undetermined("whether an account that it names is one's own is known after deployment only");
}

const sharedFault =
  "it admits everybody in another account: name the principal, add a condition, or list the account under trustedAccounts";
