import * as pubsub from "@pulumi/gcp/pubsub";
import * as serviceaccount from "@pulumi/gcp/serviceaccount";
import type * as pulumi from "@pulumi/pulumi";
import type { QueueWorkerSettings } from "../../runtime/settings";
import type { Realization } from "../core/cloud";
import { emulated, native } from "../core/contract";
import { formatDuration } from "../core/duration";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import { idempotencyRow } from "../delivery";
import type { QueueWorkerOutputs, QueueWorkerSpec } from "../queue-worker";
import { groundOf, type Permission, provide } from "./access";
import { makeAccount, serverlessFunction } from "./function";

/** Instances where no cap is asked for: what Cloud Run gives by itself. */
const defaultInstances = 100;

/** Topic, push subscription and function; dead letters go to a topic of their own that a subscription keeps. */
export function queueWorker(self: Pattern<"QueueWorker">, spec: QueueWorkerSpec): Realization<QueueWorkerOutputs> {
  const { id, site } = self;
  const ground = groundOf(site);
  const { project, region, labels } = ground;
  const shape = shaper(spec.transform?.gcp);
  const key = ground.keyFor("pubsub");
  const stored = () => self.child({ stateful: true, dependsOn: [...ground.enabled("pubsub"), ...key.ready] });
  const topicArgs = () => ({
    project,
    labels,
    kmsKeyName: key.name,
    messageStoragePolicy: { allowedPersistenceRegions: [region] },
  });
  const topic = new pubsub.Topic(id, shape("topic", topicArgs()), stored());
  const deadTopic = new pubsub.Topic(`${id}-dead`, shape("deadTopic", topicArgs()), stored());
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
  };
  const worker = serverlessFunction(self, {
    name: `${id}-fn`,
    handler: spec.handler,
    settings,
    ingress: "ALLOW_INTERNAL_ONLY",
    maxInstances: spec.maxConcurrency ?? defaultInstances,
    own: [{ name: "bury", permission: buries }],
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
  const subscription = new pubsub.Subscription(
    id,
    shape("subscription", {
      project,
      labels,
      topic: topic.id,
      // For a push it is also how long Pub/Sub waits for the answer.
      ackDeadlineSeconds: Math.min(600, Math.max(10, timeoutSeconds + 10)),
      messageRetentionDuration: `${spec.retentionSeconds}s`,
      // The default deletes a subscription that was quiet for 31 days.
      expirationPolicy: { ttl: "" },
      retryPolicy: { minimumBackoff: `${spec.backoff.minSeconds}s`, maximumBackoff: `${spec.backoff.maxSeconds}s` },
      deadLetterPolicy: { deadLetterTopic: deadTopic.id, maxDeliveryAttempts: spec.maxDeliveries },
      // Wrapped: only the envelope tells which attempt it is.
      pushConfig: {
        pushEndpoint: worker.uri,
        oidcToken: { serviceAccountEmail: push.email, audience: worker.uri },
      },
    }),
    self.child({ stateful: true, dependsOn: ready }),
  );
  // Together with its grant on the dead-letter topic: without both Pub/Sub neither forwards nor even counts.
  new pubsub.SubscriptionIAMMember(
    `${id}-agent-forward`,
    { project, subscription: subscription.name, role: "roles/pubsub.subscriber", member: agent },
    self.child(),
  );

  provide(self, () => ({
    config: { topic: topic.id, maxMessageBytes: spec.maxMessageBytes },
    permission: publisher(topic),
  }));
  return {
    contract: contractOf(self, spec),
    grants: worker.grants,
    nodes: {
      topic,
      subscription,
      deadTopic,
      deadSubscription,
      function: worker.resource,
      account: worker.account,
      push,
    },
    outputs: { queue: topic.id, deadLetters: deadSubscription.id },
  };
}

function publisher(topic: pubsub.Topic): Permission {
  const role = "roles/pubsub.publisher";
  return {
    rendered: { role, on: "topic", resource: topic.id },
    bind: (name, member, options) =>
      new pubsub.TopicIAMMember(name, { project: topic.project, topic: topic.name, role, member }, options),
  };
}

function contractOf({ site }: Pattern, spec: QueueWorkerSpec) {
  const same = (property: string, value: string, why: string, source: string) =>
    native(property, value, value, why, source);
  const subscription = "Pub/Sub API v1, Subscription";
  const run = "cloud.google.com/run/docs";
  const { min, max } = { min: formatDuration(spec.backoff.minSeconds), max: formatDuration(spec.backoff.maxSeconds) };
  const encryption = site.dataClass === "internal" ? "Google's own key" : "customer-managed key";
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
      `${subscription}.deadLetterPolicy.maxDeliveryAttempts`,
    ),
    same(
      "retention",
      formatDuration(spec.retentionSeconds),
      "a message that was not handled by then is dropped, not dead-lettered",
      `${subscription}.messageRetentionDuration`,
    ),
    emulated(
      "maxMessageBytes",
      `${spec.maxMessageBytes} bytes`,
      `${spec.maxMessageBytes} bytes`,
      "refused by the client at send; Pub/Sub itself takes 10 MB",
      "runtime/gcp/queue.ts",
    ),
    same("backoff", `${min} to ${max}`, "exponential, by Pub/Sub", `${subscription}.retryPolicy`),
    same("batch", "1 in 0 seconds", "a push carries one message", `${subscription}.pushConfig`),
    native(
      "maxConcurrency",
      spec.maxConcurrency === undefined ? "none asked" : String(spec.maxConcurrency),
      String(spec.maxConcurrency ?? defaultInstances),
      "instances of one call each; a delivery that finds none free is refused and counts",
      `${run}/configuring/max-instances`,
    ),
    same(
      "deadLetter.retention",
      formatDuration(spec.deadLetterRetentionSeconds),
      "counted from the day it died",
      `${subscription}.messageRetentionDuration`,
    ),
    emulated(
      "deadLetter.cause",
      cause,
      cause,
      "the adapter publishes the last failure with its cause; where it cannot, Pub/Sub forwards the message without",
      "runtime/gcp/queue-worker.ts",
    ),
    idempotencyRow(spec, subscription),
    native(
      "ordering",
      "none asked",
      "none",
      "retries and concurrency reorder",
      `${subscription}.enableMessageOrdering`,
    ),
    same("encryption", encryption, "both topics; TLS on every way", "cloud.google.com/pubsub/docs/encryption"),
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
