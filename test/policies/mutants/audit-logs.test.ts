import { awsStack, viewersOfTls } from "../support/aws";
import { azureStack } from "../support/azure";
import { changing } from "../support/changes";
import { gcpStack } from "../support/gcp";
import { cryptoKeyName, encryptionConfiguration } from "../support/keys";
import { killed } from "../support/mutants";
import { Out, type Stack } from "../support/stack";

const line = { id: "$context.requestId", ip: "$context.identity.sourceIp", status: "$context.status" };
const only = (...keys: (keyof typeof line)[]) =>
  JSON.stringify(Object.fromEntries(keys.map((key) => [key, line[key]])));

describe("mutants of access logs", () => {
  const stage = changing("stage");
  const format = (text: unknown) => stage({ "accessLogSettings.format": text });
  killed("AUD-03", awsStack, "stage", [
    { name: "no access log", change: stage({ accessLogSettings: undefined }) },
    { name: "an empty access log", change: stage({ accessLogSettings: {} }) },
    { name: "no destination", change: stage({ "accessLogSettings.destinationArn": undefined }) },
    { name: "an empty destination", change: stage({ "accessLogSettings.destinationArn": "" }) },
    { name: "no format", change: format(undefined) },
    { name: "the common log format", change: format("$context.identity.sourceIp $context.requestId $context.status") },
    { name: "a list in place of an object", change: format(`["$context.requestId","$context.status"]`) },
    { name: "JSON without variables", change: format("{}") },
    { name: "no request id", change: format(only("ip", "status")) },
    { name: "no caller", change: format(only("id", "status")) },
    { name: "no status", change: format(only("id", "ip")) },
    {
      name: "the authorizer's failure in place of the caller",
      change: format(JSON.stringify({ ...line, ip: "$context.authorizer.error" })),
    },
    { name: "payloads by default", change: stage({ "defaultRouteSettings.dataTraceEnabled": true }) },
    {
      name: "payloads of one route",
      change: stage({
        routeSettings: [{ routeKey: "a" }, { routeKey: "b", dataTraceEnabled: true }],
      }),
    },
    {
      name: "a REST stage without an access log",
      change: (s) => s.add("aws:apigateway/stage:Stage", "rest", { stageName: "v1" }),
      at: "rest",
      also: ["RES-05 rest"],
    },
    {
      name: "payloads of REST methods",
      change: (s) =>
        s.add("aws:apigateway/methodSettings:MethodSettings", "methods", {
          settings: { dataTraceEnabled: true, throttlingRateLimit: 10, throttlingBurstLimit: 10 },
        }),
      at: "methods",
    },
    {
      name: "a stage that a deployment makes",
      change: (s) => s.add("aws:apigateway/deployment:Deployment", "deployment", { stageName: "v1" }),
      at: "deployment",
    },
    {
      name: "GraphQL without a log",
      change: (s) => s.add("aws:appsync/graphQLApi:GraphQLApi", "graph", { authenticationType: "AWS_IAM" }),
      at: "graph",
    },
    {
      name: "a GraphQL log that is off",
      change: (s) =>
        s.add("aws:appsync/graphQLApi:GraphQLApi", "graph", {
          authenticationType: "AWS_IAM",
          logConfig: { fieldLogLevel: "NONE" },
        }),
      at: "graph",
    },
    {
      name: "a GraphQL log with payloads",
      change: (s) =>
        s.add("aws:appsync/graphQLApi:GraphQLApi", "graph", {
          authenticationType: "AWS_IAM",
          logConfig: { fieldLogLevel: "ALL", excludeVerboseContent: false },
        }),
      at: "graph",
    },
    {
      name: "a distribution without a log",
      change: (s) => s.add("aws:cloudfront/distribution:Distribution", "cdn", viewersOfTls),
      at: "cdn",
    },
  ]);

  const log = changing("api-log");
  killed("AUD-03", azureStack, "api-log", [
    { name: "an API without a diagnostic", change: (s) => s.remove("api-log"), at: "api" },
    {
      name: "a second API without one",
      change: (s) => s.add("azure-native:apimanagement:Api", "second", { apiId: "second", serviceName: "other" }),
      at: "second",
    },
    { name: "a diagnostic of another API", change: log({ apiId: "other" }), at: "api" },
    { name: "no logger", change: log({ loggerId: undefined }) },
    { name: "an empty logger", change: log({ loggerId: "" }) },
    { name: "no sampling", change: log({ sampling: undefined }) },
    { name: "half of the requests", change: log({ "sampling.percentage": 50 }) },
    { name: "all but a few", change: log({ "sampling.percentage": 99 }) },
    { name: "bodies", change: log({ frontend: { request: { body: { bytes: 8192 } } } }) },
    { name: "bodies from behind", change: log({ backend: { response: { body: { bytes: 1 } } } }) },
    { name: "tokens", change: log({ frontend: { request: { headers: ["Accept", "Authorization"] } } }) },
  ]);

  const backend =
    (change: object, type = "backendService:BackendService") =>
    (s: Stack) =>
      s.add(`gcp:compute/${type}`, "lb", { protocol: "HTTPS", logConfig: { enable: true, sampleRate: 1 }, ...change });
  killed("AUD-03", gcpStack, "lb", [
    { name: "a load balancer without a log", change: backend({ logConfig: undefined }) },
    { name: "a log that is off", change: backend({ logConfig: { enable: false } }) },
    { name: "a log that does not say", change: backend({ logConfig: { sampleRate: 1 } }) },
    { name: "some of the requests", change: backend({ logConfig: { enable: true, sampleRate: 0.5 } }) },
    { name: "no protocol", change: backend({ protocol: undefined, logConfig: undefined }) },
    {
      name: "a regional one",
      change: backend({ logConfig: undefined }, "regionBackendService:RegionBackendService"),
    },
    {
      name: "a gateway whose log nothing keeps",
      change: (s) => s.set("sink", { filter: 'resource.type="cloud_run_revision"' }),
      at: "edge",
    },
  ]);
});

describe("mutants of kept logs", () => {
  killed("AUD-04", awsStack, "fulfil-logs", [
    { name: "364 days", change: (stack) => stack.set("fulfil-logs", { retentionInDays: 364 }) },
    { name: "no retention", change: (stack) => stack.set("fulfil-logs", { retentionInDays: undefined }) },
    {
      name: "for ever, as the provider's default says it",
      change: (stack) => stack.set("fulfil-logs", { retentionInDays: 0 }),
    },
    {
      name: "no log group declared",
      change: (stack) => stack.set("fulfil", { loggingConfig: undefined }),
      at: "fulfil",
    },
    {
      name: "a log group of another stack",
      change: (stack) => stack.set("fulfil", { loggingConfig: { logGroup: "/elsewhere" } }),
      at: "fulfil",
    },
    {
      name: "a log group shared by two functions",
      change: (stack) => stack.set("fulfil", { loggingConfig: { logGroup: new Out("front-logs", "/shop/front") } }),
      at: ["front", "fulfil"],
    },
  ]);
  const machine = { loggingConfiguration: { level: "ALL", logDestination: new Out("fulfil-logs", "group:*") } };
  const states = (change: object) => (s: Stack) => {
    s.add("aws:sfn/stateMachine:StateMachine", "machine", { encryptionConfiguration, ...machine });
    return s.set("machine", { ...change });
  };
  killed("AUD-04", awsStack, "machine", [
    { name: "a state machine without a log", change: states({ loggingConfiguration: undefined }) },
    { name: "a state machine that logs errors only", change: states({ "loggingConfiguration.level": "ERROR" }) },
    { name: "a state machine whose log is off", change: states({ "loggingConfiguration.level": "OFF" }) },
    { name: "a state machine that logs nowhere", change: states({ "loggingConfiguration.logDestination": undefined }) },
    {
      name: "a state machine that logs elsewhere",
      change: states({
        "loggingConfiguration.logDestination": "arn:aws:logs:eu-central-1:111122223333:log-group:/x:*",
      }),
    },
  ]);
  const stream = (change: object) => (s: Stack) => {
    s.add("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "delivery", {
      kinesisSourceConfiguration: {},
      extendedS3Configuration: {
        cloudwatchLoggingOptions: { enabled: true, logGroupName: new Out("fulfil-logs", "/shop/fulfil") },
      },
    });
    return s.set("delivery", { ...change });
  };
  killed("AUD-04", awsStack, "delivery", [
    {
      name: "a delivery stream without a log",
      change: stream({ "extendedS3Configuration.cloudwatchLoggingOptions": undefined }),
    },
    {
      name: "a delivery stream whose log is off",
      change: stream({ "extendedS3Configuration.cloudwatchLoggingOptions.enabled": false }),
    },
    {
      name: "a delivery stream without a log group",
      change: stream({ "extendedS3Configuration.cloudwatchLoggingOptions.logGroupName": undefined }),
    },
    { name: "a second destination without a log", change: stream({ httpEndpointConfiguration: {} }) },
  ]);

  killed("AUD-04", azureStack, "workspace", [
    { name: "30 days", change: (stack) => stack.set("workspace", { retentionInDays: 30 }) },
    { name: "no retention", change: (stack) => stack.set("workspace", { retentionInDays: undefined }) },
    {
      name: "classic Application Insights",
      change: (stack) => stack.set("insights", { workspaceResourceId: undefined }),
      at: "insights",
    },
    {
      name: "an app without telemetry",
      change: (stack) => stack.set("front", { "siteConfig.appSettings": [] }),
      at: "front",
    },
  ]);
  killed("AUD-04", azureStack, "environment", [
    {
      name: "container apps that log nowhere",
      change: (s) => s.add("azure-native:app:ManagedEnvironment", "environment", { appLogsConfiguration: {} }),
      also: ["AUD-02 environment"],
    },
    {
      name: "a slot without telemetry",
      change: (s) =>
        s.add("azure-native:web:WebAppSlot", "environment", {
          kind: "functionapp",
          httpsOnly: true,
          publicNetworkAccess: "Disabled",
          identity: { type: "SystemAssigned" },
          siteConfig: { minTlsVersion: "1.2", ftpsState: "Disabled" },
        }),
      also: ["AUD-02 environment", "IAM-05 environment", "RES-05 environment"],
    },
  ]);

  /** The gateway's log goes the same way. */
  const edge = ["AUD-03 edge"];
  killed("AUD-04", gcpStack, "logs", [
    {
      name: "30 days",
      change: (stack) => stack.set("logs", { retentionDays: 30 }),
      at: ["front", "fulfil", "logs"],
      also: edge,
    },
    {
      name: "no retention",
      change: (stack) => stack.set("logs", { retentionDays: undefined }),
      at: ["front", "fulfil", "logs"],
      also: edge,
    },
    { name: "a bucket nothing reaches", change: (stack) => stack.remove("sink"), at: ["front", "fulfil"], also: edge },
    {
      name: "a sink that is switched off",
      change: (stack) => stack.set("sink", { disabled: true }),
      at: ["front", "fulfil"],
      also: edge,
    },
    { name: "no bucket", change: (stack) => stack.remove("sink").remove("logs"), at: ["front", "fulfil"], also: edge },
    {
      name: "_Default, whose sink is switched off",
      change: (stack) => stack.set("logs", { bucketId: "_Default" }).set("sink", { name: "_Default", disabled: true }),
      at: ["front", "fulfil"],
      also: edge,
    },
    {
      name: "_Default, and an exclusion beside it",
      change: (stack) => {
        stack.remove("sink").set("logs", { bucketId: "_Default" });
        stack.add("gcp:logging/projectExclusion:ProjectExclusion", "less", {
          filter: 'resource.type="cloud_run_revision"',
        });
      },
      at: ["front", "fulfil"],
    },
  ]);
  const narrowed: Record<string, object> = {
    "a sink of errors only": { filter: "severity>=ERROR" },
    "a sink of some": { filter: "sample(insertId, 0.5)" },
    "a sink that leaves them out": { filter: 'NOT resource.type="cloud_run_revision"' },
    "a sink of something else": { filter: 'resource.type="apigateway.googleapis.com/Gateway"' },
    "a sink that excludes them": { exclusions: [{ filter: 'resource.type="cloud_run_revision"' }] },
  };
  killed(
    "AUD-04",
    gcpStack,
    "sink",
    Object.entries(narrowed).map(([name, change]) => ({
      name,
      change: changing("sink")(change),
      at: ["front", "fulfil"],
      also: /errors|some$/.test(name) ? edge : [],
    })),
  );
  killed("AUD-04", gcpStack, "flow", [
    {
      name: "a workflow that logs no calls",
      change: (s) =>
        s.add("gcp:workflows/workflow:Workflow", "flow", {
          serviceAccount: "flow@shop.iam.gserviceaccount.com",
          cryptoKeyName,
        }),
    },
    {
      name: "a workflow whose calls are not said",
      change: (s) =>
        s.add("gcp:workflows/workflow:Workflow", "flow", {
          serviceAccount: "flow@shop.iam.gserviceaccount.com",
          cryptoKeyName,
          callLogLevel: "CALL_LOG_LEVEL_UNSPECIFIED",
        }),
    },
  ]);
});
