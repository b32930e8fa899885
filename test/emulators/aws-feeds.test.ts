/** Stream processors and table triggers of AWS against moto's Kinesis and DynamoDB Streams. */
import assert from "node:assert/strict";
import type { DynamoDBRecord, KinesisStreamRecord } from "aws-lambda";
import * as z from "zod/mini";
import type * as Stream from "../../runtime/aws/stream";
import type * as Table from "../../runtime/aws/table";
import type { StreamRecord, TableChange } from "../../runtime/handler";
import { listed, redriven } from "../cli/dlq/support";
import { captured, fresh } from "../runtime/support";
import { fed, kinesisRecords, stream, tableRecords } from "./aws-feeds";
import { boxOf, depth, drained, instance, workedQueue } from "./aws-world";
import { table } from "./dynamo";
import { onMoto } from "./moto";

const Click = z.object({ user: z.string(), n: z.number() });
type Click = z.infer<typeof Click>;
const users = ["u0", "☃ of all", "u1"];
const feed = { bisect: true, maxRecordAgeSeconds: 3600, maxDeliveries: 3 };
const sequenceOf = ({ kinesis }: KinesisStreamRecord) => kinesis.sequenceNumber;
const changeOf = ({ dynamodb }: DynamoDBRecord) => dynamodb?.SequenceNumber;

describe("AWS feeds on moto", function () {
  this.timeout(60_000);
  onMoto();

  async function clicks(count: number, shards = 2): Promise<string> {
    const name = await stream(shards);
    const producer = fresh<typeof Stream>("aws/stream").producer({ stream: name, key: "user", maxRecordBytes: 1000 });
    const records = Array.from({ length: count }, (_, n) => ({ user: users[n % users.length], n }));
    await producer.putAll(records.slice(0, count / 2));
    for (const record of records.slice(count / 2)) await producer.put(record);
    return name;
  }

  it("keep the order of every key of a stream while records fail", async () => {
    const shards = await kinesisRecords(await clicks(48));
    assert.ok(shards.filter((records) => records.length > 0).length > 1, "keys are on both shards");
    const { dead } = await workedQueue("clicks");
    const handled: Record<string, number[]> = {};
    const tries: Record<number, number> = {};
    const handler = async (records: readonly StreamRecord<Click>[]) => {
      const failed = new Map<string, string>();
      for (const { id, key, body } of records) {
        assert.equal(key, body.user);
        tries[body.n] = (tries[body.n] ?? 0) + 1;
        if ([...failed.values()].includes(key) || (body.n % 4 === 1 && (tries[body.n] ?? 0) < 3)) failed.set(id, key);
        else handled[key] = [...(handled[key] ?? []), body.n];
      }
      return { failed: [...failed.keys()].map((id) => ({ id, error: new Error("try again") })) };
    };
    const settings = { ...feed, maxDeliveries: 5, deadLetter: dead.url };
    const processor = await instance("streamProcessor", handler, settings, { schema: Click });
    await captured(async () => {
      for (const records of shards) await fed(records, sequenceOf, processor, 7);
    });
    for (const [at, user] of users.entries())
      assert.deepEqual(
        handled[user],
        Array.from({ length: 16 }, (_, n) => at + users.length * n),
        user,
      );
    assert.equal(await depth(dead), 0);
  });

  it("halve a batch that fails as a whole, bury the failing record with all that it was, and take it back", async () => {
    const [records = []] = await kinesisRecords(await clicks(12, 1));
    const { main, dead } = await workedQueue("clicks");
    const seen: StreamRecord<Click>[] = [];
    let broken = true;
    const handler = async (batch: readonly StreamRecord<Click>[]) => {
      if (broken && batch.some(({ body }) => body.n === 4)) throw new RangeError("no such page");
      seen.push(...batch);
    };
    const processor = await instance("streamProcessor", handler, { ...feed, deadLetter: dead.url }, { schema: Click });
    await captured(() => fed(records, sequenceOf, processor, 12));
    const left = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11];
    assert.deepEqual(
      seen.map(({ body }) => body.n),
      left,
    );
    const [letter, ...others] = await listed(boxOf({ main, dead }));
    assert.deepEqual(
      [letter?.body, letter?.error, letter?.attempts, letter?.key, others],
      [JSON.stringify({ user: users[1], n: 4 }), "RangeError: no such page", 3, users[1], []],
    );
    broken = false;
    await redriven(boxOf({ main, dead }));
    await drained(main, processor);
    const { body, key, attempt } = seen.at(-1) ?? {};
    assert.deepEqual([body, key, attempt], [{ user: users[1], n: 4 }, users[1], 1]);
  });

  it("begin again at the record that a call had no time for", async () => {
    const [records = []] = await kinesisRecords(await clicks(12, 1));
    const { dead } = await workedQueue("clicks");
    const attempts: number[] = [];
    const handled: number[] = [];
    const handler = async (batch: readonly StreamRecord<Click>[]) => {
      for (const { id, body, attempt } of batch) {
        if (body.n === 6) attempts.push(attempt);
        if (body.n === 6 && attempt < 3) return { failed: [{ id, error: new Error("not yet") }] };
        handled.push(body.n);
      }
      return undefined;
    };
    const settings = { ...feed, deadLetter: dead.url, maxDeliveries: 5, timeoutSeconds: 30 };
    const processor = await instance("streamProcessor", handler, settings, { schema: Click });
    let calls = 0;
    await captured(async () => {
      calls = await fed(records, sequenceOf, (event) => processor(event, 1000));
    });
    assert.deepEqual([attempts, calls], [[1, 2, 3], 3]);
    assert.deepEqual(new Set(handled), new Set(records.keys()));
  });

  it("tell of every change of a table's items, in order, and keep what fails", async () => {
    const layout = { key: "customer", sort: "order" };
    const name = await table(layout);
    const rows = fresh<typeof Table>("aws/table").readWriter<Readonly<Record<string, unknown>>>({
      table: name,
      ...layout,
    });
    const item = { customer: "a/b", order: "☃", n: 1, lines: [[1], { "a.b": null }], yes: true };
    const key = { partition: "a/b", sort: "☃" };
    await rows.put(item);
    await rows.put({ ...item, n: 2 });
    await rows.put({ customer: "c", order: "1" });
    await rows.delete(key);
    const records = await tableRecords(name);
    assert.equal(records.length, 4);
    const { main, dead } = await workedQueue("changes");
    const seen: TableChange<typeof item>[] = [];
    let broken = true;
    const handler = async (change: (typeof seen)[number]) => {
      if (broken && change.kind === "updated") throw new RangeError("index down");
      seen.push(change);
    };
    const settings = { ...feed, deadLetter: dead.url, table: layout, on: ["written", "deleted"] };
    const trigger = await instance("tableTrigger", handler, settings);
    await captured(() => fed(records, changeOf, trigger));
    const other = { partition: "c", sort: "1" };
    const told = seen.map(({ id: _, at: __, attempt: ___, ...change }) => change);
    assert.deepEqual(
      told.filter(({ key }) => (key as { partition: string }).partition === "a/b"),
      [
        { kind: "inserted", key, item },
        { kind: "deleted", key, before: { ...item, n: 2 } },
      ],
    );
    assert.deepEqual(
      told.filter(({ kind, key }) => kind === "inserted" && (key as typeof other).partition === "c"),
      [{ kind: "inserted", key: other, item: { customer: "c", order: "1" } }],
    );
    assert.equal(new Set(seen.map(({ id }) => id)).size, 3);
    for (const { at } of seen) assert.ok(Math.abs(at.getTime() - Date.now()) < 60_000, at.toISOString());
    broken = false;
    assert.match(await redriven(boxOf({ main, dead })), /^1 dead letter sent back/);
    await drained(main, trigger);
    const { id, at, ...last } = seen.at(-1) ?? assert.fail();
    assert.deepEqual(last, { kind: "updated", key, item: { ...item, n: 2 }, before: item, attempt: 1 });
    assert.ok(!seen.slice(0, -1).some((one) => one.id === id) && at.getTime() <= Date.now());
  });
});
