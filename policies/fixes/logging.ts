import { each, type Fix, type Fixes, otherwise } from "./fix";
import { bucketConfigs, defaultBucket, lockedSink } from "./log-buckets";

const format =
  'format: JSON.stringify({ requestId: "$context.requestId", status: "$context.status", ip: "$context.identity.sourceIp" })';
const accessLog = `accessLogSettings: { destinationArn: logs.arn, ${format} }`;
const fixed = 'loggerId: logger.id, sampling: { samplingType: "fixed", percentage: 100 }';
const bare = "{ headers: [], body: { bytes: 0 } }";
const side = `{ request: ${bare}, response: ${bare} }`;

/** A delivery stream says for each destination where its errors are logged. */
const delivery = (to: string) =>
  `${to}Configuration: { …, cloudwatchLoggingOptions: { enabled: true, logGroupName: logs.name, logStreamName: "delivery" } }`;
const deliveries: Fix = [
  ...[
    "httpEndpoint",
    "redshift",
    "opensearch",
    "opensearchserverless",
    "elasticsearch",
    "splunk",
    "iceberg",
    "snowflake",
  ].map((to) => [new RegExp(`${to}Configuration`), delivery(to)] as const),
  [otherwise, delivery("extendedS3")],
];

/** Access logs, and how long logs are kept. */
export const loggingFixes: Fixes = {
  "AUD-03": {
    "aws:apigateway/stage:Stage": accessLog,
    "aws:apigatewayv2/stage:Stage": [
      [/access log|accessLogSettings/, accessLog],
      [otherwise, "defaultRouteSettings: { …, dataTraceEnabled: false }"],
    ],
    "aws:apigateway/methodSettings:MethodSettings": "settings: { …, dataTraceEnabled: false }",
    "aws:apigatewayv2/api:Api": `new aws.apigatewayv2.Stage("$-live", { apiId: $.id, name: "$default", autoDeploy: true,\n  ${accessLog} }) // in place of its target`,
    "aws:apigateway/deployment:Deployment": `new aws.apigateway.Stage("$-live", { restApi: api.id, deployment: $.id, stageName: "live",\n  ${accessLog} }) // in place of its stageName`,
    "aws:appsync/graphQLApi:GraphQLApi":
      'logConfig: { cloudwatchLogsRoleArn: writer.arn, fieldLogLevel: "ERROR", excludeVerboseContent: true }',
    "aws:cloudfront/distribution:Distribution": "loggingConfig: { bucket: logs.bucketDomainName }",
    "azure-native:apimanagement:Api": `new azure.apimanagement.ApiDiagnostic("$-requests", { resourceGroupName, serviceName, apiId: $.name, diagnosticId: "applicationinsights",\n  ${fixed} })`,
    ...each(
      ["azure-native:apimanagement:ApiDiagnostic", "azure-native:apimanagement:Diagnostic"],
      [
        [/payload|credentials/, `frontend: ${side},\n  backend: ${side}`],
        [otherwise, fixed],
      ],
    ),
    "gcp:apigateway/gateway:Gateway": defaultBucket,
    ...each(
      ["gcp:compute/backendService:BackendService", "gcp:compute/regionBackendService:RegionBackendService"],
      [
        [/logConfig/, "logConfig: { enable: true, sampleRate: 1 }"],
        [otherwise, defaultBucket],
      ],
    ),
  },
  "AUD-04": {
    "aws:cloudwatch/logGroup:LogGroup": "retentionInDays: 365",
    "aws:lambda/function:Function": [
      [/it shares/, "loggingConfig: { …, logGroup: own.name }"],
      [
        otherwise,
        'new aws.cloudwatch.LogGroup("$-logs", { name: pulumi.concat("/aws/lambda/", $.name), retentionInDays: 365 })',
      ],
    ],
    "aws:sfn/stateMachine:StateMachine":
      'loggingConfiguration: { …, level: "ALL", logDestination: pulumi.concat(logs.arn, ":*") }',
    "aws:pipes/pipe:Pipe":
      'logConfiguration: { level: "ERROR", cloudwatchLogsLogDestination: { logGroupArn: logs.arn } }',
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": deliveries,
    "azure-native:operationalinsights:Workspace": "retentionInDays: 365",
    "azure-native:applicationinsights:Component": "workspaceResourceId: workspace.id, retentionInDays: 365",
    ...each(
      ["azure-native:web:WebApp", "azure-native:web:WebAppSlot"],
      'siteConfig: { …, appSettings: […, { name: "APPLICATIONINSIGHTS_CONNECTION_STRING", value: insights.connectionString }] }',
    ),
    "azure-native:app:ManagedEnvironment": 'appLogsConfiguration: { destination: "azure-monitor" }',
    ...each(bucketConfigs, "retentionDays: 365"),
    ...each(
      [
        "functionsv2/function:Function",
        "functions/function:Function",
        "runv2/service:Service",
        "runv2/job:Job",
        "runv2/workerPool:WorkerPool",
        "run/service:Service",
      ].map((type) => `gcp:cloud${type}`),
      defaultBucket,
    ),
    "gcp:workflows/workflow:Workflow": [
      [/callLogLevel/, 'callLogLevel: "LOG_ERRORS_ONLY"'],
      [otherwise, defaultBucket],
    ],
  },
  "AUD-05": {
    "aws:s3/bucket:Bucket":
      'new aws.s3.BucketObjectLockConfiguration("$-lock", { bucket: $.id,\n  rule: { defaultRetention: { mode: "COMPLIANCE", days: 365 } } })',
    "aws:cloudtrail/eventDataStore:EventDataStore": "terminationProtectionEnabled: true",
    "azure-native:storage:StorageAccount":
      'immutableStorageWithVersioning: { enabled: true, immutabilityPolicy: { state: "Locked", immutabilityPeriodSinceCreationInDays: 365 } }',
    "azure-native:operationalinsights:Workspace": "features: { …, immediatePurgeDataOn30Days: false }",
    "gcp:storage/bucket:Bucket": 'retentionPolicy: { isLocked: true, retentionPeriod: "31536000" }',
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": "locked: true, retentionDays: 365",
    "gcp:projects/iAMAuditConfig:IAMAuditConfig": lockedSink,
  },
};
