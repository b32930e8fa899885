import { type AnyScheduleHandler, scheduleHandler } from "../schedule";
import type { Parts } from "../settings";
import { firstSentAt } from "./dead-letter";
import { type HttpFunction, worked } from "./worked";

const MINUTE_MS = 60_000;

/**
 * A schedule. Cloud Scheduler's messages do not say which run they are for: it is the minute in which the message was
 * published, which the job does when its time has come.
 */
export function schedule(handler: AnyScheduleHandler, parts: Parts): HttpFunction {
  const { handler: each, source } = scheduleHandler(handler, (delivery) => {
    const at = firstSentAt(delivery).getTime();
    return new Date(at - (at % MINUTE_MS));
  });
  return worked(each, parts, source);
}
