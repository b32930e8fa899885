import assert from "node:assert/strict";
import type { LocalCloud } from "../../local/cloud";
import { functionInputs, invoke, makeCloud, performing, queueInputs } from "./support";

/** Threads work in their own time. */
async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 15_000; !holds(); await new Promise((next) => setTimeout(next, 5)))
    assert.ok(Date.now() < end, "it did not happen within 15 s");
}

describe("local function", () => {
  let cloud: LocalCloud;
  beforeEach(async () => {
    cloud = await makeCloud();
  });
  afterEach(() => cloud.close());

  it("runs the handler with its own environment and nothing of this process's", async () => {
    process.env.SECRET_OF_THE_HOST = "x";
    await cloud.create(
      "Function",
      functionInputs("async (event) => ({ event, environment: { ...process.env } })", { environment: { A: "1" } }),
    );
    assert.deepEqual(await invoke(cloud, "f", { n: 1 }), { event: { n: 1 }, environment: { A: "1" } });
  });

  it("brings Node's own modules and no others", async () => {
    await cloud.create(
      "Function",
      functionInputs(`async (id) => { try { return typeof require(id); } catch (error) { return error.message; } }`),
    );
    assert.equal(await invoke(cloud, "f", "node:crypto"), "object");
    assert.match(String(await invoke(cloud, "f", "zod")), /"zod" is not in it/);
  });

  it("rejects with what the handler throws, and goes on", async () => {
    await cloud.create(
      "Function",
      functionInputs(`async (bad) => { if (bad) throw new RangeError("no"); return "fine"; }`),
    );
    await assert.rejects(invoke(cloud, "f", true), { name: "RangeError", message: "no" });
    assert.equal(await invoke(cloud, "f", false), "fine");
    assert.equal(cloud.find("Function", "f")?.instances, 1, "the same instance");
  });

  const deaths: readonly (readonly [string, string, RegExp, Partial<Parameters<typeof functionInputs>[1]>?])[] = [
    ["a handler that never returns", "() => new Promise(() => {})", /timed out: .*1 s/, { timeoutSeconds: 1 }],
    ["a handler that never yields", "() => { for (;;); }", /timed out: .*1 s/, { timeoutSeconds: 1 }],
    ["process.exit", "() => process.exit(3)", /exit code 3/],
    [
      "an error that nobody catches",
      `() => { setTimeout(() => { throw new Error("late"); }, 1); return new Promise(() => {}); }`,
      /died: Error: late/,
    ],
    [
      "a rejection that nobody catches",
      `() => { Promise.reject(new Error("lost")); return new Promise(() => {}); }`,
      /died: Error: lost/,
    ],
    [
      "too little memory",
      "() => { const all = []; for (;;) all.push(new Array(1e5).fill({})); }",
      /memory of 16 MiB/,
      { memoryMiB: 16, timeoutSeconds: 20 },
    ],
  ];
  for (const [what, handler, message, more] of deaths) {
    it(`ends the call and the instance on ${what}, and serves the next call anew`, async () => {
      await cloud.create(
        "Function",
        functionInputs(`async (event) => event === "live" ? "alive" : (${handler})()`, more),
      );
      const call = invoke(cloud, "f", "die");
      await assert.rejects(call, { name: "InvocationFailed", message });
      assert.equal(await invoke(cloud, "f", "live"), "alive");
    });
  }

  it("says why a bundle cannot be loaded, to every call", async () => {
    await cloud.create("Function", functionInputs("", { code: `throw new Error("no start")` }));
    await cloud.create("Function", functionInputs("", { name: "empty", code: "exports.other = 1" }));
    await cloud.create("Function", functionInputs("", { name: "stuck", code: "for (;;);", timeoutSeconds: 0.2 }));
    await assert.rejects(Promise.all([invoke(cloud, "f"), invoke(cloud, "f")]), /cannot be loaded: Error: no start/);
    await assert.rejects(invoke(cloud, "empty"), /exports no function named handler/);
    await assert.rejects(invoke(cloud, "stuck"), /timed out: the bundle was not loaded within 0.2 s/);
  });

  it("runs calls at once on instances of their own", async () => {
    await cloud.create("Table", { name: "t", key: "id" });
    const ask = performing("t", "get", [{ partition: "go" }]);
    const handler = `async () => { while (!(await (${ask})()).value) await new Promise((next) => setTimeout(next, 5)); }`;
    const permissions = [{ resource: "t", operations: ["get"] }] as const;
    await cloud.create("Function", functionInputs(handler, { permissions }));
    const calls = Promise.all([invoke(cloud, "f"), invoke(cloud, "f"), invoke(cloud, "f")]);
    await until(() => cloud.find("Function", "f")?.instances === 3);
    cloud.find("Table", "t")?.put({ key: { partition: "go" }, row: { id: "go" }, expect: "anything" });
    await calls;
  });

  const onOne = [
    ["keep their thread at work", "() => { for (const end = performance.now() + 1; performance.now() < end; ); }"],
    ["wait for nothing but the cloud", performing("t", "get", ["someone"])],
  ] as const;
  for (const [what, handler] of onOne) {
    it(`serves calls that ${what} on one instance, however many wait and busy as the cloud is`, async () => {
      await cloud.create("Table", { name: "t", key: "id" });
      const permissions = [{ resource: "t", operations: ["get"] }] as const;
      await cloud.create("Function", functionInputs(handler, { permissions }));
      const busy = setInterval(() => {
        for (const end = performance.now() + 3; performance.now() < end; );
      }, 0);
      try {
        await Promise.all(Array.from({ length: 150 }, () => invoke(cloud, "f")));
      } finally {
        clearInterval(busy);
      }
      assert.equal(cloud.find("Function", "f")?.instances, 1);
    });
  }

  it("starts more instances for calls that wait, short as they are", async () => {
    await cloud.create("Function", functionInputs("() => new Promise((done) => setTimeout(done, 5))"));
    await Promise.all(Array.from({ length: 100 }, () => invoke(cloud, "f")));
    assert.ok((cloud.find("Function", "f")?.instances ?? 0) > 1);
  });

  it("puts what the handler prints into its log store, line by line", async () => {
    await cloud.create(
      "Function",
      functionInputs(
        `async () => { console.log("one\\ntwo"); process.stdout.write('{"three":'); process.stdout.write("3}\\n"); console.error("four"); }`,
      ),
    );
    await invoke(cloud, "f");
    const lines = cloud.find("LogStore", "logs")?.read({ source: "f" }) ?? [];
    assert.deepEqual(
      lines.map(({ text }) => text),
      ["one", "two", '{"three":3}', "four"],
    );
  });

  it("takes new code for new calls and lets the running one finish with the old", async () => {
    await cloud.create("Queue", queueInputs);
    const begun = performing("q", "send", ["begun"]);
    const handler = `async () => { await (${begun})(); return new Promise((done) => setTimeout(done, 100, "old")); }`;
    const permissions = [{ resource: "q", operations: ["send"] }] as const;
    await cloud.create("Function", functionInputs(handler, { permissions }));
    const running = invoke(cloud, "f");
    await until(() => cloud.find("Queue", "q")?.receive(1).length === 1);
    await cloud.update("Function", "f", functionInputs(`async () => "new"`));
    assert.deepEqual(await Promise.all([running, invoke(cloud, "f")]), ["old", "new"]);
    assert.equal(cloud.find("Function", "f")?.instances, 1);
  });

  describe("may only what is declared", () => {
    const asks = (resource: string, operation: string, args?: readonly unknown[]) =>
      performing(resource, operation, args);
    beforeEach(async () => {
      await cloud.create("Queue", queueInputs);
      await cloud.create("Table", { name: "t", key: "id" });
      await cloud.create("Table", { name: "other", key: "id" });
      await cloud.create("Secret", { name: "s" });
    });
    const run = async (handler: string, permissions: Parameters<typeof functionInputs>[1]) => {
      await cloud.create("Function", functionInputs(handler, permissions));
      return (await invoke(cloud, "f")) as { value?: unknown; refused?: string; message?: string };
    };
    const reads = { permissions: [{ resource: "t", operations: ["get" as const] }] };

    it("the granted operation on the granted resource", async () => {
      cloud.find("Table", "t")?.put({ key: { partition: "a" }, row: { id: "a" }, expect: "anything" });
      assert.deepEqual(await run(asks("t", "get", [{ partition: "a" }]), reads), { value: { id: "a" } });
    });
    const write = [{ key: { partition: "a" }, row: { id: "a" }, expect: "anything" }];
    for (const [what, handler] of [
      ["another operation", asks("t", "put", write)],
      ["another resource", asks("other", "get", [{ partition: "a" }])],
      ["another type", asks("q", "send", ["x"])],
      ["a secret", asks("s", "read")],
      ["an operation that there is not", asks("t", "scan")],
      ["the layout of a table it may not use", asks("other", "layout")],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const { refused, message } = await run(handler, reads);
        assert.equal(refused, "NotGranted");
        assert.match(message ?? "", /function "f" may not .*its uses do not grant it/);
        assert.deepEqual([cloud.find("Queue", "q")?.counters.sent, cloud.find("Table", "t")?.size], [0, 0]);
      });
    }

    it("a revoked permission is gone at once", async () => {
      await run(asks("t", "get", [{ partition: "a" }]), reads);
      await cloud.update("Function", "f", functionInputs(asks("t", "get", [{ partition: "a" }]), { permissions: [] }));
      assert.equal(((await invoke(cloud, "f")) as { refused: string }).refused, "NotGranted");
    });

    it("reads a secret's value once an operator has set it, and tells when none has", async () => {
      const may = { permissions: [{ resource: "s", operations: ["read" as const] }] };
      assert.match((await run(asks("s", "read"), may)).message ?? "", /secret "s" has no value yet/);
      cloud.find("Secret", "s")?.set("hush");
      assert.deepEqual(await invoke(cloud, "f"), { value: "hush" });
    });

    it("refuses an item that is larger than every cloud's table holds", async () => {
      const big = `() => globalThis[Symbol.for("serverless-blueprints.local.host")].call("t", "put", [{ key: { partition: "a" }, row: { id: "a", x: "x".repeat(409600) }, expect: "anything" }]).catch((error) => ({ message: error.message }))`;
      assert.match(
        (await run(big, { permissions: [{ resource: "t", operations: ["put"] }] })).message ?? "",
        /409\d+ bytes; a table holds 409600/,
      );
    });
  });
});

describe("local cloud", () => {
  it("counts an instance's death as a delivery, up to the dead letters", async () => {
    const cloud = await makeCloud();
    await cloud.create("Queue", queueInputs);
    await cloud.create("Function", functionInputs("() => process.exit(1)"));
    await cloud.create("Consumer", { queue: "q", function: "f", batchSize: 1, windowSeconds: 0, maxConcurrency: 1 });
    cloud.find("Queue", "q")?.send("{}");
    await cloud.quiet({ skipBackoff: true });
    const [letter] = cloud.find("Queue", "q")?.deadLetters.list() ?? [];
    assert.deepEqual(
      [letter?.attempts, letter?.error],
      [2, "InvocationFailed: the handler ended its process with exit code 1"],
    );
    await cloud.close();
  });

  it("balances its books with real threads under faults", async () => {
    const cloud = await makeCloud({ faults: { seed: 11, crash: 0.1, duplicate: 0.2, throttle: 0.1, reorder: 0.3 } });
    await cloud.create("Queue", { ...queueInputs, maxDeliveries: 3 });
    await cloud.create(
      "Function",
      functionInputs("async ({ deliveries }) => ({ outcomes: deliveries.map(() => ({ kind: 'handled' })) })"),
    );
    await cloud.create("Consumer", { queue: "q", function: "f", batchSize: 5, windowSeconds: 0, maxConcurrency: 4 });
    const queue = cloud.find("Queue", "q");
    assert.ok(queue);
    for (let n = 0; n < 200; n++) queue.send(String(n));
    await cloud.quiet({ skipBackoff: true });
    assert.equal(queue.counters.handled + queue.deadLetters.size, 200);
    assert.ok(queue.counters.retried > 0, "something went wrong on the way");
    await cloud.close();
  });

  it("drains: lets handlers finish, takes no new resources, leaves the rest in the queue", async () => {
    const cloud = await makeCloud();
    await cloud.create("Queue", queueInputs);
    await cloud.create(
      "Function",
      functionInputs(
        "({ deliveries }) => new Promise((done) => setTimeout(done, 100, { outcomes: deliveries.map(() => ({ kind: 'handled' })) }))",
      ),
    );
    await cloud.create("Consumer", { queue: "q", function: "f", batchSize: 1, windowSeconds: 0, maxConcurrency: 1 });
    const queue = cloud.find("Queue", "q");
    assert.ok(queue);
    queue.send("{}");
    queue.send("{}");
    await new Promise((resolve) => setTimeout(resolve, 60));
    await cloud.drain();
    assert.deepEqual([queue.counters.handled, queue.depth().visible], [1, 1]);
    await assert.rejects(cloud.create("Secret", { name: "s" }), { name: "Draining" });
    await cloud.close();
  });

  it("refuses what cannot be: a missing reference, a name twice, a user left behind, too short a visibility", async () => {
    const cloud = await makeCloud();
    await assert.rejects(
      cloud.create("Function", functionInputs("1", { logStore: "none" })),
      /Function "f" needs LogStore "none"/,
    );
    await cloud.create("Function", functionInputs("1"));
    await assert.rejects(cloud.create("Function", functionInputs("1")), { name: "AlreadyExists" });
    await assert.rejects(cloud.delete("LogStore", "logs"), /LogStore "logs" is used by Function "f"/);
    await cloud.create("Queue", { ...queueInputs, visibilityTimeoutSeconds: 4 });
    const consumer = { queue: "q", function: "f", batchSize: 1, windowSeconds: 0, maxConcurrency: 1 };
    await assert.rejects(cloud.create("Consumer", consumer), /may run 5 s, the queue's visibilityTimeoutSeconds is 4/);
    await cloud.update("Queue", "q", queueInputs);
    await cloud.create("Consumer", consumer);
    await assert.rejects(cloud.delete("Queue", "q"), { name: "InUse" });
    await cloud.delete("Consumer", "q");
    await cloud.delete("Queue", "q");
    await cloud.delete("Queue", "q");
    assert.equal(cloud.read("Queue", "q"), undefined);
    await cloud.close();
  });
});
