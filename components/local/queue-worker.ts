import type { QueueWorkerSettings } from "../../runtime/settings";
import type { Realization } from "../core/cloud";
import { native, unsupported } from "../core/contract";
import { formatDuration } from "../core/duration";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import { idempotencyRow } from "../delivery";
import type { QueueWorkerOutputs, QueueWorkerSpec } from "../queue-worker";
import { provide } from "./access";
import { nameOf } from "./foundation";
import { serverlessFunction } from "./function";
import { LocalResource } from "./resource";

const source = "local/README.md";

export function queueWorker(self: Pattern<"QueueWorker">, spec: QueueWorkerSpec): Realization<QueueWorkerOutputs> {
  const shape = shaper(spec.transform?.local);
  const name = nameOf(self.site, self.id);
  const { timeoutSeconds } = spec.handler;
  const settings: QueueWorkerSettings = {
    component: self.id,
    timeoutSeconds,
    maxDeliveries: spec.maxDeliveries,
    backoff: spec.backoff,
    ...(spec.idempotency ? { idempotency: spec.idempotency } : {}),
  };
  provide(self, name);
  const queue = new LocalResource(
    "Queue",
    self.id,
    shape("queue", {
      name,
      // Longer than the function may take, as on AWS: a handler that hangs fails by its own timeout.
      visibilityTimeoutSeconds: Math.max(30, 6 * timeoutSeconds + spec.batch.windowSeconds),
      maxDeliveries: spec.maxDeliveries,
      retentionSeconds: spec.retentionSeconds,
      maxMessageBytes: spec.maxMessageBytes,
      backoffMinSeconds: spec.backoff.minSeconds,
      backoffMaxSeconds: spec.backoff.maxSeconds,
      deadLetterRetentionSeconds: spec.deadLetterRetentionSeconds,
    }),
    self.child({ stateful: true }),
  );
  const worker = serverlessFunction(self, `${self.id}-fn`, spec.handler, settings, (args) => shape("function", args));
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
    contract: contractOf(self, spec),
    grants: worker.grants,
    nodes: { queue, function: worker.resource, consumer },
    outputs: { queue: queue.name, deadLetters: queue.name.apply((queue) => `${queue}/dead-letters`) },
  };
}

/** Calls at once where none are asked for: enough to overlap waiting, few enough for a laptop. */
const defaultConcurrency = 10;

function contractOf({ site }: Pattern, spec: QueueWorkerSpec) {
  const { min, max } = { min: formatDuration(spec.backoff.minSeconds), max: formatDuration(spec.backoff.maxSeconds) };
  const same = (property: string, value: string, why: string) => native(property, value, value, why, source);
  return [
    same("timeout", formatDuration(spec.handler.timeoutSeconds), "the worker thread is ended, and the delivery counts"),
    same("memory", `${spec.handler.memoryMiB} MiB`, "heap limit of the worker thread"),
    same("maxDeliveries", String(spec.maxDeliveries), "every delivery counts, a crash and a timeout included; exact"),
    same("retention", formatDuration(spec.retentionSeconds), "then the message is a dead letter"),
    same("maxMessageBytes", `${spec.maxMessageBytes} bytes`, "checked at send"),
    same("backoff", `${min} to ${max}`, "doubles with every delivery"),
    same("batch", `${spec.batch.size} in ${formatDuration(spec.batch.windowSeconds)}`, "partial failures by message"),
    native(
      "maxConcurrency",
      spec.maxConcurrency === undefined ? "none asked" : String(spec.maxConcurrency),
      String(spec.maxConcurrency ?? defaultConcurrency),
      "calls at once",
      source,
    ),
    same("deadLetter.retention", formatDuration(spec.deadLetterRetentionSeconds), "counted from the day it died"),
    native("deadLetter.cause", "error, attempts, trace", "error, attempts, trace", "kept with the message", source),
    idempotencyRow(spec, source),
    native("ordering", "none asked", "none", "retries and concurrency reorder", source),
    unsupported(
      "encryption",
      site.dataClass,
      "none",
      "everything is in the memory of a process on this machine",
      source,
    ),
    same("tracing", "W3C trace context", "the sender's trace goes on in the worker"),
    same("logs", `${site.logRetentionDays} days`, "structured lines in memory, until the process ends"),
  ];
}
