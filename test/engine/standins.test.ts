import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Cli, type Step, withCli } from "./cli";

const stack = "test";
const plainName = (urn: string) => `${urn.split("::")[2]?.split(":").pop()} ${urn.split("::")[3]}`;
/** What was done, as `op Type name`, but for what stayed and the providers themselves. */
const done = (steps: readonly Step[]) =>
  steps
    .filter(({ op, urn }) => op !== "same" && !/pulumi:(?:providers|pulumi):/.test(urn))
    .map(({ op, urn }) => `${op} ${plainName(urn)}`);

it("a stand-in ends with the engine that started it, however that one ended", async () => {
  const child = spawn(process.execPath, [join(__dirname, "standins/provider.js"), "aws", "7.48.0"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  assert.match(port.toString(), /^\d+\n$/);
  child.stdin.end();
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

/** A cloud's own schema as its stand-in reads it, for a resource type of the test's own. */
const schema = {
  tokens: { "azure-native:shop:Shelf": { name: "shelfName", params: ["resourceGroupName", "shelfName"], body: 0 } },
  types: [
    ["o", { name: [1, 9], location: [2, 0], properties: [3, 0] }, null],
    ["s", { min: 3, max: 5, re: "^[a-z]+$" }],
    ["s"],
    [
      "o",
      {
        tier: [4, 0],
        slots: [7, 0],
        state: [2, 2],
        labels: [8, 0],
        cover: [9, 0],
        alarm: [13, 0],
        resourceGroupName: [2, 2],
      },
      null,
    ],
    ["u", [5, 6]],
    ["c", "Oak"],
    ["c", "Pine"],
    ["l", 10],
    ["o", {}, 2],
    ["d", "kind", {}, { Glass: 11 }],
    ["n", { min: 1, max: 9 }],
    ["o", { thick: [12, 0] }, null],
    ["b"],
    ["d", "odata.type", {}, { Fire: 14 }],
    ["o", { loud: [12, 0] }, null],
  ],
};

describe("what Azure says of values, where its schema is at hand", () => {
  const folder = mkdtempSync(join(tmpdir(), "oracle-"));
  const given = process.env.SB_ORACLE;
  let judgeArm: (token: string, inputs: Record<string, unknown>) => { property: string; reason: string }[];
  before(() => {
    writeFileSync(join(folder, "azure-types.json.gz"), gzipSync(JSON.stringify(schema)));
    process.env.SB_ORACLE = folder;
    ({ judgeArm } = require("./standins/arm.js"));
    judgeArm("azure-native:shop:Shelf", {});
  });
  after(() => {
    if (given === undefined) delete process.env.SB_ORACLE;
    else process.env.SB_ORACLE = given;
    rmSync(folder, { recursive: true });
  });
  const judged = (inputs: Record<string, unknown>) =>
    judgeArm("azure-native:shop:Shelf", inputs).map(({ property, reason }) => `${property} ${reason}`);

  it("is silent on what fits, on what is unknown, and on types that it does not know", () => {
    const fits = { tier: "Pine", slots: [1, 9], labels: { a: "b" }, cover: { kind: "Glass", thick: true } };
    assert.deepEqual(judged({ resourceGroupName: "shop", shelfName: "abc", location: "here", ...fits }), []);
    assert.deepEqual(judged({ tier: "04da6b54-80e4-46f7-96ec-b56ff0331ba9", more: 1 }), []);
    assert.deepEqual(judgeArm("azure-native:shop:Till", { tier: "Iron" }), []);
  });

  for (const [inputs, said] of [
    [{ shelfName: "ab" }, "shelfName is shorter than 3"],
    [{ shelfName: "abcdef" }, "shelfName is longer than 5"],
    [{ shelfName: "ABC" }, "shelfName does not match ^[a-z]+$"],
    [{ tier: "Iron" }, "tier is none of Oak, Pine"],
    [{ slots: [1, 10] }, "slots[1] is more than 9"],
    [{ slots: 1 }, "slots is no list"],
    [{ state: "open" }, "state is read-only in Azure"],
    [{ labels: { a: 1 } }, "labels.a is no string"],
    [{ cover: { kind: "Cloth" } }, "cover has a kind that is none of Glass"],
    [{ cover: { kind: "Glass", thick: "yes" } }, "cover.thick is no boolean"],
    [{ alarm: { odataType: "Fire", loud: 1 } }, "alarm.loud is no boolean"],
    [{ alarm: { odataType: "Flood" } }, "alarm has a odata.type that is none of Fire"],
  ] as const)
    it(`says that ${said}`, () => assert.deepEqual(judged(inputs), [said]));
});

withCli("stand-in providers under the real engine", function () {
  this.timeout(60_000);
  let cli: Cli;
  const named = (type: string, name: string) =>
    cli.existing().find((one) => one.type.endsWith(type) && one.name === name);
  before(async () => {
    cli = new Cli({ project: join(__dirname, "fixtures/mixed") });
    await cli.init(stack);
    await cli.setConfig(stack, "gcp:project", "shop-test");
  });
  after(() => cli.close());

  for (const [setting, message] of [
    ["foreign", /aws:sqs\/teapot:Teapot is no resource type of aws 7\.48\.0/],
    ["typo", /environment\.variable.*lambda\.FunctionEnvironment has no property variable/s],
  ] as const)
    it(`refuse in a preview what the pinned package does not know: ${setting}`, async () => {
      await cli.setConfig(stack, setting, "true");
      assert.match(await cli.refused(["preview", "-s", stack]), message);
      await cli.succeed(["config", "rm", setting, "-s", stack]);
    });

  it("name in a preview what an up then makes, and compute what the clouds would", async () => {
    const previewed = await cli.preview(stack);
    const name = previewed.find(({ urn }) => urn.endsWith("Queue::orders"))?.newState?.inputs?.name;
    assert.match(String(name), /^orders-[0-9a-f]{7}$/);
    assert.deepEqual(cli.existing(), [], "a preview makes nothing");

    // A namespace that fails leaves what needs it unmade; the next up makes the rest and nothing twice.
    cli.fail([
      { type: "azure-native:servicebus:Namespace", operation: "create", times: 1, message: "out of namespaces" },
    ]);
    assert.match(await cli.refused(["up", "--yes", "--skip-preview", "-s", stack]), /out of namespaces/);
    assert.equal(named("/queue:Queue", "explicit")?.id.endsWith("/explicit.fifo"), true);
    assert.equal(named("Namespace", "bus"), undefined);
    const finished = done(await cli.up(stack));
    assert.ok(finished.includes("create Namespace bus") && finished.includes("create Queue orders"));
    assert.ok(!finished.includes("create Queue explicit"));

    assert.equal(cli.existing().length, 10);
    const outputs = await cli.outputs(stack);
    assert.equal(outputs.orders, `https://sqs.eu-central-1.amazonaws.com/123456789012/${name}`);
    assert.equal(outputs.arn, "arn:aws:sqs:eu-central-1:123456789012:explicit.fifo");
    assert.equal(outputs.version, "1");
    assert.match(
      String(outputs.queue),
      /\/resourceGroups\/shop[0-9a-f]{7}\/providers\/Microsoft\.ServiceBus\/.*\/orders$/,
    );
    assert.match(String(outputs.subscription), /^projects\/shop-test\/subscriptions\/orders-[0-9a-f]{7}$/);
    await cli.expectNoChanges(stack);
  });

  it("update in place what can change, and say what comes of it", async () => {
    await cli.setConfig(stack, "visibility", "60");
    assert.deepEqual(done(await cli.preview(stack)), ["update Queue orders"]);
    cli.fail([{ type: "aws:sqs/queue:Queue", name: "orders", operation: "update", times: 1, message: "throttled" }]);
    assert.match(await cli.refused(["up", "--yes", "--skip-preview", "-s", stack]), /throttled/);
    assert.equal(named("/queue:Queue", "orders")?.inputs.visibilityTimeoutSeconds, 30);
    assert.deepEqual(done(await cli.up(stack)), ["update Queue orders"]);
    assert.equal(named("/queue:Queue", "orders")?.inputs.visibilityTimeoutSeconds, 60);
  });

  it("replace what cannot change: a name of their own beside the old one, a given name after it", async () => {
    const before = named("/queue:Queue", "orders")?.inputs.name;
    await cli.setConfig(stack, "fifo", "true");
    const steps = done(await cli.up(stack));
    const order = (name: string) => steps.filter((step) => step.endsWith(` Queue ${name}`));
    assert.deepEqual(order("explicit"), [
      "delete-replaced Queue explicit",
      "replace Queue explicit",
      "create-replacement Queue explicit",
    ]);
    const aws = (await cli.stackExport(stack)).find(({ urn }) => urn.includes("sqs") && urn.endsWith("::orders"));
    assert.notEqual(aws?.inputs?.name, before);
    assert.equal(named("/queue:Queue", "orders")?.inputs.name, aws?.inputs?.name);
    assert.equal(cli.existing().length, 10, "nothing is left of what was replaced");
    // The function got another queue's address: a new version, and the alias follows.
    assert.ok(steps.includes("update Function worker") && steps.includes("update Alias live"));
    assert.equal((await cli.outputs(stack)).version, "2");
    await cli.expectNoChanges(stack);
  });

  it("fail to delete when told so, and then leave nothing", async () => {
    cli.fail([{ type: "gcp:pubsub/topic:Topic", operation: "delete", times: 1, message: "still in use" }]);
    assert.match(await cli.refused(["destroy", "--yes", "--skip-preview", "-s", stack]), /still in use/);
    assert.ok(named("Topic", "orders"));
    await cli.destroy(stack);
    assert.deepEqual(cli.existing(), []);
    assert.deepEqual(await cli.stackExport(stack), []);
  });
});
