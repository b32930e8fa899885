import assert from "node:assert/strict";
import { Bucket, code, EventBus, QueueWorker, Schedule, Stream } from "../../../components";
import type {} from "../../../components/aws";
import * as bucket from "../../../runtime/aws/bucket";
import * as bus from "../../../runtime/aws/bus";
import * as queue from "../../../runtime/aws/queue";
import * as stream from "../../../runtime/aws/stream";
import { refusal } from "../../support/refusal";
import { Click, OrderPaid, OrderPlaced } from "./handlers/shop";
import { deployed, environment } from "./support";

type Shop = typeof import("./handlers/shop");
const onEvery = code<Shop, "onEverything">(__dirname, "handlers/shop", "onEverything");
const onMessage = code<Shop, "onMessage">(__dirname, "handlers/shop", "onMessage");

const program = (ordering: "none" | "per-subject") =>
  deployed(() => {
    const orders = new EventBus("orders", { events: [OrderPlaced, OrderPaid], ordering });
    const later = new QueueWorker("later", { message: Click, handler: onMessage, maxDelay: "15 minutes" });
    new Schedule("nightly", {
      cron: "0 3 * * *",
      handler: onEvery,
      uses: {
        clicks: new Stream("clicks", { record: Click, key: "visitor" }).producer(),
        images: new Bucket("images").readWriter(),
        inbox: new Bucket("inbox").reader(),
        later: later.delayedSender(),
        orders: orders.publisher(OrderPlaced),
        outbox: new Bucket("outbox").writer(),
      },
    });
  });

describe("clients on aws", () => {
  it("are configured as they want to be: each takes what deployment tells it", async () => {
    const told = environment(await program("none"), "nightly-fn");
    const clients = [
      [stream.producer, "CLICKS"],
      [bucket.readWriter, "IMAGES"],
      [bucket.reader, "INBOX"],
      [queue.delayedSender, "LATER"],
      [bus.publisher, "ORDERS"],
      [bucket.writer, "OUTBOX"],
    ] as const;
    for (const [client, name] of clients) {
      assert.ok(client(told[`SB_USE_${name}`]), name);
      assert.throws(() => client({}), name);
    }
    assert.deepEqual(told.SB_USE_LATER, {
      url: "https://sqs.eu-central-1.amazonaws.com/123456789012/later",
      maxMessageBytes: 262_144,
      maxDelaySeconds: 900,
    });
  });

  it("publish to the topic where the bus keeps order, and in both cases what is granted alone", async () => {
    const plain = await program("none");
    const ordered = await program("per-subject");
    const config = (result: typeof plain) => environment(result, "nightly-fn").SB_USE_ORDERS as Record<string, unknown>;
    assert.deepEqual(config(plain), {
      bus: "arn:aws:events:eu-central-1:123456789012:event-bus/orders",
      maxEventBytes: 262_144,
      events: [OrderPlaced.type],
    });
    const { topic, ...rest } = config(ordered);
    assert.match(String(topic), /^arn:aws:sns:eu-central-1:123456789012:orders-[0-9a-f]{8}\.fifo$/);
    assert.deepEqual(rest, { maxEventBytes: 262_144, events: [OrderPlaced.type] });
    assert.ok(bus.publisher(config(ordered)));
  });

  it("are refused with more types than a function's variables hold", async () => {
    const events = Array.from({ length: 40 }, (_, index) => ({
      ...OrderPlaced,
      type: `com.shop.orders.${"Very".repeat(20)}Order${index}Placed.v1`,
    }));
    const { problems } = await refusal(
      deployed(() => {
        const orders = new EventBus("orders", { events });
        const uses = { orders: orders.publisher(...events) } as never;
        new Schedule("nightly", { cron: "0 3 * * *", handler: onEvery, uses });
      }),
    );
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["SB-C003"],
    );
  });

  it("know the group and the repeats of a queue that keeps order", async () => {
    const result = await deployed(() => {
      const ordering = { by: "visitor" } as const;
      const clicks = new QueueWorker("clicks", {
        message: Click,
        handler: onMessage,
        ordering,
        deduplication: { by: "page" },
      });
      new Schedule("nightly", { cron: "0 3 * * *", handler: onEvery, uses: { clicks: clicks.sender() } as never });
    });
    const { orderBy, deduplicateBy } = environment(result, "nightly-fn").SB_USE_CLICKS as Record<string, unknown>;
    assert.deepEqual([orderBy, deduplicateBy], ["visitor", "page"]);
  });
});
