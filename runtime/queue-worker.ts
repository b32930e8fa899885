/**
 * What every cloud's queue adapter has in common: a batch of deliveries goes in, one outcome a delivery comes out.
 * Parse with the worker's schema, claim (when the worker asks for idempotency), call the handler once with all that
 * is left, settle. An adapter only translates.
 */
import { type Environment, readQueueWorker } from "./environment";
import { type Cause, causeOf, InvalidMessage, InvalidResult } from "./errors";
import type { Context, Message, PartialFailure, QueueHandler } from "./handler";
import { createIdempotency, type IdempotencyStore, idempotencyId, keyAt } from "./idempotency";
import { causeFields, createLog, type LogSink, stdout } from "./log";
import { fieldNames } from "./schema";
import type { IdempotencyRecord, Parts, QueueWorkerSettings, Schema } from "./settings";
import { continueTrace, parseTraceparent, withTrace } from "./trace";

/** One message as a queue delivers it, in neutral terms. */
export interface Delivery {
  readonly id: string;
  /** The body as text; JSON is what senders send. */
  readonly body: string;
  readonly attempt: number;
  readonly sentAt: Date;
  readonly traceparent?: string;
}

export type Outcome =
  | { readonly kind: "handled" }
  /** Handled before; to the queue the same as handled. */
  | { readonly kind: "duplicate" }
  /** To be delivered again, or dead-lettered with this cause. */
  | { readonly kind: "failed"; readonly cause: Cause };

export interface QueueWorker {
  readonly settings: QueueWorkerSettings;
  /** Never rejects; one outcome for each delivery, in their order. `remainingMs`: until the platform ends this call. */
  readonly run: (deliveries: readonly Delivery[], remainingMs: () => number) => Promise<readonly Outcome[]>;
}

export interface RuntimeOptions {
  readonly environment?: Environment;
  readonly sink?: LogSink;
}

/** Any worker's handler: each accepts messages and clients of no type at all, and what it gets is checked by its schema. */
export type AnyQueueHandler = QueueHandler<never, never>;

const HANDLED: Outcome = { kind: "handled" };
const DUPLICATE: Outcome = { kind: "duplicate" };
const failed = (error: unknown): Outcome => ({ kind: "failed", cause: causeOf(error) });

/** A delivery that parsed, and where its outcome belongs. */
interface Job {
  readonly index: number;
  readonly message: Message<unknown>;
  claim?: IdempotencyRecord;
}

/** Reads the environment: to be called at cold start, once. */
export function createQueueWorker(handler: AnyQueueHandler, parts: Parts, options: RuntimeOptions = {}): QueueWorker {
  const { settings, clients } = readQueueWorker(parts, options.environment);
  const sink = options.sink ?? stdout;
  const call = handler as QueueHandler<unknown, unknown>;
  const { by = "@id", windowSeconds = 0 } = settings.idempotency ?? {};
  const store = clients.idempotency && createIdempotency(clients.idempotency, windowSeconds);

  const run: QueueWorker["run"] = (deliveries, remainingMs) => {
    const trace = continueTrace(commonParent(deliveries));
    return withTrace(trace, async () => {
      const log = createLog(settings.component, trace.traceId, sink);
      const outcomes = new Array<Outcome>(deliveries.length).fill(HANDLED);
      let jobs = parseAll(deliveries, parts.schema, outcomes);
      const suppression = store && createSuppression(store, settings.component, by, log);
      if (suppression) jobs = await suppression.claim(jobs, outcomes, Date.now() + remainingMs());
      if (jobs.length > 0) {
        const context: Context<unknown> = { uses: clients.uses, log, traceId: trace.traceId, remainingMs };
        await callHandler(call, jobs, context, outcomes);
      }
      if (suppression) await suppression.settle(jobs, outcomes);
      for (let index = 0; index < outcomes.length; index++) {
        const outcome = outcomes[index];
        const delivery = deliveries[index];
        if (outcome?.kind !== "failed" || delivery === undefined) continue;
        const sender = parseTraceparent(delivery.traceparent)?.traceId;
        log.warn("message failed", {
          messageId: delivery.id,
          attempt: delivery.attempt,
          ...causeFields(outcome.cause),
          ...(sender !== undefined && sender !== trace.traceId && { senderTraceId: sender }),
        });
      }
      return outcomes;
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

function parseAll(deliveries: readonly Delivery[], schema: Schema | undefined, outcomes: Outcome[]): Job[] {
  const jobs: Job[] = [];
  for (let index = 0; index < deliveries.length; index++) {
    const delivery = deliveries[index];
    if (delivery === undefined) continue;
    try {
      const { id, attempt, sentAt } = delivery;
      jobs.push({ index, message: { id, body: parse(delivery.body, schema), attempt, sentAt } });
    } catch (error) {
      outcomes[index] = failed(error);
    }
  }
  return jobs;
}

function parse(text: string, schema: Schema | undefined): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidMessage("the body is not JSON");
  }
  if (schema === undefined) return value;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidMessage(`the body is not what the schema says at ${fieldNames(schema, parsed.error.issues)}`);
}

async function callHandler(
  handler: QueueHandler<unknown, unknown>,
  jobs: readonly Job[],
  context: Context<unknown>,
  outcomes: Outcome[],
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

/** Duplicate suppression for the jobs of one call. */
function createSuppression(store: IdempotencyStore, component: string, by: string, log: Context["log"]) {
  const leaders = new Map<string, Job>();
  const followers: { readonly job: Job; readonly leader: Job }[] = [];

  const claimOne = async (job: Job, deadline: number): Promise<Outcome | undefined> => {
    try {
      const key = by === "@id" ? job.message.id : keyAt(job.message.body, by);
      if (key === undefined)
        throw new InvalidMessage(`the idempotency key ${by} is missing, or neither text nor number`);
      const id = idempotencyId(component, key);
      const leader = leaders.get(id);
      if (leader !== undefined) {
        followers.push({ job, leader });
        return DUPLICATE; // settled by what becomes of the leader
      }
      leaders.set(id, job);
      const claim = await store.claim(id, deadline);
      if (claim.kind === "done") return DUPLICATE;
      if (claim.kind === "busy") return failed(new InProgress());
      job.claim = claim.record;
      return undefined;
    } catch (error) {
      return failed(error);
    }
  };

  const settleOne = async (job: Job, outcome: Outcome | undefined): Promise<void> => {
    if (job.claim === undefined) return;
    const handled = outcome?.kind === "handled";
    try {
      if (!handled) await store.release(job.claim);
      else if (!(await store.done(job.claim)))
        log.warn("claim was taken over: the call outlived its deadline", { messageId: job.message.id });
    } catch (error) {
      // The work is done, or will be retried anyway: only the record is stale, until its deadline.
      log.warn("idempotency record not settled", { messageId: job.message.id, ...causeFields(causeOf(error)) });
    }
  };

  return {
    /** The jobs that are this call's to do. */
    claim: async (jobs: readonly Job[], outcomes: Outcome[], deadline: number): Promise<Job[]> => {
      const settled = await Promise.all(jobs.map((job) => claimOne(job, deadline)));
      settled.forEach((outcome, at) => {
        const job = jobs[at];
        if (outcome !== undefined && job !== undefined) outcomes[job.index] = outcome;
      });
      return jobs.filter((_, at) => settled[at] === undefined);
    },
    settle: async (jobs: readonly Job[], outcomes: Outcome[]): Promise<void> => {
      for (const { job, leader } of followers) {
        const outcome = outcomes[leader.index];
        if (outcome?.kind === "failed") outcomes[job.index] = outcome;
      }
      await Promise.all(jobs.map((job) => settleOne(job, outcomes[job.index])));
    },
  };
}

/** Another delivery of the same key is being handled; this one comes again. */
export class InProgress extends Error {
  override readonly name = "InProgress";
  constructor() {
    super("another call is handling this key now");
  }
}
