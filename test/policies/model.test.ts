import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unknownCheckingProxy } from "@pulumi/policy";
import { controls, dataClassOf, everyPack, packs, viewOf } from "../../policies";
import { hasUnknown, known, plain } from "../../policies/known";
import { isExactArn } from "../../policies/rules/aws/arns";
import { parsePolicy } from "../../policies/rules/aws/policy-document";
import { broadRole } from "../../policies/rules/azure/roles";
import { normalise } from "../../policies/types";
import { unknown } from "./support/stack";

describe("known", () => {
  const props = { a: { b: [{ c: 1 }, unknown], n: null }, u: unknown, f: false, z: 0, e: "" };
  for (const [form, of] of [
    ["plain properties", props],
    ["the policy engine's proxy", unknownCheckingProxy(props)],
  ] as const) {
    it(`reads ${form} in three answers`, () => {
      assert.deepEqual(known(of, "a.b.0.c"), { state: "value", value: 1 });
      for (const path of ["u", "u.x.y", "a.b.1", "a.b.1.z"]) assert.equal(known(of, path).state, "unknown", path);
      for (const path of ["x", "a.x", "a.n", "a.b.7", "f.x", "e.x", "constructor", "a.b.length.x"])
        assert.equal(known(of, path).state, "absent", path);
      for (const [path, value] of [
        ["f", false],
        ["z", 0],
        ["e", ""],
      ] as const)
        assert.deepEqual(known(of, path), { state: "value", value });
    });

    it(`copies ${form} with unknowns in place`, () => {
      assert.deepEqual(plain(of), props);
      assert.ok(hasUnknown(plain(of)));
    });
  }

  it("opens what the wire marks: secrets, outputs known and not, references", () => {
    const sig = "4dabf18193072939515e22adb298388d";
    assert.deepEqual(
      plain({
        secret: { [sig]: "1b47061264138c4ac30d75fd1eb44270", value: { deep: "x" } },
        output: { [sig]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", value: 7, secret: true },
        later: { [sig]: "d0e6a833031e9bbcd3f4e8bde6ca49a4" },
        reference: { [sig]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "urn", id: "id" },
        asset: { [sig]: "c44067f5952c0a294b673a41bacd8c17", text: "x" },
      }),
      { secret: { deep: "x" }, output: 7, later: unknown, reference: "id", asset: {} },
    );
  });
});

describe("type tokens", () => {
  for (const [token, one] of [
    ["azure-native:storage/v20240101:StorageAccount", "azure-native:storage:StorageAccount"],
    ["azure-native:insights/v20210501preview:DiagnosticSetting", "azure-native:monitor:DiagnosticSetting"],
    ["azure-native:insights:Component", "azure-native:applicationinsights:Component"],
    ["azure-native:cache/v20240901preview:RedisEnterprise", "azure-native:redisenterprise:RedisEnterprise"],
    ["azure-native:documentdb:DatabaseAccount", "azure-native:cosmosdb:DatabaseAccount"],
    ["azure-native_web_v20231201:web:WebApp", "azure-native:web:WebApp"],
    ["aws:s3/bucketV2:BucketV2", "aws:s3/bucket:Bucket"],
    ["aws:apigatewayv2/api:Api", "aws:apigatewayv2/api:Api"],
    ["gcp:cloudrunv2/service:Service", "gcp:cloudrunv2/service:Service"],
  ] as const)
    it(`${token} is ${one}`, () => assert.equal(normalise(token), one));
});

describe("AWS policy documents", () => {
  it("reads one or many of everything, as text or object", () => {
    const statement = { Effect: "Allow", Action: "a:B", Resource: "r" };
    const forms = [
      { Statement: statement },
      { Statement: [statement] },
      JSON.stringify({ Statement: [{ ...statement, Action: ["a:B"], Resource: ["r"] }] }),
    ];
    const [first, ...others] = forms.map(parsePolicy);
    for (const other of others) assert.deepEqual(other, first);
    assert.equal(first?.state, "statements");
  });

  for (const document of [
    "",
    "{",
    "[]",
    "null",
    7,
    {},
    { Statement: [1] },
    { Statement: { Effect: "Maybe", Action: "a:B" } },
    { Statement: { Effect: "Allow" } },
  ])
    it(`calls ${JSON.stringify(document)} malformed`, () => assert.equal(parsePolicy(document).state, "malformed"));

  it("an ARN is exact, but for what lies inside the resource", () => {
    const exact = [
      "arn:aws:sqs:r:1:q",
      "arn:aws:s3:::b/*",
      "arn:aws:s3:::b/prefix/*",
      "arn:aws:dynamodb:r:1:table/t/stream/*",
      "arn:aws:logs:r:1:log-group:/a:log-stream:*",
      "arn:aws:states:r:1:execution:m:*",
      "arn:aws:lambda:r:1:function:f:*",
    ];
    const wide = [
      "*",
      "arn:aws:sqs:r:1:*",
      "arn:aws:s3:::*",
      "arn:aws:s3:::b*/*",
      "arn:aws:dynamodb:r:1:table/*/index/*",
      "arn:aws:dynamodb:r:*:table/t",
      "arn:aws:logs:r:1:*",
      "arn:aws:logs:r:1:log-group:*",
      "arn:aws:states:r:1:execution:*",
      "arn:aws:lambda:r:1:function:f*",
    ];
    assert.deepEqual(
      exact.filter((arn) => !isExactArn(arn)),
      [],
    );
    assert.deepEqual(wide.filter(isExactArn), []);
  });
});

describe("Azure roles", () => {
  it("are known by definition id, GUID and name, and not by the subscription's GUID", () => {
    const owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
    const receiver = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0";
    const path = "/providers/Microsoft.Authorization/roleDefinitions/";
    for (const role of [
      owner,
      owner.toUpperCase(),
      `${path}${owner}`,
      `/subscriptions/${receiver}${path}${owner}`,
      "owner",
    ])
      assert.ok(broadRole(role), role);
    for (const role of [receiver, `/subscriptions/${owner}${path}${receiver}`, "Azure Service Bus Data Receiver"])
      assert.equal(broadRole(role), undefined, role);
  });
});

describe("the data class of a stack", () => {
  const resource = (name: string, inputs: object) => ({
    urn: `urn:pulumi:t::s::aws:sqs/queue:Queue::${name}`,
    type: "aws:sqs/queue:Queue",
    name,
    custom: true,
    inputs,
  });
  const foundation = (dataClass: unknown) => ({
    urn: "urn:pulumi:t::s::blueprints:index:Foundation::f",
    type: "blueprints:index:Foundation",
    name: "f",
    custom: false,
    inputs: {},
    outputs: { dataClass },
  });
  const tagged = (dataClass: string) => resource(dataClass, { tags: { "data-class": dataClass } });

  it("is what its foundation says, else the strictest tag, else confidential", () => {
    assert.equal(viewOf([foundation("internal"), tagged("regulated")]).dataClass, "internal");
    assert.equal(viewOf([tagged("internal"), tagged("regulated"), tagged("confidential")]).dataClass, "regulated");
    assert.equal(viewOf([tagged("public"), foundation("secret")]).dataClass, "confidential");
    assert.equal(viewOf([]).dataClass, "confidential");
    assert.equal(viewOf([tagged("internal")], { dataClass: "regulated" }).dataClass, "regulated");
    assert.equal(dataClassOf(viewOf([tagged("public")]).resources), undefined);
  });
});

describe("controls and packs", () => {
  it("a control has an id, a way out, and an answer for every cloud", () => {
    assert.equal(new Set(controls.map(({ id }) => id)).size, controls.length);
    for (const { id, title, why, fix, clouds } of controls) {
      assert.match(id, /^[A-Z]+-\d\d$/);
      for (const sentence of [title, why, fix]) assert.ok(sentence.length > 20, id);
      assert.deepEqual(Object.keys(clouds), ["aws", "azure", "gcp"]);
      for (const rules of Object.values(clouds))
        assert.ok("notApplicable" in rules ? rules.notApplicable : rules.length > 0, id);
    }
  });

  it("every pack is a folder that the Pulumi CLI can start", () => {
    for (const { name } of [...packs, everyPack]) {
      const folder = join(__dirname, "../../policies", name);
      assert.ok(existsSync(join(folder, "PulumiPolicy.yaml")), name);
      const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      assert.ok(manifest.version && existsSync(join(folder, manifest.main)), name);
    }
  });

  it("a pack of the published package, which has no sources, runs the compiled code", () => {
    const root = mkdtempSync(join(tmpdir(), "pack-start-"));
    try {
      const at = (...path: string[]) => join(root, ...path);
      mkdirSync(at("policies"));
      mkdirSync(at("dist", "policies"), { recursive: true });
      copyFileSync(join(__dirname, "../../policies/start.js"), at("policies", "start.js"));
      writeFileSync(at("dist", "policies", "pack.js"), 'exports.startPack = (name) => "compiled " + name;');
      assert.equal(require(at("policies", "start.js"))("iam"), "compiled iam");
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
