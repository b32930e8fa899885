import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { apply, type Backing, display, type ResolvedResource, ResourceFailure } from "../../../cli/engine";
import { named, options, Queue, Worker } from "./resources";

/** Remembers what it was asked, in order. */
function recording(changes: Partial<Backing> = {}): Backing & { asked: ResolvedResource[] } {
  const asked: ResolvedResource[] = [];
  return {
    asked,
    async register(resource) {
      asked.push(resource);
      await new Promise((resolve) => setImmediate(resolve));
      return { id: `id-${resource.name}`, outputs: { ...resource.inputs, url: `http://local/${resource.name}` } };
    },
    ...changes,
  };
}

describe("an apply", () => {
  it("passes real values downstream, in the order of dependencies", async () => {
    const backing = recording();
    const result = await apply(
      () => {
        const worker = new Worker("worker");
        return { url: worker.queue.url, id: worker.queue.id, dryRun: pulumi.runtime.isDryRun() };
      },
      options,
      backing,
    );
    assert.deepEqual(
      backing.asked.map(({ name, inputs }) => [name, inputs]),
      [
        ["worker-queue", { label: "orders" }],
        ["worker-reader", { source: "http://local/worker-queue" }],
      ],
    );
    assert.deepEqual(result.outputs, { url: "http://local/worker-queue", id: "id-worker-queue", dryRun: false });
    assert.equal(named(result, "worker-reader").id, "id-worker-reader");
    assert.deepEqual(named(result, "worker").outputs, { url: "http://local/worker-queue", label: "orders" });
  });

  it("opens secrets for the backing and closes them again", async () => {
    const backing = recording();
    const result = await apply(
      () => {
        const queue = new Queue(
          "queue",
          { label: pulumi.secret("pw"), deep: { inner: pulumi.secret([1]) } },
          { additionalSecretOutputs: ["url"] },
        );
        return { label: queue.label, url: queue.url };
      },
      options,
      backing,
    );
    assert.deepEqual(backing.asked[0]?.inputs, { label: "pw", deep: { inner: [1] } });
    assert.deepEqual(display(named(result, "queue").outputs), {
      label: "[secret]",
      deep: { inner: "[secret]" },
      url: "[secret]",
    });
    assert.deepEqual(display(result.outputs), { label: "[secret]", url: "[secret]" });
  });

  it("hands over assets as objects and references as ids", async () => {
    const backing = recording();
    await apply(
      () => {
        const queue = new Queue("queue");
        const code = new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset("1") });
        new Queue("refers", { queue, code });
      },
      options,
      backing,
    );
    const { inputs } = backing.asked[1] ?? assert.fail("two resources");
    assert.equal(inputs.queue, "id-queue");
    assert.ok(inputs.code instanceof pulumi.asset.AssetArchive);
    const members = await inputs.code.assets;
    assert.ok(members["index.js"] instanceof pulumi.asset.StringAsset);
  });

  it("fails with the resource's name when the backing refuses, after what it began has ended", async () => {
    const refusal = new Error("port taken");
    let ended = false;
    const backing = recording({
      async register({ name }) {
        if (name === "bad") throw refusal;
        await new Promise((resolve) => setTimeout(resolve, 20));
        ended = true;
        return { id: name, outputs: {} };
      },
    });
    const run = apply(
      () => {
        new Queue("slow");
        new Queue("bad");
      },
      options,
      backing,
    );
    const error = await run.catch((reason) => reason);
    assert.ok(error instanceof ResourceFailure);
    assert.equal(error.message, "bad (standin:index:Queue): port taken");
    assert.equal(error.cause, refusal);
    assert.equal(ended, true);
  });

  it("calls functions and reads existing resources where the backing can", async () => {
    const backing = recording({
      invoke: async (token, args) => ({ answer: `${token} ${args.name}` }),
      read: async ({ id }) => ({ outputs: { url: `http://local/${id}` } }),
    });
    const { outputs } = await apply(
      () => {
        const found = pulumi.runtime.invokeOutput<{ answer: string }>("local:index:find", { name: pulumi.secret("x") });
        return { found: found.answer, url: new Queue("existing", {}, { id: "e1" }).url };
      },
      options,
      backing,
    );
    assert.deepEqual(display(outputs), { found: "[secret]", url: "http://local/e1" });
  });

  it("says so where the backing cannot", async () => {
    const backing = recording();
    await assert.rejects(
      apply(() => pulumi.runtime.invoke("local:index:find", {}), options, backing),
      /there is no function local:index:find here/,
    );
    await assert.rejects(
      apply(() => void new Queue("existing", {}, { id: "e1" }), options, backing),
      /existing \(standin:index:Queue\): existing resources cannot be looked up here/,
    );
  });

  it("runs hooks around a creation; only a failing one before it stops the run", async () => {
    const seen: string[] = [];
    const hook = (name: string, fails = false) =>
      new pulumi.ResourceHook(name, ({ newOutputs }) => {
        seen.push(`${name} ${newOutputs?.url ?? "-"}`);
        if (fails) throw new Error("hook says no");
      });
    const { logs } = await apply(
      () => {
        const hooks = { beforeCreate: [hook("before")], afterCreate: [hook("after", true)] };
        new Queue("queue", {}, { hooks });
      },
      options,
      recording(),
    );
    assert.deepEqual(seen, ["before -", "after http://local/queue"]);
    assert.match(logs[0]?.message ?? "", /after hook "after" failed: hook says no/);
    await assert.rejects(
      apply(() => void new Queue("queue", {}, { hooks: { beforeCreate: [hook("stop", true)] } }), options, recording()),
      /queue \(standin:index:Queue\): before hook "stop" failed: hook says no/,
    );
  });
});
