/** The commands as a user runs them: in processes of their own, right and wrong. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import {
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { transpileOnce } from "../support/transpiled";

const root = resolve(__dirname, "../..");
const register = require.resolve("ts-node/register/transpile-only");

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe("the command line", function () {
  this.timeout(60_000);
  let runtime: string;
  before(() => {
    runtime = mkdtempSync(join(tmpdir(), "commands-"));
    transpileOnce(join(runtime, "tsconfig.json"));
  });
  after(() => rmSync(runtime, { recursive: true, force: true }));

  const launch = (args: readonly string[], cwd = root, stdout: "pipe" | number = "pipe"): ChildProcess =>
    spawn(process.execPath, ["-r", register, join(cwd, "cli/main.ts"), ...args], {
      cwd,
      env: { ...process.env, XDG_RUNTIME_DIR: runtime, TS_NODE_PROJECT: join(runtime, "tsconfig.json") },
      stdio: ["ignore", stdout, "pipe"],
    });
  function ended(child: ChildProcess): Promise<Outcome> {
    let [stdout, stderr] = ["", ""];
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    return new Promise((done) => child.on("close", (code) => done({ code, stdout, stderr })));
  }
  const run = (...args: string[]) => ended(launch(args));
  /** Starts a stack, or an empty cloud, and waits for what it prints. */
  async function started(
    args: readonly string[],
    cwd = root,
  ): Promise<{ child: ChildProcess; text: string; end: Promise<Outcome> }> {
    const child = launch(args, cwd);
    const end = ended(child);
    const text = await new Promise<string>((up, failed) => {
      let seen = "";
      child.stdout?.on("data", (chunk: Buffer) => {
        seen += chunk.toString();
        if (seen.includes("Ctrl-C ends it")) up(seen);
      });
      void end.then(({ stderr }) => failed(new Error(stderr)));
    });
    return { child, text, end };
  }
  /** A copy of what a stack is made of, to be broken. */
  function copy(): string {
    const folder = mkdtempSync(join(tmpdir(), "project-"));
    for (const part of [
      "blueprints",
      "components",
      "runtime",
      "local",
      "cli",
      "policies",
      "stacks",
      "Pulumi.yaml",
      "package.json",
      "tsconfig.json",
    ])
      cpSync(join(root, part), join(folder, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    return folder;
  }

  it("runs the demo to its end, and its books balance", async () => {
    const { code, stdout, stderr } = await run("start", "orders-local", "--once", "--seed", "3");
    assert.equal(code, 0, stderr);
    for (const row of ["accepted", "refused", "handled", "retried", "dead-lettered", "duplicates suppressed"])
      assert.match(stdout, new RegExp(`^ +${row} +[1-9]\\d*$`, "m"));
    assert.match(stdout, /The books balance\./);
  });

  const wrong: [string, string[], RegExp][] = [
    ["an unknown stack", ["start", "nope"], /there is no stack "nope"\.\n {2}Way out: choose one of .*orders-local/],
    ["a stack of another cloud", ["start", "orders-aws"], /for aws, not for the local cloud/],
    [
      "an unknown setting",
      ["start", "orders-local", "--once", "--config", "orders:tyop=1"],
      /SB-C008 the configuration orders:tyop is not known/,
    ],
    [
      "a value out of range",
      ["start", "orders-local", "--once", "--config", "orders:maxDeliveries=0"],
      /SB-C001 QueueWorker "fulfil" on local: maxDeliveries=0/,
    ],
    ["an unknown blueprint", ["plan", "orders-aws", "--config", "blueprint=nope"], /names no blueprint: nope/],
    ["a --config without a value", ["plan", "orders-aws", "--config", "x"], /--config x has no value/],
    ["an unknown format", ["check", "orders-aws", "--format", "xml"], /Allowed choices are text, json, sarif, junit/],
    ["an unknown pack", ["check", "orders-aws", "--pack", "magic"], /there is no policy pack "magic"/],
    ["an output without a file", ["check", "orders-aws", "--output", "sarif"], /It must be <format>=<file>/],
    [
      "an output that cannot be written",
      ["check", "orders-aws", "--pack", "network", "--output", "sarif=no/such/folder.sarif"],
      /no\/such\/folder\.sarif cannot be written \(ENOENT\)/,
    ],
    ["an empty budget", ["check", "orders-aws", "--max-undetermined", ""], /must be a whole number from 0/],
    ["dead letters without a cloud", ["dlq", "list", "orders-local", "fulfil"], /npm start -- --serve/],
    ["an unknown command", ["begin"], /unknown command 'begin'/],
  ];
  for (const [what, args, message] of wrong) {
    it(`refuses ${what} in one sentence`, async () => {
      const { code, stdout, stderr } = await run(...args);
      assert.equal(code, 2);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr + stdout, /\n {4}at /, "no stack trace");
    });
  }

  it("a reader that has seen enough is no failure, and a full disk is one", async () => {
    const check = ["check", "orders-aws", "--format", "html"];
    const piped = launch(check);
    piped.stdout?.once("data", () => piped.stdout?.destroy());
    const { code, stderr } = await new Promise<Pick<Outcome, "code" | "stderr">>((done) => {
      let told = "";
      piped.stderr?.on("data", (chunk: Buffer) => {
        told += chunk.toString();
      });
      piped.on("exit", (code) => done({ code, stderr: told }));
    });
    assert.deepEqual([code, stderr], [0, ""]);
    if (!existsSync("/dev/full")) return;
    const full = openSync("/dev/full", "w");
    const outcome = await ended(launch(check, root, full));
    closeSync(full);
    assert.equal(outcome.code, 2);
    assert.equal(outcome.stderr, "The output cannot be written (ENOSPC).\n");
  });

  it("names file and line of a broken stack file, and what a handler lacks", async () => {
    const folder = copy();
    try {
      writeFileSync(join(folder, "stacks/Pulumi.orders-local.yaml"), "config:\n  a: [1\n  b: 2\n");
      const yaml = await ended(launch(["start", "orders-local", "--once"], folder));
      assert.equal(yaml.code, 2);
      assert.match(yaml.stderr, /stacks\/Pulumi\.orders-local\.yaml:\d+ is no valid YAML/);
      cpSync(join(root, "stacks"), join(folder, "stacks"), { recursive: true });
      rmSync(join(folder, "blueprints/orders/handlers/fulfil.ts"));
      const missing = await ended(launch(["start", "orders-local", "--once"], folder));
      assert.equal(missing.code, 2);
      assert.match(
        missing.stderr,
        /SB-C006 QueueWorker "fulfil" on local: the handler file .*handlers\/fulfil does not exist/,
      );
      assert.doesNotMatch(missing.stderr, /\n {4}at /);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("refuses a port that is taken", async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await run("start", "orders-local", "--port", String(port));
    server.close();
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`${port}`));
    assert.doesNotMatch(stderr, /\n {4}at /);
  });

  it("plans for machines", async () => {
    const { code, stdout } = await run("plan", "orders-gcp", "--format", "json");
    assert.equal(code, 0);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    for (const key of ["stack", "blueprint", "cloud", "resources", "contract", "grants", "verdicts", "seconds"])
      assert.ok(key in report, key);
  });

  it("exits 1 when a control fails", async () => {
    const folder = copy();
    try {
      const file = join(folder, "components/aws/worked-queue.ts");
      const [own, service] = [
        "{ kmsMasterKeyId: cmk, kmsDataKeyReusePeriodSeconds: 300 }",
        "{ sqsManagedSseEnabled: true }",
      ];
      const text = readFileSync(file, "utf8");
      assert.ok(text.includes(own));
      writeFileSync(file, text.replace(own, service));
      const { code, stdout } = await ended(launch(["check", "orders-aws", "--format", "json"], folder));
      assert.equal(code, 1);
      assert.match(stdout, /ENC-01/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  describe("with a stack running", () => {
    let cloud: Awaited<ReturnType<typeof started>>;
    let api: string;
    before(async () => {
      cloud = await started(["start", "orders-local", "--config", "orders:maxDeliveries=2"]);
      api = /API +(\S+)/.exec(cloud.text)?.[1] ?? "";
    });
    after(() => cloud.child.kill("SIGKILL"));
    const post = (body: object) =>
      fetch(`${api}/orders`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    async function letters(): Promise<{ id: string; error: string; attempts: number; body?: string }[]> {
      return JSON.parse((await run("dlq", "list", "orders-local", "fulfil", "--json")).stdout || "[]") as Awaited<
        ReturnType<typeof letters>
      >;
    }
    async function someLetters(): ReturnType<typeof letters> {
      for (let tries = 0; tries < 20; tries++) {
        const found = await letters().catch(() => []);
        if (found.length > 0) return found;
      }
      return assert.fail("no dead letter came");
    }

    it("prints URL, console and a curl line", () => {
      assert.match(cloud.text, /API +http:\/\/127\.0\.0\.1:\d+/);
      assert.match(cloud.text, /Console +http:\/\/127\.0\.0\.1:\d+\/sign-in\?code=/);
      assert.match(cloud.text, /curl .*\/orders/);
    });

    it("answers 202, then the stored order; a malformed one with the names of its fields", async () => {
      const placed = await post({ sku: "MUG-01", quantity: 2, customer: "Ada" });
      assert.equal(placed.status, 202);
      const { id } = (await placed.json()) as { id: string };
      let stored = await fetch(`${api}/orders/${id}`);
      for (let tries = 0; tries < 100 && stored.status !== 200; tries++) stored = await fetch(`${api}/orders/${id}`);
      assert.equal(((await stored.json()) as { total: number }).total, 2580);
      const refused = await post({ sku: "mug", quantity: 0 });
      assert.equal(refused.status, 400);
      assert.equal(refused.headers.get("content-type"), "application/problem+json");
      const { errors } = (await refused.json()) as { errors: { pointer: string }[] };
      assert.deepEqual(errors.map(({ pointer }) => pointer).sort(), ["#/customer", "#/quantity", "#/sku"]);
    });

    it("keeps an impossible order as a dead letter, without its payload; shows, sends back and deletes it", async () => {
      await post({ sku: "GHOST-99", quantity: 1, customer: "a hidden name" });
      const [letter] = await someLetters();
      assert.equal(letter?.attempts, 2);
      assert.match(letter?.error ?? "", /UnknownArticle/);
      assert.equal(letter?.body, undefined);
      const id = letter?.id ?? "";
      assert.doesNotMatch((await run("dlq", "show", "orders-local", "fulfil", id)).stdout, /hidden name/);
      assert.match((await run("dlq", "show", "orders-local", "fulfil", id, "--payload")).stdout, /hidden name/);
      assert.match((await run("dlq", "redrive", "orders-local", "fulfil", id)).stdout, /1 dead letter sent back/);
      await someLetters();
      const unconfirmed = await run("dlq", "purge", "orders-local", "fulfil");
      assert.equal(unconfirmed.code, 2);
      assert.match(unconfirmed.stderr, /--confirm/);
      assert.equal((await run("dlq", "purge", "orders-local", "fulfil", "--confirm", "other")).code, 2);
      assert.match(
        (await run("dlq", "purge", "orders-local", "fulfil", "--confirm", "fulfil")).stdout,
        /1 dead letter deleted/,
      );
      assert.deepEqual(await letters(), []);
    });

    it("sets no secret that the stack does not declare, and none of another cloud", async () => {
      const unknown = await run("secret", "set", "orders-local", "key");
      assert.equal(unknown.code, 2);
      assert.match(unknown.stderr, /orders-local has no secret "key"/);
      assert.match((await run("secret", "set", "orders-aws", "key")).stderr, /are in the store of aws/);
    });

    it("is the only one of its user", async () => {
      const second = await run("start", "orders-local");
      assert.equal(second.code, 2);
      assert.match(second.stderr, /running already/);
    });

    it("ends at Ctrl-C, once handlers in flight are done, and leaves nothing", async () => {
      const placed = (await (await post({ sku: "MUG-01", quantity: 1, customer: "Ada" })).json()) as { id: string };
      assert.ok(placed.id);
      cloud.child.kill("SIGINT");
      const { code } = await cloud.end;
      assert.equal(code, 0);
      await assert.rejects(fetch(`${api}/orders/none`));
      assert.match((await run("dlq", "list", "orders-local", "fulfil")).stderr, /npm start -- --serve/);
    });
  });
});
