/** Wrong use of the event patterns: each has its code, its fact and a way out, and nothing is made. */
import assert from "node:assert/strict";
import * as z from "zod/mini";
import {
  Bucket,
  code,
  EventBus,
  idempotencyStore,
  ObjectTrigger,
  QueueWorker,
  Schedule,
  Stream,
  StreamProcessor,
  Subscription,
  Table,
  TableTrigger,
} from "../../components";
import { type CloudName, cloudNames } from "../../components/core/clouds";
import { eventNameFault } from "../../components/core/event-name";
import { event } from "../../runtime/event";
import type { Filter } from "../../runtime/filter";
import { Note } from "../fixtures/contracts";
import { Reading, ThingMade, ThingSold } from "../fixtures/happenings";
import { planned } from "../support/plan";
import { refusal } from "../support/refusal";

const quietWorker = code<typeof import("../fixtures/quiet-worker")>(__dirname, "../fixtures/quiet-worker");
const quietReader = code<typeof import("../fixtures/quiet-reader")>(__dirname, "../fixtures/quiet-reader");
const from = <Name extends "onEvent" | "onObject" | "onItem" | "onTick">(name: Name) =>
  code<typeof import("../fixtures/quiet-triggered"), Name>(__dirname, "../fixtures/quiet-triggered", name);
const triggered = code<typeof import("../fixtures/triggered"), "onObject">(
  __dirname,
  "../fixtures/triggered",
  "onObject",
);

const thing = z.object({ id: z.string() });
const bus = () => new EventBus("things", { events: [ThingMade, ThingSold] });
const stream = () => new Stream("readings", { record: Reading, key: "sensor" });

interface Wrong {
  readonly name: string;
  readonly program: () => unknown;
  readonly code: string;
  readonly fact: RegExp;
  readonly wayOut: RegExp;
  /** Where it is wrong; default everywhere. */
  readonly on?: readonly CloudName[];
}

const wrong: readonly Wrong[] = [
  {
    name: "an event in the imperative",
    program: () => new EventBus("b", { events: [event("com.shop.orders.PlaceOrder.v1", thing, { subject: "id" })] }),
    code: "SB-C401",
    fact: /PlaceOrder.* not named in the past tense: Order/,
    wayOut: /OrderPlaced/,
  },
  {
    name: "an event without a version",
    program: () => new EventBus("b", { events: [event("com.shop.orders.OrderPlaced", thing, { subject: "id" })] }),
    code: "SB-C401",
    fact: /"com\.shop\.orders\.OrderPlaced" is not named <organization>/,
    wayOut: /OrderPlaced\.v1/,
  },
  {
    name: "a bus without events",
    program: () => new EventBus("b", { events: [] }),
    code: "SB-C004",
    fact: /events is empty/,
    wayOut: /list the events/,
  },
  {
    name: "the same event twice",
    program: () => new EventBus("b", { events: [ThingMade, ThingMade] }),
    code: "SB-C004",
    fact: /lists com\.shop\.things\.ThingMade\.v1 twice/,
    wayOut: /once/,
  },
  {
    name: "data that JSON Schema cannot express",
    program: () =>
      new EventBus("b", {
        events: [event("com.shop.things.ThingMade.v1", z.object({ id: z.string(), at: z.date() }), { subject: "id" })],
      }),
    code: "SB-C007",
    fact: /events\[com\.shop\.things\.ThingMade\.v1\] cannot be expressed/,
    wayOut: /ISO 8601/,
  },
  {
    name: "an archive of an ordered bus",
    program: () => new EventBus("b", { events: [ThingMade], ordering: "per-subject", archive: { retention: "1 day" } }),
    code: "SB-C403",
    fact: /archive with ordering=per-subject/,
    wayOut: /leave one of them out/,
    on: ["aws", "azure"],
  },
  {
    name: "a publisher of an event that the bus does not carry",
    program: () =>
      new EventBus("b", { events: [ThingMade as typeof ThingMade | typeof ThingSold] }).publisher(ThingSold),
    code: "SB-C004",
    fact: /publisher\(\) names com\.shop\.things\.ThingSold\.v1/,
    wayOut: /bus's events/,
  },
  {
    name: "a subscription to an event that the bus does not carry",
    program: () =>
      new Subscription("s", {
        bus: new EventBus("b", { events: [ThingSold] }),
        events: [ThingMade],
        handler: from("onEvent"),
      }),
    code: "SB-C004",
    fact: /events names com\.shop\.things\.ThingMade\.v1/,
    wayOut: /bus's events/,
  },
  {
    name: "a filter that says nothing",
    program: () =>
      new Subscription("s", {
        bus: bus(),
        events: [ThingMade],
        filter: { field: "data.size" } as Filter,
        handler: from("onEvent"),
      }),
    code: "SB-C404",
    fact: /filter asks nothing of data\.size/,
    wayOut: /ask one of/,
  },
  {
    name: "a filter by a field that does not travel as an attribute",
    program: () =>
      new Subscription("s", {
        bus: bus(),
        events: [ThingMade],
        filter: { field: "data.weight", min: 1 },
        handler: from("onEvent"),
      }),
    code: "SB-C402",
    fact: /data\.weight, and Pub\/Sub filters by attributes only/,
    wayOut: /promote: \["weight"\]/,
    on: ["gcp"],
  },
  {
    name: "a stream that scales by itself",
    program: () => new Stream("s", { record: Reading, key: "sensor", partitions: "on-demand" }),
    code: "SB-C003",
    fact: /partitions=on-demand/,
    wayOut: /1 to 32/,
    on: ["azure"],
  },
  {
    name: "a position that is no time",
    program: () => new StreamProcessor("p", { stream: stream(), handler: quietReader, from: { at: "yesterday" } }),
    code: "SB-C004",
    fact: /from\.at="yesterday" is not a time/,
    wayOut: /2026-01-31T12:00:00Z/,
  },
  {
    name: "a position in time",
    program: () =>
      new StreamProcessor("p", { stream: stream(), handler: quietReader, from: { at: "2026-01-31T12:00:00Z" } }),
    code: "SB-C003",
    fact: /a Pub\/Sub subscription begins when it is made/,
    wayOut: /oldest/,
    on: ["gcp"],
  },
  {
    name: "more records for a call than a push carries",
    program: () => new StreamProcessor("p", { stream: stream(), handler: quietReader, batch: { size: 100 } }),
    code: "SB-C001",
    fact: /batch\.size=100 is above the maximum 1 \(Pub\/Sub push/,
    wayOut: /set batch\.size to 1/,
    on: ["gcp"],
  },
  {
    name: "an object handler that writes where it is told of",
    program: () => {
      const files = new Bucket("files");
      const notes = new Table<Note>("notes", { key: "id" });
      const uses = { files: files.readWriter() as never, notes: notes.readWriter() };
      new ObjectTrigger("t", { bucket: files, handler: triggered, uses });
    },
    code: "SB-C801",
    fact: /uses\.files may write to the bucket "files" that the handler is told of/,
    wayOut: /another bucket, or set allowFeedback/,
  },
  {
    name: "feedback that nothing keeps apart",
    program: () =>
      new ObjectTrigger("t", { bucket: new Bucket("files"), handler: from("onObject"), allowFeedback: true }),
    code: "SB-C801",
    fact: /needs a prefix or a suffix/,
    wayOut: /incoming\//,
  },
  {
    name: "a trigger of nothing",
    program: () => new ObjectTrigger("t", { bucket: new Bucket("files"), handler: from("onObject"), on: [] }),
    code: "SB-C004",
    fact: /on is empty/,
    wayOut: /created, deleted or both/,
  },
  {
    name: "deletions that were not required",
    program: () =>
      new TableTrigger("t", { table: new Table<Note>("n", { key: "id" }), handler: from("onItem"), on: ["deleted"] }),
    code: "SB-C802",
    fact: /on names deleted, which not every cloud tells/,
    wayOut: /require\.deletes/,
  },
  {
    name: "an order that the cloud does not keep",
    program: () =>
      new TableTrigger("t", {
        table: new Table<Note>("n", { key: "id" }),
        handler: from("onItem"),
        require: { order: true },
      }),
    code: "SB-C802",
    fact: /Firestore's changes come in no order/,
    wayOut: /version attribute|Stream/,
    on: ["gcp"],
  },
  {
    name: "a table handler that writes what it is told of",
    program: () => {
      const notes = new Table<Note>("notes", { key: "id" });
      const onItem = code<typeof import("../fixtures/triggered"), "onItem">(
        __dirname,
        "../fixtures/triggered",
        "onItem",
      );
      new TableTrigger("t", { table: notes, handler: onItem, uses: { copies: notes.readWriter() } });
    },
    code: "SB-C801",
    fact: /uses\.copies may write to the table "notes"/,
    wayOut: /allowFeedback/,
  },
  ...(
    [
      ["six fields", "0 0 3 * * *", /has 6 fields/],
      ["a word", "@daily", /has 1 fields/],
      ["a question mark", "0 3 ? * 1", /holds "\?"/],
      ["7 for Sunday", "0 3 * * 7", /says 7 for Sunday/],
      ["two kinds of days", "0 3 1 * 1", /names a day of the month and a day of the week/],
      ["a minute that never comes", "0 3 31 2 *", /names no minute that will ever come/],
      ["an hour that is none", "0 25 * * *", /is no expression|names no minute/],
    ] as const
  ).map(
    ([name, cron, fact]): Wrong => ({
      name: `cron with ${name}`,
      program: () => new Schedule("s", { cron, handler: from("onTick") }),
      code: "SB-C004",
      fact,
      wayOut: /0 3 \* \* 1-5/,
    }),
  ),
  {
    name: "a time zone that is none",
    program: () => new Schedule("s", { cron: "0 3 * * *", timeZone: "Mars/Olympus", handler: from("onTick") }),
    code: "SB-C004",
    fact: /timeZone="Mars\/Olympus" is no IANA time zone/,
    wayOut: /Europe\/Berlin/,
  },
  {
    name: "a schedule with two records of a run",
    program: () => {
      const store = idempotencyStore("lock");
      new Schedule("s", {
        cron: "0 3 * * *",
        overlap: { skip: store },
        idempotency: { store },
        handler: from("onTick"),
      });
    },
    code: "SB-C004",
    fact: /overlap=\{ skip \} and idempotency/,
    wayOut: /leave one of them out/,
  },
  {
    name: "dropping repeats without order",
    program: () => new QueueWorker("q", { message: Note, handler: quietWorker, deduplication: { by: "id" } }),
    code: "SB-C003",
    fact: /standard SQS queues have none/,
    wayOut: /ordering too, or use idempotency/,
    on: ["aws"],
  },
  {
    name: "dropping repeats",
    program: () => new QueueWorker("q", { message: Note, handler: quietWorker, deduplication: { by: "id" } }),
    code: "SB-C003",
    fact: /Pub\/Sub drops no repeated publish/,
    wayOut: /idempotency/,
    on: ["gcp"],
  },
  {
    name: "delays",
    program: () => new QueueWorker("q", { message: Note, handler: quietWorker, maxDelay: "5 minutes" }),
    code: "SB-C003",
    fact: /Pub\/Sub holds no message back/,
    wayOut: /Schedule/,
    on: ["gcp"],
  },
  {
    name: "delays of ordered messages",
    program: () =>
      new QueueWorker("q", { message: Note, handler: quietWorker, ordering: { by: "id" }, maxDelay: "5 minutes" }),
    code: "SB-C003",
    fact: /maxDelay with ordering/,
    wayOut: /leave one of them out/,
    on: ["aws", "azure", "local"],
  },
  {
    name: "a delayed sender without delays",
    program: () => new QueueWorker("q", { message: Note, handler: quietWorker }).delayedSender(),
    code: "SB-C004",
    fact: /delayedSender\(\) is asked for, but maxDelay is not set/,
    wayOut: /15 minutes/,
  },
  {
    name: "an ordered queue of the economy tier",
    program: () =>
      new QueueWorker("q", { message: Note, handler: quietWorker, ordering: { by: "id" }, tier: "economy" }),
    code: "SB-C003",
    fact: /an Azure Storage queue has neither/,
    wayOut: /standard/,
    on: ["azure"],
  },
];

describe("wrong use of event patterns", () => {
  for (const { name, program, code: expected, fact, wayOut, on = cloudNames } of wrong)
    for (const cloud of on)
      it(`${name} on ${cloud}: ${expected}`, async () => {
        const { problems } = await refusal(planned(cloud, () => void program()));
        const problem = problems.find((one) => one.code === expected && fact.test(one.fact));
        assert.ok(problem, JSON.stringify(problems));
        assert.match(problem.wayOut, wayOut);
      });
});

describe("an event's name", () => {
  const names: readonly (readonly [string, boolean])[] = [
    ["com.acme.orders.OrderPlaced.v1", true],
    ["com.acme.orders.InvoiceSent.v12", true],
    ["com.acme.orders.PaymentMade.v1", true],
    ["com.acme.orders.Placed.v1", false],
    ["com.acme.orders.CreateOrder.v1", false],
    ["com.acme.orders.OrderPlacing.v1", false],
    ["com.acme.orders.OrderPlaced.v0", false],
    ["com.acme.orders.orderPlaced.v1", false],
    ["OrderPlaced.v1", false],
    [`com.acme.${"x".repeat(120)}.OrderPlaced.v1`, false],
  ];
  for (const [type, fine] of names)
    it(`${type.slice(0, 50)} is ${fine ? "accepted" : "refused"}`, () =>
      assert.equal(eventNameFault({ type, anyTense: false }) === undefined, fine));
  it("may be in any tense where that is said", () => {
    assert.equal(eventNameFault({ type: "com.acme.orders.CreateOrder.v1", anyTense: true }), undefined);
    assert.ok(eventNameFault({ type: "CreateOrder", anyTense: true }), "but not of any shape");
  });
});
