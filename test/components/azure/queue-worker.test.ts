import assert from "node:assert/strict";
import { unzipSync } from "fflate";
import * as z from "zod/mini";
import type { RunResult } from "../../../cli/engine";
import { code, QueueWorker, Table, type Table as TableOf } from "../../../components";
import type {} from "../../../components/azure";
import { Note } from "../../fixtures/contracts";
import { planned, registered } from "../../support/plan";
import { refusal } from "../../support/refusal";
import { deployed, inputs, only, roles, settings } from "./support";

const handler = code<typeof import("../../fixtures/quiet-worker")>(__dirname, "../../fixtures/quiet-worker");
const storing = code<typeof import("../../fixtures/note-worker")>(__dirname, "../../fixtures/note-worker");
type Options = Omit<ConstructorParameters<typeof QueueWorker<typeof Note>>[1], "message" | "handler" | "uses">;
const worker = (options: Options = {}) => new QueueWorker("write", { message: Note, handler, ...options });

const queue = (run: RunResult, name = "write") => inputs(run, "servicebus:Queue", name);
const host = (run: RunResult, name = "write-fn") => {
  const { zip } = inputs<{ zip: string }>(run, "PublishedCode", name);
  return JSON.parse(Buffer.from(unzipSync(Buffer.from(zip, "base64"))["host.json"] ?? []).toString());
};
const row = (run: RunResult, property: string) =>
  registered(run, "write").contract.find((one) => one.property === property);

describe("QueueWorker on azure", () => {
  let result: RunResult;
  before(async () => {
    result = await deployed(() =>
      worker({ retention: "4 days", deadLetter: { retention: "14 days" }, maxDeliveries: 7 }),
    );
  });

  it("locks a message as long as Service Bus can, counts deliveries, and lets nothing that expired vanish", () => {
    const main = queue(result);
    assert.equal(main.lockDuration, "PT5M");
    assert.equal(main.maxDeliveryCount, 7);
    assert.equal(main.defaultMessageTimeToLive, "P4D");
    assert.equal(main.deadLetteringOnMessageExpiration, true);
  });

  it("forwards what the service gives up to a real queue, where the adapter sends dead letters too, and keeps them", () => {
    assert.equal(queue(result).forwardDeadLetteredMessagesTo, "write-dead");
    const dead = queue(result, "write-dead");
    assert.equal(dead.defaultMessageTimeToLive, "P14D");
    assert.equal(dead.forwardDeadLetteredMessagesTo, undefined);
    const { deadLetter } = settings(result, "write-fn").SB_SETTINGS as { deadLetter: string };
    assert.match(deadLetter, /^https:\/\/bus-[0-9a-f]{8}\.servicebus\.windows\.net\/write-dead$/);
    const made = result.resources.filter(({ type }) => type.endsWith("servicebus:Queue"));
    const [first, second] = ["write-dead", "write"].map((name) => made.find((one) => one.name === name));
    assert.ok(second?.dependencies.includes(first?.urn ?? "none"), "the target is there first");
  });

  it("receives by identity from its own queue, and may send to that and the dead letters, and nowhere else", () => {
    const bus = "ServiceBus/namespaces/bus/queues";
    assert.deepEqual(
      roles(result).filter((role) => role.includes("Service Bus")),
      [
        `write-fn: Azure Service Bus Data Receiver on ${bus}/write`,
        `write-fn: Azure Service Bus Data Sender on ${bus}/write`,
        `write-fn: Azure Service Bus Data Sender on ${bus}/write-dead`,
      ],
    );
    assert.equal(only(result, "Namespace").disableLocalAuth, true);
    assert.equal(only(result, "Namespace").minimumTlsVersion, "1.2");
    assert.deepEqual(
      result.resources.filter(({ type }) => /AuthorizationRule$/.test(type)),
      [],
    );
  });

  for (const [asked, time] of Object.entries({
    "1 second": "00:00:01",
    "90 seconds": "00:01:30",
    "5 minutes": "00:05:00",
  }))
    it(`ends a call after ${asked}, by the host's own clock`, async () => {
      const run = await deployed(() => worker({ timeout: asked as never }));
      assert.equal(host(run).functionTimeout, time);
      assert.equal(
        (settings(run, "write-fn").SB_SETTINGS as { timeoutSeconds: number }).timeoutSeconds,
        time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0),
      );
    });

  for (const [asked, iso] of Object.entries({
    "10 minutes": "PT10M",
    "1 day": "P1D",
    "90 minutes": "PT1H30M",
    "90061 seconds": "P1DT1H1M1S",
  }))
    it(`writes ${asked} as Azure reads it back`, async () => {
      assert.equal(queue(await deployed(() => worker({ retention: asked as never }))).defaultMessageTimeToLive, iso);
    });

  it("never prefetches, since a lock runs from then on, and renews it while a call lasts", () => {
    const { prefetchCount, maxAutoLockRenewalDuration, autoCompleteMessages } = host(result).extensions.serviceBus;
    assert.deepEqual([prefetchCount, maxAutoLockRenewalDuration, autoCompleteMessages], [0, "00:05:00", true]);
  });

  it("limits calls at once by instances of one call each", async () => {
    const scale = (run: RunResult) =>
      inputs<{
        functionAppConfig: { scaleAndConcurrency: { maximumInstanceCount: number; instanceMemoryMB: number } };
      }>(run, "WebApp", "write-fn").functionAppConfig.scaleAndConcurrency;
    const limited = await deployed(() => worker({ maxConcurrency: 40, memory: 2048 }));
    assert.deepEqual(scale(limited), { instanceMemoryMB: 2048, maximumInstanceCount: 40 });
    assert.equal(host(limited).extensions.serviceBus.maxConcurrentCalls, 1);
    assert.equal(row(limited, "maxConcurrency")?.given, "40");
    assert.deepEqual(scale(result), { instanceMemoryMB: 512, maximumInstanceCount: 100 });
  });

  it("says what is emulated, and what an attempt is", () => {
    for (const property of ["backoff", "deadLetter.cause", "maxMessageBytes"])
      assert.equal(row(result, property)?.how, "emulated", property);
    assert.match(row(result, "maxDeliveries")?.why ?? "", /up to twice/);
    assert.match(row(result, "backoff")?.why ?? "", /copy/);
  });

  it("says what the data class costs", async () => {
    assert.match(row(result, "encryption")?.why ?? "", /Premium tier, billed by the hour/);
    const internal = await deployed(() => worker(), { dataClass: "internal" });
    assert.match(row(internal, "encryption")?.why ?? "", /Standard tier/);
    assert.match(row(internal, "maxMessageBytes")?.why ?? "", /counts properties/);
  });

  it("shares one namespace with the stack's other workers", async () => {
    const run = await deployed(() => {
      worker();
      new QueueWorker("other", { message: Note, handler });
    });
    assert.equal(run.resources.filter(({ type }) => type.endsWith(":Namespace")).length, 1);
    assert.equal(queue(run, "other").namespaceName, queue(run).namespaceName);
  });

  it("assigns a role on a resource once, however often it is used", async () => {
    const run = await deployed(() => {
      const notes = new Table<Note>("notes", { key: "id" });
      new QueueWorker("write", {
        message: Note,
        handler: storing,
        uses: { notes: notes.readWriter(), again: notes.readWriter() } as {
          notes: ReturnType<TableOf<Note>["readWriter"]>;
        },
      });
    });
    const cosmos = roles(run).filter((role) => role.includes("Cosmos"));
    assert.deepEqual(cosmos, [
      "write-fn: Cosmos DB Built-in Data Contributor on DocumentDB/databaseAccounts/tables/dbs/tables/colls/notes",
    ]);
    assert.deepEqual(settings(run, "write-fn").SB_USE_AGAIN, settings(run, "write-fn").SB_USE_NOTES);
  });

  describe("refuses a message whose fields would hide the queue's own", () => {
    const tree = z.object({
      messageId: z.string(),
      get children() {
        return z.array(tree);
      },
    });
    const messages: Readonly<Record<string, z.core.$ZodType>> = {
      "in an object, however it is spelled": z.object({ id: z.string(), DeliveryCount: z.number() }),
      "in a union": z.union([z.object({ id: z.string() }), z.object({ id: z.string(), messageId: z.string() })]),
      "in an intersection": z.intersection(z.object({ id: z.string() }), z.object({ enqueuedTimeUtc: z.string() })),
      "in a union with a type that names itself": z.union([z.object({ root: tree }), tree]),
      "in a record with known keys": z.record(z.enum(["id", "applicationProperties"]), z.string()),
    };
    for (const [where, message] of Object.entries(messages))
      it(where, async () => {
        const { problems } = await refusal(
          planned("azure", () => new QueueWorker("write", { message, handler: handler as never } as never)),
        );
        assert.deepEqual(
          problems.map(({ code }) => code),
          ["SB-C003"],
        );
        assert.match(problems[0]?.fact ?? "", /DeliveryCount|messageId|enqueuedTimeUtc|applicationProperties/);
      });

    it("and takes the same name further inside", () =>
      planned(
        "azure",
        () =>
          new QueueWorker("write", {
            message: z.object({ id: z.string(), text: z.string(), inner: z.object({ messageId: z.string() }) }),
            handler: handler as never,
          } as never),
      ));
  });

  it("hands every child's arguments to its transform, and shows the resources themselves", async () => {
    let seen: QueueWorker<typeof Note>["nodes"] = {};
    const run = await planned("azure", () => {
      const made = worker({
        transform: {
          azure: {
            queue: (args) => ({ ...args, requiresDuplicateDetection: true }),
            deadLetterQueue: (args) => ({ ...args, maxDeliveryCount: 3 }),
            app: (args) => ({ ...args, clientAffinityEnabled: false }),
            plan: (args) => ({ ...args, zoneRedundant: true }),
          },
        },
      });
      seen = made.nodes;
    });
    assert.equal(queue(run).requiresDuplicateDetection, true);
    assert.equal(queue(run, "write-dead").maxDeliveryCount, 3);
    assert.equal(only(run, "WebApp").clientAffinityEnabled, false);
    assert.equal(only(run, "AppServicePlan").zoneRedundant, true);
    const made = Object.entries(seen.azure ?? {}).filter(([, node]) => node !== undefined);
    assert.deepEqual(made.map(([name]) => name).sort(), [
      "alarm",
      "app",
      "deadLetterQueue",
      "identity",
      "namespace",
      "queue",
    ]);
  });
});
