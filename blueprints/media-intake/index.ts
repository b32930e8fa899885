import * as z from "zod/mini";
import {
  Bucket,
  code,
  durationSetting,
  HttpApi,
  idempotencyStore,
  ObjectTrigger,
  Schedule,
  Table,
  TableTrigger,
} from "../../components";
import type { IndexEntry, Medium } from "./contracts";

/** Set in the stack file under `media-intake:`. */
const settings = z.strictObject({
  /** When the report is written: five fields of cron, in `timeZone`. */
  report: z._default(z.string(), "0 6 * * *"),
  timeZone: z._default(z.string(), "UTC"),
  maxDeliveries: z._default(z.int(), 5),
  /** Wait before a change is tried again. */
  backoff: z._default(z.strictObject({ min: durationSetting, max: durationSetting }), {
    min: "10 seconds",
    max: "5 minutes",
  }),
});

/** Media intake: uploads are looked at as they come and go, an index follows the table, a report is written by the clock. */
function build({ report, timeZone, maxDeliveries, backoff }: z.output<typeof settings>) {
  const delivery = { maxDeliveries, backoff };
  const uploads = new Bucket("uploads", { expireAfter: 365 });
  const derived = new Bucket("derived");
  const media = new Table<Medium>("media", { key: "key" });
  const index = new Table<IndexEntry>("index", { key: "kind", sort: "key" });
  const take = new ObjectTrigger("take", {
    bucket: uploads,
    on: ["created", "deleted"],
    prefix: "incoming/",
    handler: code<typeof import("./handlers/take")>(__dirname, "handlers/take"),
    uses: { uploads: uploads.reader(), derived: derived.writer(), media: media.readWriter() },
    ...delivery,
  });
  new TableTrigger("index-media", {
    table: media,
    handler: code<typeof import("./handlers/index-media")>(__dirname, "handlers/index-media"),
    uses: { index: index.readWriter() },
    ...delivery,
  });
  new Schedule("report", {
    cron: report,
    timeZone,
    overlap: { skip: idempotencyStore("report-lock") },
    handler: code<typeof import("./handlers/report")>(__dirname, "handlers/report"),
    uses: { index: index.reader(), reports: derived.writer() },
    ...delivery,
  });
  const api = new HttpApi("media-api", {
    routes: {
      "GET /media/{name}": {
        auth: "none",
        handler: code<typeof import("./handlers/read")>(__dirname, "handlers/read"),
        uses: { media: media.reader() },
      },
    },
    throttle: { rate: 200, burst: 400, required: false },
  });
  return { url: api.url, uploads: uploads.bucket, derived: derived.bucket, deadLetters: take.deadLetters };
}

export const mediaIntake = { settings, build };
