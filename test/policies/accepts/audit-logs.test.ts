import { awsStack, viewersOfTls } from "../support/aws";
import { azureStack } from "../support/azure";
import { set } from "../support/changes";
import { gcpStack } from "../support/gcp";
import { cryptoKeyName, encryptionConfiguration } from "../support/keys";
import { accepted, vague } from "../support/outcomes";
import { Out, unknown } from "../support/stack";

const group = new Out("front-logs", "arn:aws:logs:eu-central-1:111122223333:log-group:/shop/front:*");

describe("access logs that satisfy the controls", () => {
  accepted("AUD-03", awsStack, [
    [
      "numbers outside of quotes",
      set("stage", {
        "accessLogSettings.format":
          '{"id":"$context.requestId","who":"$context.authorizer.claims.sub","status":$context.status}',
      }),
    ],
    [
      "an extended request id and the caller's role",
      set("stage", {
        "accessLogSettings.format":
          '{"id":"$context.extendedRequestId","who":"$context.identity.userArn","status":"$context.status"}',
      }),
    ],
    ["payloads that are off, said aloud", set("stage", { "defaultRouteSettings.dataTraceEnabled": false })],
    [
      "GraphQL with a log of errors",
      (s) =>
        s.add("aws:appsync/graphQLApi:GraphQLApi", "graph", {
          authenticationType: "AWS_IAM",
          logConfig: { fieldLogLevel: "ERROR", excludeVerboseContent: true },
        }),
    ],
    [
      "a distribution whose logs are delivered",
      (s) => {
        const cdn = s.add("aws:cloudfront/distribution:Distribution", "cdn", viewersOfTls);
        s.add("aws:cloudwatch/logDeliverySource:LogDeliverySource", "cdn-logs", { resourceArn: cdn("cdn") });
      },
    ],
  ]);
  accepted("AUD-03", azureStack, [
    [
      "a diagnostic of the whole service",
      (s) => s.retype("api-log", "azure-native:apimanagement:Diagnostic").set("api-log", { apiId: undefined }),
    ],
    ["an API by its name", (s) => s.set("api-log", { apiId: "api" })],
    [
      "headers that are no secrets",
      set("api-log", { frontend: { request: { headers: ["Accept"], body: { bytes: 0 } } } }),
    ],
  ]);
  accepted("AUD-03", gcpStack, [
    [
      "a load balancer of connections",
      (s) => s.add("gcp:compute/backendService:BackendService", "lb", { protocol: "TCP" }),
    ],
    [
      "a load balancer without a rate, which is all",
      (s) =>
        s.add("gcp:compute/backendService:BackendService", "lb", { protocol: "HTTPS", logConfig: { enable: true } }),
    ],
    [
      "a sink of gateways and functions",
      set("sink", {
        filter: 'resource.type="cloud_run_revision" OR resource.type="apigateway.googleapis.com/Gateway"',
      }),
    ],
    ["a sink that leaves out something else", set("sink", { filter: 'NOT resource.type="k8s_container"' })],
    ["an exclusion of something else", set("sink", { exclusions: [{ filter: 'resource.type="k8s_container"' }] })],
    ["an exclusion that is off", set("sink", { exclusions: [{ filter: "severity<ERROR", disabled: true }] })],
  ]);
  accepted("AUD-04", awsStack, [
    [
      "a state machine that logs to a declared group",
      (s) =>
        s.add("aws:sfn/stateMachine:StateMachine", "machine", {
          encryptionConfiguration,
          loggingConfiguration: { level: "ALL", logDestination: group },
        }),
    ],
    [
      "a delivery stream that names a declared group",
      (s) =>
        s.add("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "delivery", {
          kinesisSourceConfiguration: {},
          extendedS3Configuration: { cloudwatchLoggingOptions: { enabled: true, logGroupName: "/shop/front" } },
        }),
    ],
  ]);
  accepted("AUD-04", gcpStack, [
    [
      "a workflow that logs errors",
      (s) =>
        s.add("gcp:workflows/workflow:Workflow", "flow", {
          serviceAccount: "flow@shop.iam.gserviceaccount.com",
          cryptoKeyName,
          callLogLevel: "LOG_ERRORS_ONLY",
        }),
    ],
  ]);
});

describe("access logs that a preview cannot judge", () => {
  vague("AUD-03", awsStack, "stage", [
    ["an access log", set("stage", { accessLogSettings: unknown })],
    ["its format", set("stage", { "accessLogSettings.format": unknown })],
    ["part of its format", set("stage", { "accessLogSettings.format": `{"id":"${unknown}"}` })],
    ["whether payloads are logged", set("stage", { "defaultRouteSettings.dataTraceEnabled": unknown })],
  ]);
  vague("AUD-03", azureStack, "api-log", [
    ["a diagnostic's sampling", set("api-log", { sampling: unknown })],
    ["a diagnostic's bodies", set("api-log", { frontend: { request: { body: unknown } } })],
  ]);
  vague("AUD-03", azureStack, "api", [["whose diagnostic it is", set("api-log", { apiId: unknown })]]);
  vague("AUD-03", gcpStack, "edge", [
    ["what a sink lets through", set("sink", { filter: unknown })],
    ["what a sink excludes", set("sink", { exclusions: [{ filter: unknown }] })],
  ]);
  vague("AUD-04", awsStack, "machine", [
    [
      "where a state machine logs",
      (s) =>
        s.add("aws:sfn/stateMachine:StateMachine", "machine", {
          encryptionConfiguration,
          loggingConfiguration: { level: "ALL", logDestination: unknown },
        }),
    ],
  ]);
});
