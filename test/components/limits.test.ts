import assert from "node:assert/strict";
import {
  Bucket,
  code,
  EventBus,
  HttpApi,
  ObjectTrigger,
  QueueWorker,
  Stream,
  StreamProcessor,
  Table,
  TableTrigger,
} from "../../components";
import type { CloudName } from "../../components/core/clouds";
import { formatDuration } from "../../components/core/duration";
import { BlueprintError } from "../../components/core/errors";
import type { LimitRow } from "../../components/core/limits";
import { bucketLimits } from "../../components/limits/bucket";
import { deliveryLimits } from "../../components/limits/delivery";
import { eventBusLimits } from "../../components/limits/event-bus";
import { httpApiLimits } from "../../components/limits/http-api";
import { queueWorkerLimits } from "../../components/limits/queue-worker";
import { streamLimits, streamProcessorLimits, tableTriggerLimits } from "../../components/limits/stream";
import { tableLimits } from "../../components/limits/table";
import { Note } from "../fixtures/contracts";
import { Reading, ThingMade } from "../fixtures/happenings";
import { planned } from "../support/plan";

const quiet = code<typeof import("../fixtures/quiet-worker")>(__dirname, "../fixtures/quiet-worker");
const reader = code<typeof import("../fixtures/quiet-reader")>(__dirname, "../fixtures/quiet-reader");
const onObject = code<typeof import("../fixtures/quiet-triggered"), "onObject">(
  __dirname,
  "../fixtures/quiet-triggered",
  "onObject",
);
const onItem = code<typeof import("../fixtures/quiet-triggered"), "onItem">(
  __dirname,
  "../fixtures/quiet-triggered",
  "onItem",
);
const health = code<typeof import("../fixtures/health")>(__dirname, "../fixtures/health");

/** Sets one property of a pattern as a user would, with partners that keep two-property rules. */
function nested(property: string, unit: string, value: number): Record<string, unknown> {
  const asked = unit === "seconds" ? (value < 0 ? `${value} seconds` : formatDuration(value)) : value;
  return property.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), asked) as Record<string, unknown>;
}
const partners: Record<string, Record<string, unknown>> = {
  "batch.size": { window: "1 second" },
  "deduplication.window": { by: "id" },
  "backoff.min": {},
  "backoff.max": { min: "0 seconds" },
  "throttle.rate": { burst: 1, required: false },
  "throttle.burst": { rate: 1, required: false },
  "cors.maxAge": { origins: ["https://shop.example"] },
};
function args(row: LimitRow, value: number): Record<string, unknown> {
  const given = nested(row.property, row.unit, value);
  const [top] = row.property.split(".");
  if (top !== undefined && partners[row.property]) {
    const partner = { ...partners[row.property] };
    // A partner must itself be accepted on the cloud in question.
    if (row.property === "batch.size" && row.cloud === "gcp") delete partner.window;
    if (row.property === "backoff.min")
      partner.max = { gcp: "10 minutes", azure: "1 day", aws: "12 hours", local: "12 hours" }[row.cloud];
    given[top] = { ...(given[top] as object), ...partner };
  }
  // On AWS only ordered queues drop repeats.
  if (row.property === "deduplication.window" && row.cloud === "aws") given.ordering = { by: "id" };
  if (row.property === "retention") given.deadLetter = { retention: row.cloud === "aws" ? "14 days" : "1 hour" };
  if (row.property === "deadLetter.retention" && row.cloud === "aws") given.retention = "1 minute";
  return given;
}

type Make = (extra: never) => unknown;
const patterns: readonly [string, readonly LimitRow[], Make][] = [
  [
    "QueueWorker",
    queueWorkerLimits,
    (extra) => new QueueWorker("notes", { message: Note, handler: quiet, ...(extra as object) }),
  ],
  [
    "HttpApi",
    httpApiLimits,
    (extra) =>
      new HttpApi("notes", { routes: { "GET /health": { auth: "none", handler: health } }, ...(extra as object) }),
  ],
  ["EventBus", eventBusLimits, (extra) => new EventBus("notes", { events: [ThingMade], ...(extra as object) })],
  ["Stream", streamLimits, (extra) => new Stream("notes", { record: Reading, key: "sensor", ...(extra as object) })],
  [
    "StreamProcessor",
    streamProcessorLimits,
    (extra) =>
      new StreamProcessor("notes", {
        stream: new Stream("readings", { record: Reading, key: "sensor", retention: "7 days" }),
        handler: reader,
        ...(extra as object),
      }),
  ],
  [
    "TableTrigger",
    tableTriggerLimits,
    (extra) =>
      new TableTrigger("notes", {
        table: new Table<Note>("items", { key: "id" }),
        handler: onItem,
        ...(extra as object),
      }),
  ],
  ["Bucket", bucketLimits, (extra) => new Bucket("notes", extra as object)],
  [
    "ObjectTrigger",
    deliveryLimits,
    (extra) => new ObjectTrigger("notes", { bucket: new Bucket("files"), handler: onObject, ...(extra as object) }),
  ],
  ["Table", tableLimits, (extra) => new Table<Note>("notes", { key: "id", ...(extra as object) })],
];

/** Values just outside, on and just inside a row's ends. */
function cases(row: LimitRow): { value: number; accepted: boolean }[] {
  if (row.oneOf)
    return row.oneOf.flatMap((size) => [
      { value: size, accepted: true },
      { value: size + 1, accepted: row.oneOf?.includes(size + 1) ?? false },
    ]);
  const { min, max } = row;
  return [
    ...(min === undefined
      ? []
      : [
          { value: min - 1, accepted: false },
          { value: min, accepted: true },
        ]),
    ...(max === undefined
      ? []
      : [
          { value: max, accepted: true },
          { value: max + 1, accepted: false },
        ]),
  ];
}

/** Two-property rules that a bound touches by itself; they have tests of their own. */
function alsoBrokenByAPair(row: LimitRow, value: number): boolean {
  if (row.cloud !== "aws") return false;
  // On AWS a dead letter must live longer than a message, so neither can be at the end that the other shares.
  return (
    (row.property === "retention" && value === 1_209_600) || (row.property === "deadLetter.retention" && value === 60)
  );
}

describe("limits", () => {
  for (const [kind, rows, make] of patterns) {
    for (const row of rows) {
      it(`${kind}.${row.property} on ${row.cloud}: ${row.min ?? row.oneOf?.join("|")} to ${row.max ?? ""}`, async () => {
        for (const { value, accepted } of cases(row)) {
          const run = planned(row.cloud as CloudName, () => void make(args(row, value) as never), {
            dataClass: "internal",
          });
          if (accepted && !alsoBrokenByAPair(row, value)) await assert.doesNotReject(run, `${value}`);
          else if (accepted) await assert.rejects(run, /SB-C004/);
          else if (row.confidence === "K" && value >= 0) {
            const warnings = (await run).logs.filter(({ severity }) => severity === "warning");
            assert.match(
              warnings.map(({ message }) => message).join(),
              new RegExp(row.property.replace(".", "\\.")),
              `${value} warns`,
            );
          } else {
            await assert.rejects(run, (error) => {
              assert.ok(error instanceof BlueprintError, String(error));
              // Zero and below are no durations at all; every other value is refused by its row.
              assert.match(
                error.message,
                new RegExp(`^SB-C00[14] ${kind} "notes" on ${row.cloud}: ${row.property.replace(".", "\\.")}=`, "m"),
              );
              assert.match(error.message, /\n {2}Way out: /);
              return true;
            });
          }
        }
      });
    }
  }
});
