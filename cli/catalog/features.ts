/** What patterns can be asked for beyond their defaults, each as a program: the matrix says what every cloud answers. */
import {
  Bucket,
  code,
  EventBus,
  idempotencyStore,
  ObjectTrigger,
  QueueWorker,
  type QueueWorkerOptions,
  Schedule,
  Stream,
  StreamProcessor,
  Subscription,
  Table,
  TableTrigger,
} from "../../components";
import type { Filter } from "../../runtime/filter";
import { Item, ItemMade } from "./handlers";

type Handlers = typeof import("./handlers");
const from = <Name extends "onMessage" | "onEvent" | "onRecord" | "onObject" | "onItem" | "onTick">(name: Name) =>
  code<Handlers, Name>(__dirname, "handlers", name);

export interface Feature {
  readonly kind: string;
  /** What is asked for, as the reader of the matrix would say it. */
  readonly asked: string;
  /** The contract row that answers. */
  readonly property: string;
  readonly program: () => unknown;
}

/** The component that is looked at is called `it`. */
const queue = (asked: string, property: string, options: Partial<QueueWorkerOptions<typeof Item>>): Feature => ({
  kind: "QueueWorker",
  asked,
  property,
  program: () => new QueueWorker("it", { message: Item, handler: from("onMessage"), ...options }),
});

function bus(options: Partial<ConstructorParameters<typeof EventBus<typeof ItemMade>>[1]> = {}, name = "bus") {
  return new EventBus(name, { events: [ItemMade], ...options });
}

const filtered = (asked: string, filter: Filter): Feature => ({
  kind: "Subscription",
  asked,
  property: "filter",
  program: () => new Subscription("it", { bus: bus(), events: [ItemMade], filter, handler: from("onEvent") }),
});

const processor = (
  asked: string,
  property: string,
  options: Partial<ConstructorParameters<typeof StreamProcessor<typeof Item, Handlers["onRecord"]>>[1]>,
): Feature => ({
  kind: "StreamProcessor",
  asked,
  property,
  program: () => {
    const stream = new Stream("stream", { record: Item, key: "group" });
    new StreamProcessor("it", { stream, handler: from("onRecord"), ...options } as never);
  },
});

const tableTrigger = (asked: string, property: string, options: object): Feature => ({
  kind: "TableTrigger",
  asked,
  property,
  program: () => {
    const table = new Table<Item>("table", { key: "id" });
    new TableTrigger("it", { table, handler: from("onItem"), ...options } as never);
  },
});

export const features: readonly Feature[] = [
  queue("order by key", "ordering", { ordering: { by: "group" } }),
  queue("repeats dropped at send, with order", "deduplication", {
    ordering: { by: "group" },
    deduplication: { by: "id" },
  }),
  queue("repeats dropped at send, without order", "deduplication", { deduplication: { by: "id" } }),
  queue("delayed send", "delay", { maxDelay: "15 minutes" }),
  queue("batches of 10", "batch", { batch: { size: 10, window: "1 second" } }),
  queue("the economy tier", "tier", { tier: "economy", maxMessageBytes: 32_768 }),
  {
    kind: "EventBus",
    asked: "archive of 3 days",
    property: "archive",
    program: () => bus({ archive: { retention: "3 days" } }, "it"),
  },
  {
    kind: "EventBus",
    asked: "marked replay from the archive",
    property: "replay",
    program: () => bus({ archive: { retention: "3 days" } }, "it"),
  },
  {
    kind: "EventBus",
    asked: "order by subject",
    property: "ordering",
    program: () => bus({ ordering: "per-subject" }, "it"),
  },
  filtered("filter: one of these texts", { field: "subject", in: ["a", "b"] }),
  filtered("filter: numbers in a range", { field: "data.size", min: 1, max: 100 }),
  filtered("filter: by prefix", { field: "subject", prefix: "eu-" }),
  filtered("filter: by suffix", { field: "subject", suffix: "-eu" }),
  filtered("filter: none of these texts", { field: "subject", notIn: ["a"] }),
  filtered("filter: either of two fields", {
    any: [
      { field: "subject", prefix: "eu-" },
      { field: "data.size", min: 1, max: 9 },
    ],
  }),
  processor("batches of 100", "batch", { batch: { size: 100, window: "1 second" } }),
  processor("begin at a time", "from", { from: { at: "2026-01-31T12:00:00Z" } }),
  processor("ten calls for a partition", "parallelism", { parallelism: 10 }),
  processor("a reading rate of its own", "dedicatedThroughput", { dedicatedThroughput: true }),
  {
    kind: "Stream",
    asked: "partitions on demand",
    property: "partitions",
    program: () => new Stream("it", { record: Item, key: "group", partitions: "on-demand" }),
  },
  {
    kind: "ObjectTrigger",
    asked: "deletions",
    property: "on",
    program: () =>
      new ObjectTrigger("it", { bucket: new Bucket("bucket"), on: ["deleted"], handler: from("onObject") }),
  },
  {
    kind: "ObjectTrigger",
    asked: "suffix",
    property: "suffix",
    program: () => new ObjectTrigger("it", { bucket: new Bucket("bucket"), suffix: ".jpg", handler: from("onObject") }),
  },
  tableTrigger("deletions", "deletes", { on: ["deleted"], require: { deletes: true } }),
  tableTrigger("the item as it was", "beforeImage", { require: { beforeImage: true } }),
  tableTrigger("order by key", "order", { require: { order: true } }),
  {
    kind: "Schedule",
    asked: "a time zone with daylight saving",
    property: "timeZone",
    program: () => new Schedule("it", { cron: "0 3 * * *", timeZone: "Europe/Berlin", handler: from("onTick") }),
  },
  {
    kind: "Schedule",
    asked: "no overlap",
    property: "overlap",
    program: () =>
      new Schedule("it", { cron: "0 3 * * *", overlap: { skip: idempotencyStore("lock") }, handler: from("onTick") }),
  },
];
