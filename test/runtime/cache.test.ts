import assert from "node:assert/strict";
import { cached, cachedSecret } from "../../runtime/cache";
import { backoffSeconds, encodeMessage } from "../../runtime/message";

describe("cache", () => {
  it("fetches a secret once for all who ask at the same time, and again after five minutes", async () => {
    let now = 0;
    let reads = 0;
    const secret = cachedSecret(
      async () => `v${++reads}`,
      () => now,
    );
    assert.deepEqual(await Promise.all([secret.read(), secret.read()]), ["v1", "v1"]);
    now = 299_999;
    assert.equal(await secret.read(), "v1");
    now = 300_000;
    assert.equal(await secret.read(), "v2");
  });

  it("keeps no failure", async () => {
    let tries = 0;
    const get = cached(async () => {
      if (++tries === 1) throw new Error("down");
      return { value: tries, freshUntil: Number.POSITIVE_INFINITY };
    });
    await assert.rejects(get(), /down/);
    assert.equal(await get(), 2);
  });
});

describe("messages", () => {
  it("are JSON within the limit, counted in bytes", () => {
    assert.equal(encodeMessage({ a: "ü", b: undefined }, 10), '{"a":"ü"}');
    assert.throws(() => encodeMessage({ a: "ü" }, 9), /the message has 10 bytes; this queue accepts 9/);
    assert.throws(() => encodeMessage(undefined, 9), TypeError);
  });

  it("wait twice as long each time, up to the most", () => {
    const waits = [1, 2, 3, 4, 1000].map((attempt) => backoffSeconds({ minSeconds: 10, maxSeconds: 60 }, attempt));
    assert.deepEqual(waits, [10, 20, 40, 60, 60]);
    assert.equal(backoffSeconds({ minSeconds: 0, maxSeconds: 0 }, 3), 0);
  });
});
