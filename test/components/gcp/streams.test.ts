import assert from "node:assert/strict";
import {
  code,
  idempotencyStore,
  QueueWorker,
  Schedule,
  Stream,
  type StreamArgs,
  StreamProcessor,
  type StreamProcessorArgs,
  Table,
  TableTrigger,
  type TableTriggerArgs,
} from "../../../components";
import type {} from "../../../components/gcp";
import { Note } from "../../fixtures/contracts";
import { Reading } from "../../fixtures/happenings";
import { refusal } from "../../support/refusal";
import { deployed, environment, inputs, roles, row, waits } from "./support";

type Quiet = typeof import("../../fixtures/quiet-triggered");
type Reader = typeof import("../../fixtures/quiet-reader");
const reader = code<Reader>(__dirname, "../../fixtures/quiet-reader");
const onItem = code<Quiet, "onItem">(__dirname, "../../fixtures/quiet-triggered", "onItem");

const streamOf = (args: Partial<StreamArgs<typeof Reading>> = {}) =>
  new Stream("readings", { record: Reading, key: "sensor", ...args });
type ProcessorArgs = StreamProcessorArgs<typeof Reading, Reader["handler"]>;
const processor = (args: Partial<ProcessorArgs> = {}, stream: Partial<StreamArgs<typeof Reading>> = {}, config = {}) =>
  deployed(() => void new StreamProcessor("watch", { stream: streamOf(stream), handler: reader, ...args }), config);
type TriggerArgs = TableTriggerArgs<Note, Quiet["onItem"]>;
const trigger = (args: Partial<TriggerArgs> = {}, config = {}) =>
  deployed(() => {
    const table = new Table<Note>("notes", { key: "id" });
    new TableTrigger("copy", { table, handler: onItem, ...args });
  }, config);

describe("Stream on gcp", () => {
  it("is a topic that keeps records, read or not, in the stack's region by the data class's key", async () => {
    const topic = async (args: Partial<StreamArgs<typeof Reading>>, config = {}) =>
      inputs(await deployed(() => void streamOf(args), config), "Topic", "readings");
    const given = await topic({ retention: "31 days" });
    assert.equal(given.messageRetentionDuration, "2678400s");
    assert.match(String(given.kmsKeyName), /\/cryptoKeys\/foundation-key$/);
    assert.deepEqual(given.messageStoragePolicy, { allowedPersistenceRegions: ["europe-west1"] });
    assert.equal((await topic({}, { dataClass: "internal" })).kmsKeyName, undefined);
  });

  it("is written to by its key, in its region, by those alone who may", async () => {
    const run = await deployed(() => {
      const notes = new QueueWorker("notes", {
        message: Note,
        handler: code<typeof import("../../fixtures/quiet-worker")>(__dirname, "../../fixtures/quiet-worker"),
        ordering: { by: "id" },
      });
      new Schedule("tick", {
        cron: "0 3 * * *",
        handler: code<typeof import("./handlers/uses"), "writing">(__dirname, "handlers/uses", "writing"),
        uses: { readings: streamOf({ maxRecordBytes: 5000 }).producer(), notes: notes.sender() },
      });
    });
    const { SB_USE_READINGS, SB_USE_NOTES } = environment(run, "tick-fn");
    assert.deepEqual(SB_USE_READINGS, {
      topic: "projects/shop-test/topics/readings",
      key: "sensor",
      maxRecordBytes: 5000,
      region: "europe-west1",
    });
    assert.deepEqual(SB_USE_NOTES, {
      topic: "projects/shop-test/topics/notes",
      maxMessageBytes: 262_144,
      orderBy: "id",
      region: "europe-west1",
    });
    assert.deepEqual(
      roles(run).filter((one) => one.startsWith("tick-fn ")),
      [
        "tick-fn roles/pubsub.publisher on notes",
        "tick-fn roles/pubsub.publisher on readings",
        "tick-fn roles/pubsub.publisher on tick-dead",
      ],
    );
    assert.equal(inputs(run, "Subscription", "notes").enableMessageOrdering, true);
  });
});

describe("StreamProcessor on gcp", () => {
  it("reads by a subscription of its own: in order, as long as the stream keeps records, and able to go back", async () => {
    const run = await processor({ maxDeliveries: 7 }, { retention: "2 days" });
    const records = inputs(run, "Subscription", "watch-records");
    assert.deepEqual(
      [records.topic, records.enableMessageOrdering, records.messageRetentionDuration, records.retainAckedMessages],
      ["projects/shop-test/topics/readings", true, "172800s", true],
    );
    assert.deepEqual(records.expirationPolicy, { ttl: "" });
    // Without it Pub/Sub tells no attempt, and a poison record would hold back its key for ever.
    assert.deepEqual(records.deadLetterPolicy, {
      deadLetterTopic: "projects/shop-test/topics/watch-dead",
      maxDeliveryAttempts: 7,
    });
    assert.ok(roles(run).includes("agent gcp-sa-pubsub roles/pubsub.subscriber on watch-records"));
  });

  it("takes redriven records on a topic that no other processor reads", async () => {
    const run = await deployed(() => {
      const stream = streamOf();
      new StreamProcessor("watch", { stream, handler: reader });
      new StreamProcessor("audit", { stream, handler: reader, from: "latest" });
    });
    for (const name of ["watch", "audit"]) {
      const own = inputs(run, "Subscription", name);
      assert.deepEqual(
        [own.topic, own.enableMessageOrdering, own.messageRetentionDuration],
        [`projects/shop-test/topics/${name}`, true, "86400s"],
      );
      assert.equal(inputs(run, "Subscription", `${name}-records`).topic, "projects/shop-test/topics/readings");
    }
  });

  it("tells the adapter how old a record may be: as old as the stream's, unless told", async () => {
    const age = async (args: Partial<ProcessorArgs>) =>
      (environment(await processor(args, { retention: "3 days" }), "watch-fn").SB_SETTINGS as Record<string, unknown>)
        .maxRecordAgeSeconds;
    assert.deepEqual([await age({}), await age({ maxRecordAge: "1 hour" })], [259_200, 3600]);
  });

  it("does not say that it begins with the oldest record, since it does not", async () => {
    const from = async (args: Partial<ProcessorArgs>) => row(await processor(args), "watch", "from");
    const oldest = await from({});
    assert.deepEqual([oldest.asked, oldest.given, oldest.how], ["oldest", "when it is made", "unsupported"]);
    assert.match(oldest.why, /sought back/);
    assert.equal((await from({ from: "latest" })).how, "native");
  });

  it("refuses what Pub/Sub lacks", async () => {
    const codes = async (args: Partial<ProcessorArgs>) =>
      (await refusal(processor(args))).problems.map(({ code: given }) => given);
    assert.deepEqual(await codes({ from: { at: "2026-01-31T12:00:00Z" } }), ["SB-C003"]);
    for (const args of [{ batch: { size: 2 } }, { batch: { window: "1 second" } }, { parallelism: 2 }] as const)
      assert.deepEqual(await codes(args), ["SB-C001"], JSON.stringify(args));
    assert.deepEqual(await codes({ maxDeliveries: 4 }), ["SB-C001"]);
  });
});

describe("TableTrigger on gcp", () => {
  const criteria = (run: Awaited<ReturnType<typeof deployed>>, name: string) =>
    Object.fromEntries(
      (inputs(run, "Trigger", name).matchingCriterias as { attribute: string; value: string; operator?: string }[]).map(
        ({ attribute, value, operator = "" }) => [attribute, `${operator} ${value}`.trim()],
      ),
    );
  const triggers = (run: Awaited<ReturnType<typeof deployed>>) =>
    run.resources.filter(({ type }) => type.endsWith(":Trigger")).map(({ name }) => name);

  it("hears of its table's documents alone, where the database is, in the only form that Firestore has", async () => {
    const run = await trigger();
    const database = inputs(run, "Database", "notes");
    assert.deepEqual(triggers(run), ["copy-created", "copy-updated"]);
    for (const event of ["created", "updated"]) {
      const { destination, eventDataContentType, location } = inputs(run, "Trigger", `copy-${event}`);
      assert.deepEqual([eventDataContentType, location], ["application/protobuf", database.locationId]);
      assert.deepEqual(destination, {
        cloudRunService: { service: inputs(run, "Function", "copy-fn").name, region: "europe-west1" },
      });
      assert.deepEqual(criteria(run, `copy-${event}`), {
        type: `google.cloud.firestore.document.v1.${event}`,
        database: String(database.name),
        document: "match-path-pattern notes/{partition}",
      });
    }
  });

  it("hears of deletions where they are asked for, and of rows below their partitions", async () => {
    const both = await trigger({ on: ["deleted", "written"], require: { deletes: true, beforeImage: true } });
    assert.deepEqual(triggers(both), ["copy-deleted", "copy-created", "copy-updated"]);
    assert.equal(row(both, "copy", "beforeImage").given, "told");
    const run = await deployed(() => {
      const table = new Table<Note>("notes", { key: "id", sort: "text" });
      new TableTrigger("copy", { table, handler: onItem });
    });
    assert.equal(criteria(run, "copy-created").document, "match-path-pattern notes/{partition}/notes/{sort}");
    const { table } = environment(run, "copy-fn").SB_SETTINGS as { table: unknown };
    assert.deepEqual(table, { key: "id", sort: "text" });
  });

  it("is called by an account that may call it and hear events, and no more, before the trigger stands", async () => {
    const run = await trigger();
    assert.deepEqual(
      roles(run).filter((one) => one.startsWith("copy-")),
      [
        "copy-changes roles/eventarc.eventReceiver on project",
        "copy-changes roles/run.servicesInvoker on copy-fn",
        "copy-fn roles/pubsub.publisher on copy",
        "copy-fn roles/pubsub.publisher on copy-dead",
        "copy-push roles/run.servicesInvoker on copy-fn",
      ],
    );
    assert.match(String(inputs(run, "Trigger", "copy-created").serviceAccount), /^copy-changes-[0-9a-f]{8}@/);
    for (const before of ["copy-changes", "copy-changes-receive"])
      assert.ok(waits(run, "Trigger", "copy-created", before), before);
  });

  it("puts changes on a queue of its own, whose deliveries are counted, because Eventarc's are not", async () => {
    const run = await trigger({ maxRecordAge: "3 days" });
    const settings = environment(run, "copy-fn").SB_SETTINGS as Record<string, unknown>;
    assert.deepEqual(
      [settings.queue, settings.deadLetter, settings.maxRecordAgeSeconds, settings.on],
      ["projects/shop-test/topics/copy", "projects/shop-test/topics/copy-dead", 259_200, ["written"]],
    );
    const own = inputs(run, "Subscription", "copy");
    // As long as a change may be tried, or it would be dropped instead of buried.
    assert.equal(own.messageRetentionDuration, "259200s");
    assert.equal(
      inputs(await trigger({ maxRecordAge: "1 hour" }), "Subscription", "copy").messageRetentionDuration,
      "86400s",
    );
    assert.deepEqual(own.deadLetterPolicy, {
      deadLetterTopic: "projects/shop-test/topics/copy-dead",
      maxDeliveryAttempts: 5,
    });
  });

  it("suppresses repeats by the change's id, in a store that its function may use", async () => {
    const run = await deployed(() => {
      const table = new Table<Note>("notes", { key: "id" });
      new TableTrigger("copy", { table, handler: onItem, idempotency: { store: idempotencyStore("seen") } });
    });
    const { SB_SETTINGS, SB_IDEMPOTENCY } = environment(run, "copy-fn") as Record<string, Record<string, unknown>>;
    assert.deepEqual(SB_SETTINGS?.idempotency, { by: "id", windowSeconds: 86_400 });
    assert.equal(SB_IDEMPOTENCY?.collection, "seen");
  });

  it("refuses an order that Firestore does not keep, and a beginning that it does not have", async () => {
    const made: string[] = [];
    const transform = { gcp: { topic: () => void made.push("topic") } } as never;
    const codes = async (args: Partial<TriggerArgs>) =>
      (await refusal(trigger({ ...args, transform }))).problems.map(({ code: given }) => given);
    assert.deepEqual(await codes({ require: { order: true } }), ["SB-C802"]);
    assert.deepEqual(await codes({ from: "oldest" }), ["SB-C003"]);
    assert.deepEqual(await codes({ from: { at: "2026-01-31T12:00:00Z" } }), ["SB-C003"]);
    assert.deepEqual(made, []);
  });

  it("says whose key changes lie under on their way", async () => {
    const { given, why } = row(await trigger(), "copy", "encryption");
    assert.equal(given, "customer-managed key");
    assert.match(why, /Eventarc/);
  });
});
