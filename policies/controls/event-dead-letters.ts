import { isObject, known, valueAt } from "../known";
import { type Control, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { hasName, isName } from "../names";
import { redrive, sqsQueue } from "../rules/aws/dead-letters";
import { functionOf } from "../rules/aws/event-source-mapping";
import { eventSubscriptionTypes, namespaceSubscription } from "../rules/azure/event-grid";
import { eventSubscription, namespaceDelivery } from "../rules/azure/event-grid-delivery";
import { demands } from "../rules/demands";
import { numberOf } from "../rules/numbers";
import { pointingAt } from "../rules/referred";

const kept = "what cannot be delivered is kept";

/** Holds a resource to name a queue: a literal ARN counts, and an unknown one that comes from this stack. */
const buriesAt =
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

/** People are written to, and no queue takes the place of their mailbox. */
const toPeople = ["email", "email-json", "sms"];

function snsSubscription(resource: ResourceView, stack: StackView): Finding | undefined {
  const protocol = valueAt(resource.props, "protocol");
  if (toPeople.includes(String(protocol))) return undefined;
  const policy = known(resource.props, "redrivePolicy");
  return policy.state === "value" && !isName(redrive(policy.value).target)
    ? fail("what cannot be delivered is gone: set redrivePolicy with a deadLetterTargetArn")
    : buriesAt("redrivePolicy")(resource, stack);
}

/** A pipe from a queue leaves its failures in that queue, whose own redrive policy counts. */
function pipe(resource: ResourceView, stack: StackView): Finding | undefined {
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
const invokeConfig = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig";

function calledLater(resource: ResourceView, stack: StackView): Finding | undefined {
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
function invokedOnce(resource: ResourceView, stack: StackView): Finding | undefined {
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

const retried = "a delivery that fails is tried again";

/** Without a retry policy the one delivery of an event is the last. */
const eventFunction = (path: string, value: unknown, of: string) => (resource: ResourceView) =>
  known(resource.props, of).state === "absent"
    ? undefined
    : demands(resource.props, retried, [
        { path, accepts: (given) => given === value, unmet: `an event is gone after the first failure: set ${path}` },
      ]);

/** Eventarc tries for a day by itself; the subscription that it makes for it is out of a stack's reach. */
const eventarc = ({ props }: ResourceView) =>
  demands(props, retried, [
    {
      path: "retryPolicy.maxAttempts",
      accepts: (value) => value !== 1,
      unmet: "an event is gone after the first failure: leave out retryPolicy.maxAttempts, which takes 1 only",
    },
  ]);

const schedulerJob = ({ props }: ResourceView) =>
  demands(props, retried, [
    {
      path: "retryConfig.retryCount",
      accepts: (value) => typeof value === "number" && value >= 1,
      unmet: "a run that cannot be delivered at once is lost: set retryConfig.retryCount",
    },
  ]);

/** Tasks have no place for dead letters: one attempt is all, or as many as there is time for. */
const taskQueue = ({ props }: ResourceView) =>
  demands(props, retried, [
    {
      path: "retryConfig.maxAttempts",
      accepts: (value) => value === undefined || Number(value) === -1 || Number(value) >= 2,
      unmet: "a task is gone after the first failure: set retryConfig.maxAttempts to 2 or more",
    },
  ]);

export const eventDeadLetters: Control = {
  id: "RES-03",
  title: "Events that cannot be delivered are tried again and kept",
  why: "A router gives up on a target that is throttled, misconfigured or away, and drops the event; its source never learns of it.",
  fix: "Give each route a place for what it cannot deliver: aws deadLetterConfig or redrivePolicy, azure deadLetterDestination, gcp a retry policy.",
  severity: "medium",
  frameworks: {
    gdpr: ["Art. 5(1)(f)", "Art. 32(1)(b)"],
    hipaa: ["164.312(c)(1)"],
    pciDss: [],
    soc2: ["PI1.3"],
    cis: [],
    nist80053: ["SI-17"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [
      { types: ["aws:cloudwatch/eventTarget:EventTarget"], judge: buriesAt("deadLetterConfig.arn") },
      { types: ["aws:scheduler/schedule:Schedule"], judge: buriesAt("target.deadLetterConfig.arn") },
      { types: ["aws:sns/topicSubscription:TopicSubscription"], judge: snsSubscription },
      { types: ["aws:pipes/pipe:Pipe"], judge: pipe },
      { types: ["aws:lambda/function:Function"], judge: calledLater },
      { types: [invokeConfig], judge: invokedOnce },
    ],
    azure: [
      { types: eventSubscriptionTypes, judge: eventSubscription },
      { types: [namespaceSubscription], judge: namespaceDelivery },
    ],
    gcp: [
      {
        types: ["gcp:cloudfunctionsv2/function:Function"],
        judge: eventFunction("eventTrigger.retryPolicy", "RETRY_POLICY_RETRY", "eventTrigger"),
      },
      {
        types: ["gcp:cloudfunctions/function:Function"],
        judge: eventFunction("eventTrigger.failurePolicy.retry", true, "eventTrigger"),
      },
      { types: ["gcp:eventarc/trigger:Trigger"], judge: eventarc },
      { types: ["gcp:cloudscheduler/job:Job"], judge: schedulerJob },
      { types: ["gcp:cloudtasks/queue:Queue"], judge: taskQueue },
    ],
  },
};
