import type { QueueWorkerSettings } from "../../runtime/settings";
import { type ContractRow, native } from "../core/contract";
import { formatDuration } from "../core/duration";
import type { shaper } from "../core/escape";
import type { GrantRecord } from "../core/grant";
import type { Pattern } from "../core/pattern";
import { type DeliverySpec, idempotencyRow, noAlarmRow } from "../delivery";
import { nameOf } from "./foundation";
import { type FunctionArgs, serverlessFunction } from "./function";
import { LocalResource } from "./resource";

export const source = "local/README.md";

/** Calls at once where none are asked for: enough to overlap waiting, few enough for a laptop. */
const defaultConcurrency = 10;

type Args<Type extends "Queue" | "Consumer"> = ConstructorParameters<typeof LocalResource<Type>>[2];

/** Parts that a transform can change. */
export interface WorkedQueueParts {
  queue: Args<"Queue">;
  function: FunctionArgs;
  consumer: Args<"Consumer">;
}

export interface WorkedQueue {
  readonly queue: LocalResource<"Queue">;
  readonly function: LocalResource<"Function">;
  readonly consumer: LocalResource<"Consumer">;
  readonly grants: readonly GrantRecord[];
  readonly outputs: {
    readonly queue: LocalResource<"Queue">["name"];
    readonly deadLetters: LocalResource<"Queue">["name"];
  };
}

export interface WorkedQueueRequest {
  readonly spec: DeliverySpec;
  /** What the adapter is told beside what every queue's is. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly queue?: Partial<Args<"Queue">>;
  readonly shape: ReturnType<typeof shaper<WorkedQueueParts>>;
}

/** A queue with its dead letters, and the function that works it off: what stands behind every pattern that calls a handler. */
export function workedQueue(self: Pattern, { spec, settings, queue: more, shape }: WorkedQueueRequest): WorkedQueue {
  const { timeoutSeconds } = spec.handler;
  const told: QueueWorkerSettings = {
    component: self.id,
    timeoutSeconds,
    maxDeliveries: spec.maxDeliveries,
    backoff: spec.backoff,
    ...(spec.idempotency ? { idempotency: spec.idempotency } : {}),
    ...settings,
  };
  const queue = new LocalResource(
    "Queue",
    self.id,
    shape("queue", {
      name: nameOf(self.site, self.id),
      // Longer than the function may take, as on AWS: a handler that hangs fails by its own timeout.
      visibilityTimeoutSeconds: Math.max(30, 6 * timeoutSeconds + spec.batch.windowSeconds),
      maxDeliveries: spec.maxDeliveries,
      retentionSeconds: spec.retentionSeconds,
      maxMessageBytes: spec.maxMessageBytes,
      backoffMinSeconds: spec.backoff.minSeconds,
      backoffMaxSeconds: spec.backoff.maxSeconds,
      deadLetterRetentionSeconds: spec.deadLetterRetentionSeconds,
      ...more,
    }),
    self.child({ stateful: true }),
  );
  const worker = serverlessFunction(self, `${self.id}-fn`, spec.handler, told, (args) => shape("function", args));
  const consumer = new LocalResource(
    "Consumer",
    self.id,
    shape("consumer", {
      queue: queue.name,
      function: worker.resource.name,
      batchSize: spec.batch.size,
      windowSeconds: spec.batch.windowSeconds,
      maxConcurrency: spec.maxConcurrency ?? defaultConcurrency,
    }),
    self.child(),
  );
  return {
    queue,
    function: worker.resource,
    consumer,
    grants: worker.grants,
    outputs: { queue: queue.name, deadLetters: queue.name.apply((name) => `${name}/dead-letters`) },
  };
}

const same = (property: string, value: string, why: string) => native(property, value, value, why, source);

/** What a reader of a stream promises, and every queue too. */
export function handlerRows({ site }: Pattern, spec: DeliverySpec): readonly ContractRow[] {
  const { min, max } = { min: formatDuration(spec.backoff.minSeconds), max: formatDuration(spec.backoff.maxSeconds) };
  return [
    same("timeout", formatDuration(spec.handler.timeoutSeconds), "the worker thread is ended, and the delivery counts"),
    same("memory", `${spec.handler.memoryMiB} MiB`, "heap limit of the worker thread"),
    same("maxDeliveries", String(spec.maxDeliveries), "every delivery counts, a crash and a timeout included; exact"),
    same("backoff", `${min} to ${max}`, "doubles with every delivery"),
    same("deadLetter.retention", formatDuration(spec.deadLetterRetentionSeconds), "counted from the day it died"),
    native("deadLetter.cause", "error, attempts, trace", "error, attempts, trace", "kept with the message", source),
    noAlarmRow(site, "the console shows dead letters as they come; no mail is sent", source),
    idempotencyRow(spec, source),
    same("tracing", "W3C trace context", "the sender's trace goes on in the worker"),
    same("logs", `${site.logRetentionDays} days`, "structured lines in memory, until the process ends"),
  ];
}

/** What every pattern with a queue promises. */
export function deliveryRows(self: Pattern, spec: DeliverySpec): readonly ContractRow[] {
  return [
    ...handlerRows(self, spec),
    same("retention", formatDuration(spec.retentionSeconds), "then the message is a dead letter"),
    native(
      "maxConcurrency",
      spec.maxConcurrency === undefined ? "none asked" : String(spec.maxConcurrency),
      String(spec.maxConcurrency ?? defaultConcurrency),
      "calls at once",
      source,
    ),
    unencrypted(self),
  ];
}

/** What becomes of events that never reach the queue. */
export const undeliveredRow = native(
  "undelivered",
  "kept",
  "none can be",
  "put on the queue with the event itself",
  source,
);

export function unencrypted({ site }: Pattern): ContractRow {
  return {
    property: "encryption",
    asked: site.dataClass,
    given: "none",
    how: "unsupported",
    why: "everything is in the memory of a process on this machine",
    source,
  };
}
