import { known, valueAt } from "../known";
import type { ResourceView, StackView } from "../model";

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

/** True where a literal is a resource's name or an id or ARN that ends with it. */
function isNamed({ props }: ResourceView, literal: string): boolean {
  const last = literal.split(/[:/]/).pop();
  return namings.some((naming) => {
    const name = valueAt(props, naming);
    return typeof name === "string" && name !== "" && name === last;
  });
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
  const named = (from.length > 0 ? from : stack.ofType(...types)).filter((one) => isNamed(one, value));
  return named.length > 0 ? named : from;
}

/** The resources of some types that point at this one by a property. */
export function pointingAt(
  resource: ResourceView,
  path: string,
  stack: StackView,
  types: readonly string[],
): readonly ResourceView[] {
  return stack.ofType(...types).filter((one) => referred(one, path, stack, [resource.type]).includes(resource));
}

/** True where a property may point anywhere: unknown, and from no resource of this stack. */
export function pointsAnywhere(resource: ResourceView, path: string, stack: StackView): boolean {
  const [property = path] = path.split(".");
  return known(resource.props, path).state === "unknown" && stack.dependencies(resource, property).length === 0;
}
