/**
 * What every cloud's processor of ordered records has in common. Streams count no deliveries of a record and keep no
 * dead letters with their content: both are done here, inside one call where its time suffices. A batch that fails is halved until the failing
 * record stands alone, that one is retried with backoff, and after its last delivery it is buried with its cause, so
 * that the records behind it go on. Up to then no record of its key is handed out: order holds for each key, and after
 * a dead letter it holds for the rest.
 */
import { type Cause, causeOf } from "./errors";
import type { StreamHandler } from "./handler";
import { causeFields, createLog } from "./log";
import { backoffSeconds } from "./message";
import {
  type AnyQueueHandler,
  createQueueWorker,
  type Delivery,
  type Outcome,
  type RuntimeOptions,
} from "./queue-worker";
import type { Parts, StreamProcessorSettings } from "./settings";
import { parseTraceparent } from "./trace";

/** Any processor's handler: what it gets is parsed by its own schema. */
export type AnyStreamHandler = StreamHandler<never, never>;

/** A record, with all that its dead letter needs. */
export interface Grave {
  readonly delivery: Delivery;
  readonly cause: Cause;
  readonly attempts: number;
  readonly traceparent: string;
}

export interface StreamProcessor {
  readonly settings: StreamProcessorSettings;
  /** One attempt at a batch, one outcome for each record: for platforms that retry by themselves. */
  readonly attempt: (deliveries: readonly Delivery[], remainingMs: () => number) => Promise<readonly Outcome[]>;
  /**
   * Deals with a batch in order. Resolves to the index of the first record that is not dealt with, because the call's
   * time or the dead letters' place did not suffice; undefined when all are handled or buried.
   */
  readonly run: (
    deliveries: readonly Delivery[],
    remainingMs: () => number,
    bury: (grave: Grave) => Promise<void>,
  ) => Promise<number | undefined>;
}

type Failed = Extract<Outcome, { kind: "failed" }>;

export interface StreamOptions extends RuntimeOptions {
  /** For tests: waits between two deliveries of one record. */
  readonly wait?: (ms: number) => Promise<void>;
  readonly now?: () => number;
}

/** Left of a call's time when it gives up, in ms: enough to report how far it came, at most a tenth of the whole. */
const reserveOf = ({ timeoutSeconds }: StreamProcessorSettings) => Math.min(2000, 100 * timeoutSeconds);

/** Unfinished records that are remembered; an instance rarely has more than one. */
const MOST_REMEMBERED = 1000;

/** A handler of records as one of messages. */
export function records(handler: AnyStreamHandler): AnyQueueHandler {
  const handle = handler as StreamHandler<unknown, never>;
  return ((messages, ctx) =>
    handle(
      messages.map(({ id, key = "", body, sentAt, attempt }) => ({ id, key, body, writtenAt: sentAt, attempt })),
      ctx,
    )) as AnyQueueHandler;
}

/** Reads the environment: to be called at cold start, once. `handler`: from `records`, or of another source. */
export function createStreamProcessor(
  handler: AnyQueueHandler,
  parts: Parts,
  options: StreamOptions = {},
): StreamProcessor {
  const worker = createQueueWorker(handler, parts, options);
  const settings = worker.settings as StreamProcessorSettings;
  const wait = options.wait ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const now = options.now ?? Date.now;
  /** Failed deliveries of records whose call ended before they were dealt with; they come again, mostly to this instance. */
  const tried = new Map<string, number>();

  const run: StreamProcessor["run"] = async (given, remainingMs, bury) => {
    const deliveries = given.map((delivery) => ({
      ...delivery,
      attempt: delivery.attempt + (tried.get(delivery.id) ?? 0),
    }));
    for (const { id } of given) tried.delete(id);
    const burial = async (index: number, cause: Cause, attempts: number, traceparent: string): Promise<boolean> => {
      const delivery = deliveries[index];
      if (delivery === undefined) return true;
      try {
        await bury({ delivery, cause, attempts, traceparent });
        return true;
      } catch (error) {
        const log = createLog(settings.component, parseTraceparent(traceparent)?.traceId ?? "", options.sink);
        log.warn("dead letter not sent", { messageId: delivery.id, ...causeFields(causeOf(error)) });
        return false;
      }
    };

    /** Handles records `indexes` in order; `failures`: of this call, before. */
    const handle = async (indexes: readonly number[], failures: number): Promise<number | undefined> => {
      const batch = indexes.flatMap((index) => {
        const delivery = deliveries[index];
        return delivery ? [{ ...delivery, attempt: delivery.attempt + failures }] : [];
      });
      const left = remainingMs();
      const outcomes = await worker.run(batch, remainingMs, options.sink);
      const took = left - remainingMs();
      const failing = indexes.filter((_, at) => outcomes[at]?.kind === "failed");
      if (failing.length === 0) return undefined;
      if (failing.length === indexes.length && indexes.length > 1 && settings.bisect) {
        const middle = indexes.length >> 1;
        // Halving is not a delivery that counts: nothing is known yet about any single record.
        return (await handle(indexes.slice(0, middle), failures)) ?? handle(indexes.slice(middle), failures);
      }
      const groups = settings.bisect || failing.length < indexes.length ? failing.map((one) => [one]) : [failing];
      for (const group of groups) {
        const causes = new Map<number, Failed>();
        for (const index of group) {
          const outcome = outcomes[indexes.indexOf(index)];
          if (outcome?.kind === "failed") causes.set(index, outcome);
        }
        const unfinished = await again(causes, failures, took);
        if (unfinished !== undefined) return unfinished;
      }
      return undefined;
    };

    /** After a delivery that failed and took that many ms: the next one after its backoff, or the grave. */
    const again = async (
      group: ReadonlyMap<number, Failed>,
      failures: number,
      took: number,
    ): Promise<number | undefined> => {
      const indexes = [...group.keys()];
      const all = (name: string) => [...group.values()].every(({ cause }) => cause.name === name);
      if (all("HeldBack")) return handle(indexes, failures);
      const attempt = Math.max(...indexes.map((index) => deliveries[index]?.attempt ?? 1)) + failures;
      if (all("InvalidMessage") || attempt >= settings.maxDeliveries) {
        for (const [index, { cause, traceparent }] of group)
          if (!(await burial(index, cause, attempt, traceparent))) return index;
        return undefined;
      }
      const left = remainingMs() - reserveOf(settings);
      if (left <= took) {
        if (tried.size >= MOST_REMEMBERED) tried.clear();
        for (const index of indexes) tried.set(deliveries[index]?.id ?? "", attempt);
        return indexes[0];
      }
      // Shorter waits, where the call is too short for all deliveries at their backoff.
      const toCome = settings.maxDeliveries - attempt;
      const share = Math.max(0, left - took * toCome) / toCome;
      await wait(Math.min(backoffSeconds(settings.backoff, attempt) * 1000, share));
      return handle(indexes, failures + 1);
    };

    const fresh: number[] = [];
    for (const [index, { sentAt, traceparent = "" }] of deliveries.entries()) {
      if (now() - sentAt.getTime() <= settings.maxRecordAgeSeconds * 1000) fresh.push(index);
      else {
        const cause = { name: "Expired", message: `older than ${settings.maxRecordAgeSeconds} s when its turn came` };
        if (!(await burial(index, cause, 0, traceparent))) return index;
      }
    }
    return fresh.length === 0 ? undefined : handle(fresh, 0);
  };
  return { settings, attempt: worker.run, run };
}
