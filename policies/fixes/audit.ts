import { each, type Fixes, otherwise } from "./fix";

const diagnosticSetting = (name: string, uri: string) =>
  `new azure.monitor.DiagnosticSetting("$-${name}", { resourceUri: ${uri}, workspaceId: workspace.id,\n  logs: [{ categoryGroup: "allLogs", enabled: true }] })`;
const ofService = (service: string) => diagnosticSetting(service, `pulumi.concat($.id, "/${service}/default")`);

const recorded = ["ADMIN_READ", "DATA_READ", "DATA_WRITE"].map((type) => `{ logType: "${type}" }`).join(", ");
const auditConfigs = each(
  [
    "gcp:projects/iAMAuditConfig:IAMAuditConfig",
    "gcp:folder/iamAuditConfig:IamAuditConfig",
    "gcp:organizations/iamAuditConfig:IamAuditConfig",
  ],
  `auditLogConfigs: [${recorded}]`,
);

const selector = (...fields: readonly (readonly [string, string])[]) =>
  `{ fieldSelectors: [${fields.map(([field, value]) => `{ field: "${field}", equals: ["${value}"] }`).join(", ")}] }`;
const dataEvents = (kind: string) =>
  `new aws.cloudtrail.Trail("audit", { …, advancedEventSelectors: [\n  ${selector(["eventCategory", "Management"])},\n  ${selector(["eventCategory", "Data"], ["resources.type", kind])},\n] })`;

const trail =
  "isMultiRegionTrail: true, enableLogFileValidation: true, includeGlobalServiceEvents: true, enableLogging: true, kmsKeyId: key.arn";
const eventStore =
  'multiRegionEnabled: true, terminationProtectionEnabled: true, suspend: "false", retentionPeriod: 365, kmsKeyId: key.arn';
const managementOnly = `advancedEventSelectors: [${selector(["eventCategory", "Management"])}, …]`;
const ofSubscription = (workspace: string) =>
  `resourceUri: pulumi.concat("/subscriptions/", subscriptionId), workspaceId: ${workspace}, logs: [{ categoryGroup: "allLogs", enabled: true }]`;

/** The account's trail, and who reads and writes data. What a trail leaves out is told in one reason: each code is of a whole one. */
export const auditFixes: Fixes = {
  "AUD-01": {
    "aws:cloudtrail/trail:Trail": [
      [/advancedEventSelectors/, `${trail}, ${managementOnly}`],
      [/eventSelectors/, `${trail}, eventSelectors: [{ readWriteType: "All", includeManagementEvents: true }]`],
      [otherwise, trail],
    ],
    "aws:cloudtrail/eventDataStore:EventDataStore": [
      [/advancedEventSelectors/, `${eventStore}, ${managementOnly}`],
      [otherwise, eventStore],
    ],
    "azure-native:monitor:DiagnosticSetting": [
      [
        /days of retention/,
        ofSubscription('new azure.operationalinsights.Workspace("audit", { …, retentionInDays: 365 }).id'),
      ],
      [otherwise, ofSubscription("workspace.id")],
    ],
    "azure-native:monitor:SubscriptionDiagnosticSetting":
      'workspaceId: workspace.id, logs: ["Administrative", "Security", "Alert", "Policy"].map((category) => ({ category, enabled: true }))',
    ...auditConfigs,
  },
  "AUD-02": {
    "aws:s3/bucket:Bucket": dataEvents("AWS::S3::Object"),
    ...each(["aws:dynamodb/table:Table", "aws:dynamodb/globalTable:GlobalTable"], dataEvents("AWS::DynamoDB::Table")),
    "aws:lambda/function:Function": dataEvents("AWS::Lambda::Function"),
    "aws:sqs/queue:Queue": dataEvents("AWS::SQS::Queue"),
    "aws:sns/topic:Topic": dataEvents("AWS::SNS::Topic"),
    "aws:kinesis/stream:Stream": dataEvents("AWS::Kinesis::Stream"),
    ...each(
      [
        ...["keyvault:Vault", "keyvault:ManagedHsm", "servicebus:Namespace", "eventhub:Namespace", "eventgrid:Topic"],
        ...["eventgrid:Domain", "eventgrid:SystemTopic", "eventgrid:PartnerTopic", "eventgrid:PartnerNamespace"],
        ...["eventgrid:Namespace", "cosmosdb:DatabaseAccount", "web:WebApp", "web:WebAppSlot", "logic:Workflow"],
        ...["apimanagement:ApiManagementService", "app:ManagedEnvironment", "appconfiguration:ConfigurationStore"],
        ...["signalrservice:SignalR", "webpubsub:WebPubSub", "containerregistry:Registry", "redis:Redis"],
        ...["cache:Redis", "relay:Namespace", "notificationhubs:Namespace", "streamanalytics:StreamingJob"],
        ...["datafactory:Factory", "search:Service", "cognitiveservices:Account", "cdn:Profile"],
        "operationalinsights:Workspace",
      ].map((type) => `azure-native:${type}`),
      diagnosticSetting("audit", "$.id"),
    ),
    "azure-native:storage:StorageAccount": [
      [/blobServices/, ofService("blobServices")],
      [/queueServices/, ofService("queueServices")],
      [/tableServices/, ofService("tableServices")],
      [otherwise, ofService("fileServices")],
    ],
    "gcp:storage/bucket:Bucket": "logging: { logBucket: auditBucket.name }",
    ...auditConfigs,
  },
};
