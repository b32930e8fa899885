import assert from "node:assert/strict";
import fc from "fast-check";
import { TurnableClock } from "../../local/clock";
import { Faults } from "../../local/faults";
import { Fifo } from "../../local/fifo";
import { Heap } from "../../local/heap";
import { Latencies } from "../../local/latencies";
import { LogStore } from "../../local/log-store";
import { failures, parse } from "../../local/resources";
import { Throttle } from "../../local/throttle";

describe("local clock", () => {
  it("runs what falls due in order, each at its own time, and what that starts before the next", async () => {
    const clock = new TurnableClock(0);
    const seen: string[] = [];
    const note = (text: string) => seen.push(`${clock.now()} ${text}`);
    clock.schedule(30, () => note("c"));
    clock.schedule(10, () => {
      note("a");
      void Promise.resolve().then(() => clock.schedule(20, () => note("b")));
    });
    clock.schedule(15, () => note("never"))();
    await clock.advance(29);
    assert.deepEqual(seen, ["10 a", "20 b"]);
    assert.equal(clock.now(), 29);
    assert.equal(clock.next(), 30);
    await clock.advance(1);
    assert.deepEqual(seen.at(-1), "30 c");
  });
});

describe("local heap and fifo", () => {
  it("heap: gives back in order, equal ones as they came, also after dropping some", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), fc.nat(20), (values, dropped) => {
        const heap = new Heap<{ value: number; at: number }>((a, b) => a.value - b.value);
        for (const [at, value] of values.entries()) heap.push({ value, at });
        heap.retain(({ value }) => value !== dropped);
        const out: { value: number; at: number }[] = [];
        for (let next = heap.pop(); next; next = heap.pop()) out.push(next);
        const expected = values.map((value, at) => ({ value, at })).filter(({ value }) => value !== dropped);
        assert.deepEqual(
          out,
          expected.sort((a, b) => a.value - b.value || a.at - b.at),
        );
      }),
    );
  });

  it("fifo: first in, first out, across the places where it gives memory back", () => {
    const fifo = new Fifo<number>();
    let next = 0;
    let expected = 0;
    for (let round = 0; round < 50; round++) {
      for (let n = 0; n < 200; n++) fifo.push(next++);
      for (let n = 0; n < 170; n++) assert.equal(fifo.shift(), expected++);
      assert.equal(fifo.first, expected);
      assert.equal(fifo.size, next - expected);
    }
    assert.deepEqual([...fifo].slice(0, 2), [expected, expected + 1]);
  });
});

describe("local faults", () => {
  it("happen as often as planned, repeat with the seed, and never without a plan", () => {
    const draw = (seed: number) => {
      const faults = new Faults({ seed, duplicate: 0.25 });
      return Array.from({ length: 4000 }, () => faults.duplicate());
    };
    const share = draw(1).filter(Boolean).length / 4000;
    assert.ok(share > 0.22 && share < 0.28, `a quarter, not ${share}`);
    assert.deepEqual(draw(1), draw(1));
    assert.notDeepEqual(draw(1), draw(2));
    assert.deepEqual(
      [Faults.none.duplicate(), Faults.none.delayMs(), Faults.none.crash(), Faults.none.throttle()],
      [false, 0, undefined, false],
    );
    assert.match(new Faults({ seed: 42, crash: 0.1 }).describe(), /seed=42 .*crash=0.1/);
  });
});

describe("local throttle", () => {
  it("lets a burst pass, then the rate, and says how long to wait", async () => {
    const clock = new TurnableClock();
    const throttle = new Throttle(2, 3, clock);
    assert.deepEqual([throttle.take(), throttle.take(), throttle.take()], [0, 0, 0]);
    assert.equal(throttle.take(), 0.5);
    await clock.advance(500);
    assert.equal(throttle.take(), 0);
    assert.ok(throttle.take() > 0);
    await clock.advance(60_000);
    assert.deepEqual([throttle.take(), throttle.take(), throttle.take()], [0, 0, 0]);
    assert.ok(throttle.take() > 0, "what was not used is not saved up beyond the burst");
  });
});

describe("local latencies", () => {
  it("percentiles by nearest rank, of the newest only", () => {
    const latencies = new Latencies(100);
    assert.equal(latencies.percentile(50), undefined);
    for (let ms = 1000; ms > 0; ms--) latencies.add(ms);
    assert.deepEqual([latencies.percentile(50), latencies.percentile(99), latencies.percentile(100)], [50, 99, 100]);
  });
});

describe("local log store", () => {
  it("keeps lines for the retention, by source, the newest first to stay", async () => {
    const clock = new TurnableClock();
    const store = new LogStore("s", 1, clock);
    store.append("a", "old");
    await clock.advance(86_399_999);
    store.append("b", "new");
    assert.deepEqual(
      store.read().map(({ text }) => text),
      ["old", "new"],
    );
    await clock.advance(1);
    assert.deepEqual(
      store.read().map(({ text }) => text),
      ["new"],
    );
    store.append("a", "newest");
    assert.deepEqual(
      store.read({ source: "a" }).map(({ text }) => text),
      ["newest"],
    );
    assert.deepEqual(
      store.read({ limit: 1 }).map(({ text }) => text),
      ["newest"],
    );
    for (let n = 0; n < 20_000; n++) store.append("a", String(n));
    assert.equal(store.read().length, 10_000);
    assert.equal(store.read({ limit: 1 })[0]?.text, "19999");
  });
});

describe("local resources", () => {
  const queue = {
    name: "q",
    visibilityTimeoutSeconds: 30,
    maxDeliveries: 3,
    retentionSeconds: 60,
    maxMessageBytes: 1,
    backoffMinSeconds: 1,
    backoffMaxSeconds: 2,
    deadLetterRetentionSeconds: 60,
  };

  it("names every property that is missing, wrong or of no meaning here", () => {
    assert.deepEqual(failures("Queue", queue), []);
    const { maxDeliveries: _, ...less } = queue;
    const found = failures("Queue", { ...less, name: "no spaces", fifo: true });
    assert.deepEqual(found.map(({ property }) => property).sort(), ["fifo", "maxDeliveries", "name"]);
    assert.throws(() => parse("Queue", { ...queue, fifo: true }), {
      name: "InvalidInput",
      message: /Queue "q": fifo: is not a property/,
    });
  });

  it("checks what goes together", () => {
    assert.match(failures("Queue", { ...queue, backoffMinSeconds: 3 })[0]?.reason ?? "", /above backoffMaxSeconds/);
    const api = {
      name: "a",
      routes: [{ method: "GET", path: "/", function: "f", auth: { kind: "none" } }],
      maxBodyBytes: 1,
      timeoutSeconds: 1,
      logStore: "l",
    };
    assert.deepEqual(failures("Api", api), []);
    assert.equal(failures("Api", { ...api, throttleRate: 1 }).length, 1);
  });

  it("lets keys be looked up over https or on loopback only", () => {
    const withIssuer = (issuer: string) =>
      failures("Api", {
        name: "a",
        routes: [
          { method: "GET", path: "/", function: "f", auth: { kind: "jwt", issuer, audience: ["x"], scopes: [] } },
        ],
        maxBodyBytes: 1,
        timeoutSeconds: 1,
        logStore: "l",
      });
    assert.deepEqual(withIssuer("https://id.example.com"), []);
    assert.deepEqual(withIssuer("http://127.0.0.1:9/"), []);
    assert.equal(withIssuer("http://id.example.com").length, 1);
    assert.equal(withIssuer("http://127.0.0.1.example.com").length, 1);
  });

  it("leaves alone what is not known yet, and only that", () => {
    const unknown = "?";
    const isUnknown = (value: unknown) => value === unknown;
    assert.deepEqual(failures("Queue", { ...queue, retentionSeconds: unknown }, isUnknown), []);
    assert.equal(failures("Queue", { ...queue, retentionSeconds: "soon" }, isUnknown).length, 1);
    assert.deepEqual(
      failures(
        "Function",
        {
          name: "f",
          code: "x",
          codeHash: "h",
          environment: { A: unknown },
          timeoutSeconds: 1,
          memoryMiB: 64,
          permissions: unknown,
          logStore: unknown,
        },
        isUnknown,
      ),
      [],
    );
  });
});
