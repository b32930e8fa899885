import { known } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { hasName } from "../../names";
import { type Demand, demands } from "../demands";
import { list } from "../expect";
import { numberOf } from "../numbers";
import { referred } from "../referred";
import { sqsQueue } from "./dead-letters";

export const eventSourceMapping = "aws:lambda/eventSourceMapping:EventSourceMapping";

const streams = ["aws:kinesis/stream:Stream", "aws:kinesis/streamConsumer:StreamConsumer", "aws:dynamodb/table:Table"];

/** What a mapping reads from: told by its ARN, or by where that comes from. */
export function sourceOf(mapping: ResourceView, stack: StackView): "queue" | "stream" | "kafka" | "other" | "unknown" {
  const arn = known(mapping.props, "eventSourceArn");
  const from = stack.dependencies(mapping, "eventSourceArn").map(({ type }) => type);
  if (arn.state === "value" && typeof arn.value === "string") {
    if (/^arn:[^:]*:sqs:/.test(arn.value)) return "queue";
    if (/^arn:[^:]*:kafka:/.test(arn.value)) return "kafka";
    return /^arn:[^:]*:(?:kinesis|dynamodb):/.test(arn.value) ? "stream" : "other";
  }
  if (arn.state === "absent")
    return known(mapping.props, "selfManagedEventSource").state === "absent" ? "other" : "kafka";
  if (from.includes(sqsQueue)) return "queue";
  if (from.some((type) => type.startsWith("aws:msk/"))) return "kafka";
  if (from.some((type) => streams.includes(type))) return "stream";
  return from.length > 0 ? "other" : "unknown";
}

/** A poison message or record neither comes back too early, nor holds up its shard for ever, nor is gone. */
export function mapping(resource: ResourceView, stack: StackView): Finding | Finding[] | undefined {
  switch (sourceOf(resource, stack)) {
    case "queue":
      return hidden(resource, stack);
    case "stream":
      return demands(
        resource.props,
        "a record that fails is retried apart, a finite number of times, and kept",
        ofStream,
      );
    case "kafka":
      return demands(resource.props, "a record that fails is kept", [onFailure]);
    case "unknown":
      return undetermined("eventSourceArn is known after deployment only");
    default:
      return undefined;
  }
}

const onFailure: Demand = {
  path: "destinationConfig.onFailure",
  accepts: (value) => hasName(known(value, "destinationArn")),
  unmet: "a record that fails for good is gone: set destinationConfig.onFailure.destinationArn",
};

const ofStream: readonly Demand[] = [
  {
    path: "maximumRetryAttempts",
    accepts: (value) => typeof value === "number" && value >= 0,
    unmet: "a record that fails holds up its shard until it expires: set maximumRetryAttempts",
  },
  onFailure,
];

/** Where a batch is not split, one bad record spends the attempts of all. */
export function splits({ props }: ResourceView): Finding | undefined {
  const [bisect, types] = [known(props, "bisectBatchOnFunctionError"), known(props, "functionResponseTypes")];
  if (bisect.state === "value" && bisect.value === true) return pass("a failing batch is split");
  if (types.state === "value" && list(types.value).includes("ReportBatchItemFailures"))
    return pass("failures are reported one by one");
  return bisect.state === "unknown" || types.state === "unknown"
    ? undetermined("how a failing batch is split is known after deployment only")
    : fail(
        "one bad record spends the attempts of its batch: set bisectBatchOnFunctionError or ReportBatchItemFailures",
      );
}

/** AWS asks for six times the function's timeout, so that a throttled batch is not handled twice at once. */
function hidden(resource: ResourceView, stack: StackView): Finding {
  const [queue] = referred(resource, "eventSourceArn", stack, [sqsQueue]);
  const lambda = functionOf(resource, stack);
  if (!queue || !lambda) return undetermined("its queue or its function is none of this stack");
  const [visibility, timeout] = [known(queue.props, "visibilityTimeoutSeconds"), known(lambda.props, "timeout")];
  if (visibility.state === "unknown" || timeout.state === "unknown")
    return undetermined("the queue's visibility timeout or the function's is known after deployment only");
  const seconds = (found: typeof timeout, byDefault: number) =>
    (found.state === "value" ? numberOf(found.value) : undefined) ?? byDefault;
  return seconds(visibility, 30) >= 6 * seconds(timeout, 3)
    ? pass("messages stay hidden for six times as long as the function may take")
    : fail("messages come back while they are handled: set the queue's visibilityTimeoutSeconds to six times timeout");
}

const lambdaFunction = "aws:lambda/function:Function";

/** The function behind a name or ARN, whether by an alias or not. */
export function functionOf(
  resource: ResourceView,
  stack: StackView,
  property = "functionName",
): ResourceView | undefined {
  const [found] = referred(resource, property, stack, [lambdaFunction, "aws:lambda/alias:Alias"]);
  if (found?.type !== "aws:lambda/alias:Alias") return found;
  return referred(found, "functionName", stack, [lambdaFunction])[0];
}
