import assert from "node:assert/strict";
import fc from "fast-check";
import { Conflict } from "../../runtime/clients";
import { documentId, keyOf, prepareWrite } from "../../runtime/table";
import { memoryTable } from "./support";

const now = () => Math.floor(Date.now() / 1000);

describe("table semantics", () => {
  it("page through a partition in order, forwards and backwards, without gaps or repeats", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 3 }), fc.boolean()), {
          selector: ([sort]) => sort,
          maxLength: 40,
        }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        async (entries, limit, descending) => {
          const { table } = memoryTable<{ p: string; s: string; e: number }>({ key: "p", sort: "s", expires: "e" });
          for (const [s, live] of entries) await table.put({ p: "x", s, e: live ? now() + 99 : now() - 99 });
          await table.put({ p: "y", s: "other", e: now() + 99 });
          const seen: string[] = [];
          let after: string | undefined;
          let full = true;
          do {
            const page = await table.query("x", { limit, descending, ...(after !== undefined && { after }) });
            assert.ok(page.items.length <= limit && full, "only the last page may be short");
            full = page.items.length === limit;
            seen.push(...page.items.map(({ s }) => s));
            after = page.next;
          } while (after !== undefined);
          const expected = entries.filter(([, live]) => live).map(([s]) => s);
          expected.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
          assert.deepEqual(seen, descending ? expected.reverse() : expected);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("refuse limits and cursors that are none", async () => {
    const { table } = memoryTable({ key: "p", sort: "s" });
    for (const limit of [0, 101, 1.5, Number.NaN]) await assert.rejects(table.query("x", { limit }), RangeError);
    for (const after of [
      "",
      "x",
      Buffer.from('["a","b"]').toString("base64url"),
      Buffer.from("[1]").toString("base64url"),
    ])
      await assert.rejects(table.query("x", { after }), /not a cursor/);
  });

  it("count versions from 1 and refuse all others", async () => {
    const { table } = memoryTable<{ id: string; version?: number; x?: string | undefined }>({
      key: "id",
      version: "version",
    });
    assert.deepEqual(await table.put({ id: "a", x: undefined }), { id: "a", version: 1 });
    for (const version of [undefined, 0, 2, 7])
      await assert.rejects(table.put(version === undefined ? { id: "a" } : { id: "a", version }), Conflict);
    assert.equal((await table.put({ id: "a", version: 1 })).version, 2);
    await assert.rejects(table.put({ id: "a", version: 2 }, { ifAbsent: true }), Conflict);
    await assert.rejects(table.put({ id: "b", version: 1 }), Conflict);
    for (const version of [-1, 1.5, "1"])
      await assert.rejects(table.put({ id: "b", version: version as number }), TypeError);
  });

  it("take an expired item for none", async () => {
    const { table } = memoryTable<{ id: string; e: number; version?: number }>({
      key: "id",
      expires: "e",
      version: "version",
    });
    await table.put({ id: "a", e: now() - 1 });
    assert.equal(await table.get("a"), undefined);
    await assert.rejects(table.put({ id: "a", e: now() + 9, version: 1 }), Conflict, "its version is gone with it");
    assert.equal((await table.put({ id: "a", e: now() + 9 })).version, 1);
    await assert.rejects(table.put({ id: "b", e: "tomorrow" as unknown as number }), /seconds since the epoch/);
  });

  it("accept any text as a key up to 512 bytes, and nothing else", () => {
    for (const key of ["/", "..", "a#b?c\\d", "__x__", "é".repeat(256)])
      assert.deepEqual(keyOf({ key: "id" }, key), { partition: key });
    for (const key of ["", "é".repeat(257)]) assert.throws(() => keyOf({ key: "id" }, key), TypeError);
    assert.throws(() => keyOf({ key: "id", sort: "s" }, "a"), TypeError);
    assert.throws(() => keyOf({ key: "id" }, { partition: "a", sort: "b" }), TypeError);
    for (const item of [{}, { id: "" }, { id: 5 }, { id: null }])
      assert.throws(() => prepareWrite({ key: "id" }, item), TypeError);
  });

  it("make document ids that every cloud accepts, one for each key", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (part) => {
        assert.match(documentId(part), /^k[\w-]+$/);
        assert.equal(Buffer.from(documentId(part).slice(1), "base64url").toString(), Buffer.from(part).toString());
      }),
    );
  });
});
