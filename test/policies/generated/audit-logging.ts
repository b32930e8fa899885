import { atLeast, exact, flag, part, row, type Table } from "./matters";

export const auditLogging: readonly Table[] = [
  {
    control: "AUD-01",
    because:
      "The trail records as much as its selectors and categories say, and is worth as much as its integrity, key and retention.",
    types: {
      "aws:cloudtrail/trail:Trail": [
        row("", ["dropped"]),
        row("isMultiRegionTrail", flag),
        row("enableLogFileValidation", flag),
        row("kmsKeyId", exact),
        row("advancedEventSelectors", ["emptied", "wrong type"]),
        row("advancedEventSelectors.*", part, /: \S+ 0\b/),
        row("advancedEventSelectors.*.fieldSelectors", part, /: \S+ 0\b/),
        row("advancedEventSelectors.*.fieldSelectors.*", part, /: \S+ 0\b/),
        row("advancedEventSelectors.*.fieldSelectors.*.field", exact, /: \S+ 0\b/),
        row("advancedEventSelectors.*.fieldSelectors.*.equals", part, /: \S+ 0\b/),
        row("advancedEventSelectors.*.fieldSelectors.*.equals.*", exact, /: \S+ 0\b/),
      ],
      "azure-native:monitor:DiagnosticSetting": [
        row("", ["dropped"], /: activity\b/),
        row("resourceUri", exact, /: activity\b/),
        row("workspaceId", part, /: activity\b/),
        row("logs", part, /: activity\b/),
        row("logs.*", part, /: activity\b/),
        row("logs.*.category", exact),
        row("logs.*.enabled", flag, /: activity\b/),
      ],
      "azure-native:operationalinsights:Workspace": [
        row("retentionInDays", atLeast, /^azure with a trail: workspace$/),
      ],
      "gcp:projects/iAMAuditConfig:IAMAuditConfig": [
        row("", ["dropped"]),
        row("service", ["emptied", "wrong type", "the provider's key", "other text"]),
        row("auditLogConfigs", part),
        row("auditLogConfigs.*", part),
        row("auditLogConfigs.*.logType", exact),
      ],
    },
  },
  {
    control: "AUD-02",
    because:
      "Use of data is recorded for the kinds of resources that a trail or a diagnostic setting names, and only there.",
    types: {
      "aws:cloudtrail/trail:Trail": [
        row("", ["dropped"]),
        row("advancedEventSelectors", part),
        row("advancedEventSelectors.*", part, /: \S+ (1|2|3|4|5|6)\b/),
        row("advancedEventSelectors.*.fieldSelectors", part, /: \S+ (1|2|3|4|5|6)\b/),
        row("advancedEventSelectors.*.fieldSelectors.*", part, /: \S+ (1|2|3|4|5|6)\b/),
        row("advancedEventSelectors.*.fieldSelectors.*.field", exact, /: \S+ (1|2|3|4|5|6)\b/),
        row("advancedEventSelectors.*.fieldSelectors.*.equals", part, /: \S+ (1|2|3|4|5|6)\b/),
        row("advancedEventSelectors.*.fieldSelectors.*.equals.*", exact, /: \S+ (1|2|3|4|5|6)\b/),
      ],
      "azure-native:apimanagement:ApiManagementService": [row("sku", part), row("sku.name", exact)],
      "azure-native:monitor:DiagnosticSetting": [
        row(
          "",
          ["dropped"],
          /: (bus-audit|hubs-audit|config-audit|cosmos-audit|front-audit|fulfil-audit|store-audit|vault-audit|workspace-audit)\b/,
        ),
        row(
          "resourceUri",
          exact,
          /: (bus-audit|hubs-audit|config-audit|cosmos-audit|front-audit|fulfil-audit|store-audit|vault-audit|workspace-audit)\b/,
        ),
        row(
          "workspaceId",
          part,
          /: (bus-audit|hubs-audit|config-audit|cosmos-audit|front-audit|fulfil-audit|store-audit|vault-audit|workspace-audit)\b/,
        ),
        row(
          "logs",
          part,
          /: (bus-audit|hubs-audit|config-audit|cosmos-audit|front-audit|fulfil-audit|store-audit|vault-audit|workspace-audit)\b/,
        ),
        row(
          "logs.*",
          part,
          /: (bus-audit|hubs-audit|config-audit|cosmos-audit|front-audit|fulfil-audit|store-audit|vault-audit|workspace-audit)\b/,
        ),
        row("logs.*.categoryGroup", exact),
        row(
          "logs.*.enabled",
          flag,
          /: (bus-audit|hubs-audit|config-audit|cosmos-audit|front-audit|fulfil-audit|store-audit|vault-audit|workspace-audit)\b/,
        ),
      ],
      "gcp:projects/iAMAuditConfig:IAMAuditConfig": [
        row("", ["dropped"]),
        row("service", ["emptied", "wrong type", "the provider's key", "other text"]),
        row("auditLogConfigs", part),
        row("auditLogConfigs.*", part, /: \S+ (1|2)\b/),
        row("auditLogConfigs.*.logType", exact, /: \S+ (1|2)\b/),
      ],
      "gcp:storage/bucket:Bucket": [row("publicAccessPrevention", exact)],
    },
  },
  {
    control: "AUD-03",
    because:
      "A request is in the log if the log has a destination, and can be traced if each line says who, what and how it ended.",
    types: {
      "aws:apigatewayv2/stage:Stage": [
        row("accessLogSettings", part),
        row("accessLogSettings.destinationArn", part),
        row("accessLogSettings.format", exact),
        row("accessLogSettings.format.{}.id", exact),
        row("accessLogSettings.format.{}.ip", exact),
        row("accessLogSettings.format.{}.status", exact),
        row("accessLogSettings.format.{}.requestId", exact),
        row("accessLogSettings.format.{}.sourceIp", exact),
      ],
      "azure-native:apimanagement:ApiDiagnostic": [
        row("", ["dropped"]),
        row("apiId", exact),
        row("loggerId", part),
        row("sampling", part),
        row("sampling.percentage", ["removed", "wrong type", "lowered", "raised"]),
        row("backend.request.body.bytes", ["wrong type", "lowered"]),
        row("backend.response.body.bytes", ["wrong type", "lowered"]),
        row("frontend.request.body.bytes", ["wrong type", "lowered"]),
        row("frontend.response.body.bytes", ["wrong type", "lowered"]),
      ],
      "gcp:logging/projectBucketConfig:ProjectBucketConfig": [row("", ["dropped"]), row("retentionDays", atLeast)],
      "gcp:logging/projectSink:ProjectSink": [row("", ["dropped"]), row("destination", exact)],
    },
  },
  {
    control: "AUD-04",
    because: "Logs are kept where they are sent and for as long as is stated there.",
    types: {
      "aws:cloudwatch/logGroup:LogGroup": [row("", ["dropped"]), row("name", exact), row("retentionInDays", atLeast)],
      "aws:lambda/function:Function": [row("loggingConfig", part), row("loggingConfig.logGroup", exact)],
      "azure-native:applicationinsights:Component": [row("workspaceResourceId", part)],
      "azure-native:operationalinsights:Workspace": [row("retentionInDays", atLeast)],
      "azure-native:web:WebApp": [
        row("siteConfig", part),
        row("siteConfig.appSettings", part),
        row("siteConfig.appSettings.*", part),
        row("siteConfig.appSettings.*.name", exact),
      ],
      "gcp:logging/projectBucketConfig:ProjectBucketConfig": [row("", ["dropped"]), row("retentionDays", atLeast)],
      "gcp:logging/projectSink:ProjectSink": [row("", ["dropped"]), row("destination", exact)],
    },
  },
  {
    control: "AUD-05",
    because: "The lock and its period decide whether what was recorded can be deleted.",
    types: {
      "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": [
        row("", ["dropped"]),
        row("bucket", exact),
        row("rule", part),
        row("rule.defaultRetention", part),
        row("rule.defaultRetention.mode", exact),
        row("rule.defaultRetention.days", atLeast),
      ],
      "azure-native:storage:StorageAccount": [
        row("immutableStorageWithVersioning", part),
        row("immutableStorageWithVersioning.enabled", flag),
        row("immutableStorageWithVersioning.immutabilityPolicy", part),
        row("immutableStorageWithVersioning.immutabilityPolicy.immutabilityPeriodSinceCreationInDays", atLeast),
      ],
      // Without it the sink leads to another stack's bucket, which is judged there.
      "gcp:logging/projectBucketConfig:ProjectBucketConfig": [
        row("retentionDays", atLeast, /: audit-logs\b/),
        row("locked", flag),
      ],
      "gcp:logging/projectSink:ProjectSink": [
        row("filter", ["removed", "emptied"], /: sink\b/),
        row("filter", ["wrong type", "the provider's key", "other text"], /: audit-sink\b/),
        row("", ["dropped"], /: audit-sink\b/),
        row("destination", exact, /: audit-sink\b/),
      ],
    },
  },
];
