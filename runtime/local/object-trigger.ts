import { type AnyObjectHandler, objectHandler } from "../object-trigger";
import { parseJson } from "../queue-worker";
import type { Parts } from "../settings";
import type { ObjectEvent } from "./events";
import { worked } from "./queue-worker";

/** An object trigger as the local cloud calls it. */
export function objectTrigger(handler: AnyObjectHandler, parts: Parts) {
  const { handler: each, source } = objectHandler(handler, ({ body }) => {
    const { at, ...event } = parseJson(body) as ObjectEvent;
    return { ...event, at: new Date(at) };
  });
  return worked(each, parts, source);
}
