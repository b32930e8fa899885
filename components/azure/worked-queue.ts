import type * as managedidentity from "@pulumi/azure-native/managedidentity";
import type * as monitor from "@pulumi/azure-native/monitor";
import * as servicebus from "@pulumi/azure-native/servicebus";
import type * as web from "@pulumi/azure-native/web";
import * as pulumi from "@pulumi/pulumi";
import { RESERVED_FIELDS } from "../../runtime/azure/bus-message";
import type { QueueWorkerSettings } from "../../runtime/settings";
import { type ContractRow, emulated, native } from "../core/contract";
import { formatDuration } from "../core/duration";
import type { Problem } from "../core/errors";
import type { shaper } from "../core/escape";
import type { GrantRecord } from "../core/grant";
import type { Pattern } from "../core/pattern";
import type { JsonSchema } from "../core/schema";
import type { Site } from "../core/site";
import { alarmRow, type DeliverySpec, idempotencyRow } from "../delivery";
import type { Permission } from "./access";
import { deadLetterAlarm } from "./alarm";
import {
  type AzureFoundation,
  diagnostics,
  foundationOf,
  globalName,
  keyUsable,
  sharedPart,
  stackKey,
} from "./foundation";
import { type FunctionParts, type ServerlessFunction, serverlessFunction } from "./function";

/** Parts that a transform can change. */
export interface WorkedQueueParts extends FunctionParts {
  queue: servicebus.QueueArgs;
  deadLetterQueue: servicebus.QueueArgs;
  alarm: monitor.MetricAlertArgs;
}

/** The provider's resources behind every pattern that has a queue. */
export interface WorkedQueueNodes {
  namespace: servicebus.Namespace;
  queue: servicebus.Queue;
  deadLetterQueue: servicebus.Queue;
  /** Undefined where nobody wants to be told. */
  alarm: monitor.MetricAlert | undefined;
  app: web.WebApp;
  identity: managedidentity.UserAssignedIdentity;
}

export interface QueuesRequest {
  readonly spec: DeliverySpec;
  /** Messages of one session are handled one after another. Fixed when the queue is made. */
  readonly sessions?: boolean | undefined;
  /** Seconds for which a message's id is remembered, so that repeats are dropped. */
  readonly repeatsWithinSeconds?: number | undefined;
  readonly shape: ReturnType<typeof shaper<WorkedQueueParts>>;
}

export interface Queues {
  readonly namespace: servicebus.Namespace;
  /** Host name of the namespace. */
  readonly endpoint: pulumi.Output<string>;
  readonly queue: servicebus.Queue;
  readonly deadLetterQueue: servicebus.Queue;
  readonly alarm: monitor.MetricAlert | undefined;
}

export interface WorkerRequest extends QueuesRequest {
  /** What the adapter is told beside what every queue's is. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** More application settings, of another trigger in the same app. */
  readonly variables?: (clientId: pulumi.Output<string>) => Readonly<Record<string, pulumi.Input<string>>>;
  /** What the function needs of another source beside its queue. */
  readonly own?: { readonly operations: readonly string[]; readonly permissions: readonly Permission[] };
  /** Of host.json's `extensions`, beside `serviceBus`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface WorkedQueue {
  readonly nodes: WorkedQueueNodes;
  readonly grants: readonly GrantRecord[];
  readonly outputs: { readonly queue: pulumi.Output<string>; readonly deadLetters: pulumi.Output<string> };
}

/** May send to this queue. */
export const sendTo = (queue: servicebus.Queue): Permission => ({ role: "serviceBusSender", scope: queue.id });

/** The namespace of all queues, and its host name. */
export function busOf(site: Site): {
  readonly namespace: servicebus.Namespace;
  readonly endpoint: pulumi.Output<string>;
} {
  const namespace = sharedPart(site, "service-bus", serviceBus);
  return { namespace, endpoint: pulumi.interpolate`${namespace.name}.servicebus.windows.net` };
}

/** A queue with its dead-letter queue, and the function that works it off: what stands behind every pattern that calls a handler. */
export function workedQueue(self: Pattern, request: WorkerRequest): WorkedQueue {
  return workOff(self, queuesOf(self, request), request);
}

/** 5 GB is the most that every tier takes: a full queue turns its senders away. */
const maxSizeInMegabytes = 5120;

export function queuesOf(self: Pattern, { spec, sessions, repeatsWithinSeconds, shape }: QueuesRequest): Queues {
  const { group } = foundationOf(self.site);
  const { namespace, endpoint } = busOf(self.site);
  const inNamespace = { resourceGroupName: group.name, namespaceName: namespace.name, maxSizeInMegabytes };
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
      ...received(spec, deadLetterQueue),
      ...(sessions ? { requiresSession: true } : {}),
      ...(repeatsWithinSeconds === undefined
        ? {}
        : { requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindow: iso(repeatsWithinSeconds) }),
    }),
    self.child({ stateful: true }),
  );
  const alarm = deadLetterAlarm(self, namespace, deadLetterQueue, (args) => shape("alarm", args));
  return { namespace, endpoint, queue, deadLetterQueue, alarm };
}

/** How a queue, or a topic's subscription, treats what is received from it. */
export function received(spec: DeliverySpec, deadLetterQueue: servicebus.Queue) {
  return {
    lockDuration: "PT5M",
    maxDeliveryCount: spec.maxDeliveries,
    defaultMessageTimeToLive: iso(spec.retentionSeconds),
    deadLetteringOnMessageExpiration: true,
    // What the service itself gives up, a crashed call above all, joins what the adapter dead-letters with its cause.
    forwardDeadLetteredMessagesTo: deadLetterQueue.name,
  };
}

/** The function that works these queues off. */
export function workOff(self: Pattern, queues: Queues, request: WorkerRequest): WorkedQueue {
  const { namespace, endpoint, queue, deadLetterQueue, alarm } = queues;
  const { spec, sessions, own } = request;
  const { batch } = spec;
  const { app, identity, grants } = worker(self, {
    ...request,
    deadLetter: pulumi.interpolate`https://${endpoint}/${deadLetterQueue.name}`,
    variables: (clientId) => ({
      SB_QUEUE: queue.name,
      ...connection("SB_BUS", { fullyQualifiedNamespace: endpoint }, clientId),
      ...(sessions ? { SB_SESSIONS: "true" } : {}),
      ...(batch.size > 1 ? { SB_BATCH: "true" } : {}),
      ...request.variables?.(clientId),
    }),
    own: {
      operations: ["receive", ...(own?.operations ?? [])],
      permissions: [
        { role: "serviceBusReceiver", scope: queue.id },
        sendTo(queue), // copies for later
        sendTo(deadLetterQueue),
        ...(own?.permissions ?? []),
      ],
    },
    extensions: { serviceBus: hostOf(spec, sessions), ...request.extensions },
  });
  return {
    nodes: { namespace, queue, deadLetterQueue, alarm, app, identity },
    grants,
    outputs: { queue: queue.name, deadLetters: deadLetterQueue.name },
  };
}

/** How a trigger connects by the app's identity: a user-assigned one needs to be named. */
export function connection(
  name: string,
  service: Readonly<Record<string, pulumi.Input<string>>>,
  clientId: pulumi.Input<string>,
): Readonly<Record<string, pulumi.Input<string>>> {
  const all = { ...service, credential: "managedidentity", clientId };
  return Object.fromEntries(Object.entries(all).map(([part, value]) => [`${name}__${part}`, value]));
}

/** Instances where no limit is asked for: the plan's own default. */
const defaultInstances = 100;
/** Calls at the same time in one instance, or sessions: the extension's own defaults. */
const callsAtOnce = 16;
const sessionsAtOnce = 8;

/** Triggers other than HTTP and timer are not in the host itself. */
const extensionBundle = { id: "Microsoft.Azure.Functions.ExtensionBundle", version: "[4.0.0, 5.0.0)" };

export interface QueueFunctionRequest extends Required<Pick<WorkerRequest, "own" | "variables">> {
  readonly spec: DeliverySpec;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Where the adapter sends what has failed for the last time. */
  readonly deadLetter: pulumi.Output<string>;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly shape: ReturnType<typeof shaper<FunctionParts>>;
}

/** A function whose calls come from a queue, whichever that is. */
export function worker(self: Pattern, request: QueueFunctionRequest): ServerlessFunction {
  const { spec, extensions, own, shape, variables } = request;
  const settings = pulumi.all([request.deadLetter, request.settings ?? {}]).apply(
    ([deadLetter, more]): QueueWorkerSettings => ({
      component: self.id,
      timeoutSeconds: spec.handler.timeoutSeconds,
      maxDeliveries: spec.maxDeliveries,
      backoff: spec.backoff,
      deadLetter,
      ...(spec.idempotency ? { idempotency: spec.idempotency } : {}),
      ...more,
    }),
  );
  return serverlessFunction(self, {
    name: `${self.id}-fn`,
    handler: spec.handler,
    settings,
    variables: ({ clientId }) => variables(clientId),
    own,
    maxInstances: spec.maxConcurrency ?? defaultInstances,
    caller: undefined,
    host: { extensionBundle, extensions },
    shape,
  });
}

/** host.json's part for Service Bus. One call an instance where a limit is asked for: then instances are calls. */
function hostOf({ batch, maxConcurrency }: DeliverySpec, sessions = false) {
  const atOnce = (most: number) => (maxConcurrency === undefined ? most : 1);
  return {
    ...(sessions
      ? {
          maxConcurrentSessions: atOnce(sessionsAtOnce),
          maxConcurrentCallsPerSession: 1,
          // A session without messages gives its place to another.
          sessionIdleTimeout: "00:00:02",
        }
      : { maxConcurrentCalls: atOnce(callsAtOnce) }),
    // A lock runs from when a message is fetched.
    prefetchCount: 0,
    autoCompleteMessages: true,
    maxAutoLockRenewalDuration: "00:05:00",
    ...(batch.size === 1
      ? {}
      : {
          maxMessageBatchSize: batch.size,
          minMessageBatchSize: batch.windowSeconds > 0 ? batch.size : 1,
          ...(batch.windowSeconds > 0 ? { maxBatchWaitTime: clock(batch.windowSeconds) } : {}),
        }),
  };
}

/** As host.json writes a time. */
export function clock(seconds: number): string {
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
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

/**
 * The Functions host lays a body's fields over the trigger's own facts: such a message could forge its delivery count.
 * @param what the option whose schema it is
 */
export function reservedFaults(what: string, schema: JsonSchema): readonly Problem[] {
  const reserved = new Set(RESERVED_FIELDS.map((name) => name.toLowerCase()));
  const taken = [...topLevelFields(schema)].filter((field) => reserved.has(field.toLowerCase()));
  if (taken.length === 0) return [];
  const fact = `${what} has the field ${taken.join(", ")}, which the Azure Functions host takes for the queue's own`;
  return [{ code: "SB-C003", fact, wayOut: "give the field another name" }];
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
      ...(customerKey ? { premiumMessagingPartitions: 1, ...stackKey.ofMessaging(customerKey) } : {}),
    }),
    self.child({ stateful: true, dependsOn: [...keyUsable(base)] }),
  );
  diagnostics(self, name, namespace.id, base);
  return namespace;
}

const time = formatDuration;

/** What every pattern with a handler promises. @param service where its own guarantee is read */
export function handlerRows({ site }: Pattern, spec: DeliverySpec, service: string): readonly ContractRow[] {
  const { timeoutSeconds, memoryMiB } = spec.handler;
  return [
    native(
      "timeout",
      time(timeoutSeconds),
      time(timeoutSeconds),
      "then the host ends the worker process, and with it the calls beside this one; the lock lasts five minutes",
      "Azure Functions host.json functionTimeout; Service Bus lockDuration",
    ),
    native("memory", `${memoryMiB} MiB`, `${memoryMiB} MiB`, "instance size of the plan", "Flex Consumption plan"),
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
    alarmRow(
      site,
      "a metric alert by e-mail",
      "within minutes of the first; resolved once the queue is empty",
      "Azure Monitor metrics of Service Bus",
    ),
    idempotencyRow(spec, service),
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

/** What every pattern with a Service Bus queue promises. */
export function deliveryRows(self: Pattern, spec: DeliverySpec, sessions = false): readonly ContractRow[] {
  const { backoff, maxConcurrency, maxDeliveries, retentionSeconds } = spec;
  return [
    ...handlerRows(self, spec, sessions ? "Service Bus message sessions" : "Service Bus peek-lock"),
    native(
      "maxDeliveries",
      String(maxDeliveries),
      String(maxDeliveries),
      sessions
        ? "counted by the queue: failures and calls that die alike"
        : "failures counted by the adapter, exactly; calls that die by the queue, anew for each retry's copy, so up to twice as many",
      "Service Bus maxDeliveryCount",
    ),
    native(
      "retention",
      time(retentionSeconds),
      time(retentionSeconds),
      sessions
        ? "then the message is a dead letter"
        : "then the message is a dead letter; counted anew for each retry's copy",
      "Service Bus deadLetteringOnMessageExpiration",
    ),
    emulated(
      "backoff",
      `${time(backoff.minSeconds)} to ${time(backoff.maxSeconds)}`,
      sessions ? "doubles, but ends with the call" : "doubles with every delivery",
      sessions
        ? "a copy for later would lose its place: the adapter waits within the call, as far as the timeout goes, and holds its session back"
        : "the adapter schedules a copy that counts on, and completes the original; after a crash between the two there are both",
      sessions ? "Azure Functions host.json functionTimeout" : "Service Bus scheduled messages",
    ),
    concurrencyRow(maxConcurrency, sessions ? `${sessionsAtOnce} sessions` : `${callsAtOnce} calls`),
    queueEncryption(self),
  ];
}

/** @param each what one instance does at the same time where no limit is asked for */
export function concurrencyRow(asked: number | undefined, each: string): ContractRow {
  const source = "Flex Consumption maximumInstanceCount";
  return asked === undefined
    ? native("maxConcurrency", "none asked", `${defaultInstances} instances of ${each}`, "the plan's default", source)
    : native("maxConcurrency", String(asked), String(asked), "one call an instance, and as many instances", source);
}

export function queueEncryption({ site }: Pattern): ContractRow {
  const source = "Service Bus customer-managed keys";
  return site.dataClass === "internal"
    ? native("encryption", site.dataClass, "Microsoft's keys", "Standard tier", source)
    : native("encryption", site.dataClass, "the stack's key in Key Vault", "Premium tier, billed by the hour", source);
}
