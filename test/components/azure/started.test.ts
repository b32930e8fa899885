import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Bucket,
  code,
  EventBus,
  ObjectTrigger,
  QueueWorker,
  Schedule,
  Stream,
  StreamProcessor,
  Subscription,
  Table,
  TableTrigger,
} from "../../../components";
import { Note } from "../../fixtures/contracts";
import { Reading, ThingMade } from "../../fixtures/happenings";
import { Instance } from "./instance";
import { deployed, settings } from "./support";

type Quiet = typeof import("../../fixtures/quiet-triggered");
const quiet = <Name extends "onEvent" | "onObject" | "onItem" | "onTick">(name: Name) =>
  code<Quiet, Name>(__dirname, "../../fixtures/quiet-triggered", name);
const worker = code<typeof import("../../fixtures/quiet-worker")>(__dirname, "../../fixtures/quiet-worker");

function program() {
  const notes = new Table<Note>("notes", { key: "id" });
  const [things, ordered] = [
    new EventBus("things", { events: [ThingMade] }),
    new EventBus("ordered", { events: [ThingMade], ordering: "per-subject" }),
  ];
  new QueueWorker("sessions", { message: Note, handler: worker, ordering: { by: "id" } });
  new QueueWorker("batches", { message: Note, handler: worker, batch: { size: 10 } });
  new QueueWorker("cheap", { message: Note, handler: worker, tier: "economy", maxMessageBytes: 40_000 });
  new Subscription("hears", { bus: things, events: [ThingMade], handler: quiet("onEvent") });
  new Subscription("hears-in-order", { bus: ordered, events: [ThingMade], handler: quiet("onEvent") });
  new StreamProcessor("reads", {
    stream: new Stream("readings", { record: Reading, key: "sensor" }),
    handler: code<typeof import("../../fixtures/quiet-reader")>(__dirname, "../../fixtures/quiet-reader"),
  });
  new ObjectTrigger("takes", { bucket: new Bucket("files"), handler: quiet("onObject") });
  new TableTrigger("copies", { table: notes, handler: quiet("onItem") });
  new Schedule("ticks", { cron: "0 6 * * *", timeZone: "Europe/Berlin", handler: quiet("onTick") });
}

/** Triggers of each app; a component's own queue is there in all of them. */
const triggers: Readonly<Record<string, readonly string[]>> = {
  sessions: ["serviceBusTrigger"],
  batches: ["serviceBusTrigger"],
  cheap: ["queueTrigger"],
  hears: ["serviceBusTrigger"],
  "hears-in-order": ["serviceBusTrigger", "serviceBusTrigger"],
  reads: ["eventHubTrigger", "serviceBusTrigger"],
  takes: ["serviceBusTrigger"],
  copies: ["cosmosDBTrigger", "serviceBusTrigger"],
  ticks: ["serviceBusTrigger", "timerTrigger"],
};

/** What deployment tells and what the adapters read are written apart; here they meet. */
describe("The function apps of the event patterns on azure, started as their host starts them", () => {
  const folder = mkdtempSync(join(tmpdir(), "started-"));
  let result: Awaited<ReturnType<typeof deployed>>;
  before(async function () {
    this.timeout(30_000);
    result = await deployed(program);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [name, types] of Object.entries(triggers))
    it(`${name} starts, and every trigger finds its settings`, async () => {
      const app = new Instance(join(folder, name), result, `${name}-fn`, {});
      try {
        const bindings = (await app.functions).flatMap((one) => Object.values(one.bindings));
        assert.deepEqual(bindings.map(({ type }) => type).sort(), [...types].sort());
        const known = Object.keys(settings(result, `${name}-fn`));
        for (const binding of bindings) {
          for (const [, wanted = ""] of JSON.stringify(binding).matchAll(/%(\w+)%/g))
            assert.ok(known.includes(wanted), `${wanted} of ${JSON.stringify(binding)}`);
          const { connection } = binding;
          if (connection !== undefined)
            for (const part of ["credential", "clientId"])
              assert.ok(known.includes(`${String(connection)}__${part}`), `${String(connection)}__${part}`);
        }
      } finally {
        await app.stop();
      }
    });
});
