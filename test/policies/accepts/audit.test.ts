import {
  activityStack,
  auditConfigStack,
  categories,
  dataOf,
  kinds,
  logTypes,
  managementEvents,
  queues,
  subscription,
  trailStack,
  workspace,
} from "../support/audit";
import { blocked, bucketTlsOnly } from "../support/aws";
import { azureStack } from "../support/azure";
import { set } from "../support/changes";
import { rule } from "../support/keys";
import { accepted, vague } from "../support/outcomes";
import { Out, type Stack, text, unknown } from "../support/stack";

const everything = kinds.map((kind) => dataOf(kind));
const without = (pattern: RegExp) => kinds.filter((kind) => !pattern.test(kind)).map((kind) => dataOf(kind));
/** A second trail for data events of some kinds, so that the first may have basic selectors. */
const beside = (stack: Stack, selectors: readonly object[]) =>
  stack.add("aws:cloudtrail/trail:Trail", "data", { advancedEventSelectors: selectors });
const arn = (name: string) => new Out(name, `arn:aws:any:eu-central-1:111122223333:${name}`);
const setting = "azure-native:monitor:DiagnosticSetting";
const auditConfig = "gcp:projects/iAMAuditConfig:IAMAuditConfig";

describe("audit trails that satisfy the controls", () => {
  accepted("AUD-01", trailStack, [
    ["a trail in place of a foundation", (s) => s.remove("foundation")],
    ["a foundation's trail beside an incomplete one", set("foundation", { audit: { existing: "account" } })],
    [
      "basic selectors that leave nothing out",
      (s) => {
        beside(s, everything);
        return s.set("trail", { eventSelectors: [{}], advancedEventSelectors: undefined });
      },
    ],
    [
      "a complete trail beside one of one region",
      (s) => s.add("aws:cloudtrail/trail:Trail", "second", { isMultiRegionTrail: false }),
    ],
    ["an event data store", (s) => s.retype("trail", "aws:cloudtrail/eventDataStore:EventDataStore")],
  ]);
  accepted(
    "AUD-01",
    trailStack,
    [["a trail without a key for internal data", set("trail", { kmsKeyId: undefined })]],
    "internal",
  );
  accepted("AUD-01", activityStack, [
    ["a setting in place of a foundation", (s) => s.remove("foundation")],
    ["all categories at once", set("activity", { logs: [{ categoryGroup: "allLogs", enabled: true }] })],
    [
      "a type of an older version",
      (s) => s.retype("activity", "azure-native:insights/v20210501preview:DiagnosticSetting"),
    ],
    [
      "a setting of the subscription",
      (s) =>
        s
          .retype("activity", "azure-native:monitor:SubscriptionDiagnosticSetting")
          .set("activity", { resourceUri: undefined }),
    ],
    [
      "an archive of the stack in place of a workspace",
      set("activity", { workspaceId: undefined, storageAccountId: new Out("store", "store") }),
    ],
  ]);
  accepted("AUD-01", auditConfigStack, [
    ["a configuration in place of a foundation", (s) => s.remove("foundation")],
    [
      "a configuration of the organization",
      (s) => s.retype("audit", "gcp:organizations/iamAuditConfig:IamAuditConfig"),
    ],
    ["an empty list of exemptions", set("audit", { "auditLogConfigs.0.exemptedMembers": [] })],
  ]);
});

describe("data audit that satisfies the controls", () => {
  accepted("AUD-02", trailStack, [
    [
      "two trails, one for management and one for data",
      (s) =>
        s.set("trail", { advancedEventSelectors: [managementEvents] }).add("aws:cloudtrail/trail:Trail", "data", {
          advancedEventSelectors: everything,
        }),
    ],
    [
      "a bucket by its ARN, and without the folder of another",
      (s) =>
        s.set("bucket", { bucket: "bucket" }).set("trail", {
          advancedEventSelectors: [
            managementEvents,
            ...without(/S3/),
            {
              fieldSelectors: [
                ...dataOf("AWS::S3::Object").fieldSelectors,
                {
                  field: "resources.ARN",
                  startsWiths: ["arn:aws:s3:::bucket/"],
                  notStartsWiths: ["arn:aws:s3:::bucket-of-logs/"],
                },
              ],
            },
          ],
        }),
    ],
    [
      "queues by their ARNs",
      (s) =>
        s.set("trail", {
          advancedEventSelectors: [
            managementEvents,
            ...without(/SQS/),
            {
              fieldSelectors: [
                ...dataOf("AWS::SQS::Queue").fieldSelectors,
                { field: "resources.ARN", equals: queues.map(arn) },
              ],
            },
          ],
        }),
    ],
    [
      "all buckets but that of the trail",
      (s) => {
        const store = s.add("aws:s3/bucket:Bucket", "trail-store", {
          ...bucketTlsOnly,
          serverSideEncryptionConfiguration: { rule },
        });
        s.add("aws:s3/bucketVersioning:BucketVersioning", "trail-store-versions", {
          bucket: store("trail-store"),
          versioningConfiguration: { status: "Enabled" },
        });
        s.add("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "trail-store-block", {
          bucket: store("trail-store"),
          ...blocked,
        });
        return s.set("trail", {
          s3BucketName: store("trail-store"),
          advancedEventSelectors: [
            managementEvents,
            ...without(/S3/),
            {
              fieldSelectors: [
                ...dataOf("AWS::S3::Object").fieldSelectors,
                { field: "resources.ARN", notStartsWiths: [text(store("arn:aws:s3:::trail-store"), "/")] },
              ],
            },
          ],
        });
      },
    ],
    [
      "basic selectors of every function, table and bucket",
      (s) => {
        beside(s, without(/S3|Dynamo|Lambda/));
        const dataResources = [
          { type: "AWS::S3::Object", values: ["arn:aws:s3"] },
          { type: "AWS::Lambda::Function", values: ["arn:aws:lambda"] },
          { type: "AWS::DynamoDB::Table", values: ["arn:aws:dynamodb"] },
        ];
        return s.set("trail", { advancedEventSelectors: undefined, eventSelectors: [{ dataResources }] });
      },
    ],
    [
      "basic selectors of one bucket by its ARN",
      (s) => {
        beside(s, without(/S3/));
        const dataResources = [{ type: "AWS::S3::Object", values: [text(arn("bucket"), "/")] }];
        return s.set("trail", { advancedEventSelectors: undefined, eventSelectors: [{ dataResources }] });
      },
    ],
  ]);
  accepted("AUD-02", azureStack, [
    ["audit in place of all logs", set("bus-audit", { logs: [{ categoryGroup: "audit", enabled: true }] })],
    ["categories by name", set("vault-audit", { logs: [{ category: "AuditEvent", enabled: true }] })],
    [
      "an event hub in place of a workspace",
      set("bus-audit", { workspaceId: undefined, eventHubAuthorizationRuleId: "rule" }),
    ],
    [
      "a setting found by the names in its resourceUri",
      (s) =>
        s.set("cosmos", { accountName: "Orders" }).set("cosmos-audit", {
          resourceUri: `${subscription}/resourceGroups/g/providers/Microsoft.DocumentDB/databaseAccounts/orders`,
        }),
    ],
    [
      "a second setting beside one without logs",
      (s) => s.add(setting, "bus-metrics", { resourceUri: new Out("bus", "bus"), workspaceId: workspace }),
    ],
    [
      "a gateway whose tier has no logs",
      (s) => s.add("azure-native:apimanagement:ApiManagementService", "apim", { sku: { name: "Consumption" } }),
    ],
    [
      "an account with a setting for each service in use",
      (s) => {
        s.add("azure-native:storage:Queue", "store-queue", { accountName: new Out("store", "store") });
        s.add(setting, "store-queues", {
          resourceUri: text(new Out("store", "/storageAccounts/store"), "/queueServices/default"),
          workspaceId: workspace,
          logs: ["StorageRead", "StorageWrite", "StorageDelete"].map((category) => ({ category, enabled: true })),
        });
      },
    ],
  ]);
  accepted("AUD-02", auditConfigStack, [
    [
      "more record of one service",
      (s) => s.add(auditConfig, "storage", { service: "storage.googleapis.com", auditLogConfigs: logTypes }),
    ],
  ]);
});

describe("audit that a preview cannot judge", () => {
  vague("AUD-01", trailStack, "trail", [
    ["what a trail selects", set("trail", { advancedEventSelectors: unknown })],
    [
      "whether a trail's events are of management",
      set("trail", { "advancedEventSelectors.0": { fieldSelectors: unknown } }),
    ],
    ["whether a trail is switched on", set("trail", { enableLogging: unknown })],
  ]);
  vague("AUD-01", activityStack, "activity", [
    ["a category", set("activity", { logs: [...categories.slice(1), { category: unknown, enabled: true }] })],
    ["whether a category is switched on", set("activity", { "logs.0.enabled": unknown })],
  ]);
  vague("AUD-02", trailStack, "queue", [
    [
      "which queues are meant",
      set("trail", {
        advancedEventSelectors: [
          managementEvents,
          ...without(/SQS/),
          {
            fieldSelectors: [
              ...dataOf("AWS::SQS::Queue").fieldSelectors,
              { field: "resources.ARN", equals: [unknown] },
            ],
          },
        ],
      }),
    ],
  ]);
  vague("AUD-02", azureStack, "bus", [
    ["a setting's logs", set("bus-audit", { logs: unknown })],
    ["whether logs are switched on", set("bus-audit", { "logs.0.enabled": unknown })],
    ["whose setting it is", set("bus-audit", { resourceUri: unknown })],
  ]);
  vague("AUD-02", auditConfigStack, "objects", [
    ["whether a bucket may be public", set("objects", { publicAccessPrevention: unknown })],
  ]);
  vague("AUD-02", auditConfigStack, "storage", [
    [
      "whom a service exempts",
      (s) => s.add(auditConfig, "storage", { service: "storage.googleapis.com", auditLogConfigs: unknown }),
    ],
  ]);
});
