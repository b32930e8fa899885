import { isObject, isUnknown, known, valueAt } from "../known";
import { type Control, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { isName } from "../names";
import { lambda, logGroup, ownLogGroup } from "../rules/aws/log-groups";
import { deliveryStream, pipe, stateMachine } from "../rules/aws/workload-logs";
import { besideSite, isFunctionApp, siteTypes } from "../rules/azure/function-app";
import { expectProperty, isRetained, list } from "../rules/expect";
import { bucketTypes, routed } from "../rules/gcp/log-buckets";
import { minimumDays, retentionDays } from "../settings";

const retained = (path: string) => (resource: ResourceView, stack: StackView) =>
  expectProperty(resource, {
    path,
    accepts: (days) => isRetained(days, stack),
    met: `logs are kept for ${minimumDays(stack)} days or more`,
    unmet: `logs are not stated to be kept for ${minimumDays(stack)} days: set ${path}`,
  });

/** Function apps write to Application Insights, which keeps what its workspace keeps. */
function appTelemetry(resource: ResourceView, stack: StackView): Finding | undefined {
  if (!isFunctionApp(resource)) return undefined;
  const wanted = "APPLICATIONINSIGHTS_CONNECTION_STRING";
  const settings = known(resource.props, "siteConfig.appSettings");
  const separate = besideSite(resource, "WebAppApplicationSettings", stack);
  const names = [
    ...list(settings.state === "value" ? settings.value : []).map((one) => valueAt(one, "name")),
    ...separate.flatMap(({ props }) => Object.keys(objectAt(props, "properties"))),
  ];
  if (names.includes(wanted)) return pass("it logs to Application Insights");
  const fromInsights = stack
    .dependencies(resource, "siteConfig")
    .some(({ type }) => type === "azure-native:applicationinsights:Component");
  if (settings.state === "unknown" && fromInsights)
    return pass("its settings are known after deployment, and come from Application Insights of this stack");
  const open = settings.state === "unknown" || list(settings.state === "value" ? settings.value : []).some(isUnknown);
  return open
    ? undetermined("its app settings are known after deployment only")
    : fail(`its logs go nowhere: set ${wanted}`);
}

const objectAt = (props: unknown, path: string) => {
  const value = valueAt(props, path);
  return isObject(value) ? value : {};
};

function insights(resource: ResourceView): Finding {
  // An unknown id is the id of a workspace: the property takes nothing else.
  return known(resource.props, "workspaceResourceId").state === "unknown"
    ? pass("it keeps its data in a workspace, whose id is known after deployment")
    : expectProperty(resource, {
        path: "workspaceResourceId",
        accepts: isName,
        met: "it keeps its data in a workspace",
        unmet: "classic Application Insights: set workspaceResourceId, so that the workspace's retention holds",
      });
}

/** Container apps log by their environment. */
function environmentLogs(resource: ResourceView): Finding {
  return expectProperty(resource, {
    path: "appLogsConfiguration.destination",
    accepts: (value) => value === "log-analytics" || value === "azure-monitor",
    met: "its apps log to a workspace or by a diagnostic setting",
    unmet: "the logs of its apps go nowhere: set appLogsConfiguration.destination to log-analytics or azure-monitor",
  });
}

const calls = (resource: ResourceView): Finding =>
  expectProperty(resource, {
    path: "callLogLevel",
    accepts: (value) => value === "LOG_ALL_CALLS" || value === "LOG_ERRORS_ONLY",
    met: "it logs its calls",
    unmet: "it logs no calls: set callLogLevel to LOG_ERRORS_ONLY or LOG_ALL_CALLS",
  });

const gcpWorkloads = [
  "gcp:cloudfunctionsv2/function:Function",
  "gcp:cloudfunctions/function:Function",
  "gcp:cloudrunv2/service:Service",
  "gcp:cloudrunv2/job:Job",
  "gcp:cloudrunv2/workerPool:WorkerPool",
  "gcp:cloudrun/service:Service",
];

export const logRetention: Control = {
  id: "AUD-04",
  title: "Logs of functions are kept for a year, where the stack says",
  why: "Breaches are found after months. Logs that a platform makes by itself are kept for ever or for 30 days, outside of what was reviewed.",
  fix: "Declare where functions log and keep it for at least 365 days.",
  severity: "medium",
  frameworks: {
    gdpr: ["Art. 33(5)"],
    hipaa: ["164.312(b)"],
    pciDss: ["10.5.1"],
    soc2: ["CC7.2", "CC7.3"],
    cis: ["8.10"],
    nist80053: ["AU-11"],
  },
  appliesFrom: "internal",
  settings: retentionDays,
  clouds: {
    aws: [
      { types: [logGroup], judge: retained("retentionInDays") },
      { types: [lambda], judge: ownLogGroup },
      { types: ["aws:sfn/stateMachine:StateMachine"], judge: stateMachine },
      { types: ["aws:pipes/pipe:Pipe"], judge: pipe },
      { types: ["aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"], judge: deliveryStream },
    ],
    azure: [
      { types: ["azure-native:operationalinsights:Workspace"], judge: retained("retentionInDays") },
      { types: ["azure-native:applicationinsights:Component"], judge: insights },
      { types: siteTypes, judge: appTelemetry },
      { types: ["azure-native:app:ManagedEnvironment"], judge: environmentLogs },
    ],
    gcp: [
      { types: bucketTypes, judge: retained("retentionDays") },
      { types: gcpWorkloads, judge: routed },
      { types: ["gcp:workflows/workflow:Workflow"], judge: (one, stack) => [calls(one), routed(one, stack)] },
    ],
  },
};
