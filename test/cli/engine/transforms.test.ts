import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { display, unknown } from "../../../cli/engine";
import { named, planned, Queue, Worker } from "./resources";

function tag(key: string, order?: string[]): pulumi.ResourceTransform {
  return ({ props, opts, type, name }) => {
    if (type !== "standin:index:Queue") return undefined;
    order?.push(`${name} ${key}`);
    return { props: { ...props, [key]: true }, opts };
  };
}

describe("transforms", () => {
  it("run on the resource first, then from the inside out, the stack's last", async () => {
    const order: string[] = [];
    const result = await planned(() => {
      pulumi.runtime.registerResourceTransform(tag("stack", order));
      const parent = new Worker("worker", {}, { transforms: [tag("parent", order)] });
      new Queue("queue", { label: "x" }, { parent, transforms: [tag("own", order), tag("own2", order)] });
    });
    assert.deepEqual(named(result, "queue").inputs, { label: "x", own: true, own2: true, parent: true, stack: true });
    assert.deepEqual(named(result, "worker-queue").inputs, { label: "orders", parent: true, stack: true });
    assert.deepEqual(
      order.filter((step) => step.startsWith("queue ")),
      ["queue own", "queue own2", "queue parent", "queue stack"],
    );
  });

  it("see unknowns and secrets as outputs and give them back as they were", async () => {
    const seen: boolean[] = [];
    const result = await planned(() => {
      const first = new Queue("first");
      const look: pulumi.ResourceTransform = ({ props, opts }) => {
        seen.push(pulumi.Output.isInstance(props.source), pulumi.Output.isInstance(props.password));
        return { props: { ...props, copy: props.password }, opts };
      };
      new Queue(
        "second",
        { source: first.url, password: pulumi.secret("pw"), deep: [first.url] },
        { transforms: [look] },
      );
    });
    const second = named(result, "second");
    assert.deepEqual(seen, [true, true]);
    assert.deepEqual(display(second.inputs), {
      source: unknown,
      password: "[secret]",
      copy: "[secret]",
      deep: [unknown],
    });
    assert.deepEqual(second.dependencies, [named(result, "first").urn]);
  });

  it("change options", async () => {
    const result = await planned(() => {
      const other = new Queue("other");
      const change: pulumi.ResourceTransform = ({ props, opts }) => ({
        props,
        opts: { ...opts, protect: true, ignoreChanges: ["label"], dependsOn: [other] },
      });
      new Queue("queue", {}, { transforms: [change] });
    });
    const queue = named(result, "queue");
    assert.equal(queue.protect, true);
    assert.deepEqual(queue.ignoreChanges, ["label"]);
    assert.deepEqual(queue.dependencies, [named(result, "other").urn]);
  });

  it("reach the arguments of functions", async () => {
    const seen: unknown[] = [];
    const { unknownInvokes } = await planned(async () => {
      pulumi.runtime.registerInvokeTransform(({ token, args, opts }) => {
        seen.push([token, args]);
        return { args: { ...args, more: true }, opts };
      });
      await pulumi.runtime.invoke("standin:index:find", { name: "x" });
    });
    assert.deepEqual(seen, [["standin:index:find", { name: "x" }]]);
    assert.deepEqual(unknownInvokes, ["standin:index:find"]);
  });

  it("fail the run when they throw, and name the resource", async () => {
    const broken: pulumi.ResourceTransform = () => {
      throw new Error("not like this");
    };
    await assert.rejects(
      planned(() => void new Queue("queue", {}, { transforms: [broken] })),
      /queue \(standin:index:Queue\): transform failed: Error: not like this/,
    );
  });

  it("of the older kind work as they always did", async () => {
    const result = await planned(() => {
      pulumi.runtime.registerStackTransformation(({ props, opts }) => ({ props: { ...props, old: 1 }, opts }));
      new Queue("queue");
    });
    assert.deepEqual(named(result, "queue").inputs, { old: 1 });
  });

  it("leave no socket open", async () => {
    const servers = () => process.getActiveResourcesInfo().filter((kind) => /TCP/i.test(kind)).length;
    const before = servers();
    let during = 0;
    await planned(() => {
      pulumi.runtime.registerResourceTransform(() => {
        during = Math.max(during, servers());
        return undefined;
      });
      new Worker("worker");
    });
    assert.deepEqual([during, servers()], [before, before]);
  });
});
