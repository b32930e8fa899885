/** What schema issues become: errors for the caller (who knows the values), and names for logs (which must not). */
import type { Schema, SchemaIssue } from "./settings";

/** One member of a problem's `errors`, as in RFC 9457 §3: a JSON pointer in URI fragment form, and what is wrong there. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

export function fieldErrors(issues: readonly SchemaIssue[]): readonly FieldError[] {
  return issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys" && issue.keys !== undefined)
      return issue.keys.map((key) => ({ pointer: pointer([...issue.path, key]), detail: "unknown field" }));
    return [{ pointer: pointer(issue.path), detail: detail(issue) }];
  });
}

/** zod/mini carries no texts (every message is "Invalid input"); the facts of an issue say more. */
function detail(issue: SchemaIssue): string {
  if (issue.message !== "Invalid input") return issue.message;
  const unit = issue.origin === "string" ? " characters" : issue.origin === "array" ? " items" : "";
  if (issue.code === "too_small") return `at least ${issue.minimum}${unit} expected`;
  if (issue.code === "too_big") return `at most ${issue.maximum}${unit} expected`;
  if (issue.code === "invalid_format") return `not a valid ${issue.format}`;
  if (issue.code === "invalid_value") return `one of ${issue.values?.join(", ")} expected`;
  return issue.expected === undefined ? "not valid" : `${issue.expected} expected`;
}

function pointer(path: readonly PropertyKey[]): string {
  return `#${path.map((part) => `/${encodeURIComponent(String(part).replace(/~/g, "~0").replace(/\//g, "~1"))}`).join("")}`;
}

/** At most this many fields are named in a cause. */
const NAMED = 5;

/**
 * The fields that issues are about, for logs and dead letters. A key of a record or an index is data and shown as `*`;
 * only names that the schema itself states are shown.
 */
export function fieldNames(schema: Schema, issues: readonly SchemaIssue[]): string {
  const names = [...new Set(issues.map((issue) => statedPath(schema, issue.path)))];
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return names.slice(0, NAMED).join(", ") + more;
}

function statedPath(schema: unknown, path: readonly PropertyKey[]): string {
  let at = definition(schema);
  let text = "";
  for (const part of path) {
    const name = String(part);
    const stated: boolean = at?.shape !== undefined && Object.hasOwn(at.shape, name);
    text += stated ? `/${name}` : "/*";
    at = definition(stated ? at?.shape?.[name] : at?.element);
  }
  return text === "" ? "the body itself" : text;
}

interface Definition {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly element?: unknown;
  readonly innerType?: unknown;
}

/** zod 4 keeps a schema's structure under `_zod.def`; wrappers (optional, nullable, default) hold an inner type. */
function definition(schema: unknown): Definition | undefined {
  const def = (schema as { readonly _zod?: { readonly def?: Definition } } | undefined)?._zod?.def;
  return def?.innerType === undefined ? def : definition(def.innerType);
}
