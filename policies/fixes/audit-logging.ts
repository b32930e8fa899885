import type { Fixes } from "./index";

const accessLog =
  'accessLogSettings: { destinationArn: logs.arn, format: JSON.stringify({ requestId: "$context.requestId", status: "$context.status", ip: "$context.identity.sourceIp" }) }';
const diagnosticSetting =
  'new azure.monitor.DiagnosticSetting("audit", { resourceUri: $.id, workspaceId: workspace.id,\n  logs: [{ categoryGroup: "allLogs", enabled: true }] })';
const ownLogGroup =
  'new aws.cloudwatch.LogGroup("logs", { name: pulumi.concat("/aws/lambda/", $.name), retentionInDays: 365 })';

export const auditLoggingFixes: Fixes = {
  "AUD-02": {
    "azure-native:servicebus:Namespace": diagnosticSetting,
    "azure-native:eventhub:Namespace": diagnosticSetting,
    "azure-native:eventgrid:Topic": diagnosticSetting,
    "azure-native:eventgrid:SystemTopic": diagnosticSetting,
    "azure-native:cosmosdb:DatabaseAccount": diagnosticSetting,
    "azure-native:keyvault:Vault": diagnosticSetting,
    "azure-native:web:WebApp": diagnosticSetting,
    "azure-native:apimanagement:ApiManagementService": diagnosticSetting,
    "gcp:storage/bucket:Bucket": "logging: { logBucket: auditBucket.name }",
    "gcp:projects/iAMAuditConfig:IAMAuditConfig":
      'service: "allServices", auditLogConfigs: [{ logType: "ADMIN_READ" }, { logType: "DATA_READ" }, { logType: "DATA_WRITE" }]',
  },
  "AUD-03": {
    "aws:apigateway/stage:Stage": accessLog,
    "aws:apigatewayv2/stage:Stage": accessLog,
  },
  "AUD-04": {
    "aws:cloudwatch/logGroup:LogGroup": "retentionInDays: 365",
    "aws:lambda/function:Function": ownLogGroup,
    "azure-native:operationalinsights:Workspace": "retentionInDays: 365",
    "azure-native:applicationinsights:Component": "workspaceResourceId: workspace.id, retentionInDays: 365",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": "retentionDays: 365",
  },
  "AUD-05": {
    "aws:s3/bucket:Bucket":
      'new aws.s3.BucketObjectLockConfiguration("lock", { bucket: $.id,\n  rule: { defaultRetention: { mode: "COMPLIANCE", days: 365 } } })',
    "azure-native:storage:StorageAccount":
      'immutableStorageWithVersioning: { enabled: true, immutabilityPolicy: { state: "Locked", immutabilityPeriodSinceCreationInDays: 365 } }',
    "gcp:storage/bucket:Bucket": "retentionPolicy: { isLocked: true, retentionPeriod: 31536000 }",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": "locked: true, retentionDays: 365",
  },
};
