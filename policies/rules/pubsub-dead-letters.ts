import { known, valueAt } from "../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { hasName } from "../names";
import { perStack } from "./expect";
import { referred } from "./referred";

export const topicType = "gcp:pubsub/topic:Topic";
export const subscriptionType = "gcp:pubsub/subscription:Subscription";
const path = "deadLetterPolicy.deadLetterTopic";

/** Topics that subscriptions of this stack bury in. */
export const deadTopics = perStack(
  (stack: StackView): ReadonlySet<ResourceView> =>
    new Set(stack.ofType(subscriptionType).flatMap((one) => referred(one, path, stack, [topicType]))),
);

/** Subscriptions that keep dead letters. */
export const pubsubGraves = perStack(
  (stack: StackView): ReadonlySet<ResourceView> =>
    new Set(
      stack
        .ofType(subscriptionType)
        .filter((one) => referred(one, "topic", stack, [topicType]).some((topic) => deadTopics(stack).has(topic))),
    ),
);

/** What cannot be handled goes to a topic that a subscription keeps, by grants without which Pub/Sub does not even count. */
export function pubsubRedrive(resource: ResourceView, stack: StackView): Finding | Finding[] {
  if (pubsubGraves(stack).has(resource)) return kept(resource);
  const named = known(resource.props, path);
  if (!hasName(named))
    return fail("a message that nobody can handle comes again until it expires: set deadLetterPolicy.deadLetterTopic");
  const [topic] = referred(resource, path, stack, [topicType]);
  if (!topic) return undetermined("its dead-letter topic is none of this stack");
  const keeps = stack.ofType(subscriptionType).some((one) => referred(one, "topic", stack, [topicType])[0] === topic);
  return [
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

/** Left out, a subscription that was quiet for 31 days is deleted, with the dead letters of the day after. */
function kept({ props }: ResourceView): Finding {
  const ttl = known(props, "expirationPolicy.ttl");
  if (ttl.state === "unknown") return undetermined("expirationPolicy.ttl is known after deployment only");
  return ttl.state === "value" && ttl.value === ""
    ? pass("it keeps dead letters, however rare they are")
    : fail(
        "it keeps dead letters, and is deleted when none came for a while: set expirationPolicy.ttl to an empty text",
      );
}

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
  // A policy as a whole.
  if (known(by.props, "policyData").state !== "absent") return "unknown";
  const role = known(by.props, "role");
  if (role.state === "absent" || (role.state === "value" && !roles.includes(String(role.value)))) return "no";
  const named = ["member", "members"].flatMap((property) => {
    const found = known(by.props, property);
    if (found.state === "absent") return [];
    if (found.state === "value") return [found.value].flat();
    return [undefined];
  });
  if (named.some((one) => typeof one === "string" && agent.test(one)))
    return role.state === "value" ? "yes" : "unknown";
  const from = ["member", "members"].flatMap((property) => stack.dependencies(by, property));
  if (from.some(({ type, props }) => type === identityType && isPubsub(props))) return "yes";
  return named.some((one) => one === undefined) && from.length === 0 ? "unknown" : "no";
}

const identityType = "gcp:projects/serviceIdentity:ServiceIdentity";
const isPubsub = (props: unknown) => valueAt(props, "service") === "pubsub.googleapis.com";
