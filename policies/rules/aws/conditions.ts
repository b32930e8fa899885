/** Conditions of AWS policy statements: operators in any case, for one value or many, over one value or a list. */
import { isObject, isUnknown } from "../../known";
import { isExact } from "../globs";

export interface Condition {
  /** Lower case. */
  readonly operator: string;
  /** Lower case. */
  readonly key: string;
  /** Unknown members stand as the engine's sentinel. */
  readonly values: readonly string[];
}

/** Every test of a Condition element; undefined where it has a wrong shape. */
export function parseConditions(element: unknown): readonly Condition[] | undefined {
  if (element === undefined || element === null) return [];
  if (!isObject(element)) return undefined;
  const all: Condition[] = [];
  for (const [operator, keys] of Object.entries(element)) {
    if (!isObject(keys)) return undefined;
    for (const [key, given] of Object.entries(keys)) {
      const values = Array.isArray(given) ? given : [given];
      if (!values.every((value) => ["string", "number", "boolean"].includes(typeof value))) return undefined;
      all.push({ operator: operator.toLowerCase(), key: key.toLowerCase(), values: values.map(String) });
    }
  }
  return all;
}

/** `…IfExists`, `ForAllValues:` and negations let through a request that has no such value at all. */
const demanding = /^(foranyvalue:)?(string|arn)(equals|like)(ignorecase)?$/;

/** True where a condition demands one of the values that are accepted, under a key that is. */
export function demandsValue(
  conditions: readonly Condition[],
  key: (name: string) => boolean,
  accepts: (value: string, key: string) => boolean,
): boolean {
  return conditions.some(
    (one) =>
      demanding.test(one.operator) &&
      key(one.key) &&
      one.values.length > 0 &&
      one.values.every((value) => isUnknown(value) || accepts(value, one.key)),
  );
}

/** An ARN within one account; of what has no account in its ARN, such as a bucket, one resource. */
export function isOwnArn(value: string): boolean {
  const [head, , service = "", , account = "", ...rest] = value.split(":");
  const [resource = ""] = rest.join(":").split("/");
  return head === "arn" && isExact(service) && (account === "" ? isExact(resource) : isExact(account));
}

const isOwnPath = (value: string): boolean => /^o-[^*?/]+\//.test(value);

/** Keys that say whose request it is, and what their values must be; TLS, dates and tags leave everybody in. */
const narrowing: Readonly<Record<string, (value: string) => boolean>> = {
  "aws:sourcearn": isOwnArn,
  "aws:sourceaccount": isExact,
  "aws:sourceowner": isExact,
  "aws:sourceorgid": isExact,
  "aws:sourceorgpaths": isOwnPath,
  "aws:sourcevpc": isExact,
  "aws:sourcevpce": isExact,
  "aws:principalarn": isOwnArn,
  "aws:principalaccount": isExact,
  "aws:principalorgid": isExact,
  "aws:principalorgpaths": isOwnPath,
  "kms:calleraccount": isExact,
  "elasticfilesystem:accesspointarn": isOwnArn,
  "vpc-lattice-svcs:sourcevpc": isExact,
  "vpc-lattice-svcs:sourcevpcowneraccount": isExact,
};

/** A mount target stands in a network of the owner's. */
const mounted = ({ operator, key, values }: Condition): boolean =>
  operator === "bool" &&
  key === "elasticfilesystem:accessedviamounttarget" &&
  values.length > 0 &&
  values.every((value) => value === "true");

/** True where a condition holds a statement to an account, organization, resource or network of the owner's. */
export const narrows = (
  conditions: readonly Condition[],
  accepts: (value: string, key: string) => boolean = () => true,
): boolean =>
  conditions.some(mounted) ||
  demandsValue(
    conditions,
    (key) => Object.hasOwn(narrowing, key),
    (value, key) => narrowing[key]?.(value) === true && accepts(value, key),
  );
