import * as eventgrid from "@pulumi/azure-native/eventgrid";
import * as eventhub from "@pulumi/azure-native/eventhub";
import * as servicebus from "@pulumi/azure-native/servicebus";
import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { type ContractRow, emulated, native, unsupported } from "../core/contract";
import { formatDuration } from "../core/duration";
import { shaper } from "../core/escape";
import type { GrantRecord, Target } from "../core/grant";
import { physicalName } from "../core/names";
import type { Pattern } from "../core/pattern";
import type { EventBusOutputs, EventBusSpec } from "../event-bus";
import { assign, type Permission, principalOf, provide, record } from "./access";
import { type AzureFoundation, closedStorage, diagnostics, foundationOf, keyUsable, sharedPart } from "./foundation";
import { hubsOf } from "./stream";
import { busOf } from "./worked-queue";

/** Parts that a transform can change. */
export interface EventBusParts {
  topic: eventgrid.TopicArgs;
  archive: eventhub.EventHubArgs;
  archiveSubscription: eventgrid.TopicEventSubscriptionArgs;
  /** Where events are kept in order. */
  orderedTopic: servicebus.TopicArgs;
}

/** Either an Event Grid topic or, where events are kept in order, one of Service Bus. */
export interface EventBusNodes {
  topic: eventgrid.Topic | undefined;
  archive: eventhub.EventHub | undefined;
  orderedTopic: servicebus.Topic | undefined;
}

type Shape = ReturnType<typeof shaper<EventBusParts>>;

const hour = 3600;
/** Part of the operations of a publisher's grant. */
const publish = "publish ";
const typesOf = (operations: readonly string[]) => operations.map((operation) => operation.slice(publish.length));

/** Bytes of a message by tier, less what Event Grid and the service write beside an event. */
const largestDelivered = { standard: 262_144 - 8192, premium: 1_048_576 - 8192 };

export function eventBus(self: Pattern<"EventBus">, spec: EventBusSpec): Realization<EventBusOutputs> {
  const shape: Shape = shaper(spec.transform?.azure);
  return spec.ordered ? orderedBus(self, spec, shape) : plainBus(self, spec, shape);
}

function plainBus(self: Pattern<"EventBus">, spec: EventBusSpec, shape: Shape): Realization<EventBusOutputs> {
  const { site } = self;
  const { archiveSeconds, events } = spec;
  const { group } = foundationOf(site);
  const maxEventBytes = deliverable(self, spec.maxEventBytes);
  const topic = new eventgrid.Topic(
    self.id,
    shape("topic", {
      resourceGroupName: group.name,
      topicName: physicalName(site, [self.id], { max: 50 }),
      inputSchema: "CloudEventSchemaV1_0",
      identity: { type: "SystemAssigned" },
      disableLocalAuth: true,
      minimumTlsVersionAllowed: "1.2",
      publicNetworkAccess: "Enabled",
      eventTypeInfo: {
        kind: "inline",
        inlineEventTypes: Object.fromEntries(
          events.map(({ type, subject }) => [type, { displayName: type, description: `Subject: ${subject}` }]),
        ),
      },
      tags: { ...site.tags },
    }),
    self.child({ stateful: true }),
  );
  diagnostics(self, self.id, topic.id);
  const source = eventSource(self, topic);
  const archive = archiveSeconds > 0 ? archiveOf(self, source, archiveSeconds, shape) : undefined;
  provide(self, (operations) => ({
    config: { endpoint: topic.endpoint.apply((url) => url ?? ""), maxEventBytes, events: typesOf(operations) },
    permissions: [{ role: "eventGridSender", scope: topic.id }],
  }));
  return {
    contract: [...sharedRows(spec), ...plainRows(self, spec, maxEventBytes)],
    grants: [source.grant, ...(archive?.grants ?? [])],
    nodes: { topic, archive: archive?.hub, orderedTopic: undefined } satisfies EventBusNodes,
    outputs: { bus: topic.id },
  };
}

/** Event Grid takes larger events than the queues behind it, and would find out hours after the publisher. */
function deliverable({ site }: Pattern, asked: number): number {
  return Math.min(asked, site.dataClass === "internal" ? largestDelivered.standard : largestDelivered.premium);
}

/** Where Event Grid, or a bucket, says what has happened, and as whom it delivers that. */
export interface EventSource {
  readonly id: string;
  /** Name of the topic, or of the system topic. */
  readonly topic: pulumi.Output<string>;
  readonly principalId: pulumi.Output<string>;
  /** What its identity may do with the container. */
  readonly grant: GrantRecord;
  /** Where events lie that could not be delivered. */
  readonly undelivered: {
    readonly account: storage.StorageAccount;
    readonly container: storage.BlobContainer;
    readonly usable: pulumi.Resource;
  };
}

const sources = new WeakMap<Target, EventSource>();

/** The source of events that a bus or a bucket is. */
export function sourceOf(target: Target): EventSource {
  const found = sources.get(target);
  if (!found) throw new Error(`${target.kind} "${target.id}" is no source of events on azure`);
  return found;
}

/** Makes a topic's identity fit to deliver, and to keep what cannot be delivered: in a container of its own. */
export function eventSource(self: Pattern, topic: eventgrid.Topic | eventgrid.SystemTopic): EventSource {
  const { site } = self;
  const principalId = principalOf(topic);
  const account = sharedPart(site, "undelivered", undeliveredStorage);
  const name = `${self.id}-undelivered`;
  const container = new storage.BlobContainer(
    name,
    {
      resourceGroupName: foundationOf(site).group.name,
      accountName: account.name,
      containerName: physicalName(site, [self.kind, self.id], { max: 63 }).replace(/-+/g, "-"),
      publicAccess: "None",
    },
    self.child({ stateful: true }),
  );
  const permission: Permission = { role: "storageBlobContributor", scope: container.id };
  const usable = assign(self, name, principalId, permission);
  const grant = record(self.id, self.id, ["keepUndelivered"], [permission]);
  const source = { id: self.id, topic: topic.name, principalId, grant, undelivered: { account, container, usable } };
  sources.set(self, source);
  return source;
}

/** The longest that Event Grid tries to deliver. */
export const retryPolicy = { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 };

type Destination =
  | { readonly endpointType: "ServiceBusQueue"; readonly resourceId: pulumi.Output<string> }
  | { readonly endpointType: "EventHub"; readonly resourceId: pulumi.Output<string> };

/** How a source's events get to a queue or a hub: as the source's identity, which may send there and nowhere else. */
export function deliveryFrom(self: Pattern, source: EventSource, destination: Destination, permission: Permission) {
  const { undelivered } = source;
  const identity = { type: "SystemAssigned" as const };
  const allowed = assign(self, `${self.id}-delivery`, source.principalId, permission);
  const deadLetterDestination = {
    endpointType: "StorageBlob" as const,
    resourceId: undelivered.account.id,
    blobContainerName: undelivered.container.name,
  };
  return {
    args: {
      resourceGroupName: foundationOf(self.site).group.name,
      eventSubscriptionName: physicalName(self.site, [self.kind, self.id], { max: 64 }),
      eventDeliverySchema: "CloudEventSchemaV1_0",
      deliveryWithResourceIdentity: { identity, destination },
      deadLetterWithResourceIdentity: { identity, deadLetterDestination },
      retryPolicy,
    },
    dependsOn: [allowed, undelivered.usable],
    grant: record(source.id, self.id, ["deliver"], [permission]),
  };
}

/** An event hub that gets every event: it keeps them for as long as asked, and readers take nothing away. */
function archiveOf(self: Pattern, source: EventSource, seconds: number, shape: Shape) {
  const { namespace } = hubsOf(self.site);
  const hub = new eventhub.EventHub(
    self.id,
    shape("archive", {
      resourceGroupName: foundationOf(self.site).group.name,
      namespaceName: namespace.name,
      eventHubName: `${self.id}.archive`,
      partitionCount: 4,
      retentionDescription: { cleanupPolicy: "Delete", retentionTimeInHours: Math.ceil(seconds / hour) },
    }),
    self.child({ stateful: true }),
  );
  const { args, dependsOn, grant } = deliveryFrom(
    self,
    source,
    { endpointType: "EventHub", resourceId: hub.id },
    { role: "eventHubsSender", scope: hub.id },
  );
  new eventgrid.TopicEventSubscription(
    `${self.id}-archive`,
    shape("archiveSubscription", { ...args, topicName: source.topic }),
    self.child({ dependsOn }),
  );
  const grants: readonly GrantRecord[] = [grant];
  return { hub, grants };
}

/** One account a stack, a container for each source. */
function undeliveredStorage(base: AzureFoundation): storage.StorageAccount {
  const { self, shape } = base;
  const name = `${self.id}-undelivered`;
  const account = new storage.StorageAccount(
    name,
    shape("undelivered", closedStorage(self, "undelivered", base)),
    self.child({ stateful: true, dependsOn: [...keyUsable(base)] }),
  );
  diagnostics(self, name, pulumi.interpolate`${account.id}/blobServices/default`, base);
  const restorable = { enabled: true, days: undeletedDays };
  new storage.BlobServiceProperties(
    name,
    {
      resourceGroupName: base.group.name,
      accountName: account.name,
      blobServicesName: "default",
      isVersioningEnabled: true,
      deleteRetentionPolicy: { ...restorable, allowPermanentDelete: false },
      containerDeleteRetentionPolicy: restorable,
    },
    self.child({ stateful: true }),
  );
  return account;
}

/** Days in which an undelivered event that was deleted can be brought back. */
const undeletedDays = 7;

/** Event Grid keeps no order: a topic of Service Bus does, whose subscriptions have sessions. */
function orderedBus(self: Pattern<"EventBus">, spec: EventBusSpec, shape: Shape): Realization<EventBusOutputs> {
  const { site } = self;
  const { maxEventBytes } = spec;
  const { namespace, endpoint } = busOf(site);
  const topic = new servicebus.Topic(
    self.id,
    shape("orderedTopic", {
      resourceGroupName: foundationOf(site).group.name,
      namespaceName: namespace.name,
      // Queues and topics share their names, and no component has a dot in its own.
      topicName: `${self.id}.events`,
      maxSizeInMegabytes: 5120,
      supportOrdering: true,
    }),
    self.child({ stateful: true }),
  );
  provide(self, (operations) => ({
    config: { namespace: endpoint, topic: topic.name, maxEventBytes, events: typesOf(operations) },
    permissions: [{ role: "serviceBusSender", scope: topic.id }],
  }));
  const inMessages = "Service Bus quotas";
  return {
    contract: [
      ...sharedRows(spec),
      native("archive", "none asked", "none", "what every subscription has handled is gone", "Service Bus topics"),
      native("replay", "none asked", "none", "there is no archive", "Service Bus topics"),
      native(
        "ordering",
        "per-subject",
        "per-subject",
        "a session each, in every subscription",
        "Service Bus message sessions",
      ),
      emulated(
        "maxEventBytes",
        `${maxEventBytes} bytes`,
        `${maxEventBytes} bytes`,
        site.dataClass === "internal"
          ? "checked at publish; the Standard tier counts properties into its 256 KB and refuses the publisher what is more"
          : "checked at publish",
        inMessages,
      ),
      native(
        "encryption",
        site.dataClass,
        site.dataClass === "internal" ? "Microsoft's keys" : "the stack's key in Key Vault",
        site.dataClass === "internal" ? "Standard tier" : "Premium tier, billed by the hour",
        "Service Bus customer-managed keys",
      ),
    ],
    grants: [],
    nodes: { topic: undefined, archive: undefined, orderedTopic: topic } satisfies EventBusNodes,
    outputs: { bus: topic.id },
  };
}

function sharedRows({ events, ordered }: EventBusSpec): readonly ContractRow[] {
  const count = `${events.length} events`;
  return [
    emulated(
      "events",
      count,
      count,
      "the role is for the whole topic; the client keeps to the types that it is granted",
      ordered ? "Azure Service Bus Data Sender" : "EventGrid Data Sender",
    ),
    emulated(
      "schema",
      "by event",
      "by event",
      ordered
        ? "checked by publisher and subscriber"
        : "checked by publisher and subscriber; the topic lists the types, and no resource of Azure's keeps their schemas",
      "runtime/event.ts",
    ),
  ];
}

function plainRows(
  { site }: Pattern,
  { archiveSeconds, maxEventBytes }: EventBusSpec,
  given: number,
): readonly ContractRow[] {
  const asked = formatDuration(archiveSeconds);
  const kept = formatDuration(Math.ceil(archiveSeconds / hour) * hour);
  return [
    archiveSeconds > 0
      ? native(
          "archive",
          asked,
          kept,
          "a subscription of its own to an event hub, in whole hours",
          "Event Hubs retentionTimeInHours",
        )
      : native("archive", "none asked", "none", "what was published is gone", "Event Grid delivery and retry"),
    archiveSeconds > 0
      ? emulated("replay", "marked", "marked", "by the command `replay`, from the archive's hub", "cli/replay/azure.ts")
      : native("replay", "none asked", "none", "there is no archive", "Event Grid delivery and retry"),
    native("ordering", "none asked", "none", "Event Grid keeps no order", "Event Grid delivery and retry"),
    emulated(
      "maxEventBytes",
      `${maxEventBytes} bytes`,
      `${given} bytes`,
      given < maxEventBytes
        ? "checked at publish, the envelope included: the queue behind takes no more with what is written beside an event, and Event Grid would find out after the publisher"
        : "checked at publish, the envelope included",
      "Service Bus quotas",
    ),
    site.dataClass === "internal"
      ? native("encryption", site.dataClass, "Microsoft's keys", "at rest", "Event Grid security")
      : unsupported(
          "encryption",
          site.dataClass,
          "the stack's key in queues and archive; Microsoft's in Event Grid",
          "a topic takes no key of the customer's, and keeps an event until it is delivered, a day at most; an ordered bus has the stack's key",
          "Event Grid security",
        ),
  ];
}
