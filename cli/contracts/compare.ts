/**
 * What a change of contracts does to services that are deployed one after another, and to messages that are on their way,
 * archived or dead: new code has to read what old code wrote, and old code what new code writes.
 */
import type { AsyncApi, Message } from "./document";
import { differences } from "./schema";

export interface Change {
  /** The event, queue or stream. */
  readonly message: string;
  readonly breaking: boolean;
  readonly reason: string;
}

export function compare(before: AsyncApi, after: AsyncApi): Change[] {
  const changes: Change[] = [];
  const say = (message: string, breaking: boolean, reason: string) => changes.push({ message, breaking, reason });
  for (const [name, old] of Object.entries(before.components.messages)) {
    const now = after.components.messages[name];
    if (!now) {
      const sent = Object.values(before.operations).some(({ messages }) =>
        messages.some(({ $ref }) => $ref.endsWith(`/${name}`)),
      );
      say(
        name,
        sent,
        sent
          ? "is gone: what is on its way, archived or dead cannot be read any more"
          : "is gone; nobody sent or received it",
      );
      continue;
    }
    for (const reason of differences(now.payload, old.payload))
      say(name, true, `new code refuses what old code wrote: ${reason}`);
    for (const reason of differences(old.payload, now.payload))
      say(name, true, `old code refuses what new code writes: ${reason}`);
    if (old["x-subject"] !== now["x-subject"])
      say(name, true, `the subject is ${now["x-subject"]} instead of ${old["x-subject"]}: order and repeats are by it`);
    for (const field of old["x-promoted"] ?? [])
      if (!now["x-promoted"]?.includes(field))
        say(name, true, `${field} is not promoted any more: filters by it miss the event`);
    const added = fieldsOf(now).filter((field) => !fieldsOf(old).includes(field));
    if (added.length > 0 && !changes.some(({ message, breaking }) => message === name && breaking))
      say(name, false, `has ${added.join(", ")} in addition`);
  }
  for (const name of Object.keys(after.components.messages))
    if (!before.components.messages[name]) say(name, false, "is new");
  for (const [name, old] of Object.entries(before.channels)) {
    const now = after.channels[name];
    if (now && old["x-key"] !== now["x-key"])
      say(
        name,
        true,
        `is ordered by ${now["x-key"]} instead of ${old["x-key"]}: what is on its way is in another order`,
      );
  }
  return changes;
}

function fieldsOf({ payload, contentType }: Message): string[] {
  const own = (payload.properties ?? {}) as Readonly<Record<string, { readonly properties?: object }>>;
  return Object.keys(contentType === "application/cloudevents+json" ? (own.data?.properties ?? {}) : own);
}
