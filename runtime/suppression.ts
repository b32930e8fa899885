/** Duplicate suppression for the jobs of one call: claims before the handler, settles after it. */
import type { TableReadWriter } from "./clients";
import { causeOf, InvalidMessage } from "./errors";
import type { Log } from "./handler";
import { createIdempotency, type IdempotencyStore, idempotencyId, keyAt } from "./idempotency";
import { causeFields } from "./log";
import { failed, type Job, type Result } from "./queue-worker";
import type { ClientFactory, IdempotencyRecord, QueueWorkerSettings } from "./settings";

const DUPLICATE: Result = { kind: "duplicate" };
/** As `by`: the component itself is the key, and what comes while it works is left out. */
const EXCLUSIVE = "@component";

export interface Suppression {
  /** The jobs that are this call's to do; the outcomes of the others are written down. */
  readonly claim: (jobs: readonly Job[], outcomes: Result[], deadline: number) => Promise<Job[]>;
  readonly settle: (jobs: readonly Job[], outcomes: Result[]) => Promise<void>;
}

/** Made once at cold start by a worker's settings, then asked anew for each call. */
export type Suppressor = (settings: QueueWorkerSettings) => (log: Log) => Suppression;

/** What a bundle's entry wraps its idempotency table in. */
export function suppression(table: ClientFactory<TableReadWriter<IdempotencyRecord>>): ClientFactory<Suppressor> {
  return (config) => {
    const client = table(config);
    return ({ component, idempotency }) => {
      const { by = "@id", windowSeconds = 0 } = idempotency ?? {};
      const store = createIdempotency(client, windowSeconds);
      return (log) => createSuppression(store, component, by, log);
    };
  };
}

function createSuppression(store: IdempotencyStore, component: string, by: string, log: Log): Suppression {
  const leaders = new Map<string, Job>();
  const followers: { readonly job: Job; readonly leader: Job }[] = [];

  const claimOne = async (job: Job, deadline: number): Promise<Result | undefined> => {
    try {
      const key = by === "@id" ? job.message.id : by === EXCLUSIVE ? component : keyAt(job.message.body, by);
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
      if (claim.kind === "busy") return by === EXCLUSIVE ? DUPLICATE : failed(new InProgress());
      job.claim = claim.record;
      return undefined;
    } catch (error) {
      return failed(error);
    }
  };

  const settleOne = async (job: Job, outcome: Result | undefined): Promise<void> => {
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
    claim: async (jobs, outcomes, deadline) => {
      const settled = await Promise.all(jobs.map((job) => claimOne(job, deadline)));
      settled.forEach((outcome, at) => {
        const job = jobs[at];
        if (outcome !== undefined && job !== undefined) outcomes[job.index] = outcome;
      });
      return jobs.filter((_, at) => settled[at] === undefined);
    },
    settle: async (jobs, outcomes) => {
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
