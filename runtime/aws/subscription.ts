import type { CloudEvent } from "../event";
import { type Delivery, parseJson } from "../queue-worker";
import type { Parts } from "../settings";
import { isObject } from "../shape";
import { type AnyEventHandler, subscriber } from "../subscription";
import { worked } from "./queue-worker";

/** A subscription behind SQS: EventBridge puts its own envelope there, an ordered bus the CloudEvent as it is. */
export function subscription(handler: AnyEventHandler, parts: Parts) {
  const { handler: each, source } = subscriber(handler, parts, readEvent);
  return worked(each, parts, source, traceOf);
}

/** The publisher's trace is the event's own: what stands between it and the queue passes no attributes on. */
function traceOf(body: string): string | undefined {
  try {
    return readEvent({ body })?.traceparent;
  } catch {
    return undefined; // what is no event is told so by the one who parses it
  }
}

function readEvent({ body }: Pick<Delivery, "body">): Partial<CloudEvent> | undefined {
  const message = parseJson(body);
  if (!isObject(message)) return undefined;
  if (message["detail-type"] === undefined) return message;
  const { detail, source, "detail-type": type, "replay-name": replay } = message;
  if (!isObject(detail)) return undefined;
  return { ...detail, type, source, ...(replay !== undefined && { replay }) } as Partial<CloudEvent>;
}
