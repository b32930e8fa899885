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

/** Why controls of a JSON report judged nothing, by id. */
const idleOf = (report: { controls: { id: string; idle?: string }[] }): Record<string, string | undefined> =>
  Object.fromEntries(report.controls.map(({ id, idle }) => [id, idle]));

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
    const idle = async (enable: string[]) => idleOf(JSON.parse((await check({ enable })).text));
    assert.equal((await idle([]))["NET-01"], "off unless switched on");
    assert.equal((await idle(["NET-01"]))["NET-01"], undefined);
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
      const report = JSON.parse(text);
      return { passed, summary: report.summary, idle: idleOf(report) };
    };
    assert.equal((await configured({})).passed, false);
    const advisory = await configured({ all: "advisory" });
    assert.equal(advisory.passed, true);
    assert.ok(advisory.summary.advisory >= 1 && advisory.summary.fail === 0);
    const off = await configured({ "ENC-01": "disabled" });
    assert.equal(off.idle["ENC-01"], "switched off by the policy configuration");
    assert.equal((await configured({ "NET-01": { enabled: true } })).idle["NET-01"], undefined);
    const less = await configured({ "RES-04": { dataClass: "internal" } });
    assert.equal(less.idle["RES-04"], "not demanded of internal data");
    await assert.rejects(
      configured({ "ENC-01": { colour: "red" } }),
      /policy\.json: ENC-01 has no property "colour"\.\n/,
    );
  });

  it("takes the data class from the stack's configuration, where no foundation says it", async () => {
    const config = { "serverless-blueprints:dataClass": "internal" };
    const { text } = await checkStack({ ...stack(), config }, options);
    assert.equal(JSON.parse(text).dataClass, "internal");
    assert.equal(JSON.parse((await check()).text).dataClass, "confidential");
  });

  it("is only advisory about what is less severe than asked for", async () => {
    const told = async (failOn: "low" | "high" | "critical") => {
      const { text, passed } = await check({ packs: ["encryption"], failOn });
      return { passed, advisory: JSON.parse(text).summary.advisory };
    };
    assert.deepEqual(await told("low"), { passed: false, advisory: 0 });
    assert.equal((await told("high")).passed, false);
    const critical = await told("critical");
    assert.ok(critical.passed && critical.advisory >= 1);
  });

  it("fails only by what is new since an earlier report, to the word", async () => {
    const baseline = join(folder, "before.json");
    const before = await check({ packs: ["encryption"] });
    writeFileSync(baseline, before.text);
    const again = await check({ packs: ["encryption"], baseline });
    assert.equal(again.passed, true);
    assert.equal(JSON.parse(again.text).summary.known, JSON.parse(before.text).summary.fail);
    writeFileSync(baseline, before.text.replaceAll("no customer-managed key", "something else"));
    assert.equal((await check({ packs: ["encryption"], baseline })).passed, false);
    for (const [text, said] of [
      ["{", /is no JSON document/],
      ["{}", /is no report/],
    ] as const) {
      writeFileSync(baseline, text);
      await assert.rejects(check({ baseline }), said);
    }
  });

  it("writes further reports from one plan", async () => {
    const output = [
      { format: "sarif", file: "findings.sarif" },
      { format: "csv", file: "findings.csv" },
    ] as const;
    const { text, files } = await check({ format: "text", output, packs: ["encryption"] });
    assert.match(text, /^Policy checks of dev/);
    assert.equal(JSON.parse(files[0]?.text ?? "").version, "2.1.0");
    assert.match(files[1]?.text ?? "", /^stack,data class,control/);
  });

  it("names an exemption for a stack that the project does not have", async () => {
    const exemptions = join(folder, "ledger.yaml");
    const entry = {
      control: "ENC-01",
      resource: "aws:sqs/queue:Queue::plain",
      stacks: ["dve"],
      owner: "orders@example.com",
      reason: "a key is on its way",
      ticket: "SEC-7",
      expires: new Date(Date.now() + 86_400_000).toISOString().slice(0, 10),
    };
    writeFileSync(exemptions, JSON.stringify({ exemptions: [entry] }));
    writeFileSync(join(folder, "Pulumi.dev.yaml"), "config: {}\n");
    const { text } = await check({ exemptions });
    assert.deepEqual(JSON.parse(text).problems, [{ message: 'ledger.yaml:1: the project has no stack "dve"' }]);
  });

  for (const [name, given, said] of [
    ["a pack", { packs: ["magic"] }, /there is no policy pack "magic"\.\n.*encryption/],
    ["a control to switch on", { enable: ["ENC-01"] }, /there is no control to switch on "ENC-01"\.\n.*NET-01/],
    ["a framework", { frameworks: ["iso"] }, /there is no framework "iso"\.\n.*gdpr/],
    ["a configuration of packs", { policyConfig: join(tmpdir(), "no-such-config.json") }, /there is no file/],
    ["a ledger", { exemptions: join(tmpdir(), "no-such-ledger.yaml") }, /there is no file/],
    ["a baseline", { baseline: join(tmpdir(), "no-such-report.json") }, /there is no file/],
    ["a ledger that can be read", { exemptions: tmpdir() }, /cannot be read/],
    ["a configuration that can be read", { policyConfig: tmpdir() }, /cannot be read/],
  ] as const)
    it(`refuses ${name} where there is none, before anything is planned`, () => assert.rejects(check(given), said));
});
