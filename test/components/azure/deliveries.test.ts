import assert from "node:assert/strict";
import type { RunResult } from "../../../cli/engine";
import {
  Bucket,
  code,
  EventBus,
  ObjectTrigger,
  type ObjectTriggerArgs,
  Subscription,
  type SubscriptionArgs,
} from "../../../components";
import type {} from "../../../components/azure";
import { ThingMade, ThingSold } from "../../fixtures/happenings";
import { planned, registered } from "../../support/plan";
import { deployed, inputs, roles, settings } from "./support";

type Quiet = typeof import("../../fixtures/quiet-triggered");
const onEvent = code<Quiet, "onEvent">(__dirname, "../../fixtures/quiet-triggered", "onEvent");
const onObject = code<Quiet, "onObject">(__dirname, "../../fixtures/quiet-triggered", "onObject");
const row = (run: RunResult, name: string, property: string) =>
  registered(run, name).contract.find((one) => one.property === property);
const all = (run: RunResult, type: string) => run.resources.filter((one) => one.type.endsWith(`:${type}`));
const queueRole = (who: string, queue: string) =>
  `${who}: Azure Service Bus Data Sender on ServiceBus/namespaces/bus/queues/${queue}`;

interface Delivered {
  readonly eventDeliverySchema: string;
  readonly deliveryWithResourceIdentity: {
    readonly identity: { readonly type: string };
    readonly destination: { readonly endpointType: string; readonly resourceId: string };
  };
  readonly deadLetterWithResourceIdentity: {
    readonly identity: { readonly type: string };
    readonly deadLetterDestination: { readonly resourceId: string; readonly blobContainerName: string };
  };
  readonly destination?: unknown;
  readonly retryPolicy: unknown;
  readonly filter: {
    readonly includedEventTypes: readonly string[];
    readonly advancedFilters: readonly {
      readonly operatorType: string;
      readonly key: string;
      readonly values?: unknown;
    }[];
    readonly subjectBeginsWith?: string;
    readonly subjectEndsWith?: string;
    readonly isSubjectCaseSensitive?: boolean;
  };
}

/** Queue-first, by identity, and nothing lost on the way. */
function reachesItsQueue(run: RunResult, type: string, name: string, source: string): void {
  const subscription = inputs<Delivered>(run, type, name);
  assert.equal(subscription.eventDeliverySchema, "CloudEventSchemaV1_0");
  assert.equal(subscription.destination, undefined, "no key");
  const { identity, destination } = subscription.deliveryWithResourceIdentity;
  assert.deepEqual([identity.type, destination.endpointType], ["SystemAssigned", "ServiceBusQueue"]);
  assert.match(destination.resourceId, new RegExp(`/queues/${name}$`));
  assert.deepEqual(subscription.retryPolicy, { eventTimeToLiveInMinutes: 1440, maxDeliveryAttempts: 30 });
  const { deadLetterDestination } = subscription.deadLetterWithResourceIdentity;
  assert.equal(subscription.deadLetterWithResourceIdentity.identity.type, "SystemAssigned");
  assert.match(deadLetterDestination.resourceId, /storageAccounts\/undelivered/);
  assert.match(deadLetterDestination.blobContainerName, new RegExp(source));
  const given = roles(run).filter((role) => role.startsWith(`${source}: `));
  assert.ok(given.includes(queueRole(source, name)), given.join("\n"));
  assert.equal(given.length, 2, "and the container for what cannot be delivered");
  const [made] = all(run, type).filter((one) => one.name === name);
  const before = all(run, "RoleAssignment").filter(({ urn }) => made?.dependencies.includes(urn));
  assert.deepEqual(before.map((one) => one.name).sort(), [`${name}-delivery`, `${source}-undelivered`].sort());
  assert.equal(row(run, name, "undelivered")?.given, "kept in a blob container");
}

describe("Subscription on azure", () => {
  type Args = SubscriptionArgs<typeof ThingMade, Quiet["onEvent"]>;
  const subscribed = (args: Partial<Args> = {}, bus: object = {}) =>
    deployed(() => {
      const things = new EventBus("things", { events: [ThingMade, ThingSold], ...bus });
      new Subscription("note", { bus: things as never, events: [ThingMade], handler: onEvent, ...args });
    });

  it("is delivered to a queue of its own as the topic, which may send there, and keeps what cannot be delivered", async () => {
    reachesItsQueue(await subscribed(), "TopicEventSubscription", "note", "things");
  });

  it("has the dead letters, retries and locks of every queue", async () => {
    const run = await subscribed({ maxDeliveries: 9, retention: "2 days" });
    const queue = inputs(run, "servicebus:Queue", "note");
    assert.deepEqual(
      [queue.maxDeliveryCount, queue.defaultMessageTimeToLive, queue.deadLetteringOnMessageExpiration],
      [9, "P2D", true],
    );
    assert.equal(queue.forwardDeadLetteredMessagesTo, "note-dead");
    assert.equal(queue.requiresSession, undefined);
    assert.deepEqual(
      roles(run).filter((role) => role.startsWith("note-fn: Azure Service Bus")),
      [
        "note-fn: Azure Service Bus Data Receiver on ServiceBus/namespaces/bus/queues/note",
        queueRole("note-fn", "note"),
        queueRole("note-fn", "note-dead"),
      ],
    );
  });

  it("lets the service filter by type and data, and tells the adapter the whole filter", async () => {
    const filter = { field: "data.size", min: 1, max: 9 };
    const run = await subscribed({ filter });
    assert.deepEqual(inputs<Delivered>(run, "TopicEventSubscription", "note").filter, {
      advancedFilters: [
        { key: "data.size", operatorType: "NumberGreaterThanOrEquals", value: 1 },
        { key: "data.size", operatorType: "NumberLessThanOrEquals", value: 9 },
      ],
      includedEventTypes: [ThingMade.type],
      isSubjectCaseSensitive: false,
    });
    assert.deepEqual((settings(run, "note-fn").SB_SETTINGS as { filter: unknown }).filter, filter);
    assert.equal(row(run, "note", "filter")?.how, "native");
    const coarse = await subscribed({ filter: { field: "data.color", notIn: ["grey"] } });
    assert.equal(row(coarse, "note", "filter")?.how, "emulated");
    assert.match(row(coarse, "note", "filter")?.why ?? "", /because Event Grid excludes texts without regard to case/);
  });

  it("takes no others where it has no filter", async () => {
    const run = await subscribed();
    const { includedEventTypes, advancedFilters } = inputs<Delivered>(run, "TopicEventSubscription", "note").filter;
    assert.deepEqual([includedEventTypes, advancedFilters], [[ThingMade.type], []]);
    assert.equal("filter" in (settings(run, "note-fn").SB_SETTINGS as object), false);
  });

  describe("of an ordered bus", () => {
    let run: RunResult;
    before(async () => {
      run = await subscribed(
        { maxDeliveries: 9, retention: "2 days", filter: { field: "data.size", min: 1 } },
        { ordering: "per-subject" },
      );
    });

    it("reads the topic's subscription in sessions, with its expired and given up ones among the dead letters", () => {
      const subscription = inputs(run, "servicebus:Subscription", "note");
      assert.deepEqual(
        [
          subscription.topicName,
          subscription.requiresSession,
          subscription.lockDuration,
          subscription.maxDeliveryCount,
        ],
        ["things.events", true, "PT5M", 9],
      );
      assert.deepEqual(
        [subscription.defaultMessageTimeToLive, subscription.deadLetteringOnMessageExpiration],
        ["P2D", true],
      );
      assert.equal(subscription.forwardDeadLetteredMessagesTo, "note-dead");
      assert.equal(subscription.forwardTo, undefined, "sessions do not forward");
      const { SB_TOPIC, SB_SUBSCRIPTION, SB_QUEUE, SB_SESSIONS } = settings(run, "note-fn");
      assert.deepEqual([SB_TOPIC, SB_SUBSCRIPTION, SB_QUEUE, SB_SESSIONS], ["things.events", "note", "note", "true"]);
      assert.equal(inputs(run, "servicebus:Queue", "note").requiresSession, true, "order holds for redriven ones too");
    });

    it("may receive from both, and nothing else", () => {
      assert.deepEqual(
        roles(run).filter((role) => /: Azure Service Bus/.test(role)),
        [
          "note-fn: Azure Service Bus Data Receiver on ServiceBus/namespaces/bus/queues/note",
          "note-fn: Azure Service Bus Data Receiver on ServiceBus/namespaces/bus/topics/things.events/subscriptions/note",
          queueRole("note-fn", "note"),
          queueRole("note-fn", "note-dead"),
        ],
      );
    });

    it("lets through its types alone: the service's own rule, which lets everything through, gives way", async () => {
      const ofType = (type: string) => ({ properties: { "ce-type": type }, requiresPreprocessing: true });
      const rule = inputs(run, "servicebus:DefaultRule", "note");
      assert.deepEqual([rule.filterType, rule.correlationFilter], ["CorrelationFilter", ofType(ThingMade.type)]);
      assert.equal(all(run, "servicebus:Rule").length, 0);
      const both = await subscribed({ events: [ThingSold, ThingMade] as never }, { ordering: "per-subject" });
      assert.deepEqual(inputs(both, "servicebus:DefaultRule", "note").correlationFilter, ofType(ThingMade.type));
      const other = inputs(both, "servicebus:Rule", `note-${ThingSold.type}`);
      assert.deepEqual(other.correlationFilter, ofType(ThingSold.type));
      const none = await subscribed({ filter: { field: "type", in: ["other"] } }, { ordering: "per-subject" });
      assert.deepEqual(inputs(none, "servicebus:DefaultRule", "note").sqlFilter, {
        requiresPreprocessing: true,
        sqlExpression: "1=0",
      });
    });

    it("says that data are filtered by the adapter", () => {
      assert.equal(row(run, "note", "filter")?.how, "emulated");
      assert.equal(row(run, "note", "ordering")?.given, "per-subject");
    });
  });

  it("hands its subscriptions to their transforms", async () => {
    const transform = { azure: { eventSubscription: (args: object) => ({ ...args, labels: ["mine"] }) } };
    const run = await subscribed({ transform: transform as never });
    assert.deepEqual(inputs(run, "TopicEventSubscription", "note").labels, ["mine"]);
  });
});

describe("ObjectTrigger on azure", () => {
  type Args = ObjectTriggerArgs<Quiet["onObject"]>;
  const triggered = (args: Partial<Args> = {}) =>
    deployed(() => {
      const bucket = new Bucket("files");
      new ObjectTrigger("taken", { bucket, handler: onObject, ...args });
    });
  const filterOf = (run: RunResult) => inputs<Delivered>(run, "SystemTopicEventSubscription", "taken").filter;
  const base = "/blobServices/default/containers/objects/blobs/";

  it("is delivered to a queue of its own as the bucket's topic, which may send there", async () => {
    reachesItsQueue(await triggered(), "SystemTopicEventSubscription", "taken", "files");
  });

  it("shares the account's one topic with others", async () => {
    const run = await planned("azure", () => {
      const bucket = new Bucket("files");
      for (const name of ["taken", "other"]) new ObjectTrigger(name, { bucket, handler: onObject });
    });
    assert.equal(all(run, "SystemTopic").length, 1);
    assert.equal(all(run, "SystemTopicEventSubscription").length, 2);
  });

  it("is told of complete uploads only, once each, of this container", async () => {
    const { advancedFilters, includedEventTypes, isSubjectCaseSensitive, subjectBeginsWith, subjectEndsWith } =
      filterOf(await triggered());
    assert.deepEqual(includedEventTypes, ["Microsoft.Storage.BlobCreated"]);
    assert.deepEqual(advancedFilters, [
      { key: "data.api", operatorType: "StringIn", values: ["PutBlob", "PutBlockList", "FlushWithClose", "CopyBlob"] },
    ]);
    assert.deepEqual([subjectBeginsWith, subjectEndsWith, isSubjectCaseSensitive], [base, undefined, true]);
  });

  it("is told of deletions where asked to", async () => {
    const values = (run: RunResult) => filterOf(run).advancedFilters[0]?.values;
    assert.deepEqual(values(await triggered({ on: ["deleted"] })), ["DeleteBlob", "DeleteFile"]);
    const both = await triggered({ on: ["deleted", "created"] });
    assert.deepEqual(filterOf(both).includedEventTypes, [
      "Microsoft.Storage.BlobCreated",
      "Microsoft.Storage.BlobDeleted",
    ]);
    assert.equal((values(both) as string[]).length, 6);
  });

  for (const [prefix, suffix, begin, end] of [
    ["in/", ".jpg", "in/", ".jpg"],
    ["in voice/", ".tar gz", "in", "gz"],
    ["ä", "é", "", undefined],
    ["x".repeat(900), "", "x".repeat(200), undefined],
  ] as const)
    it(`lets the service compare what is plain of ${prefix.slice(0, 12)} and ${suffix || "nothing"}, and the adapter all`, async () => {
      const run = await triggered({ prefix, suffix });
      const { subjectBeginsWith, subjectEndsWith } = filterOf(run);
      assert.deepEqual([subjectBeginsWith, subjectEndsWith], [base + begin, end]);
      const own = settings(run, "taken-fn").SB_SETTINGS as Record<string, unknown>;
      assert.deepEqual([own.on, own.prefix, own.suffix], [["created"], prefix, suffix]);
      assert.equal(row(run, "taken", "prefix")?.how, begin === prefix ? "native" : "emulated");
      assert.equal(row(run, "taken", "suffix")?.how, (end ?? "") === suffix ? "native" : "emulated");
    });
});
