/** Clients and adapters of Google Cloud against Google's own emulators of Pub/Sub and Firestore. */
import assert from "node:assert/strict";
import * as z from "zod/mini";
import { type EventOf, event } from "../../runtime/event";
import type * as Bus from "../../runtime/gcp/bus";
import type * as Queue from "../../runtime/gcp/queue";
import type * as Stream from "../../runtime/gcp/stream";
import type * as Table from "../../runtime/gcp/table";
import type { Message, StreamRecord, TableChange } from "../../runtime/handler";
import { suppression } from "../../runtime/suppression";
import { captured, fresh, IDEMPOTENCY_LAYOUT, Order } from "../runtime/support";
import { tableSuite } from "../runtime/table-suite";
import { type Deployed, deployed, eventarc, named, pull, push, redrive, subscribed, topic, until } from "./gcp-world";
import { type Emulator, firestoreEmulator, pubsubEmulator } from "./google";

const OrderPlaced = event("com.shop.orders.OrderPlaced.v1", z.object({ orderId: z.string(), total: z.number() }), {
  subject: "orderId",
  promote: ["total"],
});
const region = "europe-west3";

describe("Google Cloud against its emulators", function () {
  this.timeout(90_000);
  const closing: (() => Promise<void>)[] = [];
  const kept = async (one: Deployed): Promise<string> => {
    closing.push(one.close);
    return one.url;
  };
  let events: Awaited<ReturnType<typeof eventarc>>;

  before(async function () {
    events = await eventarc();
    closing.push(events.close);
    const started: readonly (Emulator | undefined)[] = await Promise.all([
      pubsubEmulator(),
      firestoreEmulator(events.host),
    ]);
    const [pubsub, firestore] = started;
    for (const one of started) if (one) closing.unshift(one.stop);
    if (!pubsub || !firestore) {
      assert.ok(!process.env.CI, "Google's emulators of Pub/Sub and Firestore are not installed");
      return this.skip();
    }
    process.env.PUBSUB_EMULATOR_HOST = pubsub.host;
    process.env.FIRESTORE_EMULATOR_HOST = firestore.host;
  });

  after(async () => {
    delete process.env.PUBSUB_EMULATOR_HOST;
    delete process.env.FIRESTORE_EMULATOR_HOST;
    for (const close of closing) await close();
  });

  const table = <Item>(layout: object, collection = named("rows")) =>
    fresh<typeof Table>("gcp/table").readWriter<Item>({
      project: "shop",
      database: "(default)",
      collection,
      ...layout,
    });

  describe("table", () => {
    tableSuite(async (layout) => {
      const config = { project: "shop", database: "(default)", collection: named("rows"), ...layout };
      const { reader, readWriter } = fresh<typeof Table>("gcp/table");
      return { reader: reader(config), readWriter: readWriter(config) };
    });
  });

  describe("queue", () => {
    it("delivers what was sent, again and again until it is handled", async () => {
      const seen: Message<unknown>[] = [];
      const handler = async (messages: readonly Message<unknown>[]) => {
        seen.push(...messages);
        if (seen.length < 3) throw new Error("not yet");
      };
      const log = await captured(async () => {
        const { topic: path } = await topic(
          "fulfil",
          await kept(await deployed("queue-worker", handler, {}, { schema: Order })),
        );
        const sender = fresh<typeof Queue>("gcp/queue").sender({ topic: path, maxMessageBytes: 1000 });
        const { id } = await sender.send({ id: "☃", quantity: 1 });
        await until("the third delivery", () => seen.length === 3);
        for (const message of seen) assert.deepEqual([message.id, message.body], [id, { id: "☃", quantity: 1 }]);
      });
      assert.equal(log.match(/Error: not yet/g)?.length, 2);
    });

    it("buries the last delivery with its cause, and takes it back when it is redriven", async () => {
      const dead = await topic("dead");
      const main = await topic("fulfil");
      const seen: Message<unknown>[] = [];
      let broken = true;
      const handler = async (messages: readonly Message<unknown>[]) => {
        if (broken) throw new RangeError("no such sku");
        seen.push(...messages);
      };
      const url = await kept(await deployed("queue-worker", handler, { deadLetter: dead.topic }, { schema: Order }));
      const config = { topic: main.topic, maxMessageBytes: 1000, orderBy: "id", region };
      await fresh<typeof Queue>("gcp/queue").sender(config).send({ id: "o1", quantity: 1 });
      const deliveries: (readonly [number, number])[] = [];
      await captured(async () => {
        while (deliveries.at(-1)?.[1] !== 204) deliveries.push(await push(main.subscription, url));
      });
      const counted = [1, 2, 3, 4].map((attempt) => [attempt, 500] as const);
      assert.deepEqual(deliveries, [...counted, [5, 204]]);
      const letter = await pull(dead.subscription);
      assert.deepEqual(
        [letter.attributes?.["sb-error"], letter.attributes?.["sb-attempts"], letter.orderingKey],
        ["RangeError: no such sku", "5", "o1"],
      );
      broken = false;
      await redrive(main.topic, letter);
      assert.deepEqual(await push(main.subscription, url), [1, 204]);
      assert.deepEqual([seen[0]?.body, seen[0]?.key], [{ id: "o1", quantity: 1 }, "o1"]);
    });

    it("handles one of many deliveries of a message, at once or one after the other", async () => {
      const config = { project: "shop", database: "(default)", collection: named("repeats"), ...IDEMPOTENCY_LAYOUT };
      let handled = 0;
      const handler = async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        handled++;
      };
      const { readWriter } = fresh<typeof Table>("gcp/table");
      const settings = { idempotency: { by: "id", windowSeconds: 3600 } };
      const parts = { schema: Order, idempotency: suppression(readWriter) };
      const instances = await Promise.all(
        [1, 2, 3].map(async () =>
          kept(await deployed("queue-worker", handler, settings, parts, { SB_IDEMPOTENCY: config })),
        ),
      );
      const { topic: path } = await topic("fulfil", instances[0]);
      for (const url of instances.slice(1)) await subscribed(path, url);
      const sender = fresh<typeof Queue>("gcp/queue").sender({ topic: path, maxMessageBytes: 1000 });
      await captured(async () => {
        for (let round = 0; round < 3; round++) await sender.send({ id: "o1", quantity: 1 });
        await sender.send({ id: "o2", quantity: 1 });
        await until("both orders", () => handled >= 2);
        // Time for the repeats: refused ones come again after 0.1 to 1 s.
        await new Promise((resolve) => setTimeout(resolve, 2500));
      });
      assert.equal(handled, 2);
    });
  });

  describe("bus", () => {
    it("brings an event to every subscription whose filter it meets", async () => {
      const bus = await topic("bus");
      const seen: Record<string, EventOf<typeof OrderPlaced>[]> = { all: [], large: [] };
      const settings = { large: { filter: { field: "data.total", min: 100 } }, all: {} };
      const urls: Record<string, string> = {};
      for (const name of ["all", "large"] as const) {
        const handler = async (one: EventOf<typeof OrderPlaced>) => {
          seen[name]?.push(one);
        };
        const own = { component: name, ...settings[name] };
        urls[name] = await kept(await deployed("subscription", handler, own, { events: [OrderPlaced] }));
      }
      const large = await subscribed(bus.topic);
      await subscribed(bus.topic, urls.all);
      const publisher = fresh<typeof Bus>("gcp/bus").publisher({
        topic: bus.topic,
        maxEventBytes: 262_144,
        events: [OrderPlaced.type],
        region,
      });
      await publisher.publish(OrderPlaced, { orderId: "o1", total: 12.5 }, { id: "e1" });
      await publisher.publish(OrderPlaced, { orderId: "o2", total: 500 }, { id: "e2" });
      await until("both events", () => seen.all?.length === 2);
      assert.deepEqual(seen.all?.map(({ id, subject, data }) => [id, subject, data.total]).sort(), [
        ["e1", "o1", 12.5],
        ["e2", "o2", 500],
      ]);
      for (let round = 0; round < 2; round++) assert.deepEqual((await push(large, urls.large ?? ""))[1], 204);
      assert.deepEqual(
        seen.large?.map(({ id }) => id),
        ["e2"],
        "the emulator applies no filter, the adapter does",
      );
    });

    it("keeps an event whole through its dead letter", async () => {
      const [own, dead] = [await topic("own"), await topic("dead")];
      const seen: EventOf<typeof OrderPlaced>[] = [];
      const handler = async (one: EventOf<typeof OrderPlaced>) => {
        seen.push(one);
        if (seen.length === 1) throw new Error("no room");
      };
      const settings = { deadLetter: dead.topic, maxDeliveries: 1 };
      const url = await kept(await deployed("subscription", handler, settings, { events: [OrderPlaced] }));
      const bus = await topic("bus");
      const config = { topic: bus.topic, maxEventBytes: 1000, events: [OrderPlaced.type] };
      await fresh<typeof Bus>("gcp/bus").publisher(config).publish(OrderPlaced, { orderId: "o1", total: 1 });
      await captured(async () => assert.deepEqual(await push(bus.subscription, url), [1, 204]));
      await redrive(own.topic, await pull(dead.subscription));
      assert.deepEqual(await push(own.subscription, url), [1, 204]);
      assert.deepEqual(seen[1], seen[0]);
    });
  });

  describe("stream", () => {
    it("keeps the order of every key while records fail", async () => {
      const handled = new Map<string, number[]>();
      let failures = 0;
      const Click = z.object({ user: z.string(), n: z.number() });
      const handler = async ([record]: readonly StreamRecord<z.infer<typeof Click>>[]) => {
        const { user, n } = record?.body ?? { user: "", n: 0 };
        if (n % 4 === 1 && failures++ % 2 === 0) throw new Error("try again");
        handled.set(user, [...(handled.get(user) ?? []), n]);
      };
      const settings = { bisect: true, maxRecordAgeSeconds: 3600 };
      const url = await kept(await deployed("stream-processor", handler, settings, { schema: Click }));
      const { topic: path } = await topic("clicks", url, true);
      const records = Array.from({ length: 24 }, (_, n) => ({ user: `u${n % 3}`, n: Math.floor(n / 3) }));
      await captured(async () => {
        const producer = fresh<typeof Stream>("gcp/stream").producer({
          topic: path,
          key: "user",
          maxRecordBytes: 1000,
          region,
        });
        await producer.putAll(records.slice(0, 12));
        for (const record of records.slice(12)) await producer.put(record);
        await until("all records", () => [...handled.values()].flat().length >= records.length);
      });
      for (const user of ["u0", "u1", "u2"]) assert.deepEqual(handled.get(user), [0, 1, 2, 3, 4, 5, 6, 7], user);
      assert.ok(failures > 0);
    });
  });

  describe("table trigger", () => {
    it("tells of every change that Firestore tells, in its own words, by way of its queue", async () => {
      const seen: TableChange<{ readonly order: string; readonly n: number }>[] = [];
      let refusals = 2;
      const handler = async (change: (typeof seen)[number]) => {
        if (refusals-- > 0) throw new Error("index down");
        seen.push(change);
      };
      const collection = named("orders");
      const layout = { key: "customer", sort: "order", expires: "e" };
      const queue = await topic("changes");
      const settings = {
        queue: queue.topic,
        table: { key: "customer", sort: "order" },
        on: ["written", "deleted"],
        bisect: true,
        maxRecordAgeSeconds: 3600,
      };
      const url = await kept(await deployed("table-trigger", handler, settings));
      await subscribed(queue.topic, url);
      await events.trigger(`${collection}/{partition}/${collection}/{sort}`, url);
      const rows = table<Readonly<Record<string, unknown>>>(layout, collection);
      const item = { customer: "a/b", order: "☃", n: 1, lines: [[1]], e: 1_900_000_000 };
      const key = { partition: "a/b", sort: "☃" };
      await captured(async () => {
        await rows.put(item);
        await rows.put({ ...item, n: 2 });
        await rows.delete(key);
        await until("three changes", () => seen.length === 3);
      });
      const byKind = new Map(seen.map(({ id: _, at: __, attempt: ___, ...change }) => [change.kind, change]));
      assert.deepEqual(byKind.get("inserted"), { kind: "inserted", key, item });
      assert.deepEqual(byKind.get("updated"), { kind: "updated", key, item: { ...item, n: 2 }, before: item });
      assert.deepEqual(byKind.get("deleted"), { kind: "deleted", key, before: { ...item, n: 2 } });
      assert.equal(new Set(seen.map(({ id }) => id)).size, 3);
    });
  });
});
