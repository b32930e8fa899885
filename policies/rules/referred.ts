import { known, valueAt } from "../known";
import type { ResourceView, StackView } from "../model";
import { perStack } from "./expect";

/** Inputs that hold a resource's own name, by provider. */
const namings = [
  "name",
  "queueName",
  "topicName",
  "subscriptionName",
  "accountName",
  "functionName",
  "bucket",
  "datasetId",
  "stageName",
  "workspaceName",
  "containerAppName",
  "environmentName",
];

const namesOf = ({ props }: ResourceView): readonly string[] =>
  namings.flatMap((naming) => {
    const name = valueAt(props, naming);
    return typeof name === "string" && name !== "" ? [name] : [];
  });

/** The name that an id or ARN ends with; of a name the name itself. */
const lastOf = (literal: string): string =>
  literal.slice(Math.max(literal.lastIndexOf(":"), literal.lastIndexOf("/")) + 1);

type Index = Map<string, ResourceView[]>;
const put = (index: Index, key: string, one: ResourceView) => index.set(key, [...(index.get(key) ?? []), one]);

/** Resources of each type by their names, for those types that were asked for. */
const indices = perStack((_: StackView) => new Map<string, Index>());
function named(type: string, literal: string, stack: StackView): readonly ResourceView[] {
  const all = indices(stack);
  let index = all.get(type);
  if (!index) {
    index = new Map();
    for (const one of stack.ofType(type)) for (const name of new Set(namesOf(one))) put(index, name, one);
    all.set(type, index);
  }
  return index.get(lastOf(literal)) ?? [];
}

/**
 * The resources of some types that a property refers to: those that its value comes from; of several the one that a known
 * value names; without any, those whose name a literal has.
 */
export function referred(
  resource: ResourceView,
  path: string,
  stack: StackView,
  types: readonly string[],
): readonly ResourceView[] {
  const [property = path] = path.split(".");
  const from = stack.dependencies(resource, property).filter(({ type }) => types.includes(type));
  const value = valueAt(resource.props, path);
  if (typeof value !== "string") return from;
  if (from.length === 0) return types.flatMap((type) => named(type, value, stack));
  const meant = from.filter((one) => namesOf(one).includes(lastOf(value)));
  return meant.length > 0 ? meant : from;
}

/** Who points at each resource, for those questions that were asked. */
const answers = perStack((_: StackView) => new Map<string, Map<ResourceView, ResourceView[]>>());

/** The resources of some types that point at this one by a property. */
export function pointingAt(
  resource: ResourceView,
  path: string,
  stack: StackView,
  types: readonly string[],
): readonly ResourceView[] {
  const question = [resource.type, path, ...types].join(" ");
  const all = answers(stack);
  let pointing = all.get(question);
  if (!pointing) {
    pointing = new Map();
    for (const one of stack.ofType(...types))
      for (const target of new Set(referred(one, path, stack, [resource.type])))
        pointing.set(target, [...(pointing.get(target) ?? []), one]);
    all.set(question, pointing);
  }
  return pointing.get(resource) ?? [];
}

/** True where a property may point anywhere: unknown, and from no resource of this stack. */
export function pointsAnywhere(resource: ResourceView, path: string, stack: StackView): boolean {
  const [property = path] = path.split(".");
  return known(resource.props, path).state === "unknown" && stack.dependencies(resource, property).length === 0;
}
