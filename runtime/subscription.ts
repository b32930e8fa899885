/**
 * What every cloud's subscription has in common: a queue whose messages are events. The cloud's own form is turned into
 * a CloudEvent, its data are parsed by the schema of the handler's own definition, and the whole filter is applied again:
 * the cloud's is allowed to let more through.
 */
import { InvalidMessage } from "./errors";
import type { CloudEvent, Event, EventDefinition } from "./event";
import { matches } from "./filter";
import type { EventHandler } from "./handler";
import { type AnyQueueHandler, type Delivery, each, type Source } from "./queue-worker";
import { fieldNames } from "./schema";
import type { Parts, SubscriptionSettings } from "./settings";

/** Any subscription's handler: what it gets is parsed by its own definitions. */
export type AnyEventHandler = EventHandler<never, never>;

/** Reads one cloud's form of an event; undefined for what is no event at all. */
export type ReadEvent = (delivery: Delivery) => Partial<CloudEvent> | undefined;

export function subscriber(
  handler: AnyEventHandler,
  parts: Parts,
  read: ReadEvent,
): { readonly handler: AnyQueueHandler; readonly source: Source } {
  const definitions = new Map((parts.events ?? []).map((definition) => [definition.type, definition]));
  const source: Source = {
    parse: (delivery) => parseEvent(definitions, read(delivery), delivery.attempt),
    skips: (event, settings) => {
      const { filter } = settings as SubscriptionSettings;
      return filter !== undefined && !matches(filter, event as Event);
    },
  };
  return { handler: each(handler as EventHandler<EventDefinition, never>) as AnyQueueHandler, source };
}

function parseEvent(
  definitions: ReadonlyMap<string, EventDefinition>,
  event: Partial<CloudEvent> | undefined,
  attempt: number,
): Event {
  const { id, type, source, subject, time, data, replay } = event ?? {};
  const attributes = { id, type, source, subject, time };
  const missing = Object.entries(attributes).filter(([, value]) => typeof value !== "string" || value === "");
  if (missing.length > 0)
    throw new InvalidMessage(`the message is no event: it lacks ${missing.map(([name]) => name).join(", ")}`);
  const definition = definitions.get(String(type));
  if (definition === undefined) {
    const known = [...definitions.keys()].join(", ");
    throw new InvalidMessage(`the event's type and version are unknown to this handler, which knows ${known}`);
  }
  const parsed = definition.data.safeParse(data);
  if (!parsed.success) {
    const fields = fieldNames(definition.data, parsed.error.issues);
    throw new InvalidMessage(`the data are not what the schema of ${definition.type} says at ${fields}`);
  }
  return {
    id: String(id),
    type: definition.type,
    source: String(source),
    subject: String(subject),
    time: new Date(String(time)),
    data: parsed.data,
    attempt,
    ...(typeof replay === "string" && { replay }),
  };
}
