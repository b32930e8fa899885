import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CheckOptions, checkStack } from "../../../cli/check";
import { planStack, planText } from "../../../cli/plan";

const options: CheckOptions = { format: "json", packs: [], enable: [], frameworks: [], allowReplace: [] };

/** A program of raw resources, in a project of its own. */
const program = `
import * as pulumi from "@pulumi/pulumi";

class Queue extends pulumi.CustomResource {
  constructor(name: string) {
    super("aws:sqs/queue:Queue", name, { sqsManagedSseEnabled: true });
  }
}
new Queue("plain");
`;

describe("check of a stack", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(__dirname, "../../..", ".check-"));
    writeFileSync(join(folder, "index.ts"), program);
  });
  after(() => rmSync(folder, { recursive: true }));

  const stack = () => ({
    project: { name: "raw", root: folder, main: join(folder, "index.ts"), stackFolder: folder },
    name: "dev",
    file: "Pulumi.dev.yaml",
    config: {},
    withheld: [],
  });
  const check = (given: Partial<CheckOptions> = {}) => checkStack(stack(), { ...options, ...given });

  it("tells the line that makes a resource, and the code that mends it", async () => {
    const { text, passed } = await check({ format: "text", packs: ["encryption"] });
    assert.equal(passed, false);
    assert.match(
      text,
      /FAIL plain \(aws:sqs\/queue:Queue\): no customer-managed key.*\n +at index\.ts:9\n +new aws\.sqs\.Queue\("plain", \{ …, kmsMasterKeyId: key\.arn \}\)/,
    );
  });

  it("judges by the data class that is asked for", async () => {
    const verdicts = async (dataClass: "internal" | "confidential") =>
      JSON.parse((await check({ packs: ["encryption"], dataClass })).text).verdicts.map(
        ({ control, verdict }: Record<string, string>) => `${control} ${verdict}`,
      );
    assert.ok((await verdicts("internal")).includes("ENC-01 pass"));
    assert.ok((await verdicts("confidential")).includes("ENC-01 fail"));
  });

  it("judges controls that are off only where they are switched on", async () => {
    const ids = async (enable: string[]) =>
      new Set<string>(JSON.parse((await check({ enable })).text).controls.map(({ id }: { id: string }) => id));
    assert.ok(!(await ids([])).has("NET-01"));
    assert.ok((await ids(["NET-01"])).has("NET-01"));
  });

  it("and a plan of it mark what the ledger exempts", async () => {
    mkdirSync(join(folder, "policies"));
    const entry = {
      control: "ENC-01",
      resource: "aws:sqs/queue:Queue::plain",
      stacks: ["dev"],
      owner: "orders@example.com",
      reason: "a key is on its way",
      ticket: "SEC-7",
      expires: new Date(Date.now() + 86_400_000).toISOString().slice(0, 10),
    };
    writeFileSync(join(folder, "policies/exemptions.yaml"), JSON.stringify({ exemptions: [entry] }));
    const { text } = await check({ format: "text", packs: ["encryption"] });
    assert.match(text, / ex {2}plain .*\n +exempted until .* by orders@example\.com/);
    const report = planText(await planStack(stack()));
    assert.match(report, /, 1 exempted/);
    assert.match(report, /ENC-01 exempted plain/);
    rmSync(join(folder, "policies"), { recursive: true });
  });

  it("honours the configuration of the packs: levels, switches and settings", async () => {
    const configured = async (config: object) => {
      const policyConfig = join(folder, "policy.json");
      writeFileSync(policyConfig, JSON.stringify(config));
      const { text, passed } = await check({ policyConfig });
      const { summary, controls } = JSON.parse(text);
      return { passed, summary, ids: controls.map(({ id }: { id: string }) => id) };
    };
    assert.equal((await configured({})).passed, false);
    const advisory = await configured({ all: "advisory" });
    assert.equal(advisory.passed, true);
    assert.ok(advisory.summary.advisory >= 1 && advisory.summary.fail === 0);
    assert.ok(!(await configured({ "ENC-01": "disabled" })).ids.includes("ENC-01"));
    assert.ok((await configured({ "NET-01": { enabled: true } })).ids.includes("NET-01"));
    await assert.rejects(
      configured({ "ENC-01": { colour: "red" } }),
      /policy\.json: ENC-01 has no property "colour"\.\n/,
    );
  });

  for (const [name, given, said] of [
    ["a pack", { packs: ["magic"] }, /there is no policy pack "magic"\.\n.*encryption/],
    ["a control to switch on", { enable: ["ENC-01"] }, /there is no control to switch on "ENC-01"\.\n.*NET-01/],
    ["a framework", { frameworks: ["iso"] }, /there is no framework "iso"\.\n.*gdpr/],
    ["a configuration of packs", { policyConfig: join(tmpdir(), "no-such-config.json") }, /there is no file/],
    ["a ledger", { exemptions: join(tmpdir(), "no-such-ledger.yaml") }, /there is no file/],
  ] as const)
    it(`refuses ${name} that does not exist, before anything is planned`, () => assert.rejects(check(given), said));
});
