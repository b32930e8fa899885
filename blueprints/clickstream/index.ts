import * as z from "zod/mini";
import { code, durationSetting, HttpApi, Stream, StreamProcessor, Table } from "../../components";
import { Click, Clicks, type Session, type WindowCount } from "./contracts";

/** Set in the stack file under `clickstream:`. */
const settings = z.strictObject({
  partitions: z._default(z.int(), 8),
  /** How long clicks can be read again. */
  retention: z._default(durationSetting, "1 day"),
  /** Records for one call, where the cloud gives more than one. */
  batch: z._default(z.int(), 1),
  maxDeliveries: z._default(z.int(), 5),
  /** Wait before a record is tried again; its partition waits with it. */
  backoff: z._default(z.strictObject({ min: durationSetting, max: durationSetting }), {
    min: "10 seconds",
    max: "1 minute",
  }),
});

/** Clicks: an API writes them to a stream, one processor counts them by page and minute, another follows the sessions. */
function build({ partitions, retention, batch, maxDeliveries, backoff }: z.output<typeof settings>) {
  const clicks = new Stream("clicks", { record: Click, key: "session", partitions, retention });
  const windows = new Table<WindowCount>("windows", { key: "window", sort: "session" });
  const sessions = new Table<Session>("sessions", { key: "session" });
  const delivery = { batch: { size: batch }, maxDeliveries, backoff };
  const count = new StreamProcessor("count", {
    stream: clicks,
    handler: code<typeof import("./handlers/count")>(__dirname, "handlers/count"),
    uses: { windows: windows.readWriter() },
    ...delivery,
  });
  new StreamProcessor("follow", {
    stream: clicks,
    handler: code<typeof import("./handlers/sessions")>(__dirname, "handlers/sessions"),
    uses: { sessions: sessions.readWriter() },
    ...delivery,
  });
  const api = new HttpApi("clicks-api", {
    routes: {
      "POST /clicks": {
        auth: "none",
        body: Clicks,
        handler: code<typeof import("./handlers/collect")>(__dirname, "handlers/collect"),
        uses: { clicks: clicks.producer() },
      },
      "GET /windows/{page}/{minute}": {
        auth: "none",
        handler: code<typeof import("./handlers/read")>(__dirname, "handlers/read"),
        uses: { windows: windows.reader() },
      },
    },
    throttle: { rate: 500, burst: 1000, required: false },
  });
  return { url: api.url, stream: clicks.stream, deadLetters: count.deadLetters };
}

export const clickstream = { settings, build };
