/** What `check` makes of a preview by the CLI; that its verdicts are those of the packs is shown under the real engine. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CheckOptions, checkPreview } from "../../../cli/check";
import { awsStack } from "../../policies/support/aws";
import type { Stack } from "../../policies/support/stack";

const options: CheckOptions = {
  format: "json",
  packs: [],
  enable: [],
  frameworks: [],
  allowReplace: [],
};

interface Step {
  op: string;
  urn: string;
  newState?: object;
  replaceReasons?: string[];
}

describe("check --preview", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "previews-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const stepsOf = (stack: Stack, op = "create"): Step[] =>
    stack.resources("preview").map(({ name: _, ...state }) => ({
      op,
      urn: state.urn,
      newState: { ...state, sourcePosition: "project:///infra/main.go#12,3" },
    }));
  const keep = (content: unknown, name = "preview.json") => {
    const file = join(folder, name);
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  };
  const check = async (content: unknown, given: Partial<CheckOptions> = {}) => {
    const { text, passed } = await checkPreview(keep(content), { ...options, ...given }, folder);
    return { passed, report: JSON.parse(text) };
  };

  it("passes a compliant stack and names it", async () => {
    const { passed, report } = await check({ steps: stepsOf(awsStack()) });
    assert.equal(passed, true, JSON.stringify(report.problems));
    assert.equal(report.stack, "test");
    assert.equal(report.stackFile, "preview.json");
    assert.ok(report.summary.pass > 20);
  });

  it("fails a faulty one at the line of its own sources, in any language", async () => {
    const { passed, report } = await check({ steps: stepsOf(awsStack().set("queue", { kmsMasterKeyId: undefined })) });
    assert.equal(passed, false);
    const [failed, ...others] = report.verdicts.filter(({ verdict }: { verdict: string }) => verdict === "fail");
    assert.deepEqual(others, []);
    assert.equal(failed.control, "ENC-01");
    assert.deepEqual([failed.file, failed.line], ["infra/main.go", 12]);
  });

  it("judges what stays as it is too, and refuses a preview that leaves it out", async () => {
    const faulty = awsStack().set("queue", { kmsMasterKeyId: undefined });
    const whole = stepsOf(faulty, "same");
    const changeSummary = { same: whole.length };
    assert.equal((await check({ steps: whole, changeSummary })).passed, false);
    await assert.rejects(
      check({ steps: whole.slice(0, 1), changeSummary }),
      /leaves out \d+ resources.*\n.*--show-sames/,
    );
  });

  it("does not judge what will be deleted", async () => {
    const faulty = stepsOf(awsStack().set("queue", { kmsMasterKeyId: undefined }));
    const steps = faulty.map((step) => (step.urn.endsWith("::queue") ? { op: "delete", urn: step.urn } : step));
    const { report } = await check({ steps });
    assert.ok(!report.verdicts.some(({ urn }: { urn: string }) => urn.endsWith("::queue")));
  });

  describe("refuses replacements that lose data (SB-C005)", () => {
    const replacing = (name: string, op = "replace", replaceReasons?: string[]) =>
      stepsOf(awsStack(), "same").map((step) =>
        step.urn.endsWith(`::${name}`) ? { ...step, op, ...(replaceReasons && { replaceReasons }) } : step,
      );

    for (const name of ["queue", "table"])
      for (const op of ["replace", "create-replacement", "delete-replaced"])
        it(`${op} of a ${name}, and says how to allow it`, async () => {
          const { passed, report } = await check({ steps: replacing(name, op, ["name"]) }, { packs: ["network"] });
          assert.equal(passed, false);
          assert.equal(report.problems.length, 1);
          assert.match(report.problems[0], /SB-C005 .*because of name.*would be lost/);
          assert.ok(report.problems[0].endsWith(`--allow-replace ${name}`));
        });

    it("once for each resource, whatever the number of steps", async () => {
      const steps = [
        ...replacing("queue", "create-replacement"),
        ...replacing("queue", "delete-replaced", ["fifoQueue"]),
      ];
      const { report } = await check({ steps }, { packs: ["network"] });
      assert.equal(report.problems.length, 1);
      assert.match(report.problems[0], /fifoQueue/);
    });

    it("under the type of another version of the provider", async () => {
      const urn = "urn:pulumi:dev::shop::azure-native:servicebus/v20211101:Queue::orders";
      const { report } = await check({ steps: [{ op: "replace", urn }] }, { packs: ["network"] });
      assert.match(report.problems[0], /SB-C005 orders \(azure-native:servicebus:Queue\)/);
    });

    for (const type of [
      "aws:kms/key:Key",
      "aws:rds/cluster:Cluster",
      "aws:cognito/userPool:UserPool",
      "azure-native:sql:Database",
      "azure-native:documentdb:MongoDBResourceMongoDBCollection",
      "gcp:sql/databaseInstance:DatabaseInstance",
      "gcp:secretmanager/secret:Secret",
    ])
      it(`of ${type}`, async () => {
        const urn = `urn:pulumi:dev::shop::${type}::kept`;
        const { report } = await check({ steps: [{ op: "replace", urn }] }, { packs: ["network"] });
        assert.match(report.problems.join(), /SB-C005 kept/);
      });

    it("but not one that is allowed by name, nor of what holds no data", async () => {
      for (const [steps, allowReplace] of [
        [replacing("queue"), ["queue"]],
        [replacing("fulfil"), []],
      ] as const)
        assert.deepEqual((await check({ steps }, { packs: ["network"], allowReplace })).report.problems, []);
    });
  });

  it("holds undetermined verdicts to a budget", async () => {
    const steps = stepsOf(awsStack().set("topic", { kmsMasterKeyId: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }));
    assert.equal((await check({ steps }, { maxUndetermined: 1 })).passed, true);
    const { passed, report } = await check({ steps }, { maxUndetermined: 0 });
    assert.equal(passed, false);
    assert.match(report.problems.join(), /1 verdicts are undetermined, and --max-undetermined allows 0/);
  });

  it("reads the ledger of the folder, or the one that is named", async () => {
    const faulty = { steps: stepsOf(awsStack().set("queue", { kmsMasterKeyId: undefined })) };
    const expires = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const ledger = (owner: string) =>
      JSON.stringify({
        exemptions: [
          {
            control: "ENC-01",
            resource: "aws:sqs/queue:Queue::queue",
            stacks: ["test"],
            owner,
            reason: "a key is on its way",
            ticket: "SEC-7",
            expires,
          },
        ],
      });
    const named = keep(ledger("orders@example.com"), "ours.yaml");
    const by = await check(faulty, { exemptions: named });
    assert.equal(by.passed, true, JSON.stringify(by.report.problems));
    assert.equal(by.report.summary.exempted, 1);
    mkdirSync(join(folder, "policies"));
    writeFileSync(join(folder, "policies/exemptions.yaml"), ledger(""));
    const usual = await check(faulty);
    assert.equal(usual.passed, false);
    assert.match(usual.report.problems.join(), /policies\/exemptions\.yaml:1: owner is empty/);
    rmSync(join(folder, "policies"), { recursive: true });
  });

  for (const [name, content, said] of [
    ["no JSON", "Previewing update (dev)", /is no JSON document/],
    ["an exported state", { version: 3, deployment: {} }, /is no preview/],
    ["events of a streaming preview", { sequence: 0, preludeEvent: {} }, /is no preview/],
    ["nothing", { steps: [] }, /is no preview/],
    ["steps of another shape", { steps: [{ op: "create" }] }, /is no preview/],
    [
      "a preview that failed",
      { steps: [{ op: "same", urn: "urn:pulumi:a::b::c::d" }], diagnostics: [{ severity: "error" }] },
      /failed/,
    ],
  ] as const)
    it(`refuses ${name}`, () => assert.rejects(check(content), said));
});
