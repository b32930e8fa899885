import { parseJson } from "../queue-worker";
import { type AnyScheduleHandler, scheduleHandler } from "../schedule";
import type { Parts } from "../settings";
import { worked } from "./queue-worker";

/** A schedule as the local cloud calls it. */
export function schedule(handler: AnyScheduleHandler, parts: Parts) {
  const { handler: each, source } = scheduleHandler(handler, ({ body }) => {
    const { scheduledFor } = parseJson(body) as { readonly scheduledFor?: unknown };
    return typeof scheduledFor === "string" ? new Date(scheduledFor) : undefined;
  });
  return worked(each, parts, source);
}
