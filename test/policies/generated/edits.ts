/** The smallest changes to a resource's properties, as values: nothing here knows a control. */
import type { ResourceInput } from "../../../policies";
import { unknown } from "../support/stack";

export const edits = [
  "removed",
  "flipped",
  "emptied",
  "wrong type",
  "lowered",
  "raised",
  "the provider's key",
  "other text",
  "Allow * appended",
  "wildcard hidden in a list",
  "Principal widened",
] as const;
export type Edit = (typeof edits)[number];

type Inputs = Record<string, unknown>;
/** Keys from the resource down; `{}` goes into JSON text. */
export type Path = readonly string[];
export const shown = (path: Path) => path.join(".");

const isObject = (value: unknown): value is Inputs =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const parsed = (value: unknown): unknown => {
  if (typeof value !== "string" || !/^\s*[{[]/.test(value)) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
};

/** Every property of a resource, those within others and within JSON text too. */
export function pathsOf(inputs: unknown, above: Path = []): Path[] {
  const text = parsed(inputs);
  if (text !== undefined) return pathsOf(text, [...above, "{}"]);
  if (typeof inputs !== "object" || inputs === null) return [];
  return Object.entries(inputs).flatMap(([key, value]) => [[...above, key], ...pathsOf(value, [...above, key])]);
}

export function valueAtPath(inputs: unknown, path: Path): unknown {
  return path.reduce<unknown>((of, key) => (key === "{}" ? parsed(of) : (of as Inputs | undefined)?.[key]), inputs);
}

/** A copy with one value in the place of another; undefined removes it. */
function put(of: unknown, [key = "", ...rest]: Path, value: unknown): unknown {
  if (key === "{}") return JSON.stringify(put(parsed(of), rest, value));
  if (Array.isArray(of)) {
    if (rest.length === 0 && value === undefined) return of.filter((_, index) => index !== Number(key));
    return of.map((one, index) => (index === Number(key) ? (rest.length > 0 ? put(one, rest, value) : value) : one));
  }
  const { [key]: old, ...others } = of as Inputs;
  if (rest.length > 0) return { ...others, [key]: put(old, rest, value) };
  return value === undefined ? others : { ...others, [key]: value };
}

const nothing = Symbol("nothing");

/** The value after an edit; `nothing` where the edit says nothing of such a value. */
function edited(value: unknown, edit: Edit, path: Path): unknown {
  const key = path.at(-1) ?? "";
  switch (edit) {
    case "removed":
      return undefined;
    case "flipped":
      return typeof value === "boolean" ? !value : nothing;
    case "emptied":
      if (typeof value === "string") return value === "" ? nothing : "";
      if (Array.isArray(value)) return value.length === 0 ? nothing : [];
      return isObject(value) && Object.keys(value).length > 0 ? {} : nothing;
    case "wrong type":
      return typeof value === "number" ? { value } : 7;
    case "lowered":
      return typeof value === "number" ? Math.min(1, value - 1) : nothing;
    case "raised":
      return typeof value === "number" ? value * 1000 : nothing;
    case "the provider's key":
      return typeof value === "string" ? "alias/aws/sqs" : nothing;
    case "other text":
      return typeof value === "string" && value !== "" ? "other" : nothing;
    case "Allow * appended":
      return key === "Statement"
        ? [...[value].flat(), { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }]
        : nothing;
    case "wildcard hidden in a list":
      return key === "Action" || key === "actions" || key === "permissions" ? [...[value].flat(), "*"] : nothing;
    case "Principal widened":
      return key === "Principal" ? "*" : nothing;
  }
}

/** The stack in which one resource's property was changed; undefined where the edit does not apply. */
export function mutated(
  resources: readonly ResourceInput[],
  index: number,
  path: Path,
  edit: Edit,
): ResourceInput[] | undefined {
  const resource = resources[index];
  if (!resource) return undefined;
  const value = edited(valueAtPath(resource.inputs, path), edit, path);
  if (value === nothing) return undefined;
  const inputs = put(resource.inputs, path, value) as Inputs;
  // A value that was changed comes from nowhere, unless something of it is still to come.
  const [top = ""] = path;
  const { [top]: before = [], ...others } = resource.propertyDependencies ?? {};
  const still = JSON.stringify(inputs[top] ?? "").includes(unknown);
  const copy = [...resources];
  copy[index] = { ...resource, inputs, propertyDependencies: still ? { ...others, [top]: before } : others };
  return copy;
}
