import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { ResourceFailure } from "../../../cli/engine";
import { planned, Queue, Worker } from "./resources";

class Refusal extends Error {}

async function failureOf(program: () => unknown): Promise<unknown> {
  return planned(program).then(
    () => assert.fail("the run went through"),
    (error) => error,
  );
}

describe("a run that fails", () => {
  it("hands out the error that the program threw, as it was thrown", async () => {
    const refusal = new Refusal("no such cloud");
    const error = await failureOf(() => {
      new Worker("before");
      throw refusal;
    });
    assert.equal(error, refusal);
    assert.deepEqual(Object.keys(refusal), []);
    assert.equal(refusal.message, "no such cloud");
  });

  it("does so for a rejection, for what a component throws, and for what is no error", async () => {
    const refusal = new Refusal("later");
    assert.equal(await failureOf(async () => Promise.reject(refusal)), refusal);
    class Broken extends pulumi.ComponentResource {
      constructor() {
        super("test:index:Broken", "broken");
        throw refusal;
      }
    }
    assert.equal(await failureOf(() => new Broken()), refusal);
    assert.equal(
      await failureOf(() => {
        throw "a text";
      }),
      "a text",
    );
  });

  it("names the resource whose input was rejected", async () => {
    const refusal = new Refusal("bad value");
    const error = await failureOf(() => {
      new Queue("good");
      new Queue("bad", { label: pulumi.output("x").apply(() => Promise.reject(refusal)) });
      new Worker("worker");
    });
    assert.ok(error instanceof ResourceFailure);
    assert.equal(error.resource, "bad (standin:index:Queue)");
    assert.equal(error.cause, refusal);
    assert.match(error.message, /^bad \(standin:index:Queue\): .*bad value$/);
  });

  it("names the component that was at work when nobody awaited a rejection", async () => {
    class Careless extends pulumi.ComponentResource {
      constructor(name: string) {
        super("test:index:Careless", name);
        const queue = new Queue(`${name}-queue`, { label: "x" }, { parent: this });
        queue.label.apply((label) => {
          throw new Refusal(`cannot use ${label}`);
        });
      }
    }
    const error = await failureOf(() => {
      new Worker("first");
      new Careless("careless");
      new Worker("last");
    });
    assert.ok(error instanceof ResourceFailure);
    assert.equal(error.message, "careless (test:index:Careless): cannot use x");
    assert.ok(error.cause instanceof Refusal);
  });

  it("belongs to its own run: another at the same time goes on", async () => {
    const [bad, good] = await Promise.allSettled([
      planned(() => void pulumi.output(1).apply(() => Promise.reject(new Refusal("mine")))),
      planned(async () => {
        for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
        new Queue("fine");
      }),
    ]);
    assert.equal(bad.status, "rejected");
    assert.equal(good.status, "fulfilled");
  });

  it("refuses a URN that is taken", async () => {
    const error = await failureOf(() => {
      new Queue("twice");
      new Queue("twice");
    });
    assert.ok(error instanceof ResourceFailure);
    assert.equal(
      error.message,
      "twice (standin:index:Queue): Duplicate resource URN 'urn:pulumi:dev::shop::standin:index:Queue::twice'; try giving it a unique name",
    );
  });

  it("counts a reported error as a failure, as the CLI does", async () => {
    const error = await failureOf(() => void pulumi.log.error("this will not do"));
    assert.match(String(error), /this will not do/);
  });

  it("refuses a component that only a plugin can construct, and says what can", async () => {
    class Remote extends pulumi.ComponentResource {
      constructor() {
        super("standin:index:Remote", "remote", {}, {}, true);
      }
    }
    assert.match(String(await failureOf(() => new Remote())), /remote \(standin:index:Remote\).*pulumi preview/);
  });

  it("refuses an asset whose file is missing", async () => {
    const error = await failureOf(() => new Queue("queue", { code: new pulumi.asset.FileAsset("no/such/file") }));
    assert.match(String(error), /queue \(standin:index:Queue\): ENOENT/);
  });

  it("does not hold back the next run's messages, nor its results", async () => {
    await failureOf(() => {
      const bad = new Queue("bad", { label: pulumi.output("x").apply(() => Promise.reject(new Refusal("no"))) });
      pulumi.log.warn("about a resource that never comes to be", bad);
    });
    const { logs } = await planned(() => void pulumi.log.warn("next"));
    assert.deepEqual(logs, [{ severity: "warning", message: "next" }]);
  });

  it("is over once it failed: what it had begun and is rejected later harms nobody", async () => {
    const { stdout } = await script(`
      const program = () => {
        new Queue("slow", { label: new Promise((_, reject) => setTimeout(reject, 30, new Error("late"))) });
        throw new Error("early");
      };
      plan(program, options).catch((error) => console.log(error.message));
      setTimeout(() => console.log("alive"), 120);`);
    assert.equal(stdout, "early\nalive\n");
  });

  it("leaves the rejections of others to others", async () => {
    const error = await script(`
      plan(() => { throw new Error("ours"); }, options).catch(() => Promise.reject(new Error("not ours")));`).catch(
      (reason: { stderr: string }) => reason,
    );
    assert.match(error.stderr, /not ours/);
  });

  it("ends with a reason when the program waits for what never comes", async () => {
    const { stdout } = await script(`
      const program = () => void new Queue("stuck", { label: new Promise(() => {}) });
      plan(program, options).catch((error) => console.log(error.message));`);
    assert.match(stdout, /waits for a value that never comes: 1 resource/);
  });
});

/** In a process of its own, whose end is part of the test. */
function script(source: string): Promise<{ stdout: string; stderr: string }> {
  const head = `
    const { plan } = require(${JSON.stringify(join(__dirname, "../../../cli/engine"))});
    const { options, Queue } = require(${JSON.stringify(join(__dirname, "resources"))});`;
  return promisify(execFile)(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", `${head}${source}`]);
}
