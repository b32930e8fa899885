import type { CloudEvent } from "../event";
import { parseJson } from "../queue-worker";
import type { Parts } from "../settings";
import { type AnyEventHandler, subscriber } from "../subscription";
import { worked } from "./queue-worker";

/** A subscription as the local cloud calls it: its queue holds CloudEvents in JSON form. */
export function subscription(handler: AnyEventHandler, parts: Parts) {
  const { handler: each, source } = subscriber(handler, parts, ({ body }) => parseJson(body) as Partial<CloudEvent>);
  return worked(each, parts, source);
}
