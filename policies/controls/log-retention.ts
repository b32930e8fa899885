import { isObject, isUnknown, type Known, known, valueAt } from "../known";
import { type Control, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { expectProperty, isRetained, list, minimumRetentionDays, perStack } from "../rules/expect";
import { isFunctionApp } from "../rules/function-app";
import { type Claim, ownOnly } from "../rules/own-identity";

const retained = (path: string) => (resource: ResourceView) =>
  expectProperty(resource, {
    path,
    accepts: isRetained,
    met: `logs are kept for ${minimumRetentionDays} days or more`,
    unmet: `logs are not stated to be kept for ${minimumRetentionDays} days: set ${path}`,
  });

const lambda = "aws:lambda/function:Function";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";

/** A function's log group: the one it names, or the one of the name that Lambda would otherwise make by itself. */
const groupClaims = perStack((stack: StackView): readonly Claim[] => {
  const groups = stack.ofType(logGroup);
  return stack.ofType(lambda).map((resource) => {
    const named = known(resource.props, "loggingConfig.logGroup");
    if (named.state === "absent")
      return claim(
        resource,
        groups.filter((group) => isDefaultGroup(group, resource, stack)),
      );
    if (named.state === "unknown")
      return {
        resource,
        value: named,
        candidates: stack.dependencies(resource, "loggingConfig").filter(({ type }) => type === logGroup),
      };
    return claim(
      resource,
      groups.filter(({ props }) => valueAt(props, "name") === named.value),
      named,
    );
  });
});

/** A group that stands in this stack counts; a name that none of its groups has does not. */
function claim(resource: ResourceView, found: readonly ResourceView[], named?: Known): Claim {
  const [first] = found;
  return {
    resource,
    value: first ? (named ?? { state: "value", value: first.urn }) : { state: "absent" },
    candidates: found,
  };
}

function isDefaultGroup(group: ResourceView, resource: ResourceView, stack: StackView): boolean {
  const name = known(group.props, "name");
  if (name.state === "unknown") return stack.dependencies(group, "name").includes(resource);
  const functionName = valueAt(resource.props, "name");
  return typeof functionName === "string" && name.state === "value" && name.value === `/aws/lambda/${functionName}`;
}

function ownLogGroup(resource: ResourceView, stack: StackView): Finding {
  const claims = groupClaims(stack);
  const mine = claims.find((one) => one.resource === resource);
  return mine ? ownOnly(mine, claims, "declared log group") : fail("it has no declared log group of its own");
}

/** Function apps write to Application Insights, which keeps what its workspace keeps. */
function appTelemetry(resource: ResourceView, stack: StackView): Finding | undefined {
  if (!isFunctionApp(resource)) return undefined;
  const wanted = "APPLICATIONINSIGHTS_CONNECTION_STRING";
  const settings = known(resource.props, "siteConfig.appSettings");
  const separate = stack
    .ofType("azure-native:web:WebAppApplicationSettings")
    .filter((one) => stack.dependencies(one, "name").includes(resource));
  const names = [
    ...list(settings.state === "value" ? settings.value : []).map((one) => valueAt(one, "name")),
    ...separate.flatMap(({ props }) => Object.keys(objectAt(props, "properties"))),
  ];
  if (names.includes(wanted)) return pass("it logs to Application Insights");
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
        accepts: (value) => typeof value === "string" && value !== "",
        met: "it keeps its data in a workspace",
        unmet: "classic Application Insights: set workspaceResourceId, so that the workspace's retention holds",
      });
}

const bucketType = "gcp:logging/projectBucketConfig:ProjectBucketConfig";
const sinkType = "gcp:logging/projectSink:ProjectSink";
const gcpWorkloads = [
  "gcp:cloudfunctionsv2/function:Function",
  "gcp:cloudfunctions/function:Function",
  "gcp:cloudrunv2/service:Service",
  "gcp:cloudrunv2/job:Job",
  "gcp:cloudrunv2/workerPool:WorkerPool",
  "gcp:cloudrun/service:Service",
];

/** Log buckets of the stack that logs reach: `_Default` itself, or one that a sink routes to. */
const fedBuckets = perStack((stack: StackView): readonly ResourceView[] =>
  stack.ofType(bucketType).filter((bucket) => {
    const id = known(bucket.props, "bucketId");
    if (id.state === "value" && id.value === "_Default") return true;
    return stack.ofType(sinkType).some((sink) => {
      if (valueAt(sink.props, "disabled") === true) return false;
      if (stack.dependencies(sink, "destination").includes(bucket)) return true;
      const destination = valueAt(sink.props, "destination");
      return (
        typeof destination === "string" && id.state === "value" && destination.endsWith(`/buckets/${String(id.value)}`)
      );
    });
  }),
);

function routed(_: ResourceView, stack: StackView): Finding {
  const kept = fedBuckets(stack).map(({ props }) => known(props, "retentionDays"));
  if (kept.some((days) => days.state === "value" && isRetained(days.value)))
    return pass("its logs reach a bucket that keeps them");
  return kept.some(({ state }) => state === "unknown")
    ? undetermined("how long its logs are kept is known after deployment only")
    : fail(`its logs are kept for 30 days: configure _Default, or a sink to a bucket of ${minimumRetentionDays} days`);
}

export const logRetention: Control = {
  id: "AUD-04",
  title: "Logs of functions are kept for a year, where the stack says",
  why: "Breaches are found after months. Logs that a platform makes by itself are kept for ever or for 30 days, outside of what was reviewed.",
  fix: "Declare where functions log and keep it for at least 365 days.",
  severity: "medium",
  frameworks: {
    gdpr: ["Art. 5(1)(e)", "Art. 32(1)(d)"],
    hipaa: ["164.312(b)", "164.316(b)(2)(i)"],
    pciDss: ["10.5.1"],
    soc2: ["CC7.2", "CC7.3"],
    cis: ["8.3", "8.10"],
    nist80053: ["AU-11", "AU-4"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [
      { types: [logGroup], judge: retained("retentionInDays") },
      { types: [lambda], judge: ownLogGroup },
    ],
    azure: [
      { types: ["azure-native:operationalinsights:Workspace"], judge: retained("retentionInDays") },
      { types: ["azure-native:applicationinsights:Component"], judge: insights },
      { types: ["azure-native:web:WebApp"], judge: appTelemetry },
    ],
    gcp: [
      { types: [bucketType], judge: retained("retentionDays") },
      { types: gcpWorkloads, judge: routed },
    ],
  },
};
