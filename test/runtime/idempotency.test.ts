import assert from "node:assert/strict";
import fc from "fast-check";
import { createIdempotency, keyAt } from "../../runtime/idempotency";
import type { IdempotencyRecord } from "../../runtime/settings";
import { memoryIdempotency } from "./support";

const WINDOW = 60;

describe("idempotency", () => {
  it("claims, then knows a done key for its window", async () => {
    const { table, rows } = memoryIdempotency();
    const store = createIdempotency(table, WINDOW);
    const claim = await store.claim("k", Date.now() + 1000);
    assert.equal(claim.kind, "mine");
    assert.equal((await store.claim("k", Date.now() + 1000)).kind, "busy");
    assert.equal(claim.kind === "mine" && (await store.done(claim.record)), true);
    assert.equal((await store.claim("k", Date.now() + 1000)).kind, "done");
    const stored = [...rows.values()][0] as unknown as IdempotencyRecord;
    assert.ok(Math.abs(stored.expiresAt - (Date.now() / 1000 + WINDOW)) < 2);
    for (const [name, row] of rows) rows.set(name, { ...row, expiresAt: Math.floor(Date.now() / 1000) - 1 });
    assert.equal((await store.claim("k", Date.now() + 1000)).kind, "mine", "a key is free again after its window");
  });

  it("takes over the claim of a call that died, once its deadline and the clocks' skew have passed", async () => {
    const { table } = memoryIdempotency();
    let now = Date.now();
    const store = createIdempotency(table, WINDOW, () => now);
    const dead = await store.claim("k", now + 30_000);
    now += 30_500;
    assert.equal((await store.claim("k", now + 30_000)).kind, "busy", "clocks differ");
    now += 600;
    const taken = await store.claim("k", now + 30_000);
    assert.equal(taken.kind, "mine");
    assert.equal(dead.kind === "mine" && (await store.done(dead.record)), false, "the dead call must not settle it");
    if (dead.kind === "mine") await store.release(dead.record);
    assert.equal((await store.claim("k", now + 30_000)).kind, "busy", "nor give it away");
    assert.equal(taken.kind === "mine" && (await store.done(taken.record)), true);
  });

  it("frees a released key at once", async () => {
    const { table } = memoryIdempotency();
    const store = createIdempotency(table, WINDOW);
    const claim = await store.claim("k", Date.now() + 1000);
    if (claim.kind === "mine") await store.release(claim.record);
    assert.equal((await store.claim("k", Date.now() + 1000)).kind, "mine");
  });

  it("lets exactly one of many claim, in whatever order their reads and writes interleave", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 2, max: 5 }),
        fc.boolean(),
        async (scheduler, callers, abandoned) => {
          const { table } = memoryIdempotency(() => scheduler.schedule(Promise.resolve()));
          let now = 1_900_000_000_000;
          const store = createIdempotency(table, WINDOW, () => now);
          if (abandoned) {
            const first = store.claim("k", now);
            await scheduler.waitFor(first);
            now += 5000;
          }
          const claims = Promise.all(Array.from({ length: callers }, () => store.claim("k", now + 10_000)));
          const kinds = (await scheduler.waitFor(claims)).map(({ kind }) => kind);
          assert.equal(kinds.filter((kind) => kind === "mine").length, 1);
          assert.equal(kinds.filter((kind) => kind === "busy").length, callers - 1);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("handles each key's work exactly once when calls die, fail and race", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.constantFrom("works", "fails", "dies"), { minLength: 1, maxLength: 6 }),
        async (scheduler, fates) => {
          const { table } = memoryIdempotency(() => scheduler.schedule(Promise.resolve()));
          let now = 1_900_000_000_000;
          let effects = 0;
          const store = createIdempotency(table, WINDOW, () => now);
          const call = async (fate: string) => {
            const claim = await store.claim("k", now + 1000);
            if (claim.kind !== "mine") return claim.kind;
            if (fate === "dies") return "dead";
            if (fate === "fails") {
              await store.release(claim.record);
              return "failed";
            }
            effects++;
            await store.done(claim.record);
            return "handled";
          };
          await scheduler.waitFor(Promise.all(fates.map(call)));
          now += 5000; // every claim that nobody settled is past its deadline
          await scheduler.waitFor(call("works"));
          assert.equal(await scheduler.waitFor(call("works")), "done");
          assert.equal(effects, 1);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("finds keys by path and refuses what is no key", () => {
    const body = { id: "a", order: { number: 7, "": 1 }, none: null, list: ["x"] };
    assert.equal(keyAt(body, "id"), "a");
    assert.equal(keyAt(body, "order.number"), 7);
    assert.equal(keyAt(body, "list.0"), "x");
    for (const path of ["none", "order", "missing", "id.length", "toString", "__proto__", "order.constructor.name"])
      assert.equal(keyAt(body, path), undefined, path);
  });
});
