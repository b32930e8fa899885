import * as servicebus from "@pulumi/azure-native/servicebus";
import * as pulumi from "@pulumi/pulumi";
import { RESERVED_FIELDS } from "../../runtime/azure/bus-message";
import type { QueueWorkerSettings } from "../../runtime/settings";
import type { Realization } from "../core/cloud";
import { emulated, native } from "../core/contract";
import { formatDuration } from "../core/duration";
import { BlueprintError } from "../core/errors";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import { idempotencyRow } from "../delivery";
import type { QueueWorkerOutputs, QueueWorkerSpec } from "../queue-worker";
import { provide } from "./access";
import { type AzureFoundation, diagnostics, foundationOf, globalName, sharedPart } from "./foundation";
import { serverlessFunction } from "./function";

/** Instances where no limit is asked for: the plan's own default. */
const defaultInstances = 100;

export function queueWorker(self: Pattern<"QueueWorker">, spec: QueueWorkerSpec): Realization<QueueWorkerOutputs> {
  refuseReserved(self, spec);
  const { site } = self;
  const shape = shaper(spec.transform?.azure);
  const { group } = foundationOf(site);
  const namespace = sharedPart(site, "service-bus", serviceBus);
  // 5 GB is the most that every tier takes: a full queue turns its senders away.
  const inNamespace = { resourceGroupName: group.name, namespaceName: namespace.name, maxSizeInMegabytes: 5120 };
  const deadLetterQueue = new servicebus.Queue(
    `${self.id}-dead`,
    shape("deadLetterQueue", {
      ...inNamespace,
      queueName: `${self.id}-dead`,
      defaultMessageTimeToLive: iso(spec.deadLetterRetentionSeconds),
      lockDuration: "PT1M",
      maxDeliveryCount: 2000,
    }),
    self.child({ stateful: true }),
  );
  const queue = new servicebus.Queue(
    self.id,
    shape("queue", {
      ...inNamespace,
      queueName: self.id,
      lockDuration: "PT5M",
      maxDeliveryCount: spec.maxDeliveries,
      defaultMessageTimeToLive: iso(spec.retentionSeconds),
      deadLetteringOnMessageExpiration: true,
      // What the service itself gives up, a crashed call above all, joins what the adapter dead-letters with its cause.
      forwardDeadLetteredMessagesTo: deadLetterQueue.name,
    }),
    self.child({ stateful: true }),
  );
  const endpoint = pulumi.interpolate`${namespace.name}.servicebus.windows.net`;
  const sendTo = (one: servicebus.Queue) => ({ role: "serviceBusSender", scope: one.id }) as const;
  provide(self, () => ({
    config: { namespace: endpoint, queue: queue.name, maxMessageBytes: spec.maxMessageBytes },
    permissions: [sendTo(queue)],
  }));
  const settings = pulumi.all([endpoint, deadLetterQueue.name]).apply(
    ([host, dead]): QueueWorkerSettings => ({
      component: self.id,
      timeoutSeconds: spec.handler.timeoutSeconds,
      maxDeliveries: spec.maxDeliveries,
      backoff: spec.backoff,
      deadLetter: `https://${host}/${dead}`,
      ...(spec.idempotency ? { idempotency: spec.idempotency } : {}),
    }),
  );
  const concurrency = spec.maxConcurrency;
  const worker = serverlessFunction(self, {
    name: `${self.id}-fn`,
    handler: spec.handler,
    settings,
    // A user-assigned identity needs all three of the connection's settings.
    variables: ({ clientId }) => ({
      SB_QUEUE: queue.name,
      SB_BUS__fullyQualifiedNamespace: endpoint,
      SB_BUS__credential: "managedidentity",
      SB_BUS__clientId: clientId,
    }),
    own: {
      operations: ["receive"],
      permissions: [
        { role: "serviceBusReceiver", scope: queue.id },
        sendTo(queue), // copies for later
        sendTo(deadLetterQueue),
      ],
    },
    maxInstances: concurrency ?? defaultInstances,
    caller: undefined,
    host: {
      // Triggers other than HTTP and timer are not in the host itself.
      extensionBundle: { id: "Microsoft.Azure.Functions.ExtensionBundle", version: "[4.0.0, 5.0.0)" },
      extensions: {
        serviceBus: {
          // One call an instance where a limit is asked for: then instances are calls.
          maxConcurrentCalls: concurrency === undefined ? 16 : 1,
          prefetchCount: 0,
          autoCompleteMessages: true,
          maxAutoLockRenewalDuration: "00:05:00",
        },
      },
    },
    shape,
  });
  return {
    contract: contractOf(self, spec),
    grants: worker.grants,
    nodes: { namespace, queue, deadLetterQueue, app: worker.app, identity: worker.identity },
    outputs: { queue: queue.name, deadLetters: deadLetterQueue.name },
  };
}

/** ISO 8601 in the resource manager's own spelling, so that nothing differs when it is read back. */
export function iso(seconds: number): string {
  const [days, hours, minutes, rest] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  const time = `${hours ? `${hours}H` : ""}${minutes ? `${minutes}M` : ""}${rest ? `${rest}S` : ""}`;
  return `P${days ? `${days}D` : ""}${time || !days ? `T${time || "0S"}` : ""}`;
}

/** The Functions host lays a body's fields over the trigger's own facts: such a message could forge its delivery count. */
function refuseReserved(self: Pattern, { message }: QueueWorkerSpec): void {
  const reserved = new Set(RESERVED_FIELDS.map((name) => name.toLowerCase()));
  const taken = [...topLevelFields(message)].filter((field) => reserved.has(field.toLowerCase()));
  if (taken.length === 0) return;
  const fact = `message has the field ${taken.join(", ")}, which the Azure Functions host takes for the queue's own`;
  throw new BlueprintError(self.subject, [{ code: "SB-C003", fact, wayOut: "give the field another name" }]);
}

/** Every field that some message may have: of a union, an intersection, a type that names itself, a record with known keys. */
function topLevelFields(schema: unknown, root = schema, seen = new Set<unknown>()): ReadonlySet<string> {
  if (typeof schema !== "object" || schema === null || seen.has(schema)) return new Set();
  seen.add(schema);
  const { properties, required, anyOf, oneOf, allOf, $ref } = schema as Readonly<Record<string, unknown>>;
  const parts = [anyOf, oneOf, allOf].flatMap((list) => (Array.isArray(list) ? list : []));
  if (typeof $ref === "string") parts.push($ref.split("/").slice(1).reduce(member, root));
  return new Set([
    ...(typeof properties === "object" && properties !== null ? Object.keys(properties) : []),
    ...(Array.isArray(required) ? required.map(String) : []), // of a record with known keys
    ...parts.flatMap((part) => [...topLevelFields(part, root, seen)]),
  ]);
}

const member = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;

/** One namespace a stack: Premium from confidential up, since only Premium takes a key of the customer's. */
function serviceBus(base: AzureFoundation): servicebus.Namespace {
  const { self, shape, group, customerKey } = base;
  const name = `${self.id}-bus`;
  const tier = customerKey ? "Premium" : "Standard";
  const namespace = new servicebus.Namespace(
    name,
    shape("namespace", {
      resourceGroupName: group.name,
      namespaceName: globalName(self, group, "bus", { max: 50 }),
      sku: { name: tier, tier, ...(customerKey ? { capacity: 1 } : {}) },
      disableLocalAuth: true,
      minimumTlsVersion: "1.2",
      tags: { ...self.site.tags },
      ...(customerKey
        ? {
            premiumMessagingPartitions: 1,
            identity: { type: "UserAssigned", userAssignedIdentities: [customerKey.identity.id] },
            encryption: {
              keySource: "Microsoft.KeyVault",
              keyVaultProperties: [
                {
                  keyName: customerKey.key.name,
                  keyVaultUri: customerKey.vault.properties.apply(({ vaultUri }) => vaultUri ?? ""),
                  identity: { userAssignedIdentity: customerKey.identity.id },
                },
              ],
            },
          }
        : {}),
    }),
    self.child({ stateful: true, ...(customerKey ? { dependsOn: customerKey.usable } : {}) }),
  );
  diagnostics(self, name, namespace.id, base);
  return namespace;
}

function contractOf({ site }: Pattern, spec: QueueWorkerSpec) {
  const { handler, batch, backoff } = spec;
  const time = formatDuration;
  const premium = site.dataClass !== "internal";
  const concurrency = spec.maxConcurrency === undefined ? "none asked" : String(spec.maxConcurrency);
  return [
    native(
      "timeout",
      time(handler.timeoutSeconds),
      time(handler.timeoutSeconds),
      "then the host ends the worker process, and with it the calls beside this one; the lock lasts five minutes",
      "Azure Functions host.json functionTimeout; Service Bus lockDuration",
    ),
    native(
      "memory",
      `${handler.memoryMiB} MiB`,
      `${handler.memoryMiB} MiB`,
      "instance size of the plan",
      "Flex Consumption plan",
    ),
    native(
      "maxDeliveries",
      String(spec.maxDeliveries),
      String(spec.maxDeliveries),
      "failures counted by the adapter, exactly; calls that die by the queue, anew for each retry's copy, so up to twice as many",
      "Service Bus maxDeliveryCount",
    ),
    native(
      "retention",
      time(spec.retentionSeconds),
      time(spec.retentionSeconds),
      "then the message is a dead letter; counted anew for each retry's copy",
      "Service Bus deadLetteringOnMessageExpiration",
    ),
    emulated(
      "maxMessageBytes",
      `${spec.maxMessageBytes} bytes`,
      `${spec.maxMessageBytes} bytes`,
      premium
        ? "checked by the client before it sends"
        : "checked by the client before it sends; the Standard tier counts properties into its 256 KB",
      "Service Bus quotas",
    ),
    emulated(
      "backoff",
      `${time(backoff.minSeconds)} to ${time(backoff.maxSeconds)}`,
      "doubles with every delivery",
      "the adapter schedules a copy that counts on, and completes the original; after a crash between the two there are both",
      "Service Bus scheduled messages",
    ),
    native(
      "batch",
      `${batch.size} in ${time(batch.windowSeconds)}`,
      "1",
      "one message a call",
      "Azure Functions Service Bus trigger",
    ),
    native(
      "maxConcurrency",
      concurrency,
      concurrency === "none asked" ? `${defaultInstances} instances of 16 calls` : concurrency,
      concurrency === "none asked" ? "the plan's default" : "one call an instance, and as many instances",
      "Flex Consumption maximumInstanceCount",
    ),
    native(
      "deadLetter.retention",
      time(spec.deadLetterRetentionSeconds),
      time(spec.deadLetterRetentionSeconds),
      "a queue of its own, to which the service forwards",
      "Service Bus forwardDeadLetteredMessagesTo",
    ),
    emulated(
      "deadLetter.cause",
      "error, attempts, trace",
      "error, attempts, trace",
      "the adapter sends the last failure itself, with properties; a crash leaves the service's own reason",
      "Service Bus dead-letter queues",
    ),
    idempotencyRow(spec, "Service Bus peek-lock"),
    native("ordering", "none asked", "best effort", "no sessions", "Service Bus queues"),
    native(
      "encryption",
      site.dataClass,
      premium ? "the stack's key in Key Vault" : "Microsoft's keys",
      premium ? "Premium tier, billed by the hour" : "Standard tier",
      "Service Bus customer-managed keys",
    ),
    native(
      "tracing",
      "W3C trace context",
      "W3C trace context and Application Insights",
      "the sender's trace goes on in the worker",
      "Application Insights correlation",
    ),
    native(
      "logs",
      `${site.logRetentionDays} days`,
      `${site.logRetentionDays} days`,
      "in the stack's workspace",
      "Log Analytics retention",
    ),
  ];
}
