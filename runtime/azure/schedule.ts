/**
 * A schedule: a timer in the same app puts each run on the component's own queue, whose deliveries are counted. Functions
 * on Linux know UTC only: for another zone the timer rings at every minute that could be one of the zone's, and asks here.
 */
import { app, type InvocationContext, type Timer } from "@azure/functions";
import { Cron } from "croner";
import { StartupError } from "../errors";
import { parseJson } from "../queue-worker";
import { type AnyScheduleHandler, scheduleHandler } from "../schedule";
import { type Parts, type ScheduleSettings, SETTINGS } from "../settings";
import { isObject } from "../shape";
import { worked } from "./queue-worker";
import { sendToBus } from "./service-bus";

const MINUTE_MS = 60_000;
/** Timers may ring a moment before their time. */
const EARLY_MS = 2000;

export function schedule(handler: AnyScheduleHandler, parts: Parts) {
  const { handler: each, source } = scheduleHandler(handler, ({ body }) => {
    const message = parseJson(body);
    return isObject(message) && typeof message.scheduledFor === "string" ? new Date(message.scheduledFor) : undefined;
  });
  const receive = worked(each, parts, source);
  const due = dueOf(JSON.parse(process.env[SETTINGS] ?? "{}") as ScheduleSettings);
  const { SB_BUS__fullyQualifiedNamespace: namespace, SB_QUEUE: queue, SB_SCHEDULE } = process.env;
  if (!namespace || !queue || !SB_SCHEDULE)
    throw new StartupError(["the timer needs SB_SCHEDULE, SB_QUEUE and SB_BUS__fullyQualifiedNamespace"]);
  const ring = async (timer: Timer, _context: InvocationContext): Promise<void> => {
    const scheduledFor = due(timer)?.toISOString();
    if (scheduledFor === undefined) return;
    await sendToBus(
      { namespace, queue },
      { id: `run:${scheduledFor}`, body: JSON.stringify({ scheduledFor }), properties: {} },
    );
  };
  app.timer("clock", { schedule: "%SB_SCHEDULE%", handler: ring });
  return Object.assign(receive, { ring });
}

/** The minute that a ring is for, where the zone's clock meets the expression in it. */
function dueOf({ cron, timeZone }: ScheduleSettings): (timer: Timer) => Date | undefined {
  const expression = new Cron(cron, { mode: "5-part", timezone: timeZone, paused: true });
  const exact = process.env.SB_SCHEDULE_EXACT === "true";
  return ({ isPastDue, scheduleStatus }) => {
    const now = Date.now() + EARLY_MS;
    const minute = new Date(now - (now % MINUTE_MS));
    if (isPastDue) {
      // The app stood still: of the runs since the last ring the newest is made up for.
      const [missed] = expression.previousRuns(1, new Date(minute.getTime() + 1000));
      return missed && missed > new Date(scheduleStatus?.last ?? 0) ? missed : undefined;
    }
    const next = exact ? minute : expression.nextRun(new Date(minute.getTime() - 1));
    return next?.getTime() === minute.getTime() ? minute : undefined;
  };
}
