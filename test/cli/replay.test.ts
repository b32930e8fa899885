import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { State } from "../../cli/deployed/state";
import { findProject, readStack } from "../../cli/project";
import { type Listener, listenerOf, type Period, replay } from "../../cli/replay";
import { eventsOf, replayAzure } from "../../cli/replay/azure";
import { AdminServer } from "../../local/server";
import { makeCloud, queueInputs } from "../local/support";
import { fakeServer } from "../runtime/support";
import { withCommand } from "../support/command";

const past = { from: new Date("2026-01-01T10:00:00Z"), to: new Date("2026-01-01T11:00:00Z") };
const event = (id: string, type = "com.shop.things.ThingMade.v1") => ({ specversion: "1.0", id, type, data: { id } });

describe("the subscription that is replayed to", () => {
  const component = (kind: string, name: string, outputs: object) => ({ kind, name, outputs: { ...outputs } });
  const state = (archive: string): State => ({
    stack: "shop-aws",
    components: [
      component("EventBus", "things", { bus: "arn:bus", contract: [{ property: "archive", asked: archive }] }),
      component("Subscription", "note", { bus: "things", types: ["a.b.C.v1"], queue: "q" }),
    ],
    resource: () => undefined,
  });

  it("is known by the stack's state, and so are its bus and its types", () => {
    const { bus, busAddress, types, queue } = listenerOf(state("7 days"), "note");
    assert.deepEqual([bus, busAddress, types, queue], ["things", "arn:bus", ["a.b.C.v1"], "q"]);
  });

  it("is one that there is, on a bus with an archive", () => {
    assert.throws(() => listenerOf(state("7 days"), "notes"), /no subscription "notes"[\s\S]*choose one of note/);
    assert.throws(() => listenerOf(state("none asked"), "note"), /bus "things" keeps no archive[\s\S]*set archive/);
  });
});

describe("replay in a running local cloud", () => {
  const folder = mkdtempSync(join(tmpdir(), "replay-"));
  const before = process.env.XDG_RUNTIME_DIR;
  beforeEach(() => {
    process.env.XDG_RUNTIME_DIR = folder;
  });
  after(() => {
    if (before === undefined) delete process.env.XDG_RUNTIME_DIR;
    else process.env.XDG_RUNTIME_DIR = before;
    rmSync(folder, { recursive: true, force: true });
  });

  it("marks what was published in the period, and gives it to the one subscription", async () => {
    const cloud = await makeCloud();
    const server = await AdminServer.start(cloud);
    try {
      await cloud.create("Bus", {
        name: "fulfilment-local-shop",
        archiveSeconds: 3600,
        maxEventBytes: 10_000,
        ordered: false,
      });
      for (const name of ["fulfilment-local-one", "fulfilment-local-two"]) {
        await cloud.create("Queue", { ...queueInputs, name });
        await cloud.create("Subscription", {
          name,
          bus: "fulfilment-local-shop",
          queue: name,
          types: ["com.shop.things.ThingMade.v1"],
        });
      }
      cloud.find("Bus", "fulfilment-local-shop")?.publish(JSON.stringify(event("e-1")));
      const received = (name: string) => cloud.find("Queue", name)?.receive(10) ?? [];
      assert.equal(received("fulfilment-local-one").length, 1);
      assert.equal(received("fulfilment-local-two").length, 1);

      const stack = readStack(findProject(), "fulfilment-local");
      const now = Date.now();
      const around = { from: new Date(now - 60_000), to: new Date(now + 60_000) };
      assert.equal(await replay(stack, "one", { ...around, name: "again" }), "1 event sent to one again.");
      const [again] = received("fulfilment-local-one");
      assert.equal((JSON.parse(again?.body ?? "{}") as { replay?: string }).replay, "again");
      assert.deepEqual(received("fulfilment-local-two"), []);
      assert.equal(await replay(stack, "one", { ...past, name: "before" }), "0 events sent to one again.");
      await assert.rejects(
        replay(stack, "three", { ...around, name: "x" }),
        /no Subscription "fulfilment-local-three"/,
      );
      await assert.rejects(
        replay(stack, "one", { from: past.to, to: past.from, name: "x" }),
        /--from is not before --to/,
      );
    } finally {
      await server.close();
      await cloud.close();
    }
  });
});

describe("replay on azure", () => {
  const id = (kind: string, name: string) =>
    `/subscriptions/s/resourceGroups/g/providers/Microsoft.${kind}/namespaces/${name}/x/y`;
  const listener: Listener = {
    subscription: "note",
    bus: "things",
    types: ["com.shop.things.ThingMade.v1"],
    busAddress: "topic",
    queue: "note",
    resource: (type) =>
      type.endsWith(":EventHub")
        ? { id: id("EventHub", "hubs"), name: "things.archive" }
        : { id: id("ServiceBus", "bus") },
  };

  it("puts what the archive has of the handler's types on its queue, marked, under ids of the replay's own", async () => {
    const asked: unknown[] = [];
    async function* read(namespace: string, hub: string, { from, to }: Period) {
      asked.push([namespace, hub, from, to]);
      yield event("e-1");
      yield event("e-2", "com.shop.things.ThingSold.v1");
    }
    const bus = await fakeServer(() => ({ status: 201 }));
    process.env.SERVICE_BUS_ENDPOINT = bus.url;
    try {
      const said = await withCommand("az", "echo token-of-az", () =>
        replayAzure(listener, { ...past, name: "again" }, read),
      );
      assert.equal(said, "1 event sent to note again.");
      assert.deepEqual(asked, [["hubs.servicebus.windows.net", "things.archive", past.from, past.to]]);
      assert.deepEqual(
        bus.requests.map(({ method, url }) => `${method} ${url}`),
        ["POST /note/messages"],
      );
      const [message] = JSON.parse(bus.requests[0]?.body ?? "[]") as { Body: string; BrokerProperties: object }[];
      assert.deepEqual(JSON.parse(message?.Body ?? ""), { ...event("e-1"), replay: "again" });
      assert.deepEqual(message?.BrokerProperties, { MessageId: "e-1:again" });
    } finally {
      delete process.env.SERVICE_BUS_ENDPOINT;
      await bus.close();
    }
  });

  it("reads every partition up to where it ended when the replay began, and what lies in the period only", async () => {
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 10, minute));
    const received = (sequenceNumber: number, minute: number) => ({
      sequenceNumber,
      enqueuedTimeUtc: at(minute),
      body: [event(`e-${sequenceNumber}`)],
    });
    const log: Record<string, ReturnType<typeof received>[]> = {
      "0": [received(1, 1), received(2, 30), received(3, 90)],
      "1": [],
    };
    let closed = 0;
    class EventHubConsumerClient {
      getPartitionIds = async () => Object.keys(log);
      getPartitionProperties = async (partition: string) => ({
        lastEnqueuedSequenceNumber: log[partition]?.at(-1)?.sequenceNumber ?? -1,
        isEmpty: log[partition]?.length === 0,
      });
      subscribe(
        partition: string,
        { processEvents }: { processEvents: (events: readonly ReturnType<typeof received>[]) => Promise<void> },
      ) {
        let open = true;
        // A later record arrives while the archive is read.
        const batches = [...(log[partition] ?? []).map((one) => [one]), [received(4, 31)]];
        setImmediate(async () => {
          for (const batch of batches) if (open) await processEvents(batch);
        });
        return {
          close: async () => {
            open = false;
          },
        };
      }
      close = async () => {
        closed++;
      };
    }
    const found: unknown[] = [];
    for await (const one of eventsOf({ EventHubConsumerClient }, "n", "h", past)) found.push(one.id);
    assert.deepEqual(found, ["e-1", "e-2"]);
    assert.equal(closed, 1);
  });
});
