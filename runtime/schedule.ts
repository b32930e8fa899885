/** What every cloud's schedule has in common: a queue whose messages are the minutes that the expression names. */
import { InvalidMessage } from "./errors";
import type { ScheduleHandler, Tick } from "./handler";
import { type AnyQueueHandler, type Delivery, each, type Source } from "./queue-worker";

/** Any schedule's handler. */
export type AnyScheduleHandler = ScheduleHandler<never>;

/** Reads the minute a run is for from one cloud's message; undefined for what is none. */
export type ReadTick = (delivery: Delivery) => Date | undefined;

export function scheduleHandler(
  handler: AnyScheduleHandler,
  read: ReadTick,
): { readonly handler: AnyQueueHandler; readonly source: Source } {
  const source: Source = {
    parse: (delivery, { component }): Tick => {
      const scheduledFor = read(delivery);
      if (scheduledFor === undefined || Number.isNaN(scheduledFor.getTime()))
        throw new InvalidMessage("the message does not say which run of the schedule it is");
      return { id: `${component}@${scheduledFor.toISOString()}`, scheduledFor, attempt: delivery.attempt };
    },
  };
  return { handler: each(handler as ScheduleHandler) as AnyQueueHandler, source };
}
