/** The packs' configuration: read, refused, and honoured by what it is for. */
import assert from "node:assert/strict";
import { controls, evaluate, PackConfigError, readConfig, type Verdict, viewOf } from "../../policies";
import { activityStack, auditConfigStack, trailStack } from "./support/audit";
import { awsStack } from "./support/aws";
import { azureStack } from "./support/azure";
import { gcpStack } from "./support/gcp";
import { kmsKeyArn } from "./support/keys";
import { PackServer } from "./support/pack-server";
import { json, modes, Out, type Stack, text } from "./support/stack";

const configured = (stack: Stack, config: object, mode = modes[1] ?? "deployed"): Verdict[] =>
  evaluate(controls, viewOf(stack.resources(mode)), { config: readConfig(JSON.stringify(config)) });
const failed = (verdicts: readonly Verdict[]) =>
  verdicts.filter(({ verdict }) => verdict === "fail").map(({ control, urn }) => `${control} ${urn.split("::").pop()}`);
const refused = (config: unknown, fact: RegExp, wayOut: RegExp) =>
  assert.throws(
    () => readConfig(typeof config === "string" ? config : JSON.stringify(config)),
    (error) => error instanceof PackConfigError && fact.test(error.fact) && wayOut.test(error.wayOut),
  );

const open = () => awsStack().set("queue", { kmsMasterKeyId: undefined, sqsManagedSseEnabled: true });

describe("levels of controls", () => {
  it("advisory is told and marked, others are not", () => {
    const verdicts = configured(open().set("table", { serverSideEncryption: undefined }), { "ENC-01": "advisory" });
    assert.deepEqual(failed(verdicts), ["ENC-01 queue", "ENC-03 table"]);
    for (const { control, advisory } of verdicts) assert.equal(advisory, control === "ENC-01" ? true : undefined);
  });
  it("disabled is not judged at all", () => {
    const verdicts = configured(open(), { "ENC-01": "disabled" });
    assert.deepEqual(failed(verdicts), []);
    assert.ok(!verdicts.some(({ control }) => control === "ENC-01"));
  });
  it("all is the level of those that have none of their own", () => {
    const verdicts = configured(open(), { all: "disabled", "ENC-01": { enforcementLevel: "advisory" } });
    assert.deepEqual([...new Set(verdicts.map(({ control }) => control))], ["ENC-01"]);
    const own = configured(open(), { all: { enforcementLevel: "advisory" }, "ENC-01": "mandatory" });
    assert.equal(own.find(({ control }) => control === "ENC-01")?.advisory, undefined);
    assert.equal(own.find(({ control }) => control === "ENC-03")?.advisory, true);
  });
  it("remediate counts as mandatory where nothing is remediated", () =>
    assert.deepEqual(failed(configured(open(), { "ENC-01": "remediate" })), ["ENC-01 queue"]));
  it("an object without a level takes that of all", () => {
    const verdicts = configured(open(), { all: "advisory", "ENC-01": { dataClass: "regulated" } });
    assert.equal(verdicts.find(({ control }) => control === "ENC-01")?.advisory, true);
  });
});

describe("the data class of one control", () => {
  it("goes before the stack's, for that control only", () => {
    assert.deepEqual(failed(configured(open(), { "ENC-01": { dataClass: "internal" } })), []);
    assert.deepEqual(failed(configured(open(), { "ENC-03": { dataClass: "internal" } })), ["ENC-01 queue"]);
  });
});

describe("a control that is off unless switched on", () => {
  it("is switched on by its configuration, and by no level", () => {
    const of = (config: object) => configured(awsStack(), config).filter(({ control }) => control === "NET-01");
    assert.deepEqual(of({ all: "mandatory" }), []);
    assert.deepEqual(of({ "NET-01": "mandatory" }), []);
    assert.ok(of({ "NET-01": { enabled: true } }).length > 0);
  });
});

describe("configuration that is refused", () => {
  const cases: readonly (readonly [string, unknown, RegExp, RegExp])[] = [
    ["text that is no JSON", "{", /is no JSON/, /write an object/],
    ["a list", [], /is no object/, /write one/],
    ["a control that does not exist", { "ENC-99": "advisory" }, /no control "ENC-99"/, /ENC-01, .*AUD-04.*all/],
    ["a level that does not exist", { "ENC-01": "warn" }, /level of ENC-01 is none/, /advisory, mandatory/],
    ["a level of all that does not exist", { all: 7 }, /level of all is none/, /advisory, mandatory/],
    ["a property of all", { all: { dataClass: "internal" } }, /all has no "dataClass"/, /each control/],
    ["null in place of a control", { "ENC-01": null }, /ENC-01 must be an enforcement level or an object/, /advisory/],
    ["a property that is none", { "AUD-04": { days: 3 } }, /AUD-04 has no property "days"/, /minimumRetentionDays/],
    ["a property of another control", { "ENC-01": { minimumRetentionDays: 30 } }, /has no property/, /dataClass/],
    ["a property of every object", { "ENC-01": { constructor: 1 } }, /has no property "constructor"/, /dataClass/],
    ["a switch where there is none", { "ENC-01": { enabled: true } }, /has no property "enabled"/, /dataClass/],
    ["a switch that is a text", { "NET-01": { enabled: "yes" } }, /enabled of NET-01 must be true or false/, /correct/],
    ["a data class that is none", { "ENC-01": { dataClass: "secret" } }, /dataClass of ENC-01 must be one/, /correct/],
    ["days as a text", { "AUD-04": { minimumRetentionDays: "400" } }, /whole number from 1 to 36500/, /correct/],
    ["half a day", { "AUD-04": { minimumRetentionDays: 0.5 } }, /whole number from 1 to 36500/, /correct/],
    ["no day", { "AUD-04": { minimumRetentionDays: 0 } }, /whole number from 1 to 36500/, /correct/],
    ["one account in place of a list", { "IAM-06": { trustedAccounts: "111122223333" } }, /list of texts/, /correct/],
    ["an account of few digits", { "IAM-06": { trustedAccounts: ["1111"] } }, /\[0-9\]\{12\}/, /correct/],
    [
      "a trail that is a switch",
      { "AUD-01": { existingTrail: true } },
      /existingTrail of AUD-01 must be a name/,
      /correct/,
    ],
    ["a trail without a name", { "AUD-02": { existingTrail: "" } }, /must be a name/, /correct/],
    ["a trail of spaces", { "AUD-05": { existingTrail: "  " } }, /must be a name/, /correct/],
    ["a trail that was never set", { "AUD-01": { existingTrail: "null" } }, /must be a name/, /correct/],
    ["a trail where none is judged", { "AUD-03": { existingTrail: "account" } }, /has no property/, /choose/],
    ["a name that is none", { "IAM-01": { allowedPublicFunctions: [""] } }, /list of texts/, /correct/],
  ];
  for (const [name, config, fact, wayOut] of cases) it(name, () => refused(config, fact, wayOut));

  it("never repeats a value", () =>
    assert.throws(
      () => readConfig(JSON.stringify({ "ENC-01": { dataClass: "s3cr3t" } })),
      (error: Error) => !error.message.includes("s3cr3t"),
    ));
});

interface Honoured {
  readonly control: string;
  readonly setting: string;
  readonly cloud: string;
  /** Fails the control with one of the values, and not with the other. */
  readonly make: () => Stack;
  readonly failing: unknown;
  readonly passing: unknown;
  readonly also?: object;
}

const days = { setting: "minimumRetentionDays", failing: 400, passing: 365 };
const archive = () => {
  const stack = activityStack();
  stack.add("azure-native:storage:StorageAccount", "archive", {
    allowSharedKeyAccess: false,
    allowBlobPublicAccess: false,
    immutableStorageWithVersioning: {
      enabled: true,
      immutabilityPolicy: { immutabilityPeriodSinceCreationInDays: 365 },
    },
  });
  return stack.set("activity", { storageAccountId: new Out("archive", "archive") });
};
const lockedLogs = (retention: object) => () => {
  const stack = auditConfigStack();
  stack.add("gcp:storage/bucket:Bucket", "kept", { retentionPolicy: { isLocked: true, ...retention } });
  stack.add("gcp:logging/projectSink:ProjectSink", "audits", {
    destination: text("storage.googleapis.com/", new Out("kept", "kept")),
    filter: "cloudaudit.googleapis.com",
  });
  return stack.set("sink", { filter: 'resource.type="cloud_run_revision"' });
};
const account = "444455556666";
const publicUrl = () => {
  const stack = awsStack().set("front", { reservedConcurrentExecutions: 5 });
  stack.add("aws:lambda/functionUrl:FunctionUrl", "url", {
    authorizationType: "NONE",
    functionName: new Out("front", "front"),
  });
  return stack;
};
const some = { setting: "allowedPublicFunctions", failing: ["other"], passing: ["front"] };

const honoured: readonly Honoured[] = [
  { control: "AUD-04", cloud: "aws", make: awsStack, ...days },
  { control: "AUD-04", cloud: "azure", make: azureStack, ...days },
  { control: "AUD-04", cloud: "gcp", make: gcpStack, ...days },
  { control: "AUD-03", cloud: "gcp", make: gcpStack, ...days },
  { control: "AUD-01", cloud: "azure", make: activityStack, ...days },
  {
    control: "AUD-01",
    cloud: "aws",
    make: () => {
      const stack = trailStack().remove("trail");
      stack.add("aws:cloudtrail/eventDataStore:EventDataStore", "store", { kmsKeyId: kmsKeyArn, retentionPeriod: 365 });
      return stack;
    },
    ...days,
  },
  {
    control: "AUD-05",
    cloud: "aws",
    make: () => {
      const stack = trailStack();
      stack.add("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "lock", {
        bucket: new Out("bucket", "bucket"),
        rule: { defaultRetention: { mode: "COMPLIANCE", years: 1 } },
      });
      return stack.set("trail", { s3BucketName: new Out("bucket", "bucket") });
    },
    ...days,
    also: { dataClass: "regulated" },
  },
  { control: "AUD-05", cloud: "azure", make: archive, ...days, also: { dataClass: "regulated" } },
  {
    control: "AUD-05",
    cloud: "gcp",
    make: lockedLogs({ retentionPeriod: 365 * 86_400 }),
    ...days,
    also: { dataClass: "regulated" },
  },
  {
    control: "IAM-06",
    cloud: "aws",
    setting: "trustedAccounts",
    failing: ["111122223333"],
    passing: [account],
    make: () =>
      awsStack().set("front-role", {
        assumeRolePolicy: json({
          Statement: [
            { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "sts:AssumeRole" },
            { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
          ],
        }),
      }),
  },
  { control: "IAM-01", cloud: "aws", make: publicUrl, ...some },
  {
    control: "IAM-01",
    cloud: "aws, by a permission",
    make: () => awsStack().set("front-permission", { principal: "*", function: new Out("front", "front") }),
    ...some,
  },
  { control: "IAM-01", cloud: "azure", make: () => azureStack().remove("front-auth"), ...some },
  {
    control: "IAM-01",
    cloud: "gcp",
    make: () => gcpStack().set("invoke", { member: "allUsers" }),
    ...some,
    passing: ["fulfil"],
  },
  {
    control: "IAM-01",
    cloud: "gcp, by the service",
    make: () => gcpStack().set("fulfil", { invokerIamDisabled: true }),
    ...some,
    passing: ["fulfil"],
  },
];

const unnamed = (make: () => Stack) => () => make().set("foundation", { audit: undefined });
/** Stacks of plain resources, which cannot tell what the account has. */
const vouched: readonly (readonly [control: string, cloud: string, make: () => Stack])[] = [
  ["AUD-01", "aws", unnamed(awsStack)],
  ["AUD-01", "azure", unnamed(azureStack)],
  ["AUD-01", "gcp", unnamed(gcpStack)],
  ["AUD-02", "aws", unnamed(awsStack)],
  ["AUD-02", "azure", () => unnamed(azureStack)().remove("bus-audit").remove("blob-audit")],
  ["AUD-02", "gcp", unnamed(gcpStack)],
  ["AUD-05", "aws", unnamed(awsStack)],
  ["AUD-05", "azure", unnamed(azureStack)],
  ["AUD-05", "gcp", unnamed(gcpStack)],
];

describe("the account's trail, named by configuration", () => {
  for (const [control, cloud, make] of vouched)
    for (const mode of modes)
      it(`${control} takes its word on ${cloud}, and says so (${mode})`, () => {
        const told = (config: object) =>
          configured(make(), { [control]: { dataClass: "regulated", ...config } }, mode).filter(
            (one) => one.control === control,
          );
        // Without a trail there is nothing that could be deleted.
        assert.equal(
          told({}).some(({ verdict }) => verdict === "fail"),
          control !== "AUD-05",
        );
        const verdicts = told({ existingTrail: "account" });
        assert.deepEqual(
          verdicts.filter(({ verdict }) => verdict !== "pass"),
          [],
        );
        assert.ok(verdicts.some(({ message }) => message.includes("existingTrail")));
      });

  it("hides nothing that is wrong with a store of the stack's own", () => {
    const own = trailStack().set("trail", { s3BucketName: new Out("bucket", "bucket") });
    const config = { "AUD-05": { dataClass: "regulated", existingTrail: "account" } };
    assert.ok(failed(configured(own, config)).includes("AUD-05 bucket"));
    const incomplete = { "AUD-02": { existingTrail: "account" } };
    assert.ok(failed(configured(azureStack().set("bus-audit", { logs: [] }), incomplete)).includes("AUD-02 bus"));
  });
});

describe("settings of controls", () => {
  for (const { control, setting, cloud, make, failing, passing, also } of honoured)
    for (const mode of modes)
      it(`${control} honours ${setting} on ${cloud} (${mode})`, () => {
        const told = (value: unknown) =>
          configured(make(), { [control]: { ...also, [setting]: value } }, mode)
            .filter((one) => one.control === control)
            .map(({ verdict }) => verdict);
        assert.ok(told(failing).includes("fail"), told(failing).join());
        assert.ok(!told(passing).includes("fail"), told(passing).join());
      });

  it("each is honoured somewhere", () => {
    const declared = controls.flatMap(({ id, settings = {} }) => Object.keys(settings).map((name) => `${id} ${name}`));
    assert.deepEqual(
      [
        ...new Set([
          ...honoured.map(({ control, setting }) => `${control} ${setting}`),
          ...vouched.map(([control]) => `${control} existingTrail`),
        ]),
      ].sort(),
      declared.sort(),
    );
  });

  it("of one control leave all others alone", () =>
    assert.deepEqual(failed(configured(awsStack(), { "AUD-04": { minimumRetentionDays: 400 } })), [
      "AUD-04 front-logs",
      "AUD-04 fulfil-logs",
    ]));
});

describe("configuration under the engine's protocol", function () {
  this.timeout(60_000);
  let server: PackServer;
  before(async () => {
    server = await PackServer.start("audit-logging");
  });
  after(() => server.stop());
  const found = async () =>
    (await server.preview(awsStack().resources("preview"))).map(({ level, policy, message }) => ({
      level,
      policy,
      message,
    }));

  it("a setting is honoured as in process", async () => {
    assert.deepEqual(await found(), []);
    await server.configure("AUD-04", "advisory", { minimumRetentionDays: 400 });
    assert.deepEqual(
      (await found()).map(({ level, policy }) => `${level} ${policy}`),
      ["advisory AUD-04", "advisory AUD-04"],
    );
  });

  it("a property that is none stops the run with one message, whatever the level", async () => {
    await server.configure("AUD-04", "advisory", { days: 400 });
    const [first, ...rest] = await found();
    assert.deepEqual(rest, []);
    assert.equal(first?.level, "mandatory");
    assert.match(first?.message ?? "", /AUD-04 has no property "days": choose of dataClass, minimumRetentionDays/);
  });

  it("tells its settings with type, range and default", async () => {
    const [policy] = (await server.info()).getPoliciesList().filter((one) => one.getName() === "AUD-04");
    const schema = policy?.getConfigschema()?.getProperties()?.toJavaScript() as Record<string, { default?: unknown }>;
    assert.equal(schema.minimumRetentionDays?.default, 365);
  });
});
