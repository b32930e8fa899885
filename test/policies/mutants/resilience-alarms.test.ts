import { awsStack } from "../support/aws";
import { azureStack } from "../support/azure";
import { set } from "../support/changes";
import { gcpStack } from "../support/gcp";
import { killed } from "../support/mutants";
import { accepted } from "../support/outcomes";
import { Out, type Stack, text } from "../support/stack";

const allOf = (criterion: object) => ({ "criteria.allOf": [criterion] });
const dead = new Out("dead", "dead");
const queue = new Out("queue", "queue");
const entity = (values: unknown[]) => [{ name: "EntityName", operator: "Include", values }];
const threshold = (filter: string) => [{ conditionThreshold: { filter } }];
const undelivered = 'metric.type="pubsub.googleapis.com/subscription/num_undelivered_messages"';
const watched = (more: object = {}) => [
  {
    conditionThreshold: {
      filter: text(`${undelivered} AND resource.labels.subscription_id="`, new Out("graves", "graves"), '"'),
      ...more,
    },
  },
];
const condition = (more: object) => (stack: Stack) => stack.set("alarm", { conditions: watched(more) });

describe("mutants of dead-letter alarms", () => {
  killed("RES-02", awsStack, "dead", [
    { name: "no alarm", change: (stack) => stack.remove("alarm") },
    { name: "no actions", change: (stack) => stack.set("alarm", { alarmActions: undefined }) },
    { name: "an empty list of actions", change: (stack) => stack.set("alarm", { alarmActions: [] }) },
    { name: "an action without a name", change: (stack) => stack.set("alarm", { alarmActions: [""] }) },
    { name: "actions switched off", change: (stack) => stack.set("alarm", { actionsEnabled: false }) },
    { name: "another metric", change: (stack) => stack.set("alarm", { metricName: "NumberOfMessagesSent" }) },
    {
      name: "an alarm for when there are none",
      change: (stack) => stack.set("alarm", { comparisonOperator: "LessThanThreshold" }),
    },
    {
      name: "an alarm on another queue",
      change: (stack) => stack.set("alarm", { dimensions: { QueueName: queue } }),
    },
    { name: "a threshold that is never reached", change: (stack) => stack.set("alarm", { threshold: 1e9 }) },
    {
      name: "a threshold that is never reached, as text",
      change: (stack) => stack.set("alarm", { threshold: "5000" }),
    },
    { name: "no threshold", change: (stack) => stack.set("alarm", { threshold: undefined }) },
    { name: "a metric of another service", change: (stack) => stack.set("alarm", { namespace: "AWS/SNS" }) },
    { name: "a count of samples", change: (stack) => stack.set("alarm", { statistic: "SampleCount" }) },
    { name: "an action that is no ARN", change: (stack) => stack.set("alarm", { alarmActions: ["operations"] }) },
    { name: "an alarm on no queue", change: (stack) => stack.set("alarm", { dimensions: {} }) },
    {
      name: "an alarm on a queue elsewhere",
      change: (stack) => stack.set("alarm", { dimensions: { QueueName: "x" } }),
    },
  ]);

  killed("RES-02", azureStack, "dead", [
    { name: "no alert", change: (stack) => stack.remove("alarm") },
    { name: "an alert switched off", change: (stack) => stack.set("alarm", { enabled: false }) },
    { name: "no actions", change: (stack) => stack.set("alarm", { actions: undefined }) },
    { name: "an action without a group", change: (stack) => stack.set("alarm", { actions: [{}] }) },
    {
      name: "another metric",
      change: (stack) => stack.set("alarm", allOf({ metricName: "Size", dimensions: entity([dead]) })),
    },
    {
      name: "another queue",
      change: (stack) => stack.set("alarm", allOf({ metricName: "ActiveMessages", dimensions: entity([queue]) })),
    },
    {
      name: "every queue but this one",
      change: (stack) =>
        stack.set(
          "alarm",
          allOf({
            metricName: "ActiveMessages",
            dimensions: [{ name: "EntityName", operator: "Exclude", values: [dead] }],
          }),
        ),
    },
    { name: "no dimensions", change: (stack) => stack.set("alarm", allOf({ metricName: "ActiveMessages" })) },
    {
      name: "dead letters that stay inside a queue, unwatched",
      change: (stack) => stack.set("queue", { forwardDeadLetteredMessagesTo: undefined }),
      at: ["dead", "queue"],
      // Nobody buries in the other queue any more.
      also: ["RES-01 dead"],
    },
  ]);

  killed("RES-02", gcpStack, "graves", [
    { name: "no alert policy", change: (stack) => stack.remove("alarm") },
    { name: "a policy switched off", change: (stack) => stack.set("alarm", { enabled: false }) },
    { name: "no channels", change: (stack) => stack.set("alarm", { notificationChannels: undefined }) },
    { name: "an empty list of channels", change: (stack) => stack.set("alarm", { notificationChannels: [] }) },
    { name: "no conditions", change: (stack) => stack.set("alarm", { conditions: [] }) },
    {
      name: "another metric",
      change: (stack) =>
        stack.set("alarm", { conditions: threshold('metric.type="pubsub.googleapis.com/topic/send_request_count"') }),
    },
    {
      name: "another subscription",
      change: (stack) =>
        stack.set("alarm", { conditions: threshold(`${undelivered} AND resource.labels.subscription_id="other"`) }),
    },
    {
      name: "every subscription but this one",
      change: (stack) =>
        stack.set("graves", { name: "graves" }).set("alarm", {
          conditions: threshold(`${undelivered} AND resource.labels.subscription_id != "graves"`),
        }),
    },
    { name: "an alarm for when there are none", change: condition({ comparison: "COMPARISON_LT" }) },
    { name: "an alarm from a million on", change: condition({ comparison: "COMPARISON_GT", thresholdValue: 1e6 }) },
    { name: "an alarm after most of a day", change: condition({ duration: "72000s" }) },
    {
      name: "an alarm only when something else is wrong too",
      change: (stack) =>
        stack.set("alarm", {
          combiner: "AND",
          conditions: [...watched(), ...threshold('metric.type="run.googleapis.com/request_count"')],
        }),
    },
  ]);

  accepted("RES-02", gcpStack, [
    [
      "the first dead letter, for five minutes",
      condition({ comparison: "COMPARISON_GT", thresholdValue: 0, duration: "300s" }),
    ],
    ["every subscription of the project", set("alarm", { conditions: threshold(undelivered) })],
    [
      "a query of Prometheus",
      (stack) =>
        stack.set("graves", { name: "graves" }).set("alarm", {
          conditions: [
            {
              conditionPrometheusQueryLanguage: {
                query: 'pubsub_googleapis_com:subscription_num_undelivered_messages{subscription_id="graves"} > 0',
              },
            },
          ],
        }),
    ],
    [
      "one of two conditions",
      set("alarm", {
        combiner: "OR",
        conditions: [...watched(), ...threshold('metric.type="run.googleapis.com/request_count"')],
      }),
    ],
  ]);
});
