import type { Function as CloudFunction, FunctionArgs } from "@pulumi/gcp/cloudfunctionsv2";
import type { AlertPolicy, AlertPolicyArgs } from "@pulumi/gcp/monitoring";
import * as pubsub from "@pulumi/gcp/pubsub";
import type { Account } from "@pulumi/gcp/serviceaccount";
import * as serviceaccount from "@pulumi/gcp/serviceaccount";
import type * as pulumi from "@pulumi/pulumi";
import type { QueueWorkerSettings } from "../../runtime/settings";
import { type ContractRow, emulated, native } from "../core/contract";
import { formatDuration } from "../core/duration";
import type { shaper } from "../core/escape";
import type { GrantRecord } from "../core/grant";
import type { Pattern } from "../core/pattern";
import { alarmRow, type DeliverySpec, idempotencyRow } from "../delivery";
import { groundOf, type Permission } from "./access";
import { deadLetterAlarm } from "./alarm";
import { type FunctionUnit, makeAccount, serverlessFunction } from "./function";

/** Instances where no cap is asked for: what Cloud Run gives by itself. */
const defaultInstances = 100;

/** Parts that a transform can change. */
export interface WorkedQueueParts {
  topic: pubsub.TopicArgs;
  subscription: pubsub.SubscriptionArgs;
  deadTopic: pubsub.TopicArgs;
  deadSubscription: pubsub.SubscriptionArgs;
  function: FunctionArgs;
  alarm: AlertPolicyArgs;
}

/** The provider's resources behind every pattern that has a queue. */
export interface WorkedQueueNodes {
  topic: pubsub.Topic;
  subscription: pubsub.Subscription;
  deadTopic: pubsub.Topic;
  deadSubscription: pubsub.Subscription;
  function: CloudFunction;
  account: Account;
  push: Account;
  /** Undefined where nobody wants to be told. */
  alarm: AlertPolicy | undefined;
}

export interface WorkedQueueRequest {
  readonly spec: DeliverySpec;
  /** What the adapter is told beside what every queue's is. `queue`: the topic's own id. */
  readonly settings?: (topic: pulumi.Output<string>) => Readonly<Record<string, unknown>>;
  /** Whether messages of one ordering key are delivered one after another. */
  readonly ordered?: boolean;
  /** What else the function needs beside its uses. */
  readonly own?: (topic: pubsub.Topic) => readonly { readonly name: string; readonly permission: Permission }[];
  readonly shape: ReturnType<typeof shaper<WorkedQueueParts>>;
}

export interface WorkedQueue {
  readonly nodes: WorkedQueueNodes;
  readonly worker: FunctionUnit;
  readonly grants: readonly GrantRecord[];
  readonly outputs: { readonly queue: pulumi.Output<string>; readonly deadLetters: pulumi.Output<string> };
  /** A subscription of another topic that delivers to the same function, with the same dead letters. */
  readonly alsoFrom: (
    name: string,
    args: Pick<pubsub.SubscriptionArgs, "topic"> & Partial<pubsub.SubscriptionArgs>,
    shape: (args: pubsub.SubscriptionArgs) => pubsub.SubscriptionArgs,
    dependsOn?: readonly pulumi.Resource[],
  ) => pubsub.Subscription;
}

/** A topic that keeps its messages in the stack's region, under its key. */
export function makeTopic(
  self: Pattern,
  name: string,
  shape: (args: pubsub.TopicArgs) => pubsub.TopicArgs,
  more: Partial<pubsub.TopicArgs> = {},
): pubsub.Topic {
  const ground = groundOf(self.site);
  const key = ground.keyFor("pubsub");
  return new pubsub.Topic(
    name,
    shape({
      project: ground.project,
      labels: ground.labels,
      kmsKeyName: key.name,
      messageStoragePolicy: { allowedPersistenceRegions: [ground.region] },
      ...more,
    }),
    self.child({ stateful: true, dependsOn: [...ground.enabled("pubsub"), ...key.ready] }),
  );
}

/**
 * Topic, push subscription and function, and a topic of their own for dead letters that a subscription keeps: what stands
 * behind every pattern that calls a handler.
 */
export function workedQueue(self: Pattern, request: WorkedQueueRequest): WorkedQueue {
  const { spec, ordered = false, shape } = request;
  const { id, site } = self;
  const ground = groundOf(site);
  const { project, labels } = ground;
  const topic = makeTopic(self, id, (args) => shape("topic", args));
  const deadTopic = makeTopic(self, `${id}-dead`, (args) => shape("deadTopic", args));
  // Without it a dead letter would be gone the moment it is published.
  const deadSubscription = new pubsub.Subscription(
    `${id}-dead`,
    shape("deadSubscription", {
      project,
      labels,
      topic: deadTopic.id,
      messageRetentionDuration: `${spec.deadLetterRetentionSeconds}s`,
      ackDeadlineSeconds: 60,
      expirationPolicy: { ttl: "" },
    }),
    self.child({ stateful: true }),
  );
  const alarm = deadLetterAlarm(self, deadSubscription, (args) => shape("alarm", args));
  const agent = ground.agent("pubsub");
  const buries = publisher(deadTopic);
  const { timeoutSeconds } = spec.handler;
  const settings: { [Name in keyof QueueWorkerSettings]: pulumi.Input<QueueWorkerSettings[Name]> } = {
    component: id,
    timeoutSeconds,
    maxDeliveries: spec.maxDeliveries,
    backoff: spec.backoff,
    deadLetter: deadTopic.id,
    ...(spec.idempotency ? { idempotency: spec.idempotency } : {}),
    ...request.settings?.(topic.id),
  };
  const worker = serverlessFunction(self, {
    name: `${id}-fn`,
    handler: spec.handler,
    settings,
    ingress: "ALLOW_INTERNAL_ONLY",
    maxInstances: spec.maxConcurrency ?? defaultInstances,
    own: [{ name: "bury", permission: buries }, ...(request.own?.(topic) ?? [])],
    shape: (args) => shape("function", args),
  });
  const push = makeAccount(self, `${id}-push`, `Delivers messages to ${id}`);
  const ready = [
    worker.admit(`${id}-push`, push.member),
    new serviceaccount.IAMMember(
      `${id}-push-token`,
      { serviceAccountId: push.name, role: "roles/iam.serviceAccountOpenIdTokenCreator", member: agent },
      self.child(),
    ),
    buries.bind(`${id}-agent-bury`, agent, self.child()),
  ];
  const alsoFrom: WorkedQueue["alsoFrom"] = (name, args, shaped, dependsOn = []) => {
    const subscription = new pubsub.Subscription(
      name,
      shaped({
        project,
        labels,
        // For a push it is also how long Pub/Sub waits for the answer.
        ackDeadlineSeconds: Math.min(600, Math.max(10, timeoutSeconds + 10)),
        messageRetentionDuration: `${spec.retentionSeconds}s`,
        // The default deletes a subscription that was quiet for 31 days.
        expirationPolicy: { ttl: "" },
        retryPolicy: { minimumBackoff: `${spec.backoff.minSeconds}s`, maximumBackoff: `${spec.backoff.maxSeconds}s` },
        deadLetterPolicy: { deadLetterTopic: deadTopic.id, maxDeliveryAttempts: spec.maxDeliveries },
        ...(ordered ? { enableMessageOrdering: true } : {}),
        // Wrapped: only the envelope tells which attempt it is.
        pushConfig: {
          pushEndpoint: worker.uri,
          oidcToken: { serviceAccountEmail: push.email, audience: worker.uri },
        },
        ...args,
      }),
      self.child({ stateful: true, dependsOn: [...ready, ...dependsOn] }),
    );
    // Together with its grant on the dead-letter topic: without both Pub/Sub neither forwards nor even counts.
    new pubsub.SubscriptionIAMMember(
      `${name}-agent-forward`,
      { project, subscription: subscription.name, role: "roles/pubsub.subscriber", member: agent },
      self.child(),
    );
    return subscription;
  };
  const subscription = alsoFrom(id, { topic: topic.id }, (args) => shape("subscription", args));
  return {
    nodes: {
      topic,
      subscription,
      deadTopic,
      deadSubscription,
      function: worker.resource,
      account: worker.account,
      push,
      alarm,
    },
    worker,
    grants: worker.grants,
    outputs: { queue: topic.id, deadLetters: deadSubscription.id },
    alsoFrom,
  };
}

export function publisher(topic: pubsub.Topic): Permission {
  const role = "roles/pubsub.publisher";
  return {
    rendered: { role, on: "topic", resource: topic.id },
    bind: (name, member, options) =>
      new pubsub.TopicIAMMember(name, { project: topic.project, topic: topic.name, role, member }, options),
  };
}

const same = (property: string, value: string, why: string, source: string) =>
  native(property, value, value, why, source);
const subscriptionApi = "Pub/Sub API v1, Subscription";
const run = "cloud.google.com/run/docs";

/** What every pattern that calls a function promises. */
export function handlerRows({ site }: Pattern, spec: DeliverySpec): readonly ContractRow[] {
  const { min, max } = { min: formatDuration(spec.backoff.minSeconds), max: formatDuration(spec.backoff.maxSeconds) };
  const cause = "error, attempts, trace";
  return [
    same(
      "timeout",
      formatDuration(spec.handler.timeoutSeconds),
      "Cloud Run ends the call; Pub/Sub waits up to 10 seconds longer",
      "cloudfunctions.v2 ServiceConfig.timeoutSeconds",
    ),
    same(
      "memory",
      `${spec.handler.memoryMiB} MiB`,
      "of each instance",
      "cloudfunctions.v2 ServiceConfig.availableMemory",
    ),
    native(
      "maxDeliveries",
      String(spec.maxDeliveries),
      `about ${spec.maxDeliveries}`,
      "counted by Pub/Sub, best effort: refused and late deliveries count, and the count may start again",
      `${subscriptionApi}.deadLetterPolicy.maxDeliveryAttempts`,
    ),
    same("backoff", `${min} to ${max}`, "exponential, by Pub/Sub", `${subscriptionApi}.retryPolicy`),
    same(
      "deadLetter.retention",
      formatDuration(spec.deadLetterRetentionSeconds),
      "counted from the day it died",
      `${subscriptionApi}.messageRetentionDuration`,
    ),
    emulated(
      "deadLetter.cause",
      cause,
      cause,
      "the adapter publishes the last failure with its cause; where it cannot, Pub/Sub forwards the message without",
      "runtime/gcp/worked.ts",
    ),
    alarmRow(
      site,
      "an alert policy by e-mail",
      "within minutes of the first; closed once none is left",
      "cloud.google.com/pubsub/docs/monitoring",
    ),
    idempotencyRow(spec, subscriptionApi),
    same(
      "tracing",
      "W3C trace context",
      "in a message attribute; the sender's trace goes on in the worker's log",
      "runtime/trace.ts",
    ),
    same(
      "logs",
      formatDuration(site.logRetentionDays * 86_400),
      "structured lines without payloads, routed to the stack's log bucket",
      "cloud.google.com/logging/docs/routing/overview",
    ),
  ];
}

/** What every pattern with a queue promises. */
export function deliveryRows(self: Pattern, spec: DeliverySpec): readonly ContractRow[] {
  return [
    ...handlerRows(self, spec),
    same(
      "retention",
      formatDuration(spec.retentionSeconds),
      "a message that was not handled by then is dropped, not dead-lettered",
      `${subscriptionApi}.messageRetentionDuration`,
    ),
    native(
      "maxConcurrency",
      spec.maxConcurrency === undefined ? "none asked" : String(spec.maxConcurrency),
      String(spec.maxConcurrency ?? defaultInstances),
      "instances of one call each; a delivery that finds none free is refused and counts",
      `${run}/configuring/max-instances`,
    ),
    encryptionRow(self, "the topics; TLS on every way", "cloud.google.com/pubsub/docs/encryption"),
  ];
}

/** What becomes of events that never reach the queue. */
export function undeliveredRow(between: string, source: string): ContractRow {
  return native("undelivered", "kept", "none can be", between, source);
}

export function encryptionRow({ site }: Pattern, what: string, source: string): ContractRow {
  const key = site.dataClass === "internal" ? "Google's own key" : "customer-managed key";
  return native("encryption", site.dataClass, key, what, source);
}
