import assert from "node:assert/strict";
import { code, EventBus, type EventBusArgs, Schedule, Subscription } from "../../../components";
import type {} from "../../../components/gcp";
import type { SubscriptionOptions } from "../../../components/subscription";
import { ThingMade, ThingSold } from "../../fixtures/happenings";
import { deployed, environment, inputs, roles, row, waits } from "./support";

type Definition = typeof ThingMade | typeof ThingSold;
type Quiet = typeof import("../../fixtures/quiet-triggered");
const onEvent = code<Quiet, "onEvent">(__dirname, "../../fixtures/quiet-triggered", "onEvent");
const busOf = (args: Partial<EventBusArgs<Definition>> = {}, name = "things") =>
  new EventBus<Definition>(name, { events: [ThingMade, ThingSold], ...args });
type Options = Partial<SubscriptionOptions<typeof ThingMade>>;
const subscribed = (options: Options = {}, bus: Partial<EventBusArgs<Definition>> = {}, config = {}) =>
  deployed(
    () => void new Subscription("note", { bus: busOf(bus), events: [ThingMade], handler: onEvent, ...options }),
    config,
  );
const topicOf = (args: Partial<EventBusArgs<Definition>>, config = {}) =>
  deployed(() => void busOf(args), config).then((run) => inputs(run, "Topic", "things"));
const ordered = { ordering: "per-subject" } as const;

describe("EventBus on gcp", () => {
  it("is a topic that keeps its messages in the stack's region, by the data class's key", async () => {
    const confidential = await topicOf({});
    assert.match(String(confidential.kmsKeyName), /\/cryptoKeys\/foundation-key$/);
    assert.deepEqual(confidential.messageStoragePolicy, { allowedPersistenceRegions: ["europe-west1"] });
    const internal = await topicOf({}, { dataClass: "internal" });
    assert.equal(internal.kmsKeyName, undefined);
    assert.deepEqual(internal.messageStoragePolicy, { allowedPersistenceRegions: ["europe-west1"] });
  });

  it("keeps what was published for as long as the archive is asked for, and no longer than delivered otherwise", async () => {
    assert.equal((await topicOf({ archive: { retention: "3 days" } })).messageRetentionDuration, "259200s");
    assert.equal((await topicOf({})).messageRetentionDuration, undefined);
  });

  it("is archived and ordered at once, and replayed with a mark by the command", async () => {
    const run = await deployed(() => void busOf({ ...ordered, archive: { retention: "1 day" } }));
    const { how, given } = row(run, "things", "replay");
    assert.deepEqual([how, given], ["emulated", "marked"]);
    assert.equal(row(run, "things", "ordering").given, "per-subject");
    assert.equal(row(run, "things", "schema").how, "emulated");
  });

  it("is published to by those alone who may, each told its own types", async () => {
    const run = await deployed(() => {
      const things = busOf();
      const others = busOf(ordered, "others");
      new Schedule("tick", {
        cron: "0 3 * * *",
        handler: code<typeof import("./handlers/uses"), "publishing">(__dirname, "handlers/uses", "publishing"),
        uses: { things: things.publisher(ThingMade), others: others.publisher(ThingMade, ThingSold) },
      });
    });
    const publishers = roles(run).filter((one) => /pubsub.publisher on (things|others)$/.test(one));
    assert.deepEqual(publishers, [
      "tick-fn roles/pubsub.publisher on others",
      "tick-fn roles/pubsub.publisher on things",
    ]);
    const { SB_USE_THINGS, SB_USE_OTHERS } = environment(run, "tick-fn");
    assert.deepEqual(SB_USE_THINGS, {
      topic: "projects/shop-test/topics/things",
      maxEventBytes: 262_144,
      events: [ThingMade.type],
    });
    // Order holds among what one region took.
    assert.deepEqual(SB_USE_OTHERS, {
      topic: "projects/shop-test/topics/others",
      maxEventBytes: 262_144,
      events: [ThingMade.type, ThingSold.type],
      region: "europe-west1",
    });
  });
});

describe("Subscription on gcp", () => {
  it("lets the bus push to its function, with the dead letters of its own queue", async () => {
    const run = await subscribed({ maxDeliveries: 7, timeout: "45 seconds", retention: "2 days" });
    const own = inputs(run, "Subscription", "note");
    const bus = inputs(run, "Subscription", "note-events");
    assert.equal(bus.topic, "projects/shop-test/topics/things");
    assert.equal(own.topic, "projects/shop-test/topics/note");
    for (const { ackDeadlineSeconds, deadLetterPolicy, expirationPolicy, ...one } of [own, bus]) {
      assert.deepEqual(
        [ackDeadlineSeconds, deadLetterPolicy, expirationPolicy, one.messageRetentionDuration],
        [
          55,
          { deadLetterTopic: "projects/shop-test/topics/note-dead", maxDeliveryAttempts: 7 },
          { ttl: "" },
          "172800s",
        ],
      );
      assert.deepEqual(one.retryPolicy, { minimumBackoff: "10s", maximumBackoff: "600s" });
    }
    assert.deepEqual(bus.pushConfig, own.pushConfig);
  });

  it("gives Pub/Sub what it needs to count and to bury, on both ways to the function", async () => {
    const run = await subscribed();
    const agent = roles(run).filter((one) => one.startsWith("agent gcp-sa-pubsub") && !one.includes("cloudkms"));
    assert.deepEqual(agent, [
      "agent gcp-sa-pubsub roles/iam.serviceAccountOpenIdTokenCreator on note-push",
      "agent gcp-sa-pubsub roles/pubsub.publisher on note-dead",
      "agent gcp-sa-pubsub roles/pubsub.subscriber on note",
      "agent gcp-sa-pubsub roles/pubsub.subscriber on note-events",
    ]);
    for (const before of ["note-agent-bury", "note-push", "note-push-token"])
      assert.ok(waits(run, "Subscription", "note-events", before), before);
  });

  it("may do nothing on the bus: what comes is pushed, and what it buries is its own", async () => {
    assert.deepEqual(
      roles(await subscribed()).filter((one) => one.startsWith("note-fn ")),
      ["note-fn roles/pubsub.publisher on note-dead"],
    );
  });

  it("asks the bus for its types and its filter, and tells the adapter the same", async () => {
    const filter = { field: "data.color", in: ["red", "blue"] } as const;
    const run = await subscribed({ filter });
    assert.equal(
      inputs(run, "Subscription", "note-events").filter,
      `attributes.ce-type="${ThingMade.type}" AND (attributes.data-color="red" OR attributes.data-color="blue")`,
    );
    assert.equal(inputs(run, "Subscription", "note").filter, undefined, "what was redriven was let through before");
    assert.deepEqual((environment(run, "note-fn").SB_SETTINGS as { filter: unknown }).filter, filter);
    assert.equal(row(run, "note", "filter").how, "native");
    const plain = await subscribed();
    assert.equal(inputs(plain, "Subscription", "note-events").filter, `attributes.ce-type="${ThingMade.type}"`);
    assert.ok(!("filter" in (environment(plain, "note-fn").SB_SETTINGS as object)));
  });

  it("says where the bus lets more through than was asked for", async () => {
    const run = await subscribed({ filter: { field: "data.size", min: 1 } });
    const { how, why } = row(run, "note", "filter");
    assert.equal(how, "emulated");
    assert.match(why, /by the adapter in full/);
    assert.ok(Buffer.byteLength(String(inputs(run, "Subscription", "note-events").filter)) <= 256);
  });

  it("keeps the order of an ordered bus, and of what comes back from the dead letters", async () => {
    const names = ["note", "note-events"];
    const orders = async (bus: Partial<EventBusArgs<Definition>>) => {
      const run = await subscribed({}, bus);
      return names.map((name) => inputs(run, "Subscription", name).enableMessageOrdering);
    };
    assert.deepEqual(await orders(ordered), [true, true]);
    assert.deepEqual(await orders({}), [undefined, undefined]);
  });

  it("is protected with what it has not delivered, since another filter replaces it", async () => {
    const run = await subscribed();
    const guarded = run.resources.filter(({ protect }) => protect).map(({ name }) => name);
    for (const name of ["note", "note-events", "note-dead", "things"]) assert.ok(guarded.includes(name), name);
    assert.match(row(run, "note", "filter").why, /another filter is another subscription/);
  });
});
