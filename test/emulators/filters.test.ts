/** EventBridge patterns as the moto server (https://docs.getmoto.org) evaluates them: rules with queues as targets. */
import assert from "node:assert/strict";
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import fc from "fast-check";
import { compile } from "../../components/filter/event-bridge";
import { matches } from "../../runtime/filter";
import { aCondition, aFilter, anEvent, type Given, onEventBridge, types } from "../support/filter-cases";
import { matchesPattern } from "../support/filter-languages/event-bridge";
import { account, onMoto, region } from "./moto";

const filters = 45;
const eventsEach = 5;
const seed = 4;

/**
 * Without what moto does in its own way: it takes false for 0 and 0 for false, has all decimals of a number, says that an empty list is
 * there, and looks for nothing in lists of objects or behind names with dots.
 */
const plain = anEvent.filter(({ data }) => !Object.hasOwn(data, "c.d") && Object.values(data).every(isPlain));
function isPlain(value: unknown): boolean {
  if (Array.isArray(value))
    return value.length > 0 && value.every((one) => isPlain(one) && (one === null || typeof one !== "object"));
  if (typeof value === "object" && value !== null) return Object.values(value).every(isPlain);
  return typeof value !== "boolean" && value !== 0 && value !== 5.0000001;
}

const [type = ""] = types;
/** Null, missing and there. */
const nothing: readonly Given[] = [{ a: null }, {}, { a: "x" }].map((data) => ({
  type,
  source: "/services/orders",
  subject: "1",
  data,
}));

describe("event filters on moto's EventBridge", function () {
  this.timeout(180_000);
  onMoto();
  let bus: EventBridgeClient;
  let queues: SQSClient;

  before(() => {
    bus = new EventBridgeClient({});
    queues = new SQSClient({});
  });

  after(() => {
    bus?.destroy();
    queues?.destroy();
  });

  /** Which of the events reach a rule's queue. */
  async function delivered(name: string, pattern: unknown, events: readonly Given[]): Promise<ReadonlySet<number>> {
    const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: name }));
    await bus.send(new PutRuleCommand({ Name: name, EventPattern: JSON.stringify(pattern) }));
    const Arn = `arn:aws:sqs:${region}:${account}:${name}`;
    await bus.send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: "queue", Arn }] }));
    const Entries = events.map((given, index) => {
      const { source, detail, "detail-type": type } = onEventBridge(given);
      return { Source: source, DetailType: type, Detail: JSON.stringify({ ...detail, id: String(index) }) };
    });
    const { FailedEntryCount } = await bus.send(new PutEventsCommand({ Entries }));
    assert.equal(FailedEntryCount, 0);
    // Else every later event would be delivered to all earlier rules too.
    await bus.send(new RemoveTargetsCommand({ Rule: name, Ids: ["queue"] }));
    const found = new Set<number>();
    for (let received = 0; received <= events.length; received++) {
      const { Messages = [] } = await queues.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return found;
      for (const { Body = "" } of Messages) found.add(Number(JSON.parse(Body).detail.id));
    }
    throw new Error(`the queue of ${name} does not end`);
  }

  it(`evaluates ${filters * eventsEach} generated cases as the interpreter does, and drops nothing that is wanted`, async () => {
    let [tried, wanted, exact] = [0, 0, 0];
    const sampled = fc.sample(fc.oneof(aCondition, aFilter), { numRuns: filters - 1, seed });
    // Presence of what is null or missing is asked for too seldom to be left to chance.
    const asked = [{ field: "data.a", exists: false } as const, ...sampled];
    const given = fc.sample(fc.array(plain, { minLength: eventsEach, maxLength: eventsEach }), {
      numRuns: filters,
      seed,
    });
    for (const [index, filter] of asked.entries()) {
      const events = index === 0 ? [...nothing, ...(given[0] ?? [])].slice(0, eventsEach) : (given[index] ?? []);
      const made = compile(filter, types);
      const found = await delivered(`rule-${index}`, made.pattern, events);
      for (const [at, event] of events.entries()) {
        const reference = matches(filter, event);
        const shown = JSON.stringify([filter, made, event]);
        tried++;
        if (reference) wanted++;
        if (reference) assert.ok(found.has(at), `dropped: ${shown}`);
        if (made.exact) exact++;
        if (made.exact) assert.equal(found.has(at), reference, `not exact: ${shown}`);
        assert.equal(found.has(at), matchesPattern(made.pattern, onEventBridge(event)), `read differently: ${shown}`);
      }
    }
    console.log(`      moto: ${tried} cases, ${wanted} wanted, ${exact} exact`);
    assert.ok(tried >= 200 && wanted > 20 && exact > 20);
  });
});
