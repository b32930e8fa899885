import type * as managedidentity from "@pulumi/azure-native/managedidentity";
import type * as monitor from "@pulumi/azure-native/monitor";
import type * as servicebus from "@pulumi/azure-native/servicebus";
import * as storage from "@pulumi/azure-native/storage";
import type * as web from "@pulumi/azure-native/web";
import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { type ContractRow, emulated, native, unsupported } from "../core/contract";
import { formatDuration } from "../core/duration";
import { BlueprintError, type Problem } from "../core/errors";
import { shaper } from "../core/escape";
import { physicalName } from "../core/names";
import type { Pattern } from "../core/pattern";
import { noAlarmRow } from "../delivery";
import type { QueueWorkerOutputs, QueueWorkerSpec } from "../queue-worker";
import { provide } from "./access";
import { type AzureFoundation, closedStorage, diagnostics, foundationOf, keyUsable, sharedPart } from "./foundation";
import {
  clock,
  concurrencyRow,
  connection,
  deliveryRows,
  handlerRows,
  reservedFaults,
  sendTo,
  type WorkedQueueParts,
  workedQueue,
  worker,
} from "./worked-queue";

/** Parts that a transform can change; the last two stand in for the first two where the tier is `economy`. */
export interface QueueWorkerParts extends WorkedQueueParts {
  storageQueue: storage.QueueArgs;
  storageDeadLetterQueue: storage.QueueArgs;
}

/** Either Service Bus or, where the tier is `economy`, a storage account. */
export interface QueueWorkerNodes {
  namespace: servicebus.Namespace | undefined;
  queue: servicebus.Queue | undefined;
  deadLetterQueue: servicebus.Queue | undefined;
  /** Undefined where nobody wants to be told, or can be. */
  alarm: monitor.MetricAlert | undefined;
  account: storage.StorageAccount | undefined;
  storageQueue: storage.Queue | undefined;
  storageDeadLetterQueue: storage.Queue | undefined;
  app: web.WebApp;
  identity: managedidentity.UserAssignedIdentity;
}

type Shape = ReturnType<typeof shaper<QueueWorkerParts>>;
type Made = Realization<QueueWorkerOutputs> & { readonly nodes: QueueWorkerNodes };

const time = formatDuration;

export function queueWorker(self: Pattern<"QueueWorker">, spec: QueueWorkerSpec): Realization<QueueWorkerOutputs> {
  const problems = [...reservedFaults("message", spec.message), ...faults(spec)];
  if (problems.length > 0) throw new BlueprintError(self.subject, problems);
  const shape: Shape = shaper(spec.transform?.azure);
  return spec.tier === "economy" ? onStorage(self, spec, shape) : onServiceBus(self, spec, shape);
}

/** The longest lock, in seconds. It is not renewed for a batch, and runs while the batch is gathered. */
const longestLock = 300;
/** Bytes of a message in a Storage queue: 64 KiB, less what travels around it. */
const largestStored = 49_152;

function faults({ batch, handler, tier, maxMessageBytes }: QueueWorkerSpec): Problem[] {
  const problems: Problem[] = [];
  const { timeoutSeconds } = handler;
  if (batch.size > 1 && batch.windowSeconds + timeoutSeconds > longestLock) {
    const fact = `batch.window=${batch.windowSeconds} s and timeout=${timeoutSeconds} s: Service Bus locks the messages of a batch for ${longestLock} s, from the first one on`;
    problems.push({ code: "SB-C003", fact, wayOut: `keep them within ${longestLock} s together` });
  }
  if (tier !== "economy") return problems;
  if (batch.size > 1) {
    const fact = `batch.size=${batch.size} with tier=economy: the trigger of a Storage queue hands over one message a call`;
    problems.push({ code: "SB-C003", fact, wayOut: "set batch.size to 1, or tier to standard" });
  }
  if (maxMessageBytes > largestStored) {
    const fact = `maxMessageBytes=${maxMessageBytes} with tier=economy: a Storage queue takes messages of up to ${largestStored} bytes`;
    problems.push({
      code: "SB-C001",
      fact,
      wayOut: `set maxMessageBytes to ${largestStored} or less, or tier to standard`,
    });
  }
  return problems;
}

function onServiceBus(self: Pattern, spec: QueueWorkerSpec, shape: Shape): Made {
  const { orderBy, deduplication, maxDelaySeconds, maxMessageBytes } = spec;
  const sessions = orderBy !== undefined;
  const { nodes, grants, outputs } = workedQueue(self, {
    spec,
    sessions,
    repeatsWithinSeconds: deduplication?.windowSeconds,
    shape,
  });
  provide(self, () => ({
    config: {
      namespace: pulumi.interpolate`${nodes.namespace.name}.servicebus.windows.net`,
      queue: nodes.queue.name,
      maxMessageBytes,
      ...(sessions ? { orderBy } : {}),
      ...(deduplication ? { deduplicateBy: deduplication.by } : {}),
      ...(maxDelaySeconds > 0 ? { maxDelaySeconds } : {}),
    },
    permissions: [sendTo(nodes.queue)],
  }));
  return {
    contract: [
      ...deliveryRows(self, spec, sessions),
      ...busRows(self, spec),
      delayRow(spec, "Service Bus scheduled messages"),
    ],
    grants,
    nodes: { ...nodes, account: undefined, storageQueue: undefined, storageDeadLetterQueue: undefined },
    outputs,
  };
}

function busRows({ site }: Pattern, spec: QueueWorkerSpec): readonly ContractRow[] {
  const { batch, deduplication, maxMessageBytes, orderBy } = spec;
  const batched = `${batch.size} in ${time(batch.windowSeconds)}`;
  const repeats = deduplication && `by ${deduplication.by}, ${time(deduplication.windowSeconds)}`;
  return [
    emulated(
      "maxMessageBytes",
      `${maxMessageBytes} bytes`,
      `${maxMessageBytes} bytes`,
      site.dataClass === "internal"
        ? "checked by the client before it sends; the Standard tier counts properties into its 256 KB"
        : "checked by the client before it sends",
      "Service Bus quotas",
    ),
    batch.size === 1
      ? native("batch", batched, "1", "one message a call", "Azure Functions Service Bus trigger")
      : emulated(
          "batch",
          batched,
          batched,
          orderBy
            ? "of one session; when a message fails, it and those behind it come again"
            : "the adapter sends a copy of each message that failed and completes the batch; when a copy cannot be sent, all come again",
          "Azure Functions host.json maxMessageBatchSize, maxBatchWaitTime",
        ),
    orderBy
      ? native(
          "ordering",
          `by ${orderBy}`,
          `by ${orderBy}`,
          "a session each; a dead letter lets the rest of its session go",
          "Service Bus message sessions",
        )
      : native("ordering", "none asked", "best effort", "no sessions", "Service Bus queues"),
    repeats
      ? native(
          "deduplication",
          repeats,
          repeats,
          "the message's id is what it repeats",
          "Service Bus duplicateDetectionHistoryTimeWindow",
        )
      : native("deduplication", "none asked", "none", "every message sent is one to handle", "Service Bus queues"),
    native("tier", "standard", "Service Bus", "one namespace a stack", "Service Bus pricing"),
  ];
}

function delayRow({ maxDelaySeconds }: QueueWorkerSpec, source: string): ContractRow {
  if (maxDelaySeconds === 0) return native("delay", "none asked", "none", "a message is seen at once", source);
  const delay = `up to ${time(maxDelaySeconds)}`;
  return native("delay", delay, delay, "message by message; the client refuses a longer one", source);
}

/** A queue in a storage account: the Functions host buries in `<queue>-poison` what has ended its process too often. */
function onStorage(self: Pattern, spec: QueueWorkerSpec, shape: Shape): Made {
  const { site } = self;
  const { backoff, maxConcurrency, maxDelaySeconds, maxMessageBytes, retentionSeconds } = spec;
  const account = sharedPart(site, "storage-queues", queueStorage);
  const inAccount = { resourceGroupName: foundationOf(site).group.name, accountName: account.name };
  // Names have 3 to 63 characters, and no two hyphens in a row.
  const queueName = physicalName(site, [self.id], { max: 56 }).replace(/-+/g, "-");
  const queue = new storage.Queue(
    self.id,
    shape("storageQueue", { ...inAccount, queueName }),
    self.child({ stateful: true }),
  );
  const dead = new storage.Queue(
    `${self.id}-poison`,
    shape("storageDeadLetterQueue", { ...inAccount, queueName: `${queueName}-poison` }),
    self.child({ stateful: true }),
  );
  const address = account.primaryEndpoints.apply((all) => all.queue.replace(/\/$/, ""));
  const send = (one: storage.Queue) => ({ role: "storageQueueSender", scope: one.id }) as const;
  provide(self, () => ({
    config: {
      account: address,
      queue: queue.name,
      maxMessageBytes,
      retentionSeconds,
      ...(maxDelaySeconds > 0 ? { maxDelaySeconds } : {}),
    },
    permissions: [send(queue)],
  }));
  const { app, identity, grants } = worker(self, {
    spec,
    deadLetter: pulumi.interpolate`${address}/${dead.name}`,
    variables: (clientId) => ({
      SB_QUEUE: queue.name,
      ...connection("SB_STORE", { queueServiceUri: address }, clientId),
      SB_RETENTION: String(retentionSeconds),
      SB_DEAD_RETENTION: String(spec.deadLetterRetentionSeconds),
    }),
    own: {
      operations: ["receive"],
      permissions: [
        { role: "storageQueueProcessor", scope: queue.id },
        { role: "storageQueueReader", scope: queue.id }, // what the plan scales by
        send(queue), // copies for later
        send(dead),
      ],
    },
    extensions: {
      queues: {
        ...(maxConcurrency === undefined
          ? { batchSize: storedAtOnce, newBatchThreshold: 8 }
          : { batchSize: 1, newBatchThreshold: 0 }),
        maxDequeueCount: spec.maxDeliveries,
        // After a call whose copy for later could not be sent.
        visibilityTimeout: clock(Math.min(3600, backoff.minSeconds)),
        maxPollingInterval: "00:00:15",
        messageEncoding: "none",
      },
    },
    shape,
  });
  return {
    contract: storageRows(self, spec),
    grants,
    nodes: {
      namespace: undefined,
      queue: undefined,
      deadLetterQueue: undefined,
      alarm: undefined,
      account,
      storageQueue: queue,
      storageDeadLetterQueue: dead,
      app,
      identity,
    },
    outputs: {
      queue: pulumi.interpolate`${address}/${queue.name}`,
      deadLetters: pulumi.interpolate`${address}/${dead.name}`,
    },
  };
}

/** Messages that one instance fetches at once. */
const storedAtOnce = 16;

/** One account a stack. */
function queueStorage(base: AzureFoundation): storage.StorageAccount {
  const { self, shape } = base;
  const name = `${self.id}-queues`;
  const account = new storage.StorageAccount(
    name,
    shape("queueStorage", closedStorage(self, "queues", base)),
    self.child({ stateful: true, dependsOn: [...keyUsable(base)] }),
  );
  diagnostics(self, name, pulumi.interpolate`${account.id}/queueServices/default`, base);
  return account;
}

function storageRows(self: Pattern, spec: QueueWorkerSpec): readonly ContractRow[] {
  const { backoff, batch, maxDeliveries, maxMessageBytes, retentionSeconds } = spec;
  const service = "Azure Storage queues";
  const own = ["timeout", "deadLetter.retention", "deadLetter.cause", "deadLetter.alarm"];
  return [
    ...handlerRows(self, spec, service).filter(({ property }) => !own.includes(property)),
    native(
      "timeout",
      time(spec.handler.timeoutSeconds),
      time(spec.handler.timeoutSeconds),
      "then the host ends the worker process, and with it the calls beside this one; the host keeps the message hidden meanwhile",
      "Azure Functions host.json functionTimeout",
    ),
    emulated(
      "deadLetter.retention",
      time(spec.deadLetterRetentionSeconds),
      time(spec.deadLetterRetentionSeconds),
      "set by the adapter; what the host itself buries, after calls that died, has the service's own time",
      "Azure Storage Put Message messagettl",
    ),
    emulated(
      "deadLetter.cause",
      "error, attempts, trace",
      "error, attempts, trace",
      "the adapter sends the last failure itself, in an envelope; what the host itself buries has none",
      "Azure Functions poison queues",
    ),
    noAlarmRow(
      self.site,
      "the metrics of an account do not tell one of its queues from another",
      "Azure Monitor metrics of Storage queues",
    ),
    native(
      "maxDeliveries",
      String(maxDeliveries),
      String(maxDeliveries),
      "failures counted by the adapter, exactly; calls that die by the host, anew for each retry's copy, so up to twice as many",
      "Azure Functions host.json maxDequeueCount",
    ),
    unsupported(
      "retention",
      time(retentionSeconds),
      time(retentionSeconds),
      "then the message is dropped, and is no dead letter; counted anew for each retry's copy",
      "Azure Storage Put Message messagettl",
    ),
    emulated(
      "backoff",
      `${time(backoff.minSeconds)} to ${time(backoff.maxSeconds)}`,
      "doubles with every delivery",
      "the adapter sends a copy that is hidden for that long and counts on; after a crash between the two there are both",
      "Azure Storage Put Message visibilitytimeout",
    ),
    concurrencyRow(spec.maxConcurrency, `${storedAtOnce} messages`),
    emulated(
      "maxMessageBytes",
      `${maxMessageBytes} bytes`,
      `${maxMessageBytes} bytes`,
      "checked by the client before it sends; the rest of the 64 KiB is for what travels along",
      "Azure Storage queue limits",
    ),
    native(
      "batch",
      `${batch.size} in ${time(batch.windowSeconds)}`,
      "1",
      "one message a call",
      "Azure Functions queue trigger",
    ),
    native("ordering", "none asked", "none", "what failed comes later", service),
    native("deduplication", "none asked", "none", "every message sent is one to handle", service),
    delayRow(spec, "Azure Storage Put Message visibilitytimeout"),
    native(
      "tier",
      "economy",
      "Azure Storage queue",
      "billed by the operation; polled every 15 seconds at most when idle",
      "Azure Storage pricing",
    ),
    native(
      "encryption",
      self.site.dataClass,
      self.site.dataClass === "internal" ? "Microsoft's keys" : "the stack's key in Key Vault",
      "at rest; roles only, no account keys",
      "Storage customer-managed keys",
    ),
  ];
}
