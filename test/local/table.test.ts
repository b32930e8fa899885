import assert from "node:assert/strict";
import fc from "fast-check";
import { TurnableClock } from "../../local/clock";
import { Table, type TableSettings } from "../../local/table";
import type { Write } from "../../runtime/table";

function make(settings: Partial<TableSettings> = {}) {
  const clock = new TurnableClock();
  return { clock, table: new Table("t", { key: "id", ...settings }, clock) };
}

function write(row: Record<string, unknown>, more: Partial<Write> = {}): Write {
  return {
    key: { partition: String(row.id), ...(row.at !== undefined && { sort: String(row.at) }) },
    row,
    expect: "anything",
    ...more,
  };
}

describe("local table", () => {
  it("stores, replaces, reads and deletes by key", () => {
    const { table } = make();
    table.put(write({ id: "a", n: 1 }));
    table.put(write({ id: "a", n: 2 }));
    assert.deepEqual(table.get({ partition: "a" }), { id: "a", n: 2 });
    assert.equal(table.size, 1);
    table.delete({ partition: "a" });
    table.delete({ partition: "a" });
    assert.deepEqual([table.get({ partition: "a" }), table.size], [undefined, 0]);
  });

  it("refuses a write whose condition does not hold, and changes nothing", () => {
    const { table } = make({ version: "v" });
    table.put(write({ id: "a", v: 1 }, { expect: "nothing" }));
    assert.throws(() => table.put(write({ id: "a", v: 1, lost: true }, { expect: "nothing" })), { name: "Conflict" });
    assert.throws(() => table.put(write({ id: "a", v: 3 }, { expect: { version: 2 } })), { name: "Conflict" });
    assert.throws(() => table.put(write({ id: "none", v: 2 }, { expect: { version: 1 } })), { name: "Conflict" });
    assert.deepEqual(table.get({ partition: "a" }), { id: "a", v: 1 });
    table.put(write({ id: "a", v: 2 }, { expect: { version: 1 } }));
    assert.deepEqual([table.get({ partition: "a" })?.v, table.size], [2, 1]);
  });

  it("refuses a row that does not hold its own key", () => {
    const { table } = make();
    assert.throws(() => table.put({ key: { partition: "a" }, row: { id: "b" }, expect: "anything" }), {
      name: "InvalidInput",
    });
  });

  it("shows no item past its expiry, lets it be written as new, and forgets it", async () => {
    const { table, clock } = make({ expires: "until", version: "v" });
    const until = clock.now() / 1000 + 60;
    table.put(write({ id: "a", until, v: 1 }, { expires: until, expect: "nothing" }));
    table.put(write({ id: "b", until, v: 1 }, { expires: until }));
    table.put(write({ id: "b", until: until + 60, v: 2 }, { expires: until + 60 }));
    await clock.advance(59_999);
    assert.ok(table.get({ partition: "a" }));
    await clock.advance(1);
    assert.equal(table.get({ partition: "a" }), undefined);
    assert.equal(table.size, 1, "swept, and the rewritten one kept");
    table.put(write({ id: "a", until: until + 60, v: 1 }, { expires: until + 60, expect: "nothing" }));
    await clock.advance(60_000);
    assert.equal(table.size, 0);
  });

  it("queries one partition in the order of the sort key, in pages, both ways", () => {
    const { table } = make({ sort: "at" });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        (keys, count, descending) => {
          const partition = String(Math.random());
          for (const at of keys) table.put(write({ id: partition, at }));
          const seen: string[] = [];
          for (let after: string | undefined; ; ) {
            const rows = table.query({ partition, count, descending, ...(after !== undefined && { after }) });
            assert.ok(rows.length <= count);
            seen.push(...rows.map(({ at }) => String(at)));
            after = seen.at(-1);
            if (rows.length < count) break;
          }
          const sorted = [...keys].sort((a, b) => (a < b ? -1 : 1));
          assert.deepEqual(seen, descending ? sorted.reverse() : sorted);
        },
      ),
    );
  });
});
