/**
 * AWS policy documents: JSON text or objects, one statement or many, one value or a list in every element. Everything is
 * read: the second statement as well as the first, Allow only (a leading `Deny *` is no grant), NotAction, NotResource and
 * NotPrincipal, wildcards inside names.
 */
import { isObject, isUnknown, unknownValue } from "../../known";
import { texts } from "../expect";
import { hasWildcard } from "../globs";
import { type Condition, narrows, parseConditions } from "./conditions";

export interface Statement {
  readonly allow: boolean;
  /** Unknown members stand as the engine's sentinel. */
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** `*` for anyone; else `AWS:…`, `Service:…`, `Federated:…`. */
  readonly principals: readonly string[];
  readonly notPrincipals: readonly string[];
  readonly conditions: readonly Condition[];
  /** True where a condition binds it to an account, organization, resource or network of the owner's. */
  readonly narrowed: boolean;
}

export type Document =
  | { readonly state: "statements"; readonly statements: readonly Statement[] }
  /** With those of its statements that are known: what is wrong with one is wrong whatever the others say. */
  | { readonly state: "unknown"; readonly statements: readonly Statement[] }
  | { readonly state: "malformed"; readonly fault: string };

const unknown: Document = { state: "unknown", statements: [] };
const malformed = (fault: string): Document => ({ state: "malformed", fault });

/** Parses a document. Text in which something unknown was interpolated is unknown as a whole. */
export function parsePolicy(document: unknown): Document {
  if (isUnknown(document)) return unknown;
  let parsed: unknown = document;
  if (typeof document === "string") {
    if (document.includes(unknownValue)) return unknown;
    try {
      parsed = JSON.parse(document);
    } catch {
      return malformed("it is no JSON");
    }
  }
  if (!isObject(parsed)) return malformed("it is no object");
  const { Statement } = parsed;
  if (isUnknown(Statement)) return unknown;
  if (Statement === undefined || Statement === null) return malformed("it has no Statement");
  const read = (Array.isArray(Statement) ? Statement : [Statement]).map(parseStatement);
  const wrong = read.findIndex((one) => typeof one === "object" && "fault" in one);
  const first = read[wrong];
  if (typeof first === "object" && "fault" in first) return malformed(`statement ${wrong + 1} ${first.fault}`);
  const statements = read.filter((one): one is Statement => typeof one === "object");
  return { state: read.includes("unknown") ? "unknown" : "statements", statements };
}

interface Fault {
  readonly fault: string;
}

function parseStatement(statement: unknown): Statement | "unknown" | Fault {
  if (isUnknown(statement)) return "unknown";
  if (!isObject(statement)) return { fault: "is no object" };
  const { Effect, Action, NotAction, Resource, NotResource, Principal, NotPrincipal, Condition } = statement;
  if (isUnknown(Effect) || isUnknown(Condition)) return "unknown";
  if (Effect !== "Allow" && Effect !== "Deny") return { fault: "has no Effect of Allow or Deny" };
  const lists = [Action, NotAction, Resource, NotResource].map((element) =>
    element === undefined || element === null ? [] : texts(element),
  );
  const [actions, notActions, resources, notResources] = lists;
  if (!actions || !notActions) return { fault: "has actions that are no texts" };
  if (!resources || !notResources) return { fault: "has resources that are no texts" };
  if (actions.length + notActions.length === 0) return { fault: "names no action" };
  if ([...actions, ...notActions].some((action) => !isUnknown(action) && action !== "*" && !action.includes(":")))
    return { fault: "names an action without its service" };
  const principals = parsePrincipals(Principal);
  const notPrincipals = parsePrincipals(NotPrincipal);
  if (!principals || !notPrincipals) return { fault: "has principals that are no texts" };
  const conditions = parseConditions(Condition);
  if (!conditions) return { fault: "has a Condition of a wrong shape" };
  return {
    allow: Effect === "Allow",
    actions,
    notActions,
    resources,
    notResources,
    principals,
    notPrincipals,
    conditions,
    narrowed: narrows(conditions),
  };
}

/** A text, or lists by kind. A pattern over principals is anyone, whatever its kind. */
function parsePrincipals(principal: unknown): readonly string[] | undefined {
  if (principal === undefined || principal === null) return [];
  if (typeof principal === "string") return [hasWildcard(principal) ? "*" : principal];
  if (!isObject(principal)) return undefined;
  const all: string[] = [];
  for (const [kind, names] of Object.entries(principal)) {
    const known = texts(names);
    if (!known) return undefined;
    all.push(...known.map((name) => (hasWildcard(name) ? "*" : `${kind}:${name}`)));
  }
  return all;
}

/** The account itself, through which key policies hand permission management to IAM. */
export const isAccountRoot = (principal: string): boolean =>
  /^AWS:(\d{12}|arn:aws[a-z-]*:iam::\d{12}:root)$/.test(principal) || principal === `AWS:${unknownValue}`;
