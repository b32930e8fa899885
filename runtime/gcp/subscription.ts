import type { CloudEvent } from "../event";
import { type Delivery, parseJson } from "../queue-worker";
import type { Parts } from "../settings";
import { type AnyEventHandler, subscriber } from "../subscription";
import { type HttpFunction, worked } from "./worked";

/** A subscription: its messages are the bus's, and those of its own that were dead letters. */
export function subscription(handler: AnyEventHandler, parts: Parts): HttpFunction {
  const { handler: each, source } = subscriber(handler, parts, readEvent);
  return worked(each, parts, source);
}

/** A CloudEvent in binary form: the attributes are the message's under `ce-`, the data its body. */
function readEvent({ body, attributes = {} }: Delivery): Partial<CloudEvent> | undefined {
  if (attributes["ce-specversion"] === undefined) return undefined;
  const stated = Object.entries(attributes).flatMap(([name, value]) =>
    name.startsWith("ce-") ? [[name.slice("ce-".length), value] as const] : [],
  );
  return { ...Object.fromEntries(stated), data: parseJson(body) };
}
