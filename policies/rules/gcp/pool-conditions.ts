/** Whose tokens a workload identity pool takes: its condition must hold them to an organization, a repository or a subject. */
import { isObject } from "../../known";
import { type Cel, everyWay, parseCel } from "./cel";

/** What strangers' tokens say as well: who issued them, for whom and when, on which branch, at what occasion. */
const weak =
  /^(iss|aud|azp|iat|exp|nbf|jti|typ|amr|acr|auth_time|email_verified|ref|ref_\w+|sha|\w+_ref|\w+_sha|event_name|workflow|environment|environment_\w+|run_\w+|runner_\w+|actor|actor_id|check_run_id|visibility|repository_visibility|pipeline_source|pipeline_id|job_id|user_access_level|deployment_tier)$/;
/** These say the repository too. */
const whole = /^(job_)?workflow_ref$/;

type Mapping = Readonly<Record<string, unknown>>;

/** A claim that says who it is. An attribute is what the mapping makes of it; unmapped or unread, it is taken by its name. */
function tells(of: Cel, mapping: Mapping, depth = 0): boolean {
  if (of.kind === "call")
    return of.on !== undefined && /^(lowerAscii|upperAscii|extract|trim)$/.test(of.name) && tells(of.on, mapping);
  if (of.kind !== "name") return false;
  const mapped = mapping[of.path];
  if (typeof mapped === "string" && depth < 3) {
    const source = parsed(mapped);
    // What is put together of several claims is another identity than any of them.
    if (source?.kind === "literal") return false;
    if (source?.kind === "name") return tells(source, mapping, depth + 1);
  }
  const [, claim] = /^(?:assertion|attribute|google)\.(.+)$/.exec(of.path) ?? [];
  return claim !== undefined && (whole.test(claim) || !weak.test(claim));
}

const parsed = (expression: string): Cel | undefined => {
  try {
    return parseCel(expression);
  } catch {
    return undefined;
  }
};

const isNamed = (of: Cel | undefined): boolean =>
  of?.kind === "literal" &&
  (typeof of.value === "number" || (typeof of.value === "string" && of.value !== "" && !of.value.includes("*")));

/** What issuers put before the name of whom they speak of. */
const kinds = /^(https:\/\/[^/]+\/|repo:|project_path:|organization:|org:|user:|system:serviceaccount:)/;

/** The beginning of a name that ends where a name of one's own does: `shop/`, `repo:shop/orders`, an account of AWS. */
const isOwnPrefix = (text: string): boolean =>
  text.startsWith("arn:")
    ? /^arn:[^:]*:[^:]*:[^:]*:\d{12}:/.test(text)
    : /^[^/:*]+[/:]/.test(text.replace(kinds, "")) && !/^system:[^:]*:?$/.test(text);

/** A pattern matches anywhere unless it is anchored; each of its alternatives must begin with a name of one's own. */
function isOwnPattern(pattern: string): boolean {
  const [, before, group = "", after] = /^\^([^()|]*)\((?:\?:)?([^()]*)\)(.*)$/.exec(pattern) ?? [];
  const alternatives =
    before === undefined ? [pattern.slice(1)] : group.split("|").map((one) => `${before}${one}${after}`);
  return (
    pattern.startsWith("^") &&
    alternatives.every((one) => !one.includes("|")) &&
    alternatives.every((one) => {
      const [fixed = ""] = /^(?:\\[^\w]|[^\\.*+?()[\]{}|$^])*/.exec(one) ?? [];
      const text = fixed.replace(/\\/g, "");
      return isOwnPrefix(text) || (one.length - fixed.length === 1 && one.endsWith("$") && text !== "");
    })
  );
}

const names =
  (mapping: Mapping) =>
  (test: Cel): boolean => {
    if (test.kind === "binary" && test.op === "==")
      return (tells(test.left, mapping) && isNamed(test.right)) || (tells(test.right, mapping) && isNamed(test.left));
    if (test.kind === "binary") {
      const { left, right } = test;
      if (right.kind === "list") return tells(left, mapping) && right.items.length > 0 && right.items.every(isNamed);
      return isNamed(left) && tells(right, mapping);
    }
    if (test.kind !== "call" || !test.on || !tells(test.on, mapping)) return false;
    const [wanted] = test.args;
    if (wanted?.kind !== "literal" || typeof wanted.value !== "string") return false;
    if (test.name === "startsWith") return isOwnPrefix(wanted.value);
    if (test.name === "endsWith") return /^@[^@]+\.[^@]+$/.test(wanted.value);
    return test.name === "matches" && isOwnPattern(wanted.value);
  };

/** True where every token that the condition lets through says of itself that it is one's own. */
export function bindsTokens(condition: unknown, mapping: unknown): boolean {
  const expression = typeof condition === "string" ? parsed(condition) : undefined;
  return expression !== undefined && everyWay(expression, names(isObject(mapping) ? mapping : {}));
}
