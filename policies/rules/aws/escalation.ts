/** Permissions by which an identity can give itself others, or act as another (AWS). */
import { isUnknown } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { demands } from "../demands";
import { texts } from "../expect";
import { coveredBy, isExact } from "../globs";
import { insteadOf, type Registered, registeredGrants } from "../grants";
import { isExactArn } from "./arns";
import { demandsValue } from "./conditions";
import { identityDocuments, isBoundary } from "./policies";
import { parsePolicy, type Statement } from "./policy-document";
import { becoming, opening, widening } from "./powers";

type Allowed = Pick<Statement, "actions" | "resources" | "conditions">;

/** A Deny takes nothing back here: it may name other resources, and can be removed. */
function fault({ actions, resources, conditions }: Allowed): string | undefined {
  const [widens] = coveredBy(actions, widening);
  if (widens !== undefined) return `${widens} lets its holder widen permissions: leave it to who deploys`;
  if (actions.some((action) => opening.has(action.toLowerCase())))
    return "it lets its holder write a resource's policy, and so admit others: leave it to who deploys";
  const exact = resources.every(isExactArn);
  const [becomes] = exact ? [] : coveredBy(actions, becoming);
  if (becomes !== undefined) return `${becomes} on a pattern lets its holder act as others: name the one resource`;
  if (coveredBy(actions, ["iam:PassRole"]).length === 0) return undefined;
  if (!exact) return "iam:PassRole on a pattern hands on any role: name the one role";
  // What makes code of a role may stand in any policy of the holder's, also in one that is not of this stack.
  return demandsValue(
    conditions,
    (key) => key === "iam:passedtoservice",
    (value) => isExact(value),
  )
    ? undefined
    : "iam:PassRole hands a role to any service that runs code: add a condition on iam:PassedToService";
}

interface Read {
  readonly statements: readonly Allowed[];
  /** What was read in place of a document that is unknown. */
  readonly instead?: Registered;
}

/** What a document allows; of one that is unknown what its component registers. */
function allowed(content: unknown, resource: ResourceView, stack: StackView): Read | "unknown" {
  const parsed = parsePolicy(content);
  // What cannot be read is IAM-02's.
  if (parsed.state === "malformed") return { statements: [] };
  const known = parsed.statements.filter(({ allow }) => allow);
  if (parsed.state === "statements" || known.some(fault)) return { statements: known };
  const instead = registeredGrants(resource, stack);
  if (!instead) return "unknown";
  const statements = instead.rendered.map((one) => ({
    actions: texts(one.actions) ?? [],
    resources: texts(one.resource) ?? [],
    conditions: [],
  }));
  return { statements, instead };
}

export function escalation(resource: ResourceView, stack: StackView): Finding[] {
  if (isBoundary(resource, stack)) return [pass("it bounds permissions and grants none")];
  return identityDocuments(resource).map((content) => {
    const read = allowed(content, resource, stack);
    if (read === "unknown")
      return undetermined(
        "its policy document is known after deployment only, and no component registers grants for it",
      );
    const { statements, instead } = read;
    const found = statements.map(fault).find((one) => one !== undefined);
    if (found === undefined)
      return statements.some(({ actions }) => actions.some(isUnknown))
        ? undetermined("an action is known after deployment only")
        : pass("its holder can neither widen its permissions nor act as another");
    return fail(instead ? `${insteadOf("its policy document", instead)}: ${found}` : found);
  });
}

/** A grant that may be granted on has no end. */
export const keyGrant = ({ props }: ResourceView): Finding[] =>
  demands(props, "its holder can use the key, and hand on nothing", [
    {
      path: "operations",
      accepts: (value) => Array.isArray(value) && !value.includes("CreateGrant"),
      unmet: "its holder can admit others to the key: leave CreateGrant out of operations",
    },
  ]);
