/** What every cloud's table must do; `make` answers clients for a fresh, empty table of the layout. */
import assert from "node:assert/strict";
import { Conflict, type TableReader, type TableReadWriter } from "../../runtime/clients";
import type { TableLayout } from "../../runtime/table";

export type MakeTable = (layout: TableLayout) => Promise<{
  readonly readWriter: TableReadWriter<Record<string, unknown>>;
  readonly reader: TableReader<Record<string, unknown>>;
}>;

const soon = () => Math.floor(Date.now() / 1000) + 100;
const past = () => Math.floor(Date.now() / 1000) - 100;

export function tableSuite(make: MakeTable): void {
  const plain = { key: "id" };
  const expiring = { key: "id", expires: "expiresAt" };
  const versioned = { key: "id", expires: "expiresAt", version: "version" };
  const sorted = { key: "customer", sort: "placed", expires: "expiresAt" };

  it("gives back what was put: every JSON value, under every key", async () => {
    const { readWriter, reader } = await make(plain);
    const item = {
      text: "ü ☃ 𝄞",
      empty: "",
      number: -1.5e-7,
      large: 2 ** 53,
      yes: true,
      nothing: null,
      list: [1, [2, [], "x"], { a: null }],
      map: { __proto: 1, "a.b": { c: {} } },
    };
    for (const id of ["1", "a/b", "..", "__x__", "a#b?c\\d%2F", "🙂"]) {
      assert.deepEqual(await readWriter.put({ id, ...item, dropped: undefined }), { id, ...item });
      assert.deepEqual(await readWriter.get(id), { id, ...item });
      assert.deepEqual(await reader.get(id), { id, ...item });
    }
    assert.deepEqual(Object.keys(reader).sort(), ["get", "query"], "a reader can only read");
  });

  it("knows nothing of other keys, overwrites and deletes", async () => {
    const { readWriter } = await make(plain);
    assert.equal(await readWriter.get("a"), undefined);
    await readWriter.put({ id: "a", x: 1 });
    await readWriter.put({ id: "a", y: 2 });
    assert.deepEqual(await readWriter.get("a"), { id: "a", y: 2 });
    await readWriter.delete("a");
    await readWriter.delete("a");
    assert.equal(await readWriter.get("a"), undefined);
    assert.deepEqual(await readWriter.query("a"), { items: [] });
  });

  it("refuses to overwrite under ifAbsent, but not what has expired", async () => {
    const { readWriter } = await make(expiring);
    await readWriter.put({ id: "a", expiresAt: soon() }, { ifAbsent: true });
    await assert.rejects(readWriter.put({ id: "a" }, { ifAbsent: true }), Conflict);
    await readWriter.put({ id: "a", expiresAt: past() });
    assert.equal(await readWriter.get("a"), undefined);
    await readWriter.put({ id: "a", x: 1 }, { ifAbsent: true });
    assert.deepEqual(await readWriter.get("a"), { id: "a", x: 1 });
  });

  it("writes only over the version that the writer has read", async () => {
    const { readWriter } = await make(versioned);
    const first = await readWriter.put({ id: "a", x: 1 });
    assert.deepEqual(first, { id: "a", x: 1, version: 1 });
    const second = await readWriter.put({ ...first, x: 2 });
    assert.deepEqual(second, { id: "a", x: 2, version: 2 });
    await assert.rejects(readWriter.put({ ...first, x: 3 }), Conflict);
    await assert.rejects(readWriter.put({ id: "a", x: 3 }), Conflict);
    await assert.rejects(readWriter.put({ id: "b", version: 4 }), Conflict);
    assert.deepEqual(await readWriter.get("a"), second);
    await readWriter.put({ ...second, expiresAt: past() });
    await assert.rejects(readWriter.put({ id: "a", version: 3 }), Conflict);
    assert.equal((await readWriter.put({ id: "a" })).version, 1);
  });

  it("lets one of many writers win, at creation and at every version", async () => {
    const { readWriter } = await make(versioned);
    for (const version of [0, 1, 2]) {
      const tries = [1, 2, 3, 4].map((writer) => readWriter.put({ id: "a", writer, version }));
      const results = await Promise.allSettled(tries);
      assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1, `version ${version}`);
      for (const result of results) if (result.status === "rejected") assert.ok(result.reason instanceof Conflict);
      assert.equal((await readWriter.get("a"))?.version, version + 1);
    }
  });

  it("lists a partition in the order of its sort key, page by page, without the expired", async () => {
    const { readWriter, reader } = await make(sorted);
    const names = ["10", "2", "a/b", "b", "é", "z"];
    for (const placed of [...names].reverse()) await readWriter.put({ customer: "x/1", placed, n: placed.length });
    await readWriter.put({ customer: "x/1", placed: "5", expiresAt: past() });
    await readWriter.put({ customer: "x", placed: "1" });
    const sorts = (page: { readonly items: readonly Record<string, unknown>[] }) =>
      page.items.map(({ placed }) => placed);
    const expected = ["10", "2", "a/b", "b", "z", "é"];
    assert.deepEqual(sorts(await reader.query("x/1")), expected);
    const first = await reader.query("x/1", { limit: 4 });
    assert.deepEqual(sorts(first), expected.slice(0, 4));
    assert.match(first.next ?? "", /^[\w-]+$/);
    const rest = await reader.query("x/1", { limit: 4, after: first.next ?? "" });
    assert.deepEqual([sorts(rest), rest.next], [expected.slice(4), undefined]);
    assert.equal((await reader.query("x/1", { limit: 6 })).next, undefined);
    const back = await reader.query("x/1", { limit: 5, descending: true });
    assert.deepEqual(sorts(back), [...expected].reverse().slice(0, 5));
    assert.deepEqual(sorts(await reader.query("x/1", { descending: true, after: back.next ?? "" })), ["10"]);
    assert.deepEqual(await reader.get({ partition: "x/1", sort: "a/b" }), { customer: "x/1", placed: "a/b", n: 3 });
    await readWriter.delete({ partition: "x/1", sort: "a/b" });
    assert.equal(await reader.get({ partition: "x/1", sort: "a/b" }), undefined);
    assert.deepEqual(sorts(await reader.query("nobody")), []);
    await assert.rejects(async () => reader.query(""), TypeError);
  });

  it("lists the one item of a partition where there is no sort key", async () => {
    const { readWriter } = await make(expiring);
    await readWriter.put({ id: "a", expiresAt: soon() });
    assert.equal((await readWriter.query("a", { limit: 1 })).items.length, 1);
    await readWriter.put({ id: "a", expiresAt: past() });
    assert.deepEqual(await readWriter.query("a"), { items: [] });
  });
}
