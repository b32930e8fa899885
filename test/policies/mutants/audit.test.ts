import {
  activityStack,
  auditConfigStack,
  categories,
  dataOf,
  kinds,
  logTypes,
  managementEvents,
  namesOf,
  queues,
  subscription,
  trailStack,
  used,
} from "../support/audit";
import { awsStack } from "../support/aws";
import { azureStack } from "../support/azure";
import { changing } from "../support/changes";
import { gcpStack } from "../support/gcp";
import { killed, type Mutant } from "../support/mutants";
import { Out, type Stack, text } from "../support/stack";

/** A change of one resource's properties. */

/** Who records nothing at all misses who changed what and who read what. */
const nowhere = { at: "shop-test", also: ["AUD-02 shop-test"] };
function promised(name: string, stack: () => Stack, also: readonly string[]): void {
  const without: Record<string, Mutant["change"]> = {
    [`neither ${name} nor foundation`]: (s) => s.remove("foundation"),
    [`a foundation that names no ${name}`]: (s) => s.set("foundation", { audit: { existing: " " } }),
    [`a foundation that promises a ${name} and makes none`]: (s) => s.set("foundation", { audit: { create: true } }),
  };
  const mutants = Object.entries(without).map(([name, change]) => ({ name, change, also }));
  killed("AUD-01", stack, "shop-test", mutants);
}

describe("mutants of audit trails", () => {
  promised("trail", awsStack, nowhere.also);
  promised("setting", azureStack, []);
  promised("configuration", gcpStack, nowhere.also);

  const trail = changing("trail");
  const dataResources = [
    { type: "AWS::S3::Object", values: ["arn:aws:s3"] },
    { type: "AWS::Lambda::Function", values: ["arn:aws:lambda"] },
    { type: "AWS::DynamoDB::Table", values: ["arn:aws:dynamodb"] },
  ];
  const data = kinds.map((kind) => dataOf(kind));
  /** Basic selectors know neither queues nor topics. */
  const basic = (more: object): Pick<Mutant, "change" | "also"> => ({
    change: trail({ advancedEventSelectors: undefined, eventSelectors: [{ dataResources, ...more }] }),
    also: [...queues, ...namesOf(/(topic:Topic|stream:Stream)$/)].map((name) => `AUD-02 ${name}`),
  });
  killed("AUD-01", trailStack, "trail", [
    { name: "one region", change: trail({ isMultiRegionTrail: false }) },
    { name: "one region, as the provider's default says it", change: trail({ isMultiRegionTrail: undefined }) },
    { name: "no validation", change: trail({ enableLogFileValidation: undefined }) },
    { name: "validation as text", change: trail({ enableLogFileValidation: "true" }) },
    { name: "no key", change: trail({ kmsKeyId: undefined }) },
    { name: "an empty key", change: trail({ kmsKeyId: "" }) },
    { name: "no global services", change: trail({ includeGlobalServiceEvents: false }) },
    {
      name: "switched off",
      change: trail({ enableLogging: false }),
      also: used.map((name) => `AUD-02 ${name}`),
    },
    { name: "data events only", change: trail({ advancedEventSelectors: data }) },
    {
      name: "management events that are read only",
      change: trail({
        "advancedEventSelectors.0.fieldSelectors.1": { field: "readOnly", equals: ["true"] },
      }),
    },
    {
      name: "management events without those of a key",
      change: trail({
        "advancedEventSelectors.0.fieldSelectors.1": { field: "eventSource", notEquals: ["kms.amazonaws.com"] },
      }),
    },
    {
      name: "write events only",
      ...basic({ readWriteType: "WriteOnly" }),
      also: used.map((name) => `AUD-02 ${name}`),
    },
    { name: "no management events", ...basic({ includeManagementEvents: false }) },
    {
      name: "a service's management events left out",
      ...basic({ excludeManagementEventSources: ["kms.amazonaws.com"] }),
    },
    ...(
      [
        ["an event data store of one region", { multiRegionEnabled: false }],
        ["an event data store that anyone may delete", { terminationProtectionEnabled: false }],
        ["an event data store of 90 days", { retentionPeriod: 90 }],
        ["an event data store without a key", { kmsKeyId: undefined }],
      ] as const
    ).map(([name, change]) => ({
      name,
      change: (stack: Stack) => {
        stack.retype("trail", "aws:cloudtrail/eventDataStore:EventDataStore");
        return stack.set("trail", change);
      },
    })),
    {
      name: "an event data store that is suspended",
      change: (stack) =>
        stack.retype("trail", "aws:cloudtrail/eventDataStore:EventDataStore").set("trail", { suspend: "true" }),
      also: used.map((name) => `AUD-02 ${name}`),
    },
  ]);

  const activity = changing("activity");
  killed("AUD-01", activityStack, "activity", [
    ...categories.map(({ category }) => ({
      name: `no category ${category}`,
      change: activity({ logs: categories.filter((one) => one.category !== category) }),
    })),
    { name: "no categories", change: activity({ logs: [] }) },
    { name: "logs left out", change: activity({ logs: undefined }) },
    { name: "a category switched off", change: activity({ "logs.3": { category: "Policy", enabled: false } }) },
    { name: "audit alone", change: activity({ logs: [{ categoryGroup: "audit", enabled: true }] }) },
    { name: "all logs switched off", change: activity({ logs: [{ categoryGroup: "allLogs", enabled: false }] }) },
    { name: "no workspace", change: activity({ workspaceId: undefined }) },
    { name: "no subject", change: activity({ resourceUri: undefined }) },
    {
      name: "a setting of one resource only",
      change: activity({
        resourceUri: `${subscription}/resourceGroups/shop/providers/Microsoft.ServiceBus/namespaces/b`,
      }),
      at: "shop-test",
    },
    {
      name: "a workspace that forgets",
      change: (stack) => stack.set("workspace", { retentionInDays: 364 }),
      also: ["AUD-04 workspace"],
    },
    {
      name: "a setting of the subscription without a category",
      change: (stack) =>
        stack
          .retype("activity", "azure-native:monitor:SubscriptionDiagnosticSetting")
          .set("activity", { resourceUri: undefined, logs: categories.slice(1) }),
    },
  ]);

  const audit = changing("audit");
  const reads = ["AUD-02 audit"];
  killed("AUD-01", auditConfigStack, "audit", [
    { name: "administrators' reads only", change: audit({ auditLogConfigs: logTypes.slice(0, 1) }), also: reads },
    { name: "no administrators' reads", change: audit({ auditLogConfigs: logTypes.slice(1) }) },
    { name: "no data reads", change: audit({ auditLogConfigs: [logTypes[0], logTypes[2]] }), also: reads },
    { name: "no data writes", change: audit({ auditLogConfigs: logTypes.slice(0, 2) }), also: reads },
    { name: "nothing", change: audit({ auditLogConfigs: undefined }), also: reads },
    {
      name: "an exempted member",
      change: audit({ "auditLogConfigs.2.exemptedMembers": ["user:a@example.org"] }),
      also: reads,
    },
    {
      name: "exempted members that are no list",
      change: audit({ "auditLogConfigs.0.exemptedMembers": { user: 1 } }),
      also: reads,
    },
    { name: "one service only", change: audit({ service: "pubsub.googleapis.com" }), ...nowhere },
    {
      name: "no service",
      change: audit({ service: undefined, auditLogConfigs: undefined }),
      also: reads,
    },
  ]);
});

describe("mutants of data audit", () => {
  const without = (kind: string) => (stack: Stack) =>
    stack.set("trail", {
      advancedEventSelectors: [managementEvents, ...kinds.filter((one) => one !== kind).map((one) => dataOf(one))],
    });
  const only =
    (kind: string, ...more: object[]) =>
    (stack: Stack) =>
      stack.set("trail", {
        advancedEventSelectors: [
          managementEvents,
          ...kinds.filter((one) => one !== kind).map((one) => dataOf(one)),
          { fieldSelectors: [...dataOf(kind).fieldSelectors, ...more] },
        ],
      });
  const arnOf = (name: string) => new Out(name, `arn:aws:sqs:eu-central-1:111122223333:${name}`);
  const queueKind = "AWS::SQS::Queue";
  killed("AUD-02", trailStack, "queue", [
    { name: "no events of queues", change: without(queueKind), at: queues },
    { name: "no events of topics", change: without("AWS::SNS::Topic"), at: namesOf(/topic:Topic$/) },
    { name: "no events of tables", change: without("AWS::DynamoDB::Table"), at: namesOf(/table:Table$/) },
    { name: "no events of objects", change: without("AWS::S3::Object"), at: namesOf(/bucket:Bucket$/) },
    { name: "no events of functions", change: without("AWS::Lambda::Function"), at: namesOf(/function:Function$/) },
    { name: "reads only", change: only(queueKind, { field: "readOnly", equals: ["true"] }), at: queues },
    { name: "one call only", change: only(queueKind, { field: "eventName", equals: ["SendMessage"] }), at: queues },
    {
      name: "another queue only",
      change: only(queueKind, { field: "resources.ARN", equals: ["arn:aws:sqs:::x"] }),
      at: queues,
    },
    {
      name: "every queue but this one",
      change: only(queueKind, { field: "resources.ARN", notEquals: [arnOf("queue")] }),
    },
    ...(
      [
        ["another table's events", {}, "arn:aws:dynamodb:eu-central-1:111122223333:table/x"],
        ["writes of tables alone", { readWriteType: "WriteOnly" }, "arn:aws:dynamodb"],
      ] as const
    ).map(([name, more, value]) => ({
      name,
      change: (stack: Stack) => {
        without("AWS::DynamoDB::Table")(stack);
        stack.add("aws:cloudtrail/trail:Trail", "data", {
          eventSelectors: [{ dataResources: [{ type: "AWS::DynamoDB::Table", values: [value] }], ...more }],
        });
      },
      at: "table",
    })),
  ]);

  const setting = (name: string) => changing(`${name}-audit`);
  killed("AUD-02", azureStack, "bus", [
    ...["bus", "cosmos", "vault", "workspace", "store", "front"].map((name) => ({
      name: `no setting for ${name}`,
      change: (stack: Stack) => stack.remove(`${name}-audit`),
      at: name,
    })),
    { name: "a setting without destination", change: setting("bus")({ workspaceId: undefined }) },
    { name: "a setting with an empty destination", change: setting("bus")({ workspaceId: "" }) },
    { name: "a setting without logs", change: setting("bus")({ logs: undefined }) },
    { name: "an empty list of logs", change: setting("bus")({ logs: [] }) },
    {
      name: "logs switched off",
      change: setting("bus")({ logs: [{ categoryGroup: "allLogs", enabled: false }] }),
    },
    { name: "logs not switched on", change: setting("bus")({ logs: [{ categoryGroup: "allLogs" }] }) },
    {
      name: "metrics in place of logs",
      change: setting("bus")({ logs: undefined, metrics: [{ category: "AllMetrics", enabled: true }] }),
    },
    {
      name: "one of two categories",
      change: setting("bus")({ logs: [{ category: "OperationalLogs", enabled: true }] }),
    },
    {
      name: "what happened to tables, and not who used them",
      change: setting("cosmos")({ logs: [{ category: "PartitionKeyStatistics", enabled: true }] }),
      at: "cosmos",
    },
    {
      name: "a setting of another resource",
      change: setting("bus")({ resourceUri: new Out("vault", "vault") }),
    },
    {
      name: "a setting of another namespace in a group of the same name",
      change: (stack: Stack) =>
        setting("bus")({
          resourceUri: `${subscription}/resourceGroups/shop-bus/providers/Microsoft.ServiceBus/namespaces/other`,
        })(stack.set("bus", { namespaceName: "shop-bus" })),
    },
    {
      name: "a setting of a queue of Event Hubs by the same name",
      change: (stack: Stack) =>
        setting("bus")({
          resourceUri: `${subscription}/resourceGroups/g/providers/Microsoft.EventHub/namespaces/shop`,
        })(stack.set("bus", { namespaceName: "shop" })),
    },
    {
      name: "a setting whose id is put together of two resources, and names the other",
      modes: ["deployed"],
      change: (stack: Stack) =>
        setting("bus")({
          resourceUri: text(
            new Out("bus", ""),
            new Out("vault", `${subscription}/resourceGroups/g/providers/Microsoft.KeyVault/vaults/shop`),
          ),
        })(stack.set("vault", { vaultName: "shop" })),
    },
    {
      name: "a setting of another resource, by its id",
      change: setting("bus")({
        resourceUri: `${subscription}/resourceGroups/g/providers/Microsoft.KeyVault/vaults/bus`,
      }),
    },
    {
      name: "an account's own setting, which has no logs",
      modes: ["deployed"],
      change: setting("store")({ resourceUri: text(new Out("store", "/storageAccounts/store")) }),
      at: "store",
    },
    {
      name: "one setting for two services of an account",
      change: (stack) =>
        stack.add("azure-native:storage:Queue", "store-queue", { accountName: new Out("store", "store") }),
      at: "store",
    },
    {
      name: "a second namespace without a setting",
      change: (stack) =>
        stack.add("azure-native:eventgrid:SystemTopic", "told", { topicType: "Microsoft.Storage.StorageAccounts" }),
      at: "told",
    },
    {
      name: "a gateway of a tier with logs",
      change: (stack) =>
        stack.add("azure-native:apimanagement:ApiManagementService", "apim", { sku: { name: "StandardV2" } }),
      at: "apim",
      also: ["RES-05 apim"],
    },
  ]);

  killed("AUD-02", auditConfigStack, "audit", [
    {
      name: "exemptions of one service beside the record of all",
      change: (stack) =>
        stack.add("gcp:projects/iAMAuditConfig:IAMAuditConfig", "storage", {
          service: "storage.googleapis.com",
          auditLogConfigs: [{ logType: "DATA_READ", exemptedMembers: ["user:a@example.org"] }],
        }),
      at: "storage",
    },
    {
      name: "a bucket that may be public",
      change: (stack) => stack.set("objects", { publicAccessPrevention: "inherited" }),
      at: "objects",
      also: ["IAM-07 objects"],
    },
    {
      name: "a bucket that does not say",
      change: (stack) => stack.set("objects", { publicAccessPrevention: undefined }),
      at: "objects",
      also: ["IAM-07 objects"],
    },
    {
      name: "a bucket that logs into itself",
      change: (stack) =>
        stack.set("objects", { publicAccessPrevention: undefined, name: "objects", logging: { logBucket: "objects" } }),
      at: "objects",
      also: ["IAM-07 objects"],
    },
  ]);
});
