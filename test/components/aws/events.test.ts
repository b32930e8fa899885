import assert from "node:assert/strict";
import type { RunResult } from "../../../cli/engine";
import { code, EventBus, type EventBusArgs, Schedule, Subscription, Table } from "../../../components";
import type {} from "../../../components/aws";
import type { Filter } from "../../../runtime/filter";
import { registered } from "../../support/plan";
import { refusal } from "../../support/refusal";
import { type Item, OrderPaid, OrderPlaced } from "./handlers/shop";
import { deployed, environment, inputs, permissions, statements } from "./support";

type Shop = typeof import("./handlers/shop");
const onOrder = code<Shop, "onOrder">(__dirname, "handlers/shop", "onOrder");

type Definition = typeof OrderPlaced | typeof OrderPaid;
const busOf = (more: Partial<EventBusArgs<Definition>> = {}) =>
  new EventBus("shop", { events: [OrderPlaced, OrderPaid], ...more });
const program =
  (bus: Partial<EventBusArgs<Definition>> = {}, filter?: Filter) =>
  () =>
    void new Subscription("billing", {
      bus: busOf(bus),
      events: [OrderPlaced, OrderPaid],
      handler: onOrder,
      ...(filter ? { filter } : {}),
    });
const ordered = { ordering: "per-subject" } as const;
const row = (result: RunResult, name: string, property: string) =>
  registered(result, name).contract.find((one) => one.property === property);
const pattern = (result: RunResult) =>
  JSON.parse(String(inputs(result, "aws:cloudwatch/eventRule:EventRule", "billing").eventPattern)) as unknown;

describe("EventBus on aws", () => {
  it("is encrypted by the stack's key, or by EventBridge's own", async () => {
    const bus = async (dataClass: string) =>
      inputs(await deployed(program(), { dataClass }), "aws:cloudwatch/eventBus:EventBus", "shop");
    assert.match(String((await bus("confidential")).kmsKeyIdentifier), /^arn:aws:kms:/);
    assert.equal((await bus("internal")).kmsKeyIdentifier, undefined);
  });

  it("keeps an archive for whole days where asked, under the same key, and none otherwise", async () => {
    const type = "aws:cloudwatch/eventArchive:EventArchive";
    const result = await deployed(program({ archive: { retention: "36 hours" } }));
    const archive = inputs(result, type, "shop");
    assert.equal(archive.retentionDays, 2);
    assert.match(String(archive.eventSourceArn), /:event-bus\/shop$/);
    assert.match(String(archive.kmsKeyIdentifier), /^arn:aws:kms:/);
    assert.deepEqual(
      [row(result, "shop", "archive")?.asked, row(result, "shop", "archive")?.given],
      ["36 hours", "2 days"],
    );
    assert.ok(!(await deployed(program())).resources.some((resource) => resource.type === type));
  });

  it("is made, and filled, only when the key's policy lets EventBridge use the key", async () => {
    const { resources } = await deployed(program({ archive: { retention: "1 day" } }));
    const policy = resources.find(({ type }) => type === "aws:kms/keyPolicy:KeyPolicy")?.urn ?? "";
    for (const kind of ["eventBus:EventBus", "eventArchive:EventArchive", "eventTarget:EventTarget"]) {
      const made = resources.find(({ type }) => type === `aws:cloudwatch/${kind}`);
      assert.ok(made?.dependencies.includes(policy), kind);
    }
  });

  it("registers each event's schema, in the dialect that the registry takes", async () => {
    const schema = inputs(
      await deployed(program()),
      "aws:schemas/schema:Schema",
      "shop-com.shop.orders.OrderPlaced.v1",
    );
    assert.deepEqual([schema.name, schema.type], ["com.shop.orders.OrderPlaced.v1", "JSONSchemaDraft4"]);
    const { properties, ...content } = JSON.parse(String(schema.content)) as {
      $schema: string;
      properties: Record<string, unknown>;
    };
    assert.equal(content.$schema, "http://json-schema.org/draft-04/schema#");
    assert.deepEqual(properties.total, {
      type: "number",
      minimum: 0,
      exclusiveMinimum: true,
      maximum: 1000,
      exclusiveMaximum: true,
    });
  });

  it("keeps order by a FIFO topic that takes TLS only", async () => {
    for (const [dataClass, key] of [
      ["internal", /^alias\/aws\/sns$/],
      ["confidential", /^arn:aws:kms:/],
    ] as const) {
      const result = await deployed(program(ordered), { dataClass });
      const topic = inputs(result, "aws:sns/topic:Topic", "shop");
      assert.match(String(topic.name), /^shop-[0-9a-f]{8}\.fifo$/);
      assert.deepEqual([topic.fifoTopic, topic.contentBasedDeduplication], [true, false]);
      assert.match(String(topic.kmsMasterKeyId), key);
      const [deny, ...more] = statements(inputs(result, "aws:sns/topicPolicy:TopicPolicy", "shop").policy);
      assert.deepEqual(
        [deny?.Effect, deny?.Condition, more],
        ["Deny", { Bool: { "aws:SecureTransport": "false" } }, []],
      );
      assert.ok(!result.resources.some(({ type }) => type === "aws:cloudwatch/eventBus:EventBus"));
    }
  });

  it("gives its native id and its parts", async () => {
    const seen: string[] = [];
    await deployed(() => {
      const bus = busOf({ archive: { retention: "1 day" } });
      bus.bus.apply((arn) => seen.push(arn));
      bus.nodes.aws?.archive?.eventSourceArn.apply((arn) => seen.push(arn));
    });
    assert.deepEqual(seen, Array(2).fill("arn:aws:events:eu-central-1:123456789012:event-bus/shop"));
  });
});

describe("Subscription on aws", () => {
  it("is a rule by type that fills a queue of its own, and tries for a day", async () => {
    const result = await deployed(program());
    assert.deepEqual(pattern(result), { "detail-type": [OrderPaid.type, OrderPlaced.type] });
    const target = inputs(result, "aws:cloudwatch/eventTarget:EventTarget", "billing");
    assert.match(String(target.arn), /:sqs:.*:billing$/);
    assert.deepEqual(target.retryPolicy, { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 });
    assert.equal(target.eventBusName, "shop");
    assert.deepEqual(target.deadLetterConfig, { arn: "arn:aws:sqs:eu-central-1:123456789012:billing-dlq" });
  });

  it("opens its two queues to its own rule and to nobody else, before the rule has a target", async () => {
    const result = await deployed(program());
    for (const name of ["billing", "billing-dlq"]) {
      const [deny, allow, ...more] = statements(inputs(result, "aws:sqs/queuePolicy:QueuePolicy", name).policy);
      assert.equal(deny?.Effect, "Deny");
      assert.deepEqual(
        [allow?.Principal, allow?.Action, allow?.Condition],
        [
          { Service: "events.amazonaws.com" },
          "sqs:SendMessage",
          { ArnEquals: { "aws:SourceArn": "arn:aws:events:eu-central-1:123456789012:rule/shop/billing" } },
        ],
      );
      assert.deepEqual(more, []);
    }
    const target = result.resources.find(({ type }) => type === "aws:cloudwatch/eventTarget:EventTarget");
    for (const { urn } of result.resources.filter(({ type }) => type === "aws:sqs/queuePolicy:QueuePolicy"))
      assert.ok(target?.dependencies.includes(urn), urn);
  });

  it("never encrypts a queue that a service fills by a key that the service cannot use", async () => {
    for (const dataClass of ["internal", "confidential"]) {
      const result = await deployed(program(), { dataClass });
      for (const name of ["billing", "billing-dlq"]) {
        const { kmsMasterKeyId, sqsManagedSseEnabled } = inputs(result, "aws:sqs/queue:Queue", name);
        assert.notEqual(kmsMasterKeyId, "alias/aws/sqs");
        assert.equal(sqsManagedSseEnabled === true, dataClass === "internal");
      }
    }
  });

  it("takes the largest event with EventBridge's envelope around it", async () => {
    const { maxMessageSize } = inputs(await deployed(program()), "aws:sqs/queue:Queue", "billing");
    assert.equal(maxMessageSize, 1_048_576);
  });

  it("gives the filter to the rule and to the adapter, and says whether the rule is exact", async () => {
    const filter: Filter = { field: "data.country", in: ["DE"] };
    const result = await deployed(program({}, filter));
    assert.deepEqual(pattern(result), {
      "detail-type": [OrderPaid.type, OrderPlaced.type],
      detail: { data: { country: ["DE"] } },
    });
    const settings = environment(result, "billing-fn").SB_SETTINGS as { filter: unknown; deadLetter: string };
    assert.deepEqual(settings.filter, filter);
    assert.match(settings.deadLetter, /billing-dlq$/);
    const open = await deployed(program({}, { field: "data.total", min: 5 }));
    assert.equal(row(open, "billing", "filter")?.how, "emulated");
    assert.equal((await row(await deployed(program()), "billing", "filter"))?.how, "native");
  });

  it("keeps the order of an ordered bus: a FIFO queue and its FIFO dead letters, subscribed raw, by type", async () => {
    const result = await deployed(program(ordered, { field: "type", in: [OrderPlaced.type] }));
    const queue = inputs(result, "aws:sqs/queue:Queue", "billing");
    const dead = inputs(result, "aws:sqs/queue:Queue", "billing-dlq");
    assert.deepEqual(
      [queue.fifoQueue, queue.deduplicationScope, queue.fifoThroughputLimit, dead.fifoQueue],
      [true, "messageGroup", "perMessageGroupId", true],
    );
    for (const { name } of [queue, dead]) assert.match(String(name), /\.fifo$/);
    assert.notEqual(queue.name, dead.name);
    const mapping = inputs(result, "aws:lambda/eventSourceMapping:EventSourceMapping", "billing");
    assert.equal(mapping.maximumBatchingWindowInSeconds, undefined, "Lambda takes none on a FIFO queue");
    const subscription = inputs(result, "aws:sns/topicSubscription:TopicSubscription", "billing");
    assert.deepEqual([subscription.protocol, subscription.rawMessageDelivery], ["sqs", true]);
    assert.deepEqual(JSON.parse(String(subscription.filterPolicy)), { "ce-type": [OrderPlaced.type] });
    assert.match(String(subscription.redrivePolicy), /billing-dlq-[0-9a-f]{8}\.fifo/);
    const [, allow] = statements(inputs(result, "aws:sqs/queuePolicy:QueuePolicy", "billing-dlq").policy);
    assert.deepEqual(allow?.Principal, { Service: "sns.amazonaws.com" });
    assert.deepEqual(
      ["ordering", "filter"].map((property) => row(result, "billing", property)?.how),
      ["native", "native"],
    );
    assert.ok(!result.resources.some(({ type }) => type.startsWith("aws:cloudwatch/eventRule")));
  });

  it("is refused with its filter before anything is made where the function cannot hold it", async () => {
    const made: string[] = [];
    const run = deployed(() => {
      const store = new Table<Item>("s".repeat(40), { key: "id" });
      new Subscription("billing", {
        bus: busOf(),
        events: [OrderPlaced],
        handler: onOrder,
        uses: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`store${index}`, store.reader()])) as never,
        transform: { aws: { rule: (args) => void made.push(String(args.eventPattern)) } },
      });
    });
    const { problems } = await refusal(run);
    assert.deepEqual([problems.map(({ code }) => code), made], [["SB-C003"], []]);
  });
});

describe("publishers on aws", () => {
  const onEvery = code<Shop, "onEverything">(__dirname, "handlers/shop", "onEverything");
  const publishing = (bus: Partial<EventBusArgs<Definition>>) =>
    deployed(() => {
      const orders = busOf(bus);
      new Schedule("nightly", {
        cron: "0 3 * * *",
        handler: onEvery,
        uses: { orders: orders.publisher(OrderPlaced) },
      } as never);
    });

  it("may put events of their types alone on this bus alone", async () => {
    const result = await publishing({});
    const [put, ...more] = statements(inputs(result, "aws:iam/rolePolicy:RolePolicy", "nightly-fn-use-orders").policy);
    assert.deepEqual(
      [put?.Action, put?.Resource, put?.Condition, more],
      [
        ["events:PutEvents"],
        "arn:aws:events:eu-central-1:123456789012:event-bus/shop",
        { StringEquals: { "events:detail-type": [OrderPlaced.type] } },
        [],
      ],
    );
  });

  it("may publish on the topic of an ordered bus, by its key", async () => {
    const result = await publishing(ordered);
    const lines = permissions(result)["nightly-fn"] ?? [];
    assert.ok(
      lines.some((line) => /^sns:Publish shop-[0-9a-f]{8}\.fifo$/.test(line)),
      lines.join(),
    );
    const [, use] = statements(inputs(result, "aws:iam/rolePolicy:RolePolicy", "nightly-fn-use-orders").policy);
    assert.deepEqual(use?.Condition, { StringEquals: { "kms:ViaService": "sns.eu-central-1.amazonaws.com" } });
  });
});
