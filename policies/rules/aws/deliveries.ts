/** What becomes of events on AWS that cannot be delivered, or that a function fails to handle. */
import { isObject, known, unknownValue, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { hasName, isName } from "../../names";
import { covers } from "../globs";
import { numberOf } from "../numbers";
import { pointingAt, pointsAnywhere } from "../referred";
import { vouched } from "../vouched";
import { buriesIn, redrive, sqsQueue } from "./dead-letters";
import { functionOf } from "./event-source-mapping";
import { parsePolicy, type Statement } from "./policy-document";

const kept = "what cannot be delivered is kept";

/** Holds a resource to name a queue: a literal ARN counts, and an unknown one that comes from this stack. */
export const buriesAt =
  (path: string, types: readonly string[] = [sqsQueue]) =>
  (resource: ResourceView, stack: StackView) => {
    const found = known(resource.props, path);
    // A redrive policy may be an object.
    if (!hasName(found) && !(found.state === "value" && isObject(found.value)))
      return fail(`what cannot be delivered is gone: set ${path}`);
    const [property = path] = path.split(".");
    if (found.state === "value" || stack.dependencies(resource, property).some(({ type }) => types.includes(type)))
      return pass(kept);
    return undetermined(`${path} is known after deployment only`);
  };

const queuePolicy = "aws:sqs/queuePolicy:QueuePolicy";

/** A service that has no role of the stack's puts dead letters into a queue only as far as the queue's policy lets it. */
function takenBy(service: string, resource: ResourceView, stack: StackView): readonly Finding[] {
  const queues = buriesIn(resource, stack);
  const [queue] = queues;
  // Of several, which one is meant is known after deployment.
  if (!queue || queues.length > 1) return [];
  const documents = [queue, ...pointingAt(queue, "queueUrl", stack, [queuePolicy])]
    .map(({ props }) => known(props, "policy"))
    .filter(({ state }) => state !== "absent")
    .map((found) => parsePolicy(found.state === "value" ? found.value : unknownValue));
  if (documents.some((one) => one.state === "statements" && one.statements.some((of) => letsSend(of, service))))
    return [pass("its queue takes its dead letters")];
  const vague =
    documents.some(({ state }) => state === "unknown") ||
    stack.ofType(queuePolicy).some((one) => pointsAnywhere(one, "queueUrl", stack));
  return vague
    ? vouched([undetermined("whether its queue takes its dead letters is known after deployment only")], queue, stack)
    : [fail(`its dead letters are refused by their queue: let ${service} send to it by a QueuePolicy`)];
}

const letsSend = ({ allow, principals, actions }: Statement, service: string): boolean =>
  allow &&
  principals.some((one) => one === "*" || one === `Service:${service}`) &&
  actions.some((action) => covers(action, "sqs:SendMessage"));

/** What EventBridge cannot deliver to a target. */
export const eventTarget = (resource: ResourceView, stack: StackView): readonly Finding[] => [
  buriesAt("deadLetterConfig.arn")(resource, stack),
  ...takenBy("events.amazonaws.com", resource, stack),
];

/** People are written to, and no queue takes the place of their mailbox. */
const toPeople = ["email", "email-json", "sms"];

export function topicSubscription(resource: ResourceView, stack: StackView): readonly Finding[] {
  const protocol = valueAt(resource.props, "protocol");
  if (toPeople.includes(String(protocol))) return [];
  const policy = known(resource.props, "redrivePolicy");
  return policy.state === "value" && !isName(redrive(policy.value).target)
    ? [fail("what cannot be delivered is gone: set redrivePolicy with a deadLetterTargetArn")]
    : [buriesAt("redrivePolicy")(resource, stack), ...takenBy("sns.amazonaws.com", resource, stack)];
}

/** A pipe from a queue leaves its failures in that queue, whose own redrive policy counts. */
export function pipe(resource: ResourceView, stack: StackView): Finding | undefined {
  const parameters = ["kinesisStreamParameters", "dynamodbStreamParameters"].map((one) => `sourceParameters.${one}`);
  const found = parameters.filter((path) => known(resource.props, path).state !== "absent");
  if (found.length > 0) return buriesAt(`${found[0]}.deadLetterConfig.arn`)(resource, stack);
  const source = known(resource.props, "source");
  const streams = /:(?:kinesis|dynamodb):/;
  const isStream =
    source.state === "value"
      ? streams.test(String(source.value))
      : stack.dependencies(resource, "source").some(({ type }) => /^aws:(?:kinesis|dynamodb)\//.test(type));
  return isStream ? fail("what cannot be delivered is gone: set sourceParameters with a deadLetterConfig") : undefined;
}

/** Services that call a function and do not wait for what becomes of it. */
const asynchronous = ["sns", "events", "s3", "logs", "iot", "ses", "config", "codecommit", "cloudformation"].map(
  (one) => `${one}.amazonaws.com`,
);
export const invokeConfig = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig";

export function calledLater(resource: ResourceView, stack: StackView): Finding | undefined {
  const callers = stack
    .ofType("aws:lambda/permission:Permission")
    .filter((permission) => functionOf(permission, stack, "function") === resource)
    .map(({ props }) => valueAt(props, "principal"));
  if (!callers.some((principal) => asynchronous.includes(String(principal)))) return undefined;
  const beside = pointingAt(resource, "functionName", stack, [invokeConfig]);
  const set = [
    known(resource.props, "deadLetterConfig.targetArn"),
    ...beside.map(({ props }) => known(props, "destinationConfig.onFailure.destination")),
  ];
  return set.some(hasName)
    ? pass(kept)
    : fail(
        "an event that it fails to handle is gone after two more attempts: set deadLetterConfig, or destinationConfig.onFailure of a FunctionEventInvokeConfig",
      );
}

/** Nothing is tried again where it says so: an event is then kept at once, or gone. */
export function invokedOnce(resource: ResourceView, stack: StackView): Finding | undefined {
  const attempts = known(resource.props, "maximumRetryAttempts");
  if (attempts.state === "absent" || (attempts.state === "value" && numberOf(attempts.value) !== 0)) return undefined;
  const lambda = functionOf(resource, stack);
  const places = [
    known(resource.props, "destinationConfig.onFailure.destination"),
    ...(lambda ? [known(lambda.props, "deadLetterConfig.targetArn")] : []),
  ];
  if (places.some(hasName)) return pass(kept);
  return attempts.state === "unknown" || !lambda
    ? undetermined("whether an event that fails is tried again or kept is known after deployment only")
    : fail("an event is gone after the first failure: set destinationConfig.onFailure, and maximumRetryAttempts");
}
