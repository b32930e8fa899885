import { isObject, known, unknownValue } from "../../known";
import type { ResourceView, StackView } from "../../model";
import { perStack } from "../expect";
import { referred } from "../referred";

export const sqsQueue = "aws:sqs/queue:Queue";

/** Where resources on AWS name the queue for what they cannot deliver. */
const places: Readonly<Record<string, readonly string[]>> = {
  [sqsQueue]: ["redrivePolicy"],
  "aws:sqs/redrivePolicy:RedrivePolicy": ["redrivePolicy"],
  "aws:sns/topicSubscription:TopicSubscription": ["redrivePolicy"],
  "aws:cloudwatch/eventTarget:EventTarget": ["deadLetterConfig.arn"],
  "aws:scheduler/schedule:Schedule": ["target.deadLetterConfig.arn"],
  "aws:pipes/pipe:Pipe": [
    "sourceParameters.kinesisStreamParameters.deadLetterConfig.arn",
    "sourceParameters.dynamodbStreamParameters.deadLetterConfig.arn",
  ],
  "aws:lambda/function:Function": ["deadLetterConfig.targetArn"],
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": ["destinationConfig.onFailure.destination"],
  "aws:lambda/eventSourceMapping:EventSourceMapping": ["destinationConfig.onFailure.destinationArn"],
};

/** The target and count of a redrive policy, which is JSON text or, in some languages, an object; unknown ones as the engine's sentinel. */
export function redrive(value: unknown): { readonly target: unknown; readonly count: unknown } {
  const policy = typeof value === "string" ? parsed(value) : value;
  const [target, count] = ["deadLetterTargetArn", "maxReceiveCount"].map((path) => {
    const found = known(policy, path);
    return found.state === "unknown" ? unknownValue : found.state === "value" ? found.value : undefined;
  });
  return { target, count };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The queues of this stack that a redrive policy may bury in. */
export function buriesIn(resource: ResourceView, stack: StackView): readonly ResourceView[] {
  return (places[resource.type] ?? []).flatMap((path) => {
    const found = known(resource.props, path);
    if (found.state === "absent") return [];
    if (!path.endsWith("redrivePolicy")) return referred(resource, path, stack, [sqsQueue]);
    const { target } = redrive(found.state === "value" ? found.value : undefined);
    const byTarget = {
      ...resource,
      props: isObject(resource.props) ? { ...resource.props, redrivePolicy: target } : {},
    };
    return referred(byTarget, path, stack, [sqsQueue]);
  });
}

/** Queues with a redrive policy, of their own or beside them, by what names it. */
export const redrivePolicies = perStack((stack: StackView): ReadonlyMap<ResourceView, readonly ResourceView[]> => {
  const found = new Map<ResourceView, ResourceView[]>();
  const add = (queue: ResourceView, by: ResourceView) => found.set(queue, [...(found.get(queue) ?? []), by]);
  for (const queue of stack.ofType(sqsQueue))
    if (known(queue.props, "redrivePolicy").state !== "absent") add(queue, queue);
  for (const policy of stack.ofType("aws:sqs/redrivePolicy:RedrivePolicy"))
    for (const queue of referred(policy, "queueUrl", stack, [sqsQueue])) add(queue, policy);
  return found;
});

export interface Grave {
  /** Whoever buries in it. */
  readonly of: readonly ResourceView[];
  /** False where another queue of this stack may be meant. */
  readonly sure: boolean;
}

/** The dead-letter queues of a stack. */
export const graves = perStack((stack: StackView): ReadonlyMap<ResourceView, Grave> => {
  const found = new Map<ResourceView, Grave>();
  const sources = redrivePolicies(stack);
  for (const resource of stack.ofType(...Object.keys(places))) {
    const all = buriesIn(resource, stack).filter((queue) => queue !== resource);
    // A value may come from a queue and from its dead-letter queue: the one that buries in another is not meant.
    const candidates = all.length > 1 ? all.filter((queue) => !sources.has(queue)) : all;
    for (const queue of candidates) {
      const before = found.get(queue);
      found.set(queue, {
        of: [...(before?.of ?? []), resource],
        sure: before?.sure === true || candidates.length === 1,
      });
    }
  }
  return found;
});
