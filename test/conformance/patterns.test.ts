import {
  Bucket,
  code,
  EventBus,
  HttpApi,
  idempotencyStore,
  ObjectTrigger,
  QueueWorker,
  Schedule,
  Secret,
  Stream,
  StreamProcessor,
  Subscription,
  Table,
  TableTrigger,
} from "../../components";
import { Note } from "../fixtures/contracts";
import { Reading, ThingMade, ThingSold } from "../fixtures/happenings";
import { conformance } from "./suite";

const worker = code<typeof import("../fixtures/note-worker")>(__dirname, "../fixtures/note-worker");
const route = code<typeof import("../fixtures/note-route")>(__dirname, "../fixtures/note-route");
const health = code<typeof import("../fixtures/health")>(__dirname, "../fixtures/health");
const secretRoute = code<typeof import("../fixtures/secret-route")>(__dirname, "../fixtures/secret-route");

const subscriber = code<typeof import("../fixtures/thing-subscriber")>(__dirname, "../fixtures/thing-subscriber");
const processor = code<typeof import("../fixtures/reading-processor")>(__dirname, "../fixtures/reading-processor");
const onObject = code<typeof import("../fixtures/triggered"), "onObject">(
  __dirname,
  "../fixtures/triggered",
  "onObject",
);
const onItem = code<typeof import("../fixtures/triggered"), "onItem">(__dirname, "../fixtures/triggered", "onItem");
const onTick = code<typeof import("../fixtures/triggered"), "onTick">(__dirname, "../fixtures/triggered", "onTick");

/** What every pattern that calls a function speaks of. */
const handled = ["timeout", "memory", "maxDeliveries", "backoff", "deadLetter.retention", "deadLetter.cause"].concat([
  "idempotency",
  "tracing",
  "logs",
]);
/** What every pattern with a queue speaks of. */
const delivered = [...handled, "retention", "maxConcurrency", "encryption"];

conformance({
  kind: "QueueWorker",
  name: "write",
  program: () => {
    const notes = new Table<Note>("notes", { key: "id" });
    const seen = idempotencyStore("seen");
    new QueueWorker("write", {
      message: Note,
      handler: worker,
      uses: { notes: notes.readWriter() },
      idempotency: { by: "id", store: seen },
      maxConcurrency: 40,
    });
  },
  outputs: ["queue", "deadLetters"],
  properties: [...delivered, ...["maxMessageBytes", "batch", "ordering", "deduplication", "delay", "tier"]],
  edges: ["write-fn delete+get+put+query notes", "write-fn delete+get+put+query seen"],
});

conformance({
  kind: "HttpApi",
  name: "api",
  program: () => {
    const notes = new Table<Note>("notes", { key: "id" });
    const jwt = { issuer: "https://login.shop.example/", audience: ["notes"], scopes: ["notes.read"] };
    new HttpApi("api", {
      routes: {
        "GET /notes/{id}": { auth: { jwt }, handler: route, uses: { notes: notes.reader() } },
        "GET /health": { auth: "none", handler: health },
      },
      cors: { origins: ["https://shop.example"] },
      throttle: { rate: 50, burst: 100, required: false },
    });
  },
  outputs: ["url"],
  properties: [
    "timeout",
    "memory",
    "maxBodyBytes",
    "auth",
    "validation",
    "cors",
    "throttle",
    "accessLog",
    "errors",
    "gatewayIdentity",
    "encryption",
  ],
  edges: ["api-note-route get+query notes"],
});

conformance({
  kind: "Table",
  name: "notes",
  program: () => {
    new Table<{ id: string; page: string; version?: number; until?: number }>("notes", {
      key: "id",
      sort: "page",
      version: "version",
      expires: "until",
    });
  },
  outputs: ["table"],
  properties: ["key", "sort", "expires", "version", "pointInTimeRecovery", "maxItemBytes", "consistency", "encryption"],
  edges: [],
});

conformance({
  kind: "Secret",
  name: "key",
  program: () => {
    const key = new Secret("key");
    new HttpApi("api", {
      routes: { "GET /length": { auth: "none", handler: secretRoute, uses: { key: key.reader() } } },
    });
  },
  outputs: ["secret"],
  properties: ["value", "rotation", "encryption"],
  edges: [],
});

conformance({
  kind: "Foundation",
  name: "foundation",
  program: () => {
    new Table<Note>("notes", { key: "id" });
  },
  outputs: ["key", "logStore", "dataClass", "audit"],
  properties: ["encryption", "keyRotation", "logs", "tracing", "audit", "protect"],
  edges: [],
});

conformance({
  kind: "QueueWorker",
  name: "ordered",
  program: () => {
    const notes = new Table<Note>("notes", { key: "id" });
    new QueueWorker("ordered", {
      message: Note,
      handler: worker,
      uses: { notes: notes.readWriter() },
      ordering: { by: "id" },
    });
  },
  outputs: ["queue", "deadLetters"],
  properties: [...delivered, "ordering", "deduplication"],
  edges: ["ordered-fn delete+get+put+query notes"],
});

for (const ordering of ["none", "per-subject"] as const) {
  const program = () => {
    const things = new EventBus("things", {
      events: [ThingMade, ThingSold],
      ordering,
      ...(ordering === "none" ? { archive: { retention: "3 days" } } : {}),
    });
    const notes = new Table<Note>("notes", { key: "id" });
    new Subscription("note", {
      bus: things,
      events: [ThingMade, ThingSold],
      filter: {
        all: [
          { field: "data.size", min: 1, max: 100 },
          { field: "data.color", notIn: ["grey"] },
        ],
      },
      handler: subscriber,
      uses: { notes: notes.readWriter(), things: things.publisher(ThingSold) },
      idempotency: { store: idempotencyStore("seen") },
    });
  };
  conformance({
    kind: "EventBus",
    name: "things",
    variant: `ordering ${ordering}`,
    program,
    outputs: ["bus", "events"],
    properties: ["events", "schema", "archive", "replay", "ordering", "maxEventBytes", "encryption"],
    edges: [],
  });
  conformance({
    kind: "Subscription",
    name: "note",
    variant: `ordering ${ordering}`,
    program,
    outputs: ["queue", "deadLetters", "bus", "types", "filter"],
    properties: [...delivered, "filter", "ordering", "envelope", "replay"],
    edges: [
      "note-fn delete+get+put+query notes",
      "note-fn delete+get+put+query seen",
      "note-fn publish com.shop.things.ThingSold.v1 things",
    ],
  });
}

const readings = () => {
  const stream = new Stream("readings", { record: Reading, key: "sensor", partitions: 2, retention: "2 days" });
  const notes = new Table<Note>("notes", { key: "id" });
  const uses = { notes: notes.readWriter(), more: stream.producer() };
  new StreamProcessor("watch", { stream, handler: processor, uses, maxRecordAge: "1 day" });
  new StreamProcessor("audit", { stream, handler: processor, uses, from: "latest" });
};
conformance({
  kind: "Stream",
  name: "readings",
  program: readings,
  outputs: ["stream", "record", "key"],
  properties: ["key", "partitions", "retention", "maxRecordBytes", "encryption"],
  edges: [],
});
conformance({
  kind: "StreamProcessor",
  name: "watch",
  program: readings,
  outputs: ["queue", "deadLetters", "reads"],
  properties: [
    ...handled,
    ...[
      "from",
      "batch",
      "parallelism",
      "bisect",
      "maxRecordAge",
      "order",
      "checkpoint",
      "redrive",
      "dedicatedThroughput",
    ],
  ],
  edges: ["watch-fn delete+get+put+query notes", "watch-fn putRecords readings"],
});

const files = () => {
  const bucket = new Bucket("files", { expireAfter: 30 });
  const notes = new Table<Note>("notes", { key: "id" });
  const copies = new Table<Note>("copies", { key: "id" });
  const store = new Bucket("store");
  new ObjectTrigger("taken", {
    bucket,
    on: ["created", "deleted"],
    prefix: "in/",
    suffix: ".txt",
    handler: onObject,
    uses: { files: bucket.reader(), notes: notes.readWriter() },
  });
  new TableTrigger("copied", { table: notes, handler: onItem, uses: { copies: copies.readWriter() } });
  new Schedule("hourly", {
    cron: "15 * * * 1-5",
    timeZone: "Europe/Berlin",
    overlap: { skip: idempotencyStore("lock") },
    handler: onTick,
    uses: { files: store.readWriter() },
  });
};
conformance({
  kind: "Bucket",
  name: "files",
  program: files,
  outputs: ["bucket"],
  properties: ["expireAfter", "restoreWithin", "maxObjectBytes", "consistency", "publicAccess", "encryption"],
  edges: [],
});
conformance({
  kind: "ObjectTrigger",
  name: "taken",
  program: files,
  outputs: ["queue", "deadLetters", "bucket"],
  properties: [...delivered, "on", "prefix", "suffix", "order"],
  edges: ["taken-fn delete+get+put+query notes", "taken-fn getObject+listObjects files"],
});
conformance({
  kind: "TableTrigger",
  name: "copied",
  program: files,
  outputs: ["queue", "deadLetters", "table"],
  properties: [...handled, "on", "deletes", "beforeImage", "order", "from", "batch", "maxRecordAge", "redrive"],
  edges: ["copied-fn delete+get+put+query copies"],
});
conformance({
  kind: "Schedule",
  name: "hourly",
  program: files,
  outputs: ["queue", "deadLetters", "cron", "timeZone"],
  properties: [...delivered, "cron", "timeZone", "overlap"],
  edges: ["hourly-fn delete+get+put+query lock", "hourly-fn deleteObject+getObject+listObjects+putObject store"],
});
