/** Remediations: they mend what they name, once, and leave everything else as it was, secrets and unknowns too. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { controls, evaluate, type ResourceInput, viewOf } from "../../policies";
import { asPolicies } from "../../policies/pack";
import { type Remediation, remediate, remediations } from "../../policies/remediations";
import { mutated, type Path } from "./generated/edits";
import { goldens } from "./generated/golden";
import { tables } from "./generated/tables";
import { unknown } from "./support/stack";

/** What stands between the engine and a remediation; the modules declare no types. */
const { unknownCheckingProxy } = require("@pulumi/policy/proxy") as { unknownCheckingProxy: <V>(value: V) => V };
const { deserializeProperties, serializeProperties } = require("@pulumi/policy/deserialize") as {
  deserializeProperties: (struct: Struct, secrets: boolean) => Inputs;
  serializeProperties: (value: Inputs) => Promise<Inputs>;
};

type Inputs = Record<string, unknown>;
const signature = "4dabf18193072939515e22adb298388d";
const secret = (value: unknown) => ({ [signature]: "1b47061264138c4ac30d75fd1eb44270", value });
const plainly = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** As the policy server runs it: through the wire, behind both proxies, and back; undefined where nothing is to be done. */
async function remedied(
  control: string,
  type: string,
  inputs: object,
  config: Inputs = {},
): Promise<Inputs | undefined> {
  const held = controls.find(({ id }) => id === control);
  assert.ok(held);
  const [policy] = asPolicies([held]);
  const wire = Struct.fromJavaScript(plainly(inputs) as Record<string, never>);
  const props = unknownCheckingProxy(deserializeProperties(wire, true));
  const args = { type, props, urn: "urn", name: "one", getConfig: () => config } as never;
  const result = policy?.remediateResource?.(args) as Inputs | undefined;
  return result && (plainly(await serializeProperties(result)) as Inputs);
}

function at(inputs: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((of, key) => (of as Inputs | undefined)?.[key], inputs);
}
/** All leaves, by path. */
function leaves(value: unknown, above = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return [[above, value]];
  return Object.entries(value).flatMap(([key, one]) => leaves(one, above === "" ? key : `${above}.${key}`));
}

const landed = remediations.filter(({ control }) => controls.some(({ id }) => id === control));
const label = ({ control, types, path }: Remediation) => `${control} ${types[0]} ${path}`;

/** Values that may stand where a remediation writes. */
const given = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, true, false, 0, 7, 30, "", "Disabled", "None", "1.0", "TLS1_0", unknown),
  fc.constantFrom<unknown>(secret(false), secret(1), secret("1.0")),
);
const other = fc.dictionary(
  fc.constantFrom("name", "tags", "policy", "password", "settings", "list"),
  fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(unknown),
    fc.constant(secret("s3cr3t")),
    fc.constant({ inner: [1, unknown, { deep: secret("s3cr3t") }] }),
    fc.constant([]),
  ),
);

function nested(path: readonly string[], value: unknown, beside: Inputs): Inputs {
  const [key = "", ...rest] = path;
  if (rest.length === 0) return value === undefined ? { ...beside } : { ...beside, [key]: value };
  return { ...beside, [key]: nested(rest, value, beside) };
}

describe("remediations", () => {
  it("there are some for every cloud, and each is of a type that decides", () => {
    for (const cloud of ["aws:", "azure-native:", "gcp:"])
      assert.ok(landed.some(({ types }) => types.some((type) => type.startsWith(cloud))));
    for (const { control, types } of landed) {
      const rules = Object.values(controls.find(({ id }) => id === control)?.clouds ?? {}).flatMap((cell) =>
        "notApplicable" in cell ? [] : cell,
      );
      const judges = (type: string) =>
        rules.some((rule) =>
          "judgeStack" in rule
            ? true
            : rule.types instanceof RegExp
              ? rule.types.test(type)
              : rule.types.includes(type),
        );
      // A resource beside the one that is judged stands in the table of what matters to it.
      const matters = tables.find((table) => table.control === control)?.types ?? {};
      for (const type of types) assert.ok(judges(type) || type in matters, `${control} ${type}`);
    }
  });

  for (const one of landed)
    it(`${label(one)}: is met afterwards, done once, and changes nothing else`, async () => {
      const path = one.path.split(".");
      await fc.assert(
        fc.asyncProperty(given, other, async (value, beside) => {
          const type = one.types[0] ?? "";
          const inputs = plainly(nested(path, value, beside)) as Inputs;
          const after = (await remedied(one.control, type, inputs)) ?? inputs;
          assert.equal(await remedied(one.control, type, after), undefined);
          const before = at(inputs, path);
          const now = at(after, path);
          if (before === unknown) assert.equal(now, unknown);
          const isSecret = (of: unknown): of is { value: unknown } =>
            typeof of === "object" && of !== null && signature in of;
          if (isSecret(before)) assert.ok(isSecret(now));
          if (before !== unknown) assert.ok(one.isMet(isSecret(now) ? now.value : (now ?? undefined), {}));
          const own = remediations
            .filter(({ control, types }) => control === one.control && types.includes(type))
            .map((each) => each.path);
          const isOwn = (leaf: string) =>
            own.some((mine) => leaf === mine || leaf.startsWith(`${mine}.`) || mine.startsWith(`${leaf}.`));
          const untouched = (of: Inputs) =>
            leaves(of)
              .filter(([leaf]) => leaf !== "" && !isOwn(leaf))
              .sort();
          assert.deepEqual(untouched(after), untouched(inputs));
        }),
        { numRuns: 60 },
      );
    });

  it("what a compliant stack has lost passes again, and what it has stays as it is", async () => {
    let mended = 0;
    for (const golden of goldens.slice(0, 6))
      for (const [index, resource] of golden.resources.entries()) {
        const own = landed.filter(
          ({ control, types }) => types.includes(resource.type) && golden.judged.includes(control),
        );
        for (const { control } of own)
          assert.equal(await remedied(control, resource.type, resource.inputs), undefined, resource.name);
        for (const { control, path, isMet } of own)
          for (const change of ["removed", "flipped", "other text", "lowered"] as const) {
            const spoilt = at(resource.inputs, path.split("."))
              ? mutated(golden.resources, index, path.split(".") as Path, change)
              : undefined;
            if (!spoilt?.[index] || golden.failed(spoilt).length === 0) continue;
            // What a control refuses and a remediation has to leave, such as logs that are kept for ever.
            if (isMet(at(spoilt[index].inputs, path.split(".")), {})) continue;
            const inputs = await remedied(control, resource.type, spoilt[index].inputs);
            assert.ok(inputs, `${resource.name} ${path} ${change}`);
            const whole = [...spoilt];
            whole[index] = { ...resource, inputs };
            assert.deepEqual(golden.failed(whole), [], `${resource.name} ${path} ${change}`);
            mended += 1;
          }
      }
    assert.ok(mended >= 20, String(mended));
  });

  it("keep to the configuration: its days, its data class, and nothing where it is wrong", async () => {
    const group = "aws:cloudwatch/logGroup:LogGroup";
    const days = async (config: Inputs) =>
      (await remedied("AUD-04", group, { retentionInDays: 30 }, config))?.retentionInDays;
    assert.equal(await days({}), 365);
    assert.equal(await days({ minimumRetentionDays: 500 }), 545);
    assert.equal(await days({ minimumRetentionDays: 20_000 }), undefined);
    assert.equal(await days({ minimumRetentionDays: "many" }), undefined);
    const table = "aws:dynamodb/table:Table";
    assert.equal(await remedied("RES-04", table, {}, { dataClass: "internal" }), undefined);
    assert.deepEqual(await remedied("RES-04", table, {}), {
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: true,
    });
  });

  it("leave alone what cannot be taken back, and what archives are in", async () => {
    const paths = remediations.map(({ path }) => path).join();
    assert.ok(!/purge|locked|backupPolicy|disableLocalAuth|objectOwnership|uniformBucketLevelAccess/i.test(paths));
    const withArchives = /lambda\/function|cloudfunctions|bucketObject|layerVersion/;
    for (const { types } of remediations) for (const type of types) assert.ok(!withArchives.test(type), type);
    for (const { id } of controls)
      assert.equal(await remedied(id, "aws:lambda/function:Function", {}).catch(() => undefined), undefined);
  });

  it("shorten nothing that is kept for ever, and stay above what the cloud takes", async () => {
    const group = "aws:cloudwatch/logGroup:LogGroup";
    for (const inputs of [{}, { retentionInDays: 0 }, { retentionInDays: null }])
      assert.equal(await remedied("AUD-04", group, inputs), undefined);
    const workspace = "azure-native:operationalinsights:Workspace";
    const config = { minimumRetentionDays: 20 };
    assert.deepEqual(await remedied("AUD-04", workspace, { retentionInDays: 7 }, config), { retentionInDays: 30 });
  });

  it("leave a store that speaks NFS 3, which HTTPS alone would refuse", async () => {
    const account = "azure-native:storage:StorageAccount";
    const inputs = { enableHttpsTrafficOnly: false, minimumTlsVersion: "TLS1_2", enableNfsV3: true };
    assert.equal(await remedied("TLS-01", account, inputs), undefined);
  });

  it("find a type under any of its tokens", () => {
    const [control] = controls.filter(({ id }) => id === "IAM-07");
    assert.ok(control);
    const props = {};
    assert.ok(remediate(control, "azure-native:storage/v20240101:StorageAccount", props));
    assert.deepEqual(props, { allowBlobPublicAccess: false });
  });

  it("a stack in which every one was needed passes those controls after them", async () => {
    for (const golden of goldens.slice(0, 3)) {
      const resources: ResourceInput[] = [];
      for (const resource of golden.resources) {
        let inputs: object = resource.inputs;
        for (const { id } of controls)
          inputs = (await remedied(id, resource.type, inputs).catch(() => undefined)) ?? inputs;
        resources.push({ ...resource, inputs });
      }
      const failed = evaluate(controls, viewOf(resources)).filter(({ verdict }) => verdict === "fail");
      assert.deepEqual(failed, []);
    }
  });
});
