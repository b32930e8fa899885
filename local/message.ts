/** A queue's messages as it keeps them, and as it shows them. */

/** One delivery of a message. The receipt belongs to this delivery alone; settling with an older one changes nothing. */
export interface Received {
  readonly id: string;
  readonly receipt: string;
  readonly body: string;
  /** Counted from 1. */
  readonly attempt: number;
  /** ms since the epoch. */
  readonly sentAt: number;
  readonly traceparent: string | undefined;
  /** How often it came back from the dead letters. */
  readonly redrives: number;
  /** Messages of one key come one after another; undefined on a message without order. */
  readonly key: string | undefined;
}

/** Since the queue was made. `sent` = `handled` + `deadLettered` - `redriven` + what the queue still holds + `purged`. */
export interface QueueCounters {
  sent: number;
  delivered: number;
  handled: number;
  retried: number;
  deadLettered: number;
  /** Of the dead-lettered: those whose retention was over. */
  expired: number;
  redriven: number;
  purged: number;
  duplicatesSuppressed: number;
  /** Not sent, because they repeated a message within the deduplication window. */
  deduplicated: number;
}

/** How a message is sent, beside its body. */
export interface SendOptions {
  readonly traceparent?: string | undefined;
  /** Its place is behind earlier messages of this key. */
  readonly key?: string | undefined;
  /** A message with an id that was sent within the window is dropped. */
  readonly deduplicationId?: string | undefined;
  readonly delaySeconds?: number | undefined;
}

export interface QueueDepth {
  readonly visible: number;
  readonly inFlight: number;
  /** In backoff, held back by their sender, by an earlier message of their key or by a fault. */
  readonly delayed: number;
  readonly deadLetters: number;
  /** ms; 0 when the queue is empty. */
  readonly oldestAgeMs: number;
}

/** `held`: behind another message of its key. */
export type State = "visible" | "inFlight" | "delayed" | "held";

export interface Stored {
  readonly id: string;
  readonly body: string;
  /** When its retention began: sent, or redriven. */
  readonly enteredAt: number;
  readonly sentAt: number;
  readonly traceparent: string | undefined;
  readonly redrives: number;
  readonly key: string | undefined;
  attempts: number;
  state: State;
  /** Grows with each change of state, so that what was noted for an earlier one is known to be stale. */
  epoch: number;
}

/** All counters at zero. */
export function noCounters(): QueueCounters {
  return {
    sent: 0,
    delivered: 0,
    handled: 0,
    retried: 0,
    deadLettered: 0,
    expired: 0,
    redriven: 0,
    purged: 0,
    duplicatesSuppressed: 0,
    deduplicated: 0,
  };
}

/** Of the message's latest delivery. */
export function receiptOf(message: Stored): string {
  return `${message.id}#${message.redrives}.${message.attempts}`;
}

/** The message as its latest delivery shows it. */
export function outside(message: Stored): Received {
  const { id, body, attempts, sentAt, traceparent, redrives, key } = message;
  return { id, receipt: receiptOf(message), body, attempt: attempts, sentAt, traceparent, redrives, key };
}
