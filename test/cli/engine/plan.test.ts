import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { display, unknown } from "../../../cli/engine";
import { named, Provider, planned, Queue, Worker } from "./resources";

const stackUrn = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev";

describe("a plan", () => {
  it("names resources by the types of their ancestors, without the stack's", async () => {
    const result = await planned(() => {
      class Outer extends pulumi.ComponentResource {
        constructor() {
          super("test:index:Outer", "outer");
          new Worker("inner", {}, { parent: this });
        }
      }
      new Outer();
      new Queue("alone");
    });
    assert.deepEqual(
      result.resources.map(({ urn, parent }) => [urn, parent]),
      [
        [stackUrn, undefined],
        ["urn:pulumi:dev::shop::test:index:Outer::outer", stackUrn],
        ["urn:pulumi:dev::shop::standin:index:Queue::alone", stackUrn],
        [
          "urn:pulumi:dev::shop::test:index:Outer$test:index:Worker::inner",
          "urn:pulumi:dev::shop::test:index:Outer::outer",
        ],
        [
          "urn:pulumi:dev::shop::test:index:Outer$test:index:Worker$standin:index:Queue::inner-queue",
          "urn:pulumi:dev::shop::test:index:Outer$test:index:Worker::inner",
        ],
        [
          "urn:pulumi:dev::shop::test:index:Outer$test:index:Worker$standin:index:Queue::inner-reader",
          "urn:pulumi:dev::shop::test:index:Outer$test:index:Worker::inner",
        ],
      ],
    );
  });

  it("knows which property depends on what, and what a resource waits for beside that", async () => {
    const result = await planned(() => {
      const first = new Queue("first");
      const second = new Queue("second");
      new Queue("third", { source: first.url, label: "x" }, { dependsOn: second });
    });
    const third = named(result, "third");
    const [first, second] = [named(result, "first").urn, named(result, "second").urn];
    assert.deepEqual([...third.dependencies].sort(), [first, second].sort());
    assert.deepEqual(third.propertyDependencies, { source: [first], label: [] });
  });

  it("depends on a component by its children", async () => {
    const result = await planned(() => new Queue("after", {}, { dependsOn: new Worker("worker") }) && undefined);
    const dependencies = named(result, "after").dependencies;
    assert.ok(dependencies.includes(named(result, "worker-queue").urn));
    assert.ok(dependencies.includes(named(result, "worker-reader").urn));
  });

  it("hands protect, retainOnDelete and deletedWith down, and lets a child say otherwise", async () => {
    const result = await planned(() => {
      const rest = new Queue("rest");
      const parent = new Worker("kept", {}, { protect: true, retainOnDelete: true, deletedWith: rest });
      new Queue("free", {}, { parent, protect: false, retainOnDelete: false });
    });
    const kept = named(result, "kept-queue");
    assert.equal(kept.protect, true);
    assert.equal(kept.retainOnDelete, true);
    assert.equal(kept.deletedWith, named(result, "rest").urn);
    assert.equal(named(result, "free").protect, false);
    assert.equal(named(result, "free").retainOnDelete, false);
    assert.equal(named(result, "rest").protect, false);
  });

  it("carries the options that the engine gets", async () => {
    const result = await planned(() => {
      new Queue(
        "all",
        {},
        {
          ignoreChanges: ["label"],
          replaceOnChanges: ["url"],
          deleteBeforeReplace: true,
          additionalSecretOutputs: ["url"],
          version: "1.2.3",
          customTimeouts: { create: "5m" },
          import: "existing-id",
        },
      );
    });
    const { ignoreChanges, replaceOnChanges, deleteBeforeReplace, additionalSecretOutputs, version, ...rest } = named(
      result,
      "all",
    );
    assert.deepEqual(
      { ignoreChanges, replaceOnChanges, deleteBeforeReplace, additionalSecretOutputs, version },
      {
        ignoreChanges: ["label"],
        replaceOnChanges: ["url"],
        deleteBeforeReplace: true,
        additionalSecretOutputs: ["url"],
        version: "1.2.3",
      },
    );
    assert.deepEqual([rest.customTimeouts, rest.importId, rest.id], [{ create: "5m" }, "existing-id", "existing-id"]);
  });

  it("spells aliases out as URNs, without those for other versions of the type", async () => {
    const result = await planned(() => {
      const parent = new Worker("worker");
      new Queue(
        "renamed",
        {},
        {
          parent,
          aliases: [
            { name: "old" },
            { parent: pulumi.rootStackResource },
            { type: "standin:index:Topic" },
            { type: "standin:index/v20200101:Queue" },
            "urn:pulumi:a::b::c:d:E::f",
          ],
        },
      );
    });
    assert.deepEqual(named(result, "renamed").aliases, [
      "urn:pulumi:dev::shop::test:index:Worker$standin:index:Queue::old",
      "urn:pulumi:dev::shop::standin:index:Queue::renamed",
      "urn:pulumi:dev::shop::test:index:Worker$standin:index:Topic::renamed",
      "urn:pulumi:a::b::c:d:E::f",
    ]);
  });

  it("gives inputs back as outputs and leaves the rest unknown, the id included", async () => {
    const seen: unknown[] = [];
    const result = await planned(() => {
      const queue = new Queue("queue", { label: "orders" });
      queue.label.apply((label) => seen.push(label));
      queue.url.apply((url) => seen.push(url));
      return {
        label: queue.label,
        url: queue.url,
        id: queue.id,
        mixed: pulumi.interpolate`${queue.label}/${queue.id}`,
      };
    });
    assert.deepEqual(seen, ["orders"]);
    assert.deepEqual(result.outputs, { label: "orders", url: unknown, id: unknown, mixed: unknown });
  });

  it("keeps what components register", async () => {
    const result = await planned(() => void new Worker("worker", { size: 3 }));
    assert.deepEqual(named(result, "worker").inputs, { size: 3 });
    assert.deepEqual(named(result, "worker").outputs, { url: unknown, label: "orders" });
  });

  it("marks secrets and shows none", async () => {
    const result = await planned(
      () => {
        const password = new pulumi.Config("shop").requireSecret("password");
        const queue = new Queue("queue", { label: password, deep: { list: [password, 1] } });
        return { label: queue.label, length: password.apply((text) => text.length) };
      },
      { config: { "shop:password": "hunter2" }, secretKeys: ["shop:password"] },
    );
    assert.deepEqual(display(named(result, "queue").inputs), {
      label: "[secret]",
      deep: { list: ["[secret]", 1] },
    });
    assert.deepEqual(display(result.outputs), { label: "[secret]", length: "[secret]" });
    assert.ok(!JSON.stringify(display(result.resources)).includes("hunter2"));
  });

  it("tells the program where it runs", async () => {
    const result = await planned(
      () => ({
        project: pulumi.getProject(),
        stack: pulumi.getStack(),
        organization: pulumi.getOrganization(),
        dryRun: pulumi.runtime.isDryRun(),
        cloud: new pulumi.Config().require("cloud"),
        number: new pulumi.Config("shop").requireNumber("count"),
      }),
      { config: { "shop:cloud": "gcp", "shop:count": "3" }, organization: "acme" },
    );
    assert.deepEqual(result.outputs, {
      project: "shop",
      stack: "dev",
      organization: "acme",
      dryRun: true,
      cloud: "gcp",
      number: 3,
    });
  });

  it("names the functions it did not call, whose results stay unknown wherever they go", async () => {
    let ran = false;
    const result = await planned(async () => {
      const whole = pulumi.runtime.invokeOutput<{ account: string }>("aws:index:getCallerIdentity", {});
      const single = pulumi.runtime.invokeSingleOutput<string>("aws:index:getPartition", {});
      const plainResult = await pulumi.runtime.invoke("aws:index:getCallerIdentity", {});
      whole.apply(() => {
        ran = true;
      });
      new Queue("queue", { label: whole.account, owner: single, whole: plainResult });
      return { account: whole.account, text: pulumi.interpolate`arn:${whole.account}` };
    });
    assert.deepEqual(result.unknownInvokes, ["aws:index:getCallerIdentity", "aws:index:getPartition"]);
    assert.deepEqual(named(result, "queue").inputs, { label: unknown, owner: unknown, whole: unknown });
    assert.deepEqual(result.outputs, { account: unknown, text: unknown });
    assert.equal(ran, false);
  });

  it("reads existing resources as unknown, with the id it was given", async () => {
    const result = await planned(() => {
      const existing = new Queue("existing", {}, { id: "there" });
      return { id: existing.id, url: existing.url };
    });
    const { external, id, custom } = named(result, "existing");
    assert.deepEqual({ external, id, custom }, { external: true, id: "there", custom: true });
    assert.deepEqual(result.outputs, { id: "there", url: unknown });
  });

  it("passes references and finds the resource behind a URN", async () => {
    const result = await planned(() => {
      const worker = new Worker("worker");
      const queue = new Queue("queue", { label: "a" });
      const again = pulumi
        .output(queue.urn)
        .apply((urn) => new Queue("again", {}, { urn } as pulumi.CustomResourceOptions).label);
      new Queue("refers", { worker, queue });
      return { again };
    });
    const [worker, queue] = [named(result, "worker").urn, named(result, "queue").urn];
    const inputs = named(result, "refers").inputs as Record<string, { urn: string }>;
    assert.deepEqual([inputs.worker?.urn, inputs.queue?.urn], [worker, queue]);
    assert.deepEqual(result.outputs, { again: "a" });
  });

  it("resolves providers: explicit, by component, none", async () => {
    const result = await planned(() => {
      const provider = new Provider("eu", { version: "2.0.0" });
      const worker = new Worker("worker", {}, { providers: [provider] });
      new Queue("explicit", {}, { provider });
      new Queue("default", {}, { dependsOn: worker });
    });
    const reference = `urn:pulumi:dev::shop::pulumi:providers:standin::eu::${unknown}`;
    assert.equal(named(result, "explicit").provider, reference);
    assert.equal(named(result, "worker-queue").provider, reference);
    assert.equal(named(result, "default").provider, undefined);
    assert.equal(named(result, "eu").inputs.version, "2.0.0");
  });

  it("collects messages with the resource they are about, and prints nothing", async () => {
    const result = await planned(() => {
      const worker = new Worker("worker");
      pulumi.log.warn("careful", worker);
      pulumi.log.info("hello");
      pulumi.log.debug("noise");
    });
    assert.deepEqual(result.logs, [
      { severity: "warning", message: "careful", urn: named(result, "worker").urn },
      { severity: "info", message: "hello" },
    ]);
  });

  it("keeps two runs apart that go on at the same time", async () => {
    const program = (pause: number) => async () => {
      const queue = new Queue(`early-${pulumi.getStack()}`, {}, { protect: pulumi.getStack() === "a" });
      for (let turn = 0; turn < pause; turn++) await new Promise((resolve) => setImmediate(resolve));
      pulumi.log.warn(`from ${pulumi.getStack()}`);
      new Queue(`late-${pulumi.getStack()}`, { source: queue.url, label: new pulumi.Config("shop").require("name") });
      return { stack: pulumi.getStack() };
    };
    const [a, b] = await Promise.all([
      planned(program(7), { stack: "a", config: { "shop:name": "alpha" } }),
      planned(program(2), { stack: "b", config: { "shop:name": "beta" } }),
    ]);
    for (const [result, stack, label] of [
      [a, "a", "alpha"],
      [b, "b", "beta"],
    ] as const) {
      assert.deepEqual(
        result.resources.map(({ name }) => name),
        [`shop-${stack}`, `early-${stack}`, `late-${stack}`],
      );
      assert.equal(named(result, `late-${stack}`).inputs.label, label);
      assert.deepEqual(result.logs, [{ severity: "warning", message: `from ${stack}` }]);
      assert.deepEqual(result.outputs, { stack });
    }
  });

  it("waits for resources that are made inside an apply", async () => {
    const result = await planned(() => {
      const first = new Queue("first", { label: "x" });
      first.label.apply((label) => new Queue(`nested-${label}`));
    });
    assert.ok(named(result, "nested-x"));
  });

  it("leaves the process as it found it", async () => {
    const script = (source: string) =>
      promisify(execFile)(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", source]);
    const { stdout } = await script(`
      const { plan } = require(${JSON.stringify(join(__dirname, "../../../cli/engine"))});
      const { Worker } = require(${JSON.stringify(join(__dirname, "resources"))});
      const events = ["unhandledRejection", "beforeExit"];
      const look = () => JSON.stringify([Error.stackTraceLimit, events.map((event) => process.listenerCount(event))]);
      const once = () => plan(() => void new Worker("worker"), { project: "p", stack: "s", config: {} });
      once().then(() => { const first = look(); return once().then(() => console.log(look() === first, first)); });`);
    assert.equal(stdout.trim(), "true [10,[0,0]]");
  });
});
