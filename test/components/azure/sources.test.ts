import assert from "node:assert/strict";
import type { RunResult } from "../../../cli/engine";
import { Bucket, code, EventBus, QueueWorker, Stream } from "../../../components";
import type {} from "../../../components/azure";
import type { GrantData } from "../../../components/core/grant";
import { Note } from "../../fixtures/contracts";
import { Reading, ThingMade, ThingSold } from "../../fixtures/happenings";
import { registered } from "../../support/plan";
import { refusal } from "../../support/refusal";
import { deployed, inputs, only, roles, settings } from "./support";

const handler = code<typeof import("../../fixtures/quiet-worker")>(__dirname, "../../fixtures/quiet-worker");
/** A function that may use what it is given. */
const user = (grant: GrantData) => new QueueWorker("use", { message: Note, handler, uses: { it: grant } } as never);
const config = (run: RunResult) => settings(run, "use-fn").SB_USE_IT as Record<string, unknown>;
const used = (run: RunResult) =>
  roles(run).filter((role) => role.startsWith("use-fn: ") && !/Service Bus Data|Owner|Metrics/.test(role));
const row = (run: RunResult, name: string, property: string) =>
  registered(run, name).contract.find((one) => one.property === property);
const count = (run: RunResult, type: string) => run.resources.filter((one) => one.type.endsWith(`:${type}`)).length;

describe("Stream on azure", () => {
  const stream = (args = {}, dataClass = "internal") =>
    deployed(() => user(new Stream("readings", { record: Reading, key: "sensor", ...args }).producer()), { dataClass });

  it("is a hub of the stack's namespace with the partitions and the hours asked for", async () => {
    const run = await stream({ partitions: 8, retention: "100000 seconds" });
    const hub = inputs(run, "EventHub", "readings");
    assert.equal(hub.partitionCount, 8);
    assert.deepEqual(hub.retentionDescription, { cleanupPolicy: "Delete", retentionTimeInHours: 28 });
    assert.equal(row(run, "readings", "retention")?.given, "28 hours");
  });

  it("stands in a namespace that grows by itself, knows roles and TLS 1.2, and no keys", async () => {
    const run = await stream();
    const { disableLocalAuth, isAutoInflateEnabled, maximumThroughputUnits, minimumTlsVersion, sku } = inputs<{
      sku: { name: string };
      [name: string]: unknown;
    }>(run, "eventhub:Namespace", "foundation-hubs");
    assert.deepEqual([disableLocalAuth, isAutoInflateEnabled, maximumThroughputUnits], [true, true, 20]);
    assert.deepEqual([minimumTlsVersion, sku.name], ["1.2", "Standard"]);
    assert.equal(count(run, "eventhub:NamespaceAuthorizationRule"), 0);
  });

  it("has the stack's key from confidential up, which only Premium takes", async () => {
    const run = await stream({}, "confidential");
    const { encryption, isAutoInflateEnabled, sku } = inputs<{
      sku: { name: string };
      encryption: { keySource: string; keyVaultProperties: { keyName: string }[] };
      isAutoInflateEnabled: unknown;
    }>(run, "eventhub:Namespace", "foundation-hubs");
    assert.equal(sku.name, "Premium");
    assert.equal(isAutoInflateEnabled, undefined, "Premium has none");
    assert.deepEqual([encryption.keySource, encryption.keyVaultProperties[0]?.keyName], ["Microsoft.KeyVault", "data"]);
  });

  it("lets a producer send to this hub, and tells it the key", async () => {
    const run = await stream();
    assert.deepEqual(used(run), [
      "use-fn: Azure Event Hubs Data Sender on EventHub/namespaces/hubs/eventhubs/readings",
    ]);
    const { namespace, ...rest } = config(run);
    assert.match(String(namespace), /^hubs-[0-9a-f]{8}\.servicebus\.windows\.net$/);
    assert.deepEqual(rest, { hub: "readings", key: "sensor", maxRecordBytes: 253_952 });
  });

  it("takes no record whose dead letter would not fit, and says so", async () => {
    const limit = async (...args: Parameters<typeof stream>) => {
      const run = await stream(...args);
      return [config(run).maxRecordBytes, row(run, "readings", "maxRecordBytes")?.given];
    };
    assert.deepEqual(await limit(), [253_952, "253952 bytes"]);
    assert.deepEqual(await limit({ maxRecordBytes: 10_000 }), [10_000, "10000 bytes"]);
    assert.deepEqual(await limit({}, "confidential"), [262_144, "262144 bytes"]);
    assert.deepEqual(await limit({ maxRecordBytes: 1_000_000 }), [1_000_000, "1000000 bytes"]);
  });

  it("refuses partitions on demand", async () => {
    const { problems } = await refusal(stream({ partitions: "on-demand" }));
    assert.deepEqual(
      problems.map((one) => one.code),
      ["SB-C003"],
    );
  });
});

describe("Bucket on azure", () => {
  const bucket = (args = {}, role: "reader" | "writer" | "readWriter" = "reader", dataClass = "confidential") =>
    deployed(() => user(new Bucket("files", args)[role]()), { dataClass });

  it("lets nobody in without a role, and keeps what is deleted or overwritten", async () => {
    const run = await bucket({ restoreWithin: 30 });
    const account = inputs(run, "StorageAccount", "files");
    assert.equal(account.allowBlobPublicAccess, false);
    assert.equal(account.allowSharedKeyAccess, false);
    assert.equal(account.enableHttpsTrafficOnly, true);
    assert.equal(inputs(run, "BlobContainer", "files").publicAccess, "None");
    const { isVersioningEnabled, deleteRetentionPolicy, containerDeleteRetentionPolicy } = inputs(
      run,
      "BlobServiceProperties",
      "files",
    );
    assert.equal(isVersioningEnabled, true);
    assert.deepEqual(deleteRetentionPolicy, { allowPermanentDelete: false, days: 30, enabled: true });
    assert.deepEqual(containerDeleteRetentionPolicy, { days: 30, enabled: true });
  });

  it("removes old versions, and objects only where asked to", async () => {
    type Rules = { policy: { rules: { name: string; definition: { actions: unknown } }[] } };
    const rules = async (args: object) =>
      inputs<Rules>(await bucket(args), "ManagementPolicy", "files").policy.rules.map(({ name, definition }) => [
        name,
        definition.actions,
      ]);
    const older = ["restore", { version: { delete: { daysAfterCreationGreaterThan: 7 } } }];
    assert.deepEqual(await rules({}), [older]);
    assert.deepEqual(await rules({ expireAfter: 90 }), [
      older,
      ["expire", { baseBlob: { delete: { daysAfterModificationGreaterThan: 90 } } }],
    ]);
  });

  it("has an account of its own, with the stack's key from confidential up", async () => {
    const encryption = async (dataClass: string) =>
      (inputs(await bucket({}, "reader", dataClass), "StorageAccount", "files").encryption as { keySource?: string })
        ?.keySource;
    assert.equal(await encryption("internal"), undefined);
    assert.equal(await encryption("confidential"), "Microsoft.Keyvault");
    const two = await deployed(() => [new Bucket("files"), new Bucket("more")]);
    const names = ["files", "more"].map((name) => inputs(two, "StorageAccount", name).accountName);
    assert.equal(new Set(names).size, 2);
  });

  for (const [role, given] of [
    ["reader", "Storage Blob Data Reader"],
    ["writer", "Storage Blob Data Contributor"],
    ["readWriter", "Storage Blob Data Contributor"],
  ] as const)
    it(`gives a ${role} the role ${given} on the container alone`, async () => {
      const run = await bucket({}, role);
      const [only, ...others] = used(run);
      assert.deepEqual(others, []);
      assert.match(
        only ?? "",
        new RegExp(`^use-fn: ${given} on Storage/storageAccounts/files\\w*/containers/objects$`),
      );
      const { accountName } = inputs(run, "StorageAccount", "files");
      assert.deepEqual(config(run), {
        container: "objects",
        endpoint: `https://${accountName}.blob.core.windows.net`,
      });
    });

  it("has the account's one system topic, whose identity may keep what it cannot deliver", async () => {
    const run = await bucket();
    const topic = only<{ topicType: string; source: string; identity: unknown }>(run, "SystemTopic");
    assert.equal(topic.topicType, "Microsoft.Storage.StorageAccounts");
    assert.match(topic.source, /storageAccounts\/files/);
    const given = roles(run).filter((role) => role.startsWith("files: "));
    assert.equal(given.length, 1);
    assert.match(
      given[0] ?? "",
      /Blob Data Contributor on Storage\/storageAccounts\/undelivered\w*\/containers\/bucket-files/,
    );
  });
});

describe("EventBus on azure", () => {
  const bus = (args = {}, dataClass = "internal") =>
    deployed(() => user(new EventBus("things", { events: [ThingMade, ThingSold], ...args }).publisher(ThingMade)), {
      dataClass,
    });

  it("is a topic of CloudEvents that takes roles only, delivers as itself and knows its types", async () => {
    const topic = inputs<{ eventTypeInfo: { inlineEventTypes: object }; [name: string]: unknown }>(
      await bus(),
      "eventgrid:Topic",
      "things",
    );
    assert.equal(topic.inputSchema, "CloudEventSchemaV1_0");
    assert.equal(topic.disableLocalAuth, true);
    assert.equal(topic.minimumTlsVersionAllowed, "1.2");
    assert.deepEqual(topic.identity, { type: "SystemAssigned" });
    assert.deepEqual(Object.keys(topic.eventTypeInfo.inlineEventTypes), [ThingMade.type, ThingSold.type]);
  });

  it("lets a publisher send, and tells it which events are granted", async () => {
    const run = await bus();
    const [one, ...others] = used(run);
    assert.deepEqual(others, []);
    assert.match(one ?? "", /^use-fn: EventGrid Data Sender on EventGrid\/topics\/things/);
    const { endpoint, ...rest } = config(run);
    assert.match(String(endpoint), /^https:\/\/things-[0-9a-f]{8}\.\S+\.eventgrid\.azure\.net\/api\/events$/);
    assert.deepEqual(rest, { events: [ThingMade.type], maxEventBytes: 253_952 });
    assert.equal(row(run, "things", "events")?.how, "emulated", "the role is wider than the grant");
  });

  it("takes no event that the queue behind it would not, and says so", async () => {
    const limit = async (...args: Parameters<typeof bus>) => {
      const run = await bus(...args);
      return [config(run).maxEventBytes, row(run, "things", "maxEventBytes")?.given];
    };
    assert.deepEqual(await limit({ maxEventBytes: 1_048_576 }), [253_952, "253952 bytes"]);
    assert.deepEqual(await limit({ maxEventBytes: 1_048_576 }, "confidential"), [1_040_384, "1040384 bytes"]);
    assert.deepEqual(await limit({}, "confidential"), [262_144, "262144 bytes"]);
  });

  it("keeps an archive in a hub, delivered as the topic's identity, and no events without one", async () => {
    const run = await bus({ archive: { retention: "3 days" } });
    assert.deepEqual(inputs(run, "EventHub", "things").retentionDescription, {
      cleanupPolicy: "Delete",
      retentionTimeInHours: 72,
    });
    const subscription = inputs<{
      deliveryWithResourceIdentity: { identity: unknown; destination: { endpointType: string; resourceId: string } };
      deadLetterWithResourceIdentity: { deadLetterDestination: { blobContainerName: string } };
      filter?: unknown;
    }>(run, "TopicEventSubscription", "things-archive");
    const { destination, identity } = subscription.deliveryWithResourceIdentity;
    assert.deepEqual(identity, { type: "SystemAssigned" });
    assert.equal(destination.endpointType, "EventHub");
    assert.match(destination.resourceId, /eventhubs\/things\.archive$/);
    assert.equal(subscription.filter, undefined, "every event");
    assert.deepEqual(
      roles(run).filter((role) => role.startsWith("things: ") && role.includes("Event Hubs")),
      ["things: Azure Event Hubs Data Sender on EventHub/namespaces/hubs/eventhubs/things.archive"],
    );
    assert.equal(count(await bus(), "EventHub"), 0);
    assert.equal(count(await bus(), "TopicEventSubscription"), 0);
  });

  it("says that Event Grid takes no key of the customer's", async () => {
    const told = row(await bus({}, "confidential"), "things", "encryption");
    assert.equal(told?.how, "unsupported");
    assert.match(told?.given ?? "", /Microsoft's in Event Grid/);
  });

  it("is a topic of Service Bus where order is asked for", async () => {
    const run = await bus({ ordering: "per-subject" });
    const { topicName, supportOrdering } = inputs(run, "servicebus:Topic", "things");
    assert.deepEqual([topicName, supportOrdering], ["things.events", true]);
    assert.equal(count(run, "eventgrid:Topic"), 0);
    assert.deepEqual(
      roles(run).filter((role) => role.includes("topics/")),
      ["use-fn: Azure Service Bus Data Sender on ServiceBus/namespaces/bus/topics/things.events"],
    );
    const { namespace, ...rest } = config(run);
    assert.match(String(namespace), /^bus-[0-9a-f]{8}\.servicebus\.windows\.net$/);
    assert.deepEqual(rest, { events: [ThingMade.type], maxEventBytes: 262_144, topic: "things.events" });
  });

  it("refuses an archive of an ordered bus", async () => {
    const { problems } = await refusal(bus({ ordering: "per-subject", archive: { retention: "1 day" } }));
    assert.deepEqual(
      problems.map((one) => one.code),
      ["SB-C403"],
    );
  });
});
