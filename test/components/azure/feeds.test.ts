import assert from "node:assert/strict";
import { unzipSync } from "fflate";
import * as z from "zod/mini";
import type { RunResult } from "../../../cli/engine";
import {
  code,
  idempotencyStore,
  Schedule,
  type ScheduleArgs,
  Stream,
  StreamProcessor,
  type StreamProcessorArgs,
  Table,
  TableTrigger,
  type TableTriggerArgs,
} from "../../../components";
import type {} from "../../../components/azure";
import { timerOf } from "../../../components/azure/schedule";
import { parseCron } from "../../../components/core/cron";
import type { Note } from "../../fixtures/contracts";
import { Reading } from "../../fixtures/happenings";
import { registered } from "../../support/plan";
import { refusal } from "../../support/refusal";
import { deployed, inputs, roles, settings } from "./support";

const handler = code<typeof import("../../fixtures/quiet-reader")>(__dirname, "../../fixtures/quiet-reader");
type Quiet = typeof import("../../fixtures/quiet-triggered");
const onItem = code<Quiet, "onItem">(__dirname, "../../fixtures/quiet-triggered", "onItem");
const onTick = code<Quiet, "onTick">(__dirname, "../../fixtures/quiet-triggered", "onTick");
const row = (run: RunResult, name: string, property: string) =>
  registered(run, name).contract.find((one) => one.property === property);
const host = (run: RunResult, name: string) => {
  const { zip } = inputs<{ zip: string }>(run, "PublishedCode", name);
  return JSON.parse(Buffer.from(unzipSync(Buffer.from(zip, "base64"))["host.json"] ?? []).toString());
};
const codesOf = async (run: Promise<unknown>) =>
  (await refusal(run)).problems.map(({ code: one, fact }) => [one, fact.split(/[=: ]/)[0]]);
const dataOf = (run: RunResult, who: string) =>
  roles(run).filter((role) => role.startsWith(`${who}: `) && !/Owner|Metrics/.test(role));
const queueRoles = (who: string, queue: string) => [
  `${who}: Azure Service Bus Data Receiver on ServiceBus/namespaces/bus/queues/${queue}`,
  `${who}: Azure Service Bus Data Sender on ServiceBus/namespaces/bus/queues/${queue}`,
  `${who}: Azure Service Bus Data Sender on ServiceBus/namespaces/bus/queues/${queue}-dead`,
];

describe("StreamProcessor on azure", () => {
  type Args = StreamProcessorArgs<typeof Reading, typeof import("../../fixtures/quiet-reader").handler>;
  const processor = (args: Partial<Args> = {}, stream = {}, config: Record<string, string> = {}) =>
    deployed(() => {
      const readings = new Stream("readings", { record: Reading, key: "sensor", ...stream });
      new StreamProcessor("watch", { stream: readings, handler, ...args });
    }, config);
  const hubs = (run: RunResult) => host(run, "watch-fn").extensions.eventHubs;

  it("reads in a consumer group of its own, by identity", async () => {
    const run = await processor();
    const group = inputs(run, "ConsumerGroup", "watch");
    assert.deepEqual([group.consumerGroupName, group.eventHubName], ["watch", "readings"]);
    const { SB_HUB, SB_CONSUMER_GROUP, SB_QUEUE, ...rest } = settings(run, "watch-fn");
    assert.deepEqual([SB_HUB, SB_CONSUMER_GROUP, SB_QUEUE], ["readings", "watch", "watch"]);
    assert.match(String(rest.SB_HUBS__fullyQualifiedNamespace), /^hubs-[0-9a-f]{8}\.servicebus\.windows\.net$/);
    assert.deepEqual([rest.SB_HUBS__credential, rest.SB_HUBS__clientId], ["managedidentity", "client of watch-fn"]);
    assert.deepEqual(dataOf(run, "watch-fn"), [
      "watch-fn: Azure Event Hubs Data Receiver on EventHub/namespaces/hubs/eventhubs/readings",
      ...queueRoles("watch-fn", "watch"),
    ]);
  });

  it("sets a checkpoint after every call, and fetches no more than one call takes", async () => {
    assert.deepEqual(hubs(await processor({ batch: { size: 50, window: "5 seconds" } })), {
      batchCheckpointFrequency: 1,
      initialOffsetOptions: { type: "fromStart" },
      maxEventBatchSize: 50,
      maxWaitTime: "00:00:05",
      minEventBatchSize: 50,
      prefetchCount: 50,
    });
    const { maxEventBatchSize, minEventBatchSize, maxWaitTime } = hubs(await processor());
    assert.deepEqual([maxEventBatchSize, minEventBatchSize, maxWaitTime], [1, 1, undefined]);
  });

  it("begins where it is told to", async () => {
    const offset = async (from: Args["from"]) => hubs(await processor({ from })).initialOffsetOptions;
    assert.deepEqual(await offset("latest"), { type: "fromEnd" });
    assert.deepEqual(await offset({ at: "2026-01-31T12:00:00Z" }), {
      enqueuedTimeUtc: "2026-01-31T12:00:00.000Z",
      type: "fromEnqueuedTime",
    });
  });

  it("tells the adapter how to retry, halve and bury, since the host's own retries would lose records", async () => {
    const run = await processor({ bisect: false, maxRecordAge: "1 hour", maxDeliveries: 9 });
    const own = settings(run, "watch-fn").SB_SETTINGS as Record<string, unknown>;
    assert.deepEqual([own.bisect, own.maxRecordAgeSeconds, own.maxDeliveries], [false, 3600, 9]);
    assert.match(String(own.deadLetter), /\/watch-dead$/);
    assert.match(row(run, "watch", "checkpoint")?.why ?? "", /buried, for the host goes on/);
    for (const property of ["maxDeliveries", "backoff", "bisect", "maxRecordAge", "redrive", "checkpoint"])
      assert.equal(row(run, "watch", property)?.how, "emulated", property);
  });

  it("takes what is given back from its own queue one by one, whatever the stream's batch", async () => {
    const run = await processor({ batch: { size: 50 } });
    assert.equal(settings(run, "watch-fn").SB_BATCH, undefined);
    assert.equal(host(run, "watch-fn").extensions.serviceBus.maxMessageBatchSize, undefined);
  });

  it("refuses what Event Hubs cannot, and records that could not be buried", async () => {
    assert.deepEqual(await codesOf(processor({ dedicatedThroughput: true })), [["SB-C003", "dedicatedThroughput"]]);
    assert.deepEqual(await codesOf(processor({ parallelism: 2 })), [["SB-C001", "parallelism"]]);
    const large = { maxRecordBytes: 1_000_000 };
    assert.deepEqual(await codesOf(processor({}, large, { dataClass: "internal" })), [["SB-C003", "the"]]);
    await processor({}, large, { dataClass: "confidential" });
    await processor({}, {}, { dataClass: "internal" });
  });

  it("refuses records that would hide the queue's own facts when they are given back", async () => {
    const record = z.object({ sensor: z.string(), value: z.number(), deliveryCount: z.number() });
    const { problems } = await refusal(processor({}, { record }));
    assert.match(problems[0]?.fact ?? "", /the record of "readings" has the field deliveryCount/);
  });
});

describe("TableTrigger on azure", () => {
  type Args = TableTriggerArgs<Note, Quiet["onItem"]>;
  const trigger = (args: Partial<Args> = {}, table = {}) =>
    deployed(() => {
      const notes = new Table<Note>("notes", { key: "id", ...table });
      new TableTrigger("copied", { table: notes, handler: onItem, ...args });
    });

  it("reads the change feed by identity, with leases in a container of its own", async () => {
    const run = await trigger({}, { sort: "text" });
    const leases = inputs<{ containerName: string; resource: { partitionKey: { paths: unknown } } }>(
      run,
      "SqlResourceSqlContainer",
      "copied-leases",
    );
    assert.equal(leases.containerName, "copied.leases");
    assert.deepEqual(leases.resource.partitionKey.paths, ["/id"]);
    const own = settings(run, "copied-fn");
    assert.deepEqual(
      [own.SB_DATABASE, own.SB_CONTAINER, own.SB_LEASES, own.SB_FROM, own.SB_BATCH_SIZE, own.SB_POLL_MS],
      ["tables", "notes", "copied.leases", "latest", "1", "1000"],
    );
    assert.match(String(own.SB_TABLES__accountEndpoint), /^https:\/\/tables-[0-9a-f]{8}\.documents\.azure\.com:443\/$/);
    assert.deepEqual([own.SB_TABLES__credential, own.SB_TABLES__clientId], ["managedidentity", "client of copied-fn"]);
    const { on, table } = own.SB_SETTINGS as Record<string, unknown>;
    assert.deepEqual([on, table], [["written"], { key: "id", sort: "text" }]);
    const at = "DocumentDB/databaseAccounts/tables/dbs/tables/colls";
    assert.deepEqual(dataOf(run, "copied-fn"), [
      ...queueRoles("copied-fn", "copied"),
      `copied-fn: Cosmos DB Built-in Data Contributor on ${at}/copied.leases`,
      `copied-fn: Cosmos DB Built-in Data Reader on ${at}/notes`,
    ]);
  });

  it("looks as often as the batch's window says", async () => {
    const run = await trigger({ batch: { size: 40, window: "3 seconds" }, from: { at: "2026-01-31T12:00:00+01:00" } });
    const { SB_BATCH_SIZE, SB_POLL_MS, SB_FROM } = settings(run, "copied-fn");
    assert.deepEqual([SB_BATCH_SIZE, SB_POLL_MS, SB_FROM], ["40", "3000", "2026-01-31T11:00:00.000Z"]);
    assert.equal(row(run, "copied", "batch")?.given, "up to 40, looked for every 3 seconds");
  });

  it("refuses deletions and earlier images, and grants order", async () => {
    assert.deepEqual(await codesOf(trigger({ on: ["deleted"], require: { deletes: true, beforeImage: true } })), [
      ["SB-C802", "require.deletes"],
      ["SB-C802", "require.beforeImage"],
    ]);
    const run = await trigger({ require: { order: true } });
    assert.deepEqual([row(run, "copied", "order")?.asked, row(run, "copied", "order")?.how], ["required", "native"]);
    assert.equal(row(run, "copied", "deletes")?.how, "unsupported");
  });
});

describe("Schedule on azure", () => {
  const scheduled = (args: Partial<ScheduleArgs<Quiet["onTick"]>> = {}) =>
    deployed(() => void new Schedule("tidy", { cron: "30 3 * * 1-5", handler: onTick, ...args }));

  it("rings by UTC, and sends to the queue that the worker is called from", async () => {
    const run = await scheduled({ maxDeliveries: 9 });
    const { SB_SCHEDULE, SB_SCHEDULE_EXACT, SB_QUEUE, SB_SETTINGS } = settings(run, "tidy-fn");
    assert.deepEqual([SB_SCHEDULE, SB_SCHEDULE_EXACT, SB_QUEUE], ["0 30 3 * * 1-5", "true", "tidy"]);
    const { cron, timeZone } = SB_SETTINGS as Record<string, unknown>;
    assert.deepEqual([cron, timeZone], ["30 3 * * 1-5", "UTC"]);
    assert.equal(inputs(run, "servicebus:Queue", "tidy").maxDeliveryCount, 9);
    assert.deepEqual(dataOf(run, "tidy-fn"), queueRoles("tidy-fn", "tidy"));
    assert.equal(row(run, "tidy", "cron")?.how, "native");
  });

  it("never asks the host for another zone, which Linux does not have", async () => {
    const run = await scheduled({ timeZone: "Europe/Berlin" });
    const { SB_SCHEDULE, SB_SCHEDULE_EXACT, WEBSITE_TIME_ZONE, TZ } = settings(run, "tidy-fn");
    assert.deepEqual([SB_SCHEDULE, SB_SCHEDULE_EXACT], ["0 30 * * * *", undefined]);
    assert.deepEqual([WEBSITE_TIME_ZONE, TZ], [undefined, undefined]);
    assert.equal(row(run, "tidy", "timeZone")?.how, "emulated");
    assert.equal(row(run, "tidy", "cron")?.given, "30 3 * * 1-5");
  });

  for (const [zone, cron, expression] of [
    ["Etc/UTC", "*/5 * 1 jan *", "0 */5 * 1 jan *"],
    ["Africa/Abidjan", "0 9 * * MON", "0 0 9 * * MON"],
    ["Europe/London", "15,45 9 * * *", "0 15,45 * * * *"],
    ["Africa/Casablanca", "0 9 * * *", "0 0 * * * *"],
    ["Asia/Kolkata", "0 9 * * *", "0 * * * * *"],
    ["Australia/Lord_Howe", "0 9 * * *", "0 * * * * *"],
  ] as const)
    it(`rings at ${expression} for ${cron} in ${zone}`, () => {
      const fields = parseCron(cron);
      assert.ok(!("problem" in fields));
      assert.equal(timerOf(fields, zone).expression, expression);
    });

  it("leaves out a run while another works, where asked to", async () => {
    const run = await deployed(() => {
      const skip = idempotencyStore("lock");
      new Schedule("tidy", { cron: "* * * * *", overlap: { skip }, handler: onTick });
    });
    assert.equal(row(run, "tidy", "overlap")?.given, "skip");
    assert.deepEqual(
      (settings(run, "tidy-fn").SB_SETTINGS as { idempotency: { by: string } }).idempotency.by,
      "@component",
    );
  });
});
