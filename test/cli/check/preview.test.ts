/** What `check` makes of a preview by the CLI; that its verdicts are those of the packs is shown under the real engine. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CheckOptions, checkPreview } from "../../../cli/check";
import { holders } from "../../../cli/check/holders";
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
          const [{ code, message }] = report.problems;
          assert.equal(code, "SB-C005");
          assert.match(message, /SB-C005 .*because of name.*would be lost/);
          assert.ok(message.endsWith(`--allow-replace ${name}`));
        });

    it("once for each resource, whatever the number of steps", async () => {
      const steps = [
        ...replacing("queue", "create-replacement"),
        ...replacing("queue", "delete-replaced", ["fifoQueue"]),
      ];
      const { report } = await check({ steps }, { packs: ["network"] });
      assert.equal(report.problems.length, 1);
      assert.match(report.problems[0].message, /fifoQueue/);
    });

    it("under the type of another version of the provider", async () => {
      const urn = "urn:pulumi:dev::shop::azure-native:servicebus/v20211101:Queue::orders";
      const { report } = await check({ steps: [{ op: "replace", urn }] }, { packs: ["network"] });
      assert.match(report.problems[0].message, /SB-C005 orders \(azure-native:servicebus:Queue\)/);
    });

    for (const type of [
      "aws:kms/key:Key",
      "aws:rds/cluster:Cluster",
      "aws:cognito/userPool:UserPool",
      "azure-native:sql:Database",
      "azure-native:documentdb:MongoDBResourceMongoDBCollection",
      "gcp:sql/databaseInstance:DatabaseInstance",
      "gcp:secretmanager/secret:Secret",
      "aws-native:dynamodb:Table",
      "azure:servicebus/queue:Queue",
      "google-native:pubsub/v1:Topic",
    ])
      it(`of ${type}`, async () => {
        const urn = `urn:pulumi:dev::shop::${type}::kept`;
        const { report } = await check({ steps: [{ op: "replace", urn }] }, { packs: ["network"] });
        assert.match(report.problems[0].message, /SB-C005 kept/);
      });

    it("but not of what stays where it is: its old self is retained", async () => {
      const steps = replacing("queue").map((step) => ({ ...step, oldState: { retainOnDelete: true } }));
      assert.deepEqual((await check({ steps }, { packs: ["network"] })).report.problems, []);
    });

    it("names what is allowed for nothing, and writes a name as a shell takes it", async () => {
      const idle = await check({ steps: replacing("queue") }, { packs: ["network"], allowReplace: ["queue", "quue"] });
      assert.match(idle.report.problems[0].message, /--allow-replace quue allows nothing/);
      const urn = "urn:pulumi:dev::shop::aws:kms/key:Key::it's <&>";
      const { report } = await check({ steps: [{ op: "replace", urn }] }, { packs: ["network"] });
      assert.ok(report.problems[0].message.endsWith("--allow-replace 'it'\\''s <&>'"));
    });

    it("under names that the SDKs have", () => {
      for (const [provider, types] of Object.entries(holders))
        for (const type of types) {
          const folder = join(__dirname, "../../../node_modules/@pulumi", provider);
          if (!existsSync(folder)) continue;
          const [module = "", name = ""] = type.split(":");
          const file = module.includes("/") ? module : join(module, name.charAt(0).toLowerCase() + name.slice(1));
          const source = readFileSync(join(folder, `${file}.js`), "utf8");
          assert.ok(source.includes(`'${provider}:${type}'`), `${provider}:${type}`);
        }
    });

    it("but not one that is allowed by name, nor of what holds no data", async () => {
      for (const [steps, allowReplace] of [
        [replacing("queue"), ["queue"]],
        [replacing("fulfil"), []],
      ] as const)
        assert.deepEqual((await check({ steps }, { packs: ["network"], allowReplace })).report.problems, []);
    });
  });

  it("does not judge what a refreshed preview will delete, and judges a refresh alone", async () => {
    const faulty = stepsOf(awsStack().set("queue", { kmsMasterKeyId: undefined }), "refresh");
    const gone = faulty.filter(({ urn }) => urn.endsWith("::queue")).map(({ urn }) => ({ op: "delete", urn }));
    const { report } = await check({ steps: [...faulty, ...gone] });
    assert.ok(!report.verdicts.some(({ urn }: { urn: string }) => urn.endsWith("::queue")));
    assert.equal((await check({ steps: faulty, changeSummary: { same: faulty.length } })).passed, false);
  });

  it("judges what is replaced by what comes in its place", async () => {
    const steps = stepsOf(awsStack(), "create-replacement");
    const after = steps.map(({ urn }) => ({ op: "delete-replaced", urn }));
    const allowReplace = ["queue", "dead", "table", "topic", "stream", "bucket", "key"];
    const { report } = await check({ steps: [...steps, ...after] }, { allowReplace });
    assert.ok(report.summary.pass > 20);
  });

  it("finds the project's own line behind those of libraries, and none in what is no project's", async () => {
    const [stack, ...others] = stepsOf(awsStack().set("queue", { kmsMasterKeyId: undefined }));
    const traced = (step: Step | undefined, ...positions: string[]) => ({
      ...step,
      newState: { ...step?.newState, stackTrace: [{}, ...positions.map((sourcePosition) => ({ sourcePosition }))] },
    });
    const steps = [
      traced(stack, "project:///../elsewhere/node_modules/@pulumi/runtime/stack.ts#37,19"),
      ...others.map((step) =>
        traced(
          step,
          "project:///node_modules/serverless-blueprints/dist/components/queue-worker.js#9,1",
          "project:///100%/shop.ts#21,18",
          "project:///index.ts#1,1",
        ),
      ),
    ];
    const { report } = await check({ steps });
    for (const { urn, file, line } of report.verdicts)
      assert.deepEqual(
        [file, line],
        urn.includes("pulumi:pulumi:Stack") ? [undefined, undefined] : ["100%/shop.ts", 21],
      );
  });

  it("takes the data class from the stack's configuration, and the call's before it", async () => {
    const content = { steps: stepsOf(awsStack()), config: { "serverless-blueprints:dataClass": "internal" } };
    assert.equal((await check(content)).report.dataClass, "internal");
    assert.equal((await check(content, { dataClass: "regulated" })).report.dataClass, "regulated");
  });

  it("tells resources of other providers of these clouds, and counts them as undetermined", async () => {
    const urn = "urn:pulumi:dev::shop::aws-native:s3:Bucket::open";
    const state = { urn, type: "aws-native:s3:Bucket", custom: true, inputs: {} };
    const steps = [...stepsOf(awsStack()), { op: "create", urn, newState: state }];
    assert.deepEqual((await check({ steps })).report.unknownTo, { "aws-native": 1 });
    const { passed, report } = await check({ steps }, { maxUndetermined: 0 });
    assert.equal(passed, false);
    assert.match(report.problems[0].message, /with 1 resources that no control knows/);
  });

  for (const [name, encode] of [
    ["a byte order mark", (text: string) => Buffer.from(`\uFEFF${text}`)],
    ["UTF-16", (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le")],
  ] as const)
    it(`reads a file with ${name}, as some shells write it`, async () => {
      const file = join(folder, "encoded.json");
      writeFileSync(file, encode(JSON.stringify({ steps: stepsOf(awsStack()) })));
      assert.equal((await checkPreview(file, options, folder)).passed, true);
    });

  it("holds undetermined verdicts to a budget", async () => {
    const steps = stepsOf(awsStack().set("topic", { kmsMasterKeyId: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }));
    assert.equal((await check({ steps }, { maxUndetermined: 1 })).passed, true);
    const { passed, report } = await check({ steps }, { maxUndetermined: 0 });
    assert.equal(passed, false);
    assert.deepEqual(report.problems, [{ message: "undetermined verdicts: 1; --max-undetermined allows 0" }]);
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
    assert.match(usual.report.problems[0].message, /policies\/exemptions\.yaml:1: owner is empty/);
    rmSync(join(folder, "policies"), { recursive: true });
  });

  for (const [name, content, said] of [
    ["no JSON", "Previewing update (dev)", /is no JSON document/],
    ["an exported state", { version: 3, deployment: {} }, /is no preview/],
    ["an event of a streaming preview", { sequence: 0, preludeEvent: {} }, /is no preview/],
    ["events of a streaming preview", '{"sequence":0}\n{"sequence":1}\n', /is a stream of events/],
    [
      "a preview of a destroy",
      { steps: [{ op: "delete", urn: "urn:pulumi:dev::shop::a:b:C::d" }] },
      /deletes everything/,
    ],
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
