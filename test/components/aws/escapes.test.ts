import assert from "node:assert/strict";
import {
  Bucket,
  code,
  EventBus,
  ObjectTrigger,
  Schedule,
  Stream,
  StreamProcessor,
  Subscription,
  Table,
  TableTrigger,
} from "../../../components";
import type {} from "../../../components/aws";
import { Click, type Item, OrderPaid, OrderPlaced } from "./handlers/shop";
import { deployed } from "./support";

type Shop = typeof import("./handlers/shop");
const on = <Name extends "onOrder" | "onClicks" | "onObject" | "onItem" | "onTick">(name: Name) =>
  code<Shop, Name>(__dirname, "handlers/shop", name);

const worked = ["alias", "deadLetterQueue", "eventSource", "function", "logGroup", "queue", "queuePolicy", "role"];
const workedNodes = worked.filter((part) => part !== "queuePolicy");

/** A transform that notes which parts it was asked about, and leaves them as they are. */
function noting(): { readonly parts: string[]; readonly transform: never } {
  const parts: string[] = [];
  const aws = new Proxy({}, { get: (_, part: string) => () => void parts.push(part) });
  return { parts, transform: { aws } as never };
}
const nodesOf = ({ nodes }: { readonly nodes: { readonly aws?: object } }) =>
  Object.entries(nodes.aws ?? {})
    .filter(([, node]) => node !== undefined)
    .map(([name]) => name)
    .sort();

async function parts(make: (transform: never) => { readonly nodes: { readonly aws?: object } }) {
  const { parts: asked, transform } = noting();
  let nodes: string[] = [];
  await deployed(() => {
    nodes = nodesOf(make(transform));
  });
  return { asked: asked.sort(), nodes };
}

describe("escape hatches of the event patterns on aws", () => {
  const busOf = (more: object = {}) => new EventBus("shop", { events: [OrderPlaced, OrderPaid], ...more });
  const subscribed = (ordering: "none" | "per-subject") => (transform: never) =>
    new Subscription("billing", {
      bus: busOf({ ordering }),
      events: [OrderPlaced, OrderPaid],
      handler: on("onOrder"),
      transform,
    });
  const both = (...more: string[]) => ({ asked: [...worked, ...more].sort(), nodes: [...workedNodes, ...more].sort() });

  it("hand every part to a transform once, and to nodes", async () => {
    const archive = { retention: "1 day" };
    assert.deepEqual(await parts((transform) => busOf({ archive, transform })), {
      asked: ["archive", "bus", "registry"],
      nodes: ["archive", "bus", "registry"],
    });
    assert.deepEqual(await parts((transform) => busOf({ ordering: "per-subject", transform })), {
      asked: ["registry", "topic"],
      nodes: ["registry", "topic"],
    });
    assert.deepEqual(await parts(subscribed("none")), both("rule", "target"));
    assert.deepEqual(await parts(subscribed("per-subject")), both("topicSubscription"));
    const bucket = () => new Bucket("images");
    assert.deepEqual(
      await parts((transform) => new ObjectTrigger("thumbs", { bucket: bucket(), handler: on("onObject"), transform })),
      both("rule", "target"),
    );
    const stream = () => new Stream("clicks", { record: Click, key: "visitor" });
    assert.deepEqual(
      await parts(
        (transform) => new StreamProcessor("count", { stream: stream(), handler: on("onClicks"), transform }),
      ),
      both("feed"),
    );
    const table = () => new Table<Item>("items", { key: "id" });
    assert.deepEqual(
      await parts((transform) => new TableTrigger("mirror", { table: table(), handler: on("onItem"), transform })),
      both("feed"),
    );
    assert.deepEqual(
      await parts((transform) => new Schedule("nightly", { cron: "0 3 * * *", handler: on("onTick"), transform })),
      both("schedule", "scheduleRole"),
    );
  });

  it("fit every service's names with the longest name a component may have", async () => {
    const long = (mark: string) => mark.repeat(40);
    const result = await deployed(() => {
      const bus = new EventBus(long("b"), { events: [OrderPlaced, OrderPaid], archive: { retention: "1 day" } });
      new Subscription(long("s"), { bus, events: [OrderPlaced, OrderPaid], handler: on("onOrder") });
      const ordered = new EventBus(long("o"), { events: [OrderPlaced, OrderPaid], ordering: "per-subject" });
      new Subscription(long("p"), { bus: ordered, events: [OrderPlaced, OrderPaid], handler: on("onOrder") });
      new ObjectTrigger(long("t"), { bucket: new Bucket(long("i")), handler: on("onObject") });
      new Schedule(long("n"), { cron: "0 3 * * *", handler: on("onTick") });
      const stream = new Stream(long("c"), { record: Click, key: "visitor" });
      new StreamProcessor(long("r"), { stream, handler: on("onClicks"), dedicatedThroughput: true });
      new TableTrigger(long("m"), { table: new Table<Item>(long("l"), { key: "id" }), handler: on("onItem") });
    });
    /** What the service takes; where it names nothing here, 64 characters or more. */
    const longest: Record<string, number> = {
      "aws:cloudwatch/eventArchive:EventArchive": 48,
      "aws:cloudwatch/logGroup:LogGroup": 512,
      "aws:kms/alias:Alias": 256,
      "aws:s3/bucket:Bucket": 63,
      "aws:schemas/schema:Schema": 385,
      "aws:sns/topic:Topic": 256,
      "aws:sqs/queue:Queue": 80,
    };
    for (const { custom, name, type, inputs } of result.resources.filter(({ custom }) => custom)) {
      const called = typeof inputs.name === "string" ? inputs.name : `${name}-1234567`;
      assert.ok(custom && called.length <= (longest[type] ?? 64), `${type} ${called}`);
    }
  });
});
