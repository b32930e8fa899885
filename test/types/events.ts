/** Programs with events, streams and triggers that the compiler must refuse: see `uses.ts`. */
import {
  Bucket,
  code,
  EventBus,
  ObjectTrigger,
  Schedule,
  Stream,
  StreamProcessor,
  Subscription,
  Table,
  TableTrigger,
} from "../../components";
import type { Note } from "../fixtures/contracts";
import { Reading, ThingMade, ThingSold } from "../fixtures/happenings";

type Quiet = typeof import("../fixtures/quiet-triggered");
type Triggered = typeof import("../fixtures/triggered");
const quiet = <Name extends Exclude<keyof Quiet, "events">>(name: Name) =>
  code<Quiet, Name>(__dirname, "../fixtures/quiet-triggered", name);
const on = <Name extends keyof Triggered>(name: Name) =>
  code<Triggered, Name>(__dirname, "../fixtures/triggered", name);
const subscriber = code<typeof import("../fixtures/thing-subscriber")>(__dirname, "../fixtures/thing-subscriber");
const processor = code<typeof import("../fixtures/reading-processor")>(__dirname, "../fixtures/reading-processor");
const reader = code<typeof import("../fixtures/quiet-reader")>(__dirname, "../fixtures/quiet-reader");

const notes = new Table<Note>("notes", { key: "id" });
const others = new Table<{ id: string; size: number }>("others", { key: "id" });
const things = new EventBus("things", { events: [ThingMade, ThingSold] });
const stream = new Stream("readings", { record: Reading, key: "sensor" });
const files = new Bucket("files");
const fits = { notes: notes.readWriter(), things: things.publisher(ThingSold) };
const both = [ThingMade, ThingSold] as const;

// What is right compiles.
new Subscription("a", { bus: things, events: both, handler: subscriber, uses: fits });
new Subscription("b", { bus: things, events: [ThingMade], handler: quiet("onEvent") });
new StreamProcessor("c", {
  stream,
  handler: processor,
  uses: { notes: notes.readWriter(), more: stream.producer() },
});
new StreamProcessor("d", { stream, handler: reader });
new ObjectTrigger("e", { bucket: files, handler: quiet("onObject") });
new TableTrigger("f", { table: notes, handler: quiet("onItem") });
new Schedule("g", { cron: "0 6 * * *", handler: on("onTick"), uses: { files: files.readWriter() } });

// @ts-expect-error the handler knows fewer events than it is given
new Subscription("h", { bus: things, events: both, handler: quiet("onEvent") });
const silent = { notes: notes.readWriter() };
// @ts-expect-error nothing to publish by
new Subscription("i", { bus: things, events: both, handler: subscriber, uses: silent });
const wrongEvent = { notes: notes.readWriter(), things: things.publisher(ThingMade) };
// @ts-expect-error a grant to publish another event than the handler publishes
new Subscription("j", { bus: things, events: both, handler: subscriber, uses: wrongEvent });
// @ts-expect-error the bus knows no such event
new EventBus("k", { events: [ThingMade] }).publisher(ThingSold);
// @ts-expect-error a filter without a field
new Subscription("l", { bus: things, events: [ThingMade], handler: quiet("onEvent"), filter: { in: ["red"] } });
// @ts-expect-error no order that a bus has
new EventBus("m", { events: [ThingMade], ordering: "total" });
// @ts-expect-error the key is no text of the record
new Stream("n", { record: Reading, key: "value" });
// @ts-expect-error a handler of events in front of a stream
new StreamProcessor("o", { stream, handler: quiet("onEvent") });
const reading = { notes: notes.reader(), more: stream.producer() };
// @ts-expect-error a weaker grant than the processor asks for
new StreamProcessor("p", { stream, handler: processor, uses: reading });
// @ts-expect-error no place where a stream begins
new StreamProcessor("q", { stream, handler: reader, from: "middle" });
// @ts-expect-error a stream where a bucket is asked for
new ObjectTrigger("r", { bucket: stream, handler: quiet("onObject") });
// @ts-expect-error objects are created or deleted, not renamed
new ObjectTrigger("s", { bucket: files, on: ["renamed"], handler: quiet("onObject") });
// @ts-expect-error the handler takes other items than the table's
new TableTrigger("t", { table: others, handler: quiet("onItem") });
// @ts-expect-error no capability of a table
new TableTrigger("u", { table: notes, require: { speed: true }, handler: quiet("onItem") });
// @ts-expect-error a schedule needs its minutes
new Schedule("v", { handler: quiet("onTick") });
const read = { files: files.reader() };
// @ts-expect-error the handler writes
new Schedule("w", { cron: "0 6 * * *", handler: on("onTick"), uses: read });
// @ts-expect-error an unknown child in a transform
new Schedule("x", { cron: "0 6 * * *", handler: quiet("onTick"), transform: { local: { bucket: (a: object) => a } } });
