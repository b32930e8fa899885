import * as monitor from "@pulumi/azure-native/monitor";
import type * as servicebus from "@pulumi/azure-native/servicebus";
import type { Pattern } from "../core/pattern";
import { type AzureFoundation, foundationOf, sharedPart } from "./foundation";

/** Tells of a queue's first dead letter, and again once it had been empty; nothing where nobody wants to be told. */
export function deadLetterAlarm(
  self: Pattern,
  namespace: servicebus.Namespace,
  deadLetterQueue: servicebus.Queue,
  shape: (args: monitor.MetricAlertArgs) => monitor.MetricAlertArgs,
): monitor.MetricAlert | undefined {
  const { site } = self;
  const { alarmEmail } = site;
  if (alarmEmail === undefined) return undefined;
  const told = sharedPart(site, "alarms", (base) => actionGroup(base, alarmEmail));
  return new monitor.MetricAlert(
    `${self.id}-dead`,
    shape({
      resourceGroupName: foundationOf(site).group.name,
      location: "global",
      description: `${self.kind} ${self.id} of ${site.project}/${site.stack} has dead letters`,
      enabled: true,
      autoMitigate: true,
      severity: 2,
      scopes: [namespace.id],
      evaluationFrequency: "PT5M",
      windowSize: "PT5M",
      criteria: {
        odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        allOf: [
          {
            criterionType: "StaticThresholdCriterion",
            name: "dead-letters",
            metricNamespace: "Microsoft.ServiceBus/namespaces",
            metricName: "ActiveMessages",
            dimensions: [{ name: "EntityName", operator: "Include", values: [deadLetterQueue.name] }],
            operator: "GreaterThan",
            threshold: 0,
            timeAggregation: "Maximum",
          },
        ],
      },
      actions: [{ actionGroupId: told.id }],
      tags: { ...site.tags },
    }),
    self.child(),
  );
}

/** One a stack, made by the first alarm. */
function actionGroup({ self, group, shape }: AzureFoundation, emailAddress: string): monitor.ActionGroup {
  return new monitor.ActionGroup(
    `${self.id}-alarms`,
    shape("actionGroup", {
      resourceGroupName: group.name,
      location: "global",
      groupShortName: "dead-letters",
      enabled: true,
      emailReceivers: [{ name: "operations", emailAddress, useCommonAlertSchema: true }],
      tags: { ...self.site.tags },
    }),
    self.child(),
  );
}
