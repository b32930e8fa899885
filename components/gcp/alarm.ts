import * as monitoring from "@pulumi/gcp/monitoring";
import type { Subscription } from "@pulumi/gcp/pubsub";
import * as pulumi from "@pulumi/pulumi";
import type { Pattern } from "../core/pattern";
import { type Ground, groundOf } from "./access";

const channels = new WeakMap<Ground, monitoring.NotificationChannel>();

/** Tells of a subscription's first dead letter, and again once it had been empty; nothing where nobody wants to be told. */
export function deadLetterAlarm(
  self: Pattern,
  deadSubscription: Subscription,
  shape: (args: monitoring.AlertPolicyArgs) => monitoring.AlertPolicyArgs,
): monitoring.AlertPolicy | undefined {
  const { site } = self;
  if (site.alarmEmail === undefined) return undefined;
  const ground = groundOf(site);
  const displayName = `Dead letters of ${self.kind} ${self.id} of ${site.project}/${site.stack}`;
  return new monitoring.AlertPolicy(
    `${self.id}-dead`,
    shape({
      project: ground.project,
      displayName,
      enabled: true,
      combiner: "OR",
      conditions: [
        {
          displayName,
          conditionThreshold: {
            filter: pulumi.interpolate`resource.type = "pubsub_subscription" AND resource.labels.subscription_id = "${deadSubscription.name}" AND metric.type = "pubsub.googleapis.com/subscription/num_undelivered_messages"`,
            comparison: "COMPARISON_GT",
            thresholdValue: 0,
            duration: "0s",
            aggregations: [{ alignmentPeriod: "300s", perSeriesAligner: "ALIGN_MAX" }],
          },
        },
      ],
      notificationChannels: [channelOf(ground, site.alarmEmail).id],
      userLabels: ground.labels,
    }),
    self.child(),
  );
}

/** One a stack, made by the first alarm. */
function channelOf(ground: Ground, email: string): monitoring.NotificationChannel {
  let channel = channels.get(ground);
  if (!channel) {
    const { component, project } = ground;
    channel = new monitoring.NotificationChannel(
      `${component.id}-alarms`,
      {
        project,
        displayName: `Alarms of ${component.site.project}/${component.site.stack}`,
        type: "email",
        labels: { email_address: email },
        userLabels: ground.labels,
      },
      component.child({ dependsOn: ground.enabled("monitoring") }),
    );
    channels.set(ground, channel);
  }
  return channel;
}
