import { known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { hasName } from "../../names";
import { demands } from "../demands";
import { googleSeconds } from "../durations";
import { perStack } from "../expect";
import { referred } from "../referred";
import { bindingsRead } from "./iam";

export const topicType = "gcp:pubsub/topic:Topic";
export const subscriptionType = "gcp:pubsub/subscription:Subscription";
const path = "deadLetterPolicy.deadLetterTopic";

/** Topics that subscriptions of this stack bury in. */
export const deadTopics = perStack(
  (stack: StackView): ReadonlySet<ResourceView> =>
    new Set(stack.ofType(subscriptionType).flatMap((one) => referred(one, path, stack, [topicType]))),
);

/** Subscriptions that keep dead letters; none buries into the topic that it takes them from. */
export const pubsubGraves = perStack(
  (stack: StackView): ReadonlySet<ResourceView> =>
    new Set(
      stack.ofType(subscriptionType).filter((one) => {
        const own = referred(one, path, stack, [topicType]);
        return referred(one, "topic", stack, [topicType]).some(
          (topic) => deadTopics(stack).has(topic) && !own.includes(topic),
        );
      }),
    ),
);

/** What cannot be handled goes to a topic that a subscription keeps, by grants without which Pub/Sub does not even count. */
export function pubsubRedrive(resource: ResourceView, stack: StackView): Finding | Finding[] {
  if (pubsubGraves(stack).has(resource)) return kept(resource);
  const named = known(resource.props, path);
  if (!hasName(named))
    return fail("a message that nobody can handle comes again until it expires: set deadLetterPolicy.deadLetterTopic");
  const attempts = given(resource);
  const [topic] = referred(resource, path, stack, [topicType]);
  if (topic && referred(resource, "topic", stack, [topicType]).includes(topic))
    return fail("its dead letters come back to it: set deadLetterPolicy.deadLetterTopic to a topic of their own");
  if (!topic) return [undetermined("its dead-letter topic is none of this stack"), ...attempts];
  const keeps = stack.ofType(subscriptionType).some((one) => referred(one, "topic", stack, [topicType])[0] === topic);
  return [
    ...attempts,
    keeps
      ? pass("its dead letters are kept")
      : fail("its dead letters are gone as they are published: give the dead-letter topic a subscription"),
    granted(topic, stack, {
      roles: ["roles/pubsub.publisher", "roles/pubsub.editor"],
      on: "topic",
      beside: "gcp:pubsub/topicIAM",
      missing:
        "Pub/Sub may not publish to its dead-letter topic: grant its service agent roles/pubsub.publisher on that topic",
    }),
    granted(resource, stack, {
      roles: ["roles/pubsub.subscriber", "roles/pubsub.editor"],
      on: "subscription",
      beside: "gcp:pubsub/subscriptionIAM",
      missing:
        "Pub/Sub may not take its messages away: grant its service agent roles/pubsub.subscriber on this subscription",
    }),
  ];
}

/** Pub/Sub gives up after five attempts where nothing is said, and takes 5 to 100. */
function given({ props }: ResourceView): Finding[] {
  const attempts = known(props, "deadLetterPolicy.maxDeliveryAttempts");
  if (attempts.state === "absent") return [];
  if (attempts.state === "unknown")
    return [undetermined("deadLetterPolicy.maxDeliveryAttempts is known after deployment only")];
  const count = Number(attempts.value);
  return count >= 5 && count <= 100
    ? []
    : [fail("after how many attempts it gives up is not said: set deadLetterPolicy.maxDeliveryAttempts to 5 to 100")];
}

const leastDays = 7;

/**
 * Left out, a subscription that was quiet for 31 days is deleted, with the dead letters of the day after, and messages are
 * kept for seven days. A dead letter has attributes that filters do not expect.
 */
const kept = ({ props }: ResourceView): Finding[] =>
  demands(props, "it keeps dead letters, however rare they are", [
    {
      path: "expirationPolicy.ttl",
      accepts: (value) => value === "",
      unmet:
        "it keeps dead letters, and is deleted when none came for a while: set expirationPolicy.ttl to an empty text",
    },
    {
      path: "messageRetentionDuration",
      accepts: (value) => value === undefined || (googleSeconds(value) ?? 0) >= leastDays * 86_400,
      unmet: `it keeps dead letters for less than ${leastDays} days: set messageRetentionDuration`,
    },
    {
      path: "filter",
      accepts: (value) => value === undefined || value === "",
      unmet: "it keeps only the dead letters that its filter lets through: leave out filter",
    },
  ]);

interface Wanted {
  readonly roles: readonly string[];
  readonly on: string;
  /** How the types of its IAM resources begin. */
  readonly beside: string;
  readonly missing: string;
}

function granted(resource: ResourceView, stack: StackView, { roles, on, beside, missing }: Wanted): Finding {
  const onIt = stack.resources.filter(
    (one) => one.type.startsWith(beside) && referred(one, on, stack, [resource.type]).includes(resource),
  );
  const onProject = stack.resources.filter(({ type }) => type.startsWith("gcp:projects/iAM"));
  const answers = [...onIt, ...onProject].map((one) => grants(one, roles, stack));
  if (answers.includes("yes")) return pass("Pub/Sub's service agent may");
  return answers.includes("unknown")
    ? undetermined("what Pub/Sub's service agent may do is known after deployment only")
    : fail(missing);
}

const agent = /^serviceAccount:service-\d+@gcp-sa-pubsub\.iam\.gserviceaccount\.com$/;

function grants(by: ResourceView, roles: readonly string[], stack: StackView): "yes" | "no" | "unknown" {
  if (known(by.props, "role").state === "absent" && known(by.props, "policyData").state === "absent") return "no";
  const bindings = bindingsRead(by);
  if (bindings === "unknown") return "unknown";
  const giving = bindings.filter(({ role }) => role === undefined || roles.includes(role));
  if (giving.length === 0) return "no";
  const named = giving.find(({ members }) => members.some((member) => agent.test(member)));
  if (named) return named.role === undefined ? "unknown" : "yes";
  const from = ["member", "members"].flatMap((property) => stack.dependencies(by, property));
  if (from.some(({ type, props }) => type === identityType && isPubsub(props))) return "yes";
  return giving.some(({ open }) => open) && from.length === 0 ? "unknown" : "no";
}

const identityType = "gcp:projects/serviceIdentity:ServiceIdentity";
const isPubsub = (props: unknown) => valueAt(props, "service") === "pubsub.googleapis.com";
