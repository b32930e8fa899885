/** Buses of AWS against moto's EventBridge and SNS, and what S3 tells by way of EventBridge. */
import assert from "node:assert/strict";
import {
  CreateArchiveCommand,
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  StartReplayCommand,
} from "@aws-sdk/client-eventbridge";
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import * as z from "zod/mini";
import { compile } from "../../components/filter/event-bridge";
import type * as Bus from "../../runtime/aws/bus";
import { type EventOf, event } from "../../runtime/event";
import type { Filter } from "../../runtime/filter";
import type { Context, ObjectChange } from "../../runtime/handler";
import { continueTrace, withTrace } from "../../runtime/trace";
import { redriven } from "../cli/dlq/support";
import { TRACE_ID, TRACEPARENT } from "../runtime/events";
import { captured, fresh } from "../runtime/support";
import { boxOf, depth, drained, instance, type Queue, type WorkedQueue, workedQueue } from "./aws-world";
import { named } from "./gcp-world";
import { onMoto, region } from "./moto";

const data = z.object({ orderId: z.string(), total: z.number() });
const OrderPlaced = event("com.shop.orders.OrderPlaced.v1", data, { subject: "orderId" });
const OrderPaid = event("com.shop.orders.OrderPaid.v1", data, { subject: "orderId" });
type Told = EventOf<typeof OrderPlaced | typeof OrderPaid>;

describe("AWS buses on moto", function () {
  this.timeout(60_000);
  onMoto();
  let bridge: EventBridgeClient;
  let sns: SNSClient;
  before(() => {
    bridge = new EventBridgeClient({});
    sns = new SNSClient({});
  });
  after(() => {
    bridge?.destroy();
    sns?.destroy();
  });

  async function bus() {
    const { EventBusArn = "" } = await bridge.send(new CreateEventBusCommand({ Name: named("orders") }));
    return EventBusArn;
  }
  const publisher = (to: object) =>
    fresh<typeof Bus>("aws/bus").publisher({ maxEventBytes: 1000, events: [OrderPlaced.type, OrderPaid.type], ...to });

  /** A rule with its queue. Undefined: the account's own bus. */
  async function ruled(EventBusName: string | undefined, pattern: object) {
    const worked = await workedQueue("subscription");
    const Name = named("rule");
    await bridge.send(new PutRuleCommand({ Name, EventBusName, EventPattern: JSON.stringify(pattern) }));
    await bridge.send(
      new PutTargetsCommand({ Rule: Name, EventBusName, Targets: [{ Id: "q", Arn: worked.main.arn }] }),
    );
    return worked;
  }

  const subscription = (handler: unknown, { url }: Queue, settings: object = {}) =>
    instance("subscription", handler, { deadLetter: url, ...settings }, { events: [OrderPlaced, OrderPaid] });

  it("bring an event, whole and in its trace, to every subscription whose filter it meets", async () => {
    const Bus = await bus();
    const types = [OrderPlaced.type, OrderPaid.type];
    const cases: Readonly<Record<string, { filter?: Filter; queued: number; told: readonly string[] }>> = {
      all: { queued: 3, told: ["e1", "e2", "e3"] },
      large: { filter: { field: "data.total", min: 100, max: 1000 }, queued: 2, told: ["e2", "e3"] },
      // A pattern knows no number without an upper bound: the adapter does the rest.
      unbounded: { filter: { field: "data.total", min: 100 }, queued: 3, told: ["e2", "e3"] },
      paid: { filter: { field: "type", in: [OrderPaid.type] }, queued: 1, told: ["e3"] },
    };
    const queues: Record<string, WorkedQueue> = {};
    for (const [name, { filter }] of Object.entries(cases))
      queues[name] = await ruled(Bus, compile(filter, types).pattern);
    const { publish } = publisher({ bus: Bus });
    const before = Date.now();
    await withTrace(continueTrace(TRACEPARENT), async () => {
      await publish(OrderPlaced, { orderId: "☃", total: 12.5 }, { id: "e1" });
      await publish(OrderPlaced, { orderId: "o2", total: 500 }, { id: "e2" });
      await publish(OrderPaid, { orderId: "o2", total: 500 }, { id: "e3" });
    });
    const events: Told[] = [];
    const traces = new Set<string>();
    for (const [name, { main, dead }] of Object.entries(queues)) {
      const { filter, queued, told } = cases[name] ?? assert.fail();
      const seen: Told[] = [];
      const handler = async (one: Told, { traceId }: Context) => {
        seen.push(one);
        traces.add(traceId);
      };
      assert.equal(await depth(main), queued, `queued of ${name}`);
      await drained(main, await subscription(handler, dead, filter ? { filter } : {}));
      assert.deepEqual(seen.map(({ id }) => id).sort(), told, `told of ${name}`);
      events.push(...seen);
    }
    const { time, ...event } = events.find(({ id }) => id === "e1") ?? assert.fail();
    assert.deepEqual(event, {
      id: "e1",
      type: OrderPlaced.type,
      source: "/services/orders",
      subject: "☃",
      data: { orderId: "☃", total: 12.5 },
      attempt: 1,
    });
    assert.ok(time.getTime() >= before && time.getTime() <= Date.now());
    assert.deepEqual([...traces], [TRACE_ID]);
  });

  it("keep an event whole through its dead letter, in the publisher's trace", async () => {
    const Bus = await bus();
    const { main, dead } = await ruled(Bus, compile(undefined, [OrderPlaced.type]).pattern);
    await withTrace(continueTrace(TRACEPARENT), () =>
      publisher({ bus: Bus }).publish(OrderPlaced, { orderId: "o1", total: 1 }),
    );
    const seen: Told[] = [];
    const traces: string[] = [];
    const handler = async (one: Told, { traceId }: Context) => {
      seen.push(one);
      traces.push(traceId);
      if (seen.length === 1) throw new Error("no room");
    };
    const worker = await subscription(handler, dead, { maxDeliveries: 1 });
    await captured(() => drained(main, worker));
    assert.equal(await depth(dead), 1);
    await redriven(boxOf({ main, dead }));
    await drained(main, worker);
    assert.deepEqual([seen.length, seen[1], traces], [2, seen[0], [TRACE_ID, TRACE_ID]]);
  });

  it("say of an event that is replayed from the archive which replay it is", async () => {
    const Bus = await bus();
    const ArchiveName = named("archive");
    const { ArchiveArn } = await bridge.send(new CreateArchiveCommand({ ArchiveName, EventSourceArn: Bus }));
    const { main, dead } = await ruled(Bus, compile(undefined, [OrderPlaced.type]).pattern);
    await publisher({ bus: Bus }).publish(OrderPlaced, { orderId: "o1", total: 1 });
    const seen: Told[] = [];
    const worker = await subscription(async (one: Told) => void seen.push(one), dead);
    await drained(main, worker);
    const day = 86_400_000;
    await bridge.send(
      new StartReplayCommand({
        ReplayName: "after-the-outage",
        EventSourceArn: ArchiveArn,
        Destination: { Arn: Bus },
        EventStartTime: new Date(Date.now() - day),
        EventEndTime: new Date(Date.now() + day),
      }),
    );
    await drained(main, worker);
    assert.deepEqual([seen.length, seen[1]], [2, { ...seen[0], replay: "after-the-outage" }]);
  });

  it("keep the order of every subject where they are asked to, and filter by type", async () => {
    const Attributes = { FifoTopic: "true", ContentBasedDeduplication: "false" };
    const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: `${named("orders")}.fifo`, Attributes }));
    const subscribed = async (types: readonly string[]) => {
      const worked = await workedQueue("subscription", true);
      const filterPolicy = {
        FilterPolicyScope: "MessageAttributes",
        FilterPolicy: JSON.stringify({ "ce-type": types }),
      };
      await sns.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: "sqs",
          Endpoint: worked.main.arn,
          Attributes: { RawMessageDelivery: "true", ...filterPolicy },
        }),
      );
      return worked;
    };
    const both = await subscribed([OrderPlaced.type, OrderPaid.type]);
    const paid = await subscribed([OrderPaid.type]);
    const { publish } = publisher({ topic: TopicArn });
    const subjects = ["o1", "☃ of all"];
    for (let n = 0; n < 3; n++)
      for (const orderId of subjects) await publish(OrderPlaced, { orderId, total: n }, { id: `${orderId} ${n}` });
    await publish(OrderPaid, { orderId: "o1", total: 3 }, { id: "last" });
    await publish(OrderPaid, { orderId: "o1", total: 3 }, { id: "last" });
    const seen: Told[] = [];
    let failures = 0;
    const handler = async (one: Told) => {
      if (one.data.total === 1 && failures++ < 3) throw new Error("try again");
      seen.push(one);
    };
    const worker = await subscription(handler, both.dead);
    await captured(() => drained(both.main, worker));
    assert.ok(failures > 3);
    for (const subject of subjects)
      assert.deepEqual(
        seen.filter((one) => one.subject === subject).map(({ data }) => data.total),
        subject === "o1" ? [0, 1, 2, 3] : [0, 1, 2],
        "and a repeat under one id is dropped",
      );
    seen.length = 0;
    await drained(paid.main, worker);
    assert.deepEqual(
      seen.map(({ id }) => id),
      ["last"],
    );
  });

  it("bring what S3 tells of its objects to the object trigger", async () => {
    const s3 = new S3Client({ forcePathStyle: true });
    const Bucket = named("media");
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
    const NotificationConfiguration = { EventBridgeConfiguration: {} };
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
    const { main, dead } = await ruled(undefined, {
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { bucket: { name: [Bucket] }, object: { key: [{ wildcard: "raw/*.mp4" }] } },
    });
    for (const Key of ["raw/a b+ü.mp4", "raw/a.txt", "other/a.mp4"])
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: "1234567" }));
    s3.destroy();
    const seen: ObjectChange[] = [];
    const settings = { deadLetter: dead.url, on: ["created", "deleted"], prefix: "raw/", suffix: ".mp4" };
    await drained(main, await instance("objectTrigger", async (one: ObjectChange) => void seen.push(one), settings));
    // moto has one sequencer for all changes and writes `eTag`; digests and deletions are held to the documented shape elsewhere.
    const [{ at, sequencer, id, ...change } = assert.fail(), ...others] = seen;
    assert.deepEqual(change, { kind: "created", key: "raw/a b+ü.mp4", bytes: 7, attempt: 1 });
    assert.deepEqual([others, id], [[], `${Bucket}/${change.key}@${sequencer.replace(/0+$/, "")}`]);
    assert.ok(Math.abs(at.getTime() - Date.now()) < 60_000, at.toISOString());
  });
});
