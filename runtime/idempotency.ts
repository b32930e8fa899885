/**
 * Suppresses duplicates with a two-phase record over a table with `version`: a call claims a key until its deadline,
 * works, then marks it done. A claim whose call died is taken over after its deadline; a claim that a living call
 * holds makes a second delivery fail, so that it comes again later and is then either a duplicate or its turn.
 */
import { createHash } from "node:crypto";
import { Conflict, type TableReadWriter } from "./clients";
import { fieldOf } from "./field";
import type { IdempotencyRecord } from "./settings";

/** Clocks of two machines may differ by this much before a claim could be taken over while its call still works. */
const SKEW_MS = 1000;
/** Every round means that another call moved the record in between; more than a few of them is not contention. */
const ROUNDS = 4;

export type Claim =
  | { readonly kind: "mine"; readonly record: IdempotencyRecord }
  /** Handled before, within the window. */
  | { readonly kind: "done" }
  /** Another call works on it now. */
  | { readonly kind: "busy" };

export interface IdempotencyStore {
  /** `deadline` in milliseconds since the epoch: when the claiming call will have ended, one way or the other. */
  readonly claim: (id: string, deadline: number) => Promise<Claim>;
  /** False when the claim had been taken over, because the call outlived its deadline. */
  readonly done: (record: IdempotencyRecord) => Promise<boolean>;
  /** Gives the key back, so that a retry need not wait for the deadline. */
  readonly release: (record: IdempotencyRecord) => Promise<void>;
}

export function createIdempotency(
  table: TableReadWriter<IdempotencyRecord>,
  windowSeconds: number,
  now: () => number = Date.now,
): IdempotencyStore {
  const expiry = (from: number) => Math.ceil(from / 1000) + windowSeconds;
  const write = async (record: IdempotencyRecord): Promise<IdempotencyRecord | undefined> => {
    try {
      return await table.put(record);
    } catch (error) {
      if (error instanceof Conflict) return undefined;
      throw error;
    }
  };
  const claim = async (id: string, deadline: number): Promise<Claim> => {
    let known: IdempotencyRecord | undefined; // the usual key is new: one write, no read
    for (let round = 0; round < ROUNDS; round++) {
      if (known?.state === "done") return { kind: "done" };
      if (known !== undefined && known.claimedUntil > now()) return { kind: "busy" };
      const claimedUntil = deadline + SKEW_MS;
      const wanted: IdempotencyRecord = { id, state: "claimed", claimedUntil, expiresAt: expiry(claimedUntil) };
      const record = await write(known?.version === undefined ? wanted : { ...wanted, version: known.version });
      if (record !== undefined) return { kind: "mine", record };
      known = await table.get(id);
    }
    return { kind: "busy" };
  };
  return {
    claim,
    done: async (record) => (await write({ ...record, state: "done", expiresAt: expiry(now()) })) !== undefined,
    release: async (record) => {
      await write({ ...record, claimedUntil: 0 });
    },
  };
}

/**
 * The record's id. A digest, because a business key may be personal data, longer than a table's key may be, or hold
 * characters that one of the clouds refuses.
 */
export function idempotencyId(component: string, key: string | number): string {
  return `${component}:${createHash("sha256").update(JSON.stringify(key)).digest("base64url")}`;
}

/** The value of the field `path` (dots descend) when it can be a key. */
export function keyAt(body: unknown, path: string): string | number | undefined {
  const at = fieldOf(body, path);
  return (typeof at === "string" && at !== "") || typeof at === "number" ? at : undefined;
}
