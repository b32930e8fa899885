/** Replays against moto's EventBridge and Google's Pub/Sub emulator; those of the other clouds are in `test/cli`. */
import assert from "node:assert/strict";
import {
  CreateArchiveCommand,
  CreateEventBusCommand,
  DescribeReplayCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Listener } from "../../cli/replay";
import { replayAws } from "../../cli/replay/aws";
import { replayGcp } from "../../cli/replay/gcp";
import { publish } from "../../runtime/gcp/pubsub";
import { named, pull, topic } from "./gcp-world";
import { type Emulator, pubsubEmulator } from "./google";
import { account, onMoto, region } from "./moto";

const made = "com.shop.things.ThingMade.v1";
const listener = { subscription: "note", bus: "things", types: [made], resource: () => undefined };

describe("replay from a Pub/Sub topic", function () {
  this.timeout(120_000);
  let emulator: Emulator | undefined;
  const before_ = process.env.PUBSUB_EMULATOR_HOST;
  before(async function () {
    emulator = await pubsubEmulator();
    if (!emulator) {
      assert.ok(!process.env.CI, "the Pub/Sub emulator is not installed");
      console.log("      skipped: there is no Pub/Sub emulator");
      return this.skip();
    }
    process.env.PUBSUB_EMULATOR_HOST = emulator.host;
  });
  after(async () => {
    if (before_ === undefined) delete process.env.PUBSUB_EMULATOR_HOST;
    else process.env.PUBSUB_EMULATOR_HOST = before_;
    await emulator?.stop();
  });

  it("puts what was published in the period on the listener's own topic, marked", async () => {
    const bus = await topic("things");
    const own = await topic("note");
    const began = new Date(Date.now() - 1000);
    const say = (id: string, type: string) =>
      publish(bus.topic, { body: JSON.stringify({ id }), attributes: { "ce-type": type, "ce-id": id } }, undefined);
    for (let n = 0; n < 5; n++) await say(`e-${n}`, made);
    await say("other", "com.shop.things.ThingSold.v1");
    const to: Listener = { ...listener, busAddress: bus.topic, queue: own.topic };
    const said = await replayGcp(to, { name: "again", from: began, to: new Date(Date.now() + 1000) });
    assert.equal(said, "5 events sent to note again.");
    const ids: string[] = [];
    while (ids.length < 5) {
      const { attributes = {} } = await pull(own.subscription);
      assert.equal(attributes["ce-replay"], "again");
      ids.push(attributes["ce-id"] ?? "");
    }
    assert.deepEqual(ids.sort(), ["e-0", "e-1", "e-2", "e-3", "e-4"]);
  });
});

describe("replay from an EventBridge archive", function () {
  this.timeout(90_000);
  onMoto();

  it("is started for the period, from the bus's archive, to the listener's rule only", async () => {
    const [events, sqs] = [new EventBridgeClient({ region }), new SQSClient({ region })];
    try {
      const [bus, rule] = [named("things"), named("note")];
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: rule }));
      const { EventBusArn = "" } = await events.send(new CreateEventBusCommand({ Name: bus }));
      const { ArchiveArn } = await events.send(
        new CreateArchiveCommand({ ArchiveName: bus, EventSourceArn: EventBusArn }),
      );
      const { RuleArn } = await events.send(
        new PutRuleCommand({ Name: rule, EventBusName: bus, EventPattern: JSON.stringify({ "detail-type": [made] }) }),
      );
      await events.send(
        new PutTargetsCommand({
          Rule: rule,
          EventBusName: bus,
          Targets: [{ Id: "queue", Arn: `arn:aws:sqs:${region}:${account}:${rule}` }],
        }),
      );
      const Detail = JSON.stringify({ id: "e-1" });
      await events.send(
        new PutEventsCommand({ Entries: [{ EventBusName: bus, Source: "/shop", DetailType: made, Detail }] }),
      );
      const received = async () => {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
        return Messages.map(({ Body = "" }) => JSON.parse(Body) as Record<string, unknown>);
      };
      assert.equal((await received()).length, 1);
      const to: Listener = {
        ...listener,
        busAddress: EventBusArn,
        queue: QueueUrl ?? "",
        resource: (type) => ({ arn: type.endsWith(":EventArchive") ? ArchiveArn : RuleArn }),
      };
      const now = Date.now();
      const period = { from: new Date(now - 60_000), to: new Date(now + 60_000) };
      assert.match(await replayAws(to, { ...period, name: "again" }), /Replay again is under way: aws events/);
      const told = await events.send(new DescribeReplayCommand({ ReplayName: "again" }));
      assert.deepEqual(
        [told.EventSourceArn, told.Destination],
        [ArchiveArn, { Arn: EventBusArn, FilterArns: [RuleArn] }],
      );
      const [again] = await received();
      assert.deepEqual([again?.["replay-name"], again?.detail], ["again", { id: "e-1" }]);
      await assert.rejects(replayAws(to, { ...period, name: "no name" }), /--name no name is no name of a replay/);
    } finally {
      events.destroy();
      sqs.destroy();
    }
  });
});
