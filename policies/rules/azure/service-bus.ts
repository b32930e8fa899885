import { known } from "../../known";
import { type Finding, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { isName } from "../../names";
import { demands, isTrue } from "../demands";
import { perStack } from "../expect";
import { referred } from "../referred";

export const busQueue = "azure-native:servicebus:Queue";
export const busSubscription = "azure-native:servicebus:Subscription";
export const busEntities: readonly string[] = [busQueue, busSubscription];

/** Queues that others forward their dead letters to. */
export const busGraves = perStack((stack: StackView): ReadonlySet<ResourceView> => {
  const entities = stack.ofType(...busEntities);
  return new Set(entities.flatMap((one) => referred(one, "forwardDeadLetteredMessagesTo", stack, [busQueue])));
});

/** Every queue and subscription has a dead-letter queue inside; what expires gets there only where it is asked to. */
export function busRedrive(resource: ResourceView, stack: StackView): Finding | Finding[] {
  if (busGraves(stack).has(resource)) return pass("it is a dead-letter queue itself");
  const forwards = known(resource.props, "forwardTo");
  if (forwards.state === "value" && isName(forwards.value)) return pass("it hands all its messages on");
  const findings = demands(resource.props, "what nobody can handle, or has expired, is a dead letter", [
    {
      path: "maxDeliveryCount",
      accepts: (value) => value === undefined || (typeof value === "number" && value >= 2),
      unmet: "a message dies of its first failure: set maxDeliveryCount to 2 or more",
    },
    {
      path: "deadLetteringOnMessageExpiration",
      accepts: isTrue,
      unmet: "a message that expires is gone: set deadLetteringOnMessageExpiration to true",
    },
  ]);
  return forwards.state === "unknown" && findings.some(({ verdict }) => verdict === "fail")
    ? undetermined("whether it hands its messages on is known after deployment only")
    : findings;
}
