import type { CloudEvent } from "../event";
import { parseJson } from "../queue-worker";
import type { Parts } from "../settings";
import { isObject } from "../shape";
import { type AnyEventHandler, subscriber } from "../subscription";
import { worked } from "./queue-worker";

/** A subscription: Event Grid, and an ordered bus too, put the CloudEvent in JSON form into the queue. */
export function subscription(handler: AnyEventHandler, parts: Parts) {
  const { handler: each, source } = subscriber(handler, parts, ({ body }) => readEvent(body));
  return worked(each, parts, source, traceOf);
}

function readEvent(body: string): Partial<CloudEvent> | undefined {
  const event = parseJson(body);
  return isObject(event) ? event : undefined;
}

/** The publisher's trace is the event's own: Event Grid passes no properties on. */
function traceOf(body: string): string | undefined {
  try {
    return readEvent(body)?.traceparent;
  } catch {
    return undefined; // no JSON: the handler's parser says so
  }
}
