import { known } from "../known";
import type { Control, ResourceView } from "../model";
import {
  buriesAt,
  calledLater,
  eventTarget,
  invokeConfig,
  invokedOnce,
  pipe,
  topicSubscription,
} from "../rules/aws/deliveries";
import { eventSubscriptionTypes, namespaceSubscription } from "../rules/azure/event-grid";
import { eventSubscription, namespaceDelivery } from "../rules/azure/event-grid-delivery";
import { demands } from "../rules/demands";

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
      { types: ["aws:cloudwatch/eventTarget:EventTarget"], judge: eventTarget },
      { types: ["aws:scheduler/schedule:Schedule"], judge: buriesAt("target.deadLetterConfig.arn") },
      { types: ["aws:sns/topicSubscription:TopicSubscription"], judge: topicSubscription },
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
