import { parseJson } from "../queue-worker";
import { type AnyScheduleHandler, scheduleHandler } from "../schedule";
import type { Parts } from "../settings";
import { isObject } from "../shape";
import { worked } from "./queue-worker";

/** A schedule behind SQS: EventBridge Scheduler says which run it is. */
export function schedule(handler: AnyScheduleHandler, parts: Parts) {
  const { handler: each, source } = scheduleHandler(handler, ({ body }) => {
    const message = parseJson(body);
    return isObject(message) && typeof message.scheduledFor === "string" ? new Date(message.scheduledFor) : undefined;
  });
  return worked(each, parts, source);
}
