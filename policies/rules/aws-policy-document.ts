/**
 * AWS policy documents: JSON text or objects, one statement or many, one value or a list in every element. Everything is
 * read: the second statement as well as the first, Allow only (a leading `Deny *` is no grant), NotAction, NotResource and
 * NotPrincipal, wildcards inside names.
 */
import { isObject, isUnknown, unknownValue } from "../known";
import { texts } from "./expect";

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
  /** True where a condition binds it to an account, organization, resource or network of the owner's. */
  readonly narrowed: boolean;
}

export type Document =
  | { readonly state: "statements"; readonly statements: readonly Statement[] }
  | { readonly state: "unknown" }
  | { readonly state: "malformed"; readonly fault: string };

const malformed = (fault: string): Document => ({ state: "malformed", fault });

/** Parses a document. Text in which something unknown was interpolated is unknown as a whole. */
export function parsePolicy(document: unknown): Document {
  if (isUnknown(document)) return { state: "unknown" };
  let parsed: unknown = document;
  if (typeof document === "string") {
    if (document.includes(unknownValue)) return { state: "unknown" };
    try {
      parsed = JSON.parse(document);
    } catch {
      return malformed("it is no JSON");
    }
  }
  if (!isObject(parsed)) return malformed("it is no object");
  const { Statement } = parsed;
  if (isUnknown(Statement)) return { state: "unknown" };
  if (Statement === undefined || Statement === null) return malformed("it has no Statement");
  const statements = (Array.isArray(Statement) ? Statement : [Statement]).map(parseStatement);
  if (statements.includes("unknown")) return { state: "unknown" };
  const good = statements.filter((one) => typeof one === "object");
  return good.length === statements.length
    ? { state: "statements", statements: good }
    : malformed("a statement has a wrong shape");
}

function parseStatement(statement: unknown): Statement | "unknown" | undefined {
  if (isUnknown(statement)) return "unknown";
  if (!isObject(statement)) return undefined;
  const { Effect, Action, NotAction, Resource, NotResource, Principal, NotPrincipal, Condition } = statement;
  if (isUnknown(Effect) || isUnknown(Condition)) return "unknown";
  if (Effect !== "Allow" && Effect !== "Deny") return undefined;
  const lists = [Action, NotAction, Resource, NotResource].map((element) =>
    element === undefined || element === null ? [] : texts(element),
  );
  const [actions, notActions, resources, notResources] = lists;
  const principals = parsePrincipals(Principal);
  const notPrincipals = parsePrincipals(NotPrincipal);
  if (!actions || !notActions || !resources || !notResources || !principals || !notPrincipals) return undefined;
  if (actions.length + notActions.length === 0) return undefined;
  return {
    allow: Effect === "Allow",
    actions,
    notActions,
    resources,
    notResources,
    principals,
    notPrincipals,
    narrowed: narrows(Condition),
  };
}

/** Condition keys that say whose request it is; TLS, dates and tags leave everybody in. */
const narrowing = new Set(
  [
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "kms:CallerAccount",
  ].map((key) => key.toLowerCase()),
);

/** An operator that demands a value of such a key; `…IfExists` and negations let through what has none. */
function narrows(condition: unknown): boolean {
  if (!isObject(condition)) return false;
  return Object.entries(condition).some(([operator, keys]) => {
    if (!/^(ForAnyValue:)?(String|Arn)(Equals|Like)(IgnoreCase)?$/i.test(operator) || !isObject(keys)) return false;
    return Object.entries(keys).some(
      ([key, values]) => narrowing.has(key.toLowerCase()) && texts(values)?.every((value) => !/^\**$/.test(value)),
    );
  });
}

function parsePrincipals(principal: unknown): readonly string[] | undefined {
  if (principal === undefined || principal === null) return [];
  if (typeof principal === "string") return [principal];
  if (!isObject(principal)) return undefined;
  const all: string[] = [];
  for (const [kind, names] of Object.entries(principal)) {
    const known = texts(names);
    if (!known) return undefined;
    all.push(...known.map((name) => (name === "*" ? "*" : `${kind}:${name}`)));
  }
  return all;
}

/** A wildcard anywhere: `*`, `sqs:*`, `sqs:Send*`, `sqs:Sen?Message`. */
export const hasWildcard = (name: string): boolean => /[*?]/.test(name);

/** The account itself, through which key policies hand permission management to IAM. */
export const isAccountRoot = (principal: string): boolean =>
  /^AWS:(\d{12}|arn:aws[a-z-]*:iam::\d{12}:root)$/.test(principal) || principal === `AWS:${unknownValue}`;

/**
 * Actions that AWS offers for `Resource: "*"` only (Service Authorization Reference), lower case.
 */
const unscoped = new Set(
  [
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
    "cloudwatch:PutMetricData",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeVpcs",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
    "ecr:GetAuthorizationToken",
    "sts:GetCallerIdentity",
  ].map((action) => action.toLowerCase()),
);

export const cannotBeScoped = (actions: readonly string[]): boolean =>
  actions.length > 0 && actions.every((action) => unscoped.has(action.toLowerCase()));

/**
 * True where an ARN names one resource. `*` may stand for what lies inside that resource, at the end and after its name: the
 * streams of a log group, the objects of a bucket, the indexes and streams of a table, executions of a state machine.
 */
export function isExactArn(arn: string): boolean {
  if (!hasWildcard(arn)) return true;
  const [head, partition, service = "", region, account, ...rest] = arn.split(":");
  const resource = rest.join(":");
  if (head !== "arn" || hasWildcard(`${partition}${service}${region}${account}`)) return false;
  const inside: Readonly<Record<string, RegExp>> = {
    logs: /^log-group:[^*?]+:(log-stream:)?\*$/,
    s3: /^[^*?/]+\/([^*?]+\/)?\*$/,
    dynamodb: /^table\/[^*?/]+\/(index|stream)\/\*$/,
    states: /^execution:[^*?:]+:\*$/,
  };
  return inside[service]?.test(resource) ?? false;
}
