/**
 * What every cloud's queue adapter has in common: a batch of deliveries goes in, one outcome a delivery comes out.
 * Parse with the worker's schema, claim (when the worker asks for idempotency), call the handler once with all that
 * is left, settle. An adapter only translates.
 */
import { type Environment, readQueueWorker } from "./environment";
import { type Cause, causeOf, HeldBack, InvalidMessage, InvalidResult } from "./errors";
import type { Context, Message, PartialFailure, QueueHandler } from "./handler";
import { causeFields, createLog, type LogSink, stdout } from "./log";
import { fieldNames } from "./schema";
import type { IdempotencyRecord, Parts, QueueWorkerSettings, Schema } from "./settings";
import { continueTrace, formatTraceparent, parseTraceparent, withTrace } from "./trace";

/** One message as a queue delivers it, in neutral terms. */
export interface Delivery {
  readonly id: string;
  /** The body as text; JSON is what senders send. */
  readonly body: string;
  readonly attempt: number;
  readonly sentAt: Date;
  readonly traceparent?: string;
  /** The key whose messages come in order. */
  readonly key?: string;
  /** What the queue carries beside the body, where a source needs it. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Why the adapter cannot take this message, whatever its body is. */
  readonly refused?: string;
}

export type Outcome =
  | { readonly kind: "handled" }
  /** Handled before; to the queue the same as handled. */
  | { readonly kind: "duplicate" }
  /** To be delivered again, or dead-lettered with this cause. `traceparent`: the sender's, or this call's if it sent none. */
  | { readonly kind: "failed"; readonly cause: Cause; readonly traceparent: string };

export interface QueueWorker {
  readonly settings: QueueWorkerSettings;
  /**
   * Never rejects; one outcome for each delivery, in their order. `remainingMs`: until the platform ends this call.
   * `sink`: where this call logs to, on platforms that hand out a log with each call.
   */
  readonly run: (
    deliveries: readonly Delivery[],
    remainingMs: () => number,
    sink?: LogSink,
  ) => Promise<readonly Outcome[]>;
}

/** What stands in front of a queue, and so how one of its messages becomes the handler's input. */
export interface Source {
  /** Throws for what is none. */
  readonly parse: (delivery: Delivery, settings: QueueWorkerSettings) => unknown;
  /** Whether this input is of no concern to the handler: it is done at once. */
  readonly skips?: (input: unknown, settings: QueueWorkerSettings) => boolean;
}

/** A handler of one input at a time, as the handler of a batch: what lies behind a failure of its key is not handed out. */
export function each<Input, Uses>(
  handle: (input: Input, ctx: Context<Uses>) => Promise<void>,
): QueueHandler<Input, Uses> {
  return async (messages, ctx) => {
    const failures: { readonly id: string; readonly error: unknown }[] = [];
    const stopped = new Set<string>();
    for (const { id, body, key } of messages) {
      try {
        if (key !== undefined && stopped.has(key)) throw new HeldBack("an earlier one of its key failed");
        const result: unknown = await handle(body, ctx);
        if (result !== undefined) throw new InvalidResult("this handler returns nothing");
      } catch (error) {
        failures.push({ id, error });
        if (key !== undefined) stopped.add(key);
      }
    }
    return failures.length > 0 ? { failed: failures } : undefined;
  };
}

export interface RuntimeOptions {
  /** Default: the body, parsed by the worker's schema. */
  readonly source?: Source;
  readonly environment?: Environment;
  readonly sink?: LogSink;
}

/** Any worker's handler: each accepts messages and clients of no type at all, and what it gets is checked by its schema. */
export type AnyQueueHandler = QueueHandler<never, never>;

/** An outcome before its message's trace is looked up. */
export type Result = Exclude<Outcome, { kind: "failed" }> | { readonly kind: "failed"; readonly cause: Cause };

const HANDLED: Result = { kind: "handled" };
export const failed = (error: unknown): Result => ({ kind: "failed", cause: causeOf(error) });

/** A delivery that parsed, and where its outcome belongs. */
export interface Job {
  readonly index: number;
  readonly message: Message<unknown>;
  claim?: IdempotencyRecord;
}

/** Reads the environment: to be called at cold start, once. */
export function createQueueWorker(handler: AnyQueueHandler, parts: Parts, options: RuntimeOptions = {}): QueueWorker {
  const { settings, clients } = readQueueWorker(parts, options.environment);
  const sink = options.sink ?? stdout;
  const call = handler as QueueHandler<unknown, unknown>;
  const suppress = clients.idempotency?.(settings);
  const { source } = options;
  const toInput: ToInput = (delivery) => {
    if (source === undefined) return { input: parseBody(delivery.body, parts.schema) };
    const input = source.parse(delivery, settings);
    return source.skips?.(input, settings) ? undefined : { input };
  };

  const run: QueueWorker["run"] = (deliveries, remainingMs, callSink = sink) => {
    const trace = continueTrace(commonParent(deliveries));
    return withTrace(trace, async () => {
      const log = createLog(settings.component, trace.traceId, callSink);
      const outcomes = new Array<Result>(deliveries.length).fill(HANDLED);
      let jobs = parseAll(deliveries, toInput, outcomes);
      const suppression = suppress?.(log);
      if (suppression) jobs = await suppression.claim(jobs, outcomes, Date.now() + remainingMs());
      if (jobs.length > 0) {
        const context: Context<unknown> = { uses: clients.uses, log, traceId: trace.traceId, remainingMs };
        await callHandler(call, jobs, context, outcomes);
      }
      if (suppression) await suppression.settle(jobs, outcomes);
      return outcomes.map((outcome, index): Outcome => {
        const delivery = deliveries[index];
        if (outcome.kind !== "failed" || delivery === undefined) return outcome as Outcome;
        const sender = parseTraceparent(delivery.traceparent);
        log.warn("message failed", {
          messageId: delivery.id,
          attempt: delivery.attempt,
          ...causeFields(outcome.cause),
          ...(sender !== undefined && sender.traceId !== trace.traceId && { senderTraceId: sender.traceId }),
        });
        return { ...outcome, traceparent: formatTraceparent(sender ?? trace) };
      });
    });
  };
  return { settings, run };
}

/** One call can belong to one trace only: the senders', when all messages are of the same, otherwise a new one. */
function commonParent(deliveries: readonly Delivery[]): string | undefined {
  const first = deliveries[0]?.traceparent;
  if (first === undefined || deliveries.length === 1) return first;
  const traceId = parseTraceparent(first)?.traceId;
  return deliveries.every((delivery) => parseTraceparent(delivery.traceparent)?.traceId === traceId)
    ? first
    : undefined;
}

/** Undefined for what is of no concern to the handler. */
type ToInput = (delivery: Delivery) => { readonly input: unknown } | undefined;

function parseAll(deliveries: readonly Delivery[], toInput: ToInput, outcomes: Result[]): Job[] {
  const jobs: Job[] = [];
  for (let index = 0; index < deliveries.length; index++) {
    const delivery = deliveries[index];
    if (delivery === undefined) continue;
    try {
      const { id, attempt, sentAt, key, refused } = delivery;
      if (refused !== undefined) throw new InvalidMessage(refused);
      const found = toInput(delivery);
      if (found === undefined) continue;
      jobs.push({ index, message: { id, body: found.input, attempt, sentAt, ...(key !== undefined && { key }) } });
    } catch (error) {
      outcomes[index] = failed(error);
    }
  }
  return jobs;
}

/** A message's text as a JSON value. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidMessage("the body is not JSON");
  }
}

export function parseBody(text: string, schema: Schema | undefined): unknown {
  const value = parseJson(text);
  if (schema === undefined) return value;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidMessage(`the body is not what the schema says at ${fieldNames(schema, parsed.error.issues)}`);
}

async function callHandler(
  handler: QueueHandler<unknown, unknown>,
  jobs: readonly Job[],
  context: Context<unknown>,
  outcomes: Result[],
): Promise<void> {
  try {
    const result = await handler(
      jobs.map((job) => job.message),
      context,
    );
    if (result === undefined) return;
    const errors = checkResult(result, jobs);
    for (const job of jobs) if (errors.has(job.message.id)) outcomes[job.index] = failed(errors.get(job.message.id));
  } catch (error) {
    const outcome = failed(error);
    for (const job of jobs) outcomes[job.index] = outcome;
  }
}

/** A wrong answer must not count as success: the errors by message id, or an error that says what is wrong. */
function checkResult(result: PartialFailure, jobs: readonly Job[]): ReadonlyMap<string, unknown> {
  const entries: unknown = typeof result === "object" && result !== null ? result.failed : undefined;
  if (!Array.isArray(entries))
    throw new InvalidResult("a queue handler returns nothing, or { failed: [{ id, error }] }");
  const known = new Set(jobs.map((job) => job.message.id));
  const errors = new Map<string, unknown>();
  for (const entry of entries as readonly unknown[]) {
    const { id, error } = (entry ?? {}) as { readonly id?: unknown; readonly error?: unknown };
    if (typeof id !== "string" || !known.has(id))
      throw new InvalidResult("the handler's `failed` names an id that is not of this batch");
    errors.set(id, error ?? "the handler gave no error");
  }
  return errors;
}
