import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { controls, evaluate, viewOf } from "../../policies";
import { classOf, fixes, fixOf } from "../../policies/fixes";
import { codesOf } from "../../policies/fixes/fix";
import { normalise } from "../../policies/types";
import { awsStack } from "./support/aws";

const urn = (type: string, name = "orders") => `urn:pulumi:test::shop::app:index:Shop$${type}::${name}`;
const told = (control: string, type: string, message: string, name?: string) =>
  fixOf(control, urn(type, name), message).join("\n");
/** Files spell acronyms in several ways. */
const inFolder = (folder: string) => new Set(readdirSync(folder).map((file) => file.toLowerCase()));
const everyCode = Object.values(fixes).flatMap((byType) => Object.values(byType).flatMap(codesOf));

describe("code that mends", () => {
  it("two faults of a resource: its own arguments in one statement", () => {
    const changed = awsStack().set("table", {
      deletionProtectionEnabled: false,
      replicas: [{ regionName: "eu-west-1", deletionProtectionEnabled: true }],
    });
    const found = evaluate(controls, viewOf(changed.resources("deployed"))).find(
      ({ control, urn: at }) => control === "RES-04" && at.endsWith("::table"),
    );
    assert.equal(found?.message.split("; ").length, 2);
    assert.deepEqual(fixOf("RES-04", found?.urn ?? "", found?.message ?? ""), [
      'new aws.dynamodb.Table("table", { …, replicas: [{ …, pointInTimeRecovery: true, deletionProtectionEnabled: true }], pointInTimeRecovery: { enabled: true }, deletionProtectionEnabled: true })',
    ]);
  });

  it("a fault of its own and one beside it: two statements", () =>
    assert.equal(
      told(
        "IAM-07",
        "aws:s3/bucket:Bucket",
        "its acl is open to the public: remove it; nothing blocks public access to it",
      ),
      `new aws.s3.Bucket("orders", { …, acl: undefined, grants: undefined })
new aws.s3.BucketPublicAccessBlock("orders-closed", { bucket: orders.id,
  blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true })`,
    ));

  it("two codes for one property: a statement each, or the later would undo the earlier", () =>
    assert.equal(
      told(
        "ENC-05",
        "gcp:cloudrunv2/service:Service",
        "no customer-managed key: set template.encryptionKey; settings hold secrets in plain text (API_KEY): refer to a secret store",
      ),
      `new gcp.cloudrunv2.Service("orders", { …, template: { …, encryptionKey: key.id } })
new gcp.cloudrunv2.Service("orders", { …, template: { …, containers: [{ …, envs: [{ name: "API_KEY", valueSource: { secretKeyRef: { secret: secret.secretId, version: "latest" } } }] }] } })`,
    ));

  it("one code for several reasons is written once, and the grants that were judged instead are no further reason", () => {
    assert.equal(
      told(
        "RES-04",
        "aws:dynamodb/table:Table",
        "it can be deleted by one call; it cannot be restored to a point in time",
      ),
      'new aws.dynamodb.Table("orders", { …, pointInTimeRecovery: { enabled: true }, deletionProtectionEnabled: true })',
    );
    const passes = told(
      "IAM-08",
      "aws:iam/rolePolicy:RolePolicy",
      "its policy document is known after deployment; judged the grants that Shop registers: iam:PassRole on a pattern hands on any role",
    );
    assert.match(passes, /PassRole/);
    assert.equal(passes.match(/new aws\.iam\.RolePolicy/g)?.length, 1);
  });

  it("settings by the names that the message tells, a secret each", () => {
    const lambda = (names: string) =>
      told(
        "ENC-05",
        "aws:lambda/function:Function",
        `settings hold secrets in plain text (${names}): refer to a secret store`,
      );
    assert.match(lambda("CLIENT_SECRET"), /variables: \{ …, CLIENT_SECRET: secret\.arn \}/);
    assert.match(
      lambda("USERNAME, API_KEY"),
      /\{ …, USERNAME: secrets\.USERNAME\.arn, API_KEY: secrets\.API_KEY\.arn \}/,
    );
    // What cannot be a variable's name is not repeated by the message, and so not here.
    assert.match(lambda("…, API_KEY"), /\{ …, API_KEY: secret\.arn \}/);
    assert.match(lambda("…"), /\{ …, DB_PASSWORD: secret\.arn \}/);
    assert.match(
      told(
        "ENC-05",
        "azure-native:app:ContainerApp",
        "settings hold secrets in plain text (API_KEY): refer to a secret store",
      ),
      /secrets: \[\{ name: "api-key", keyVaultUrl: secret\.properties\.secretUri.*\n.*env: \[\{ name: "API_KEY", secretRef: "api-key" \}\]/,
    );
  });

  it("what stands beside a resource is named after it: two of them make no URN twice", () => {
    const names = (name: string) =>
      [
        ...told("TLS-01", "aws:sqs/queue:Queue", "it takes requests without TLS", name).matchAll(
          /new [\w.]+\(("[^"]*")/g,
        ),
      ].map(([, one]) => one);
    assert.deepEqual([...names("orders"), ...names("orders-dlq")], ['"orders-tls"', '"orders-dlq-tls"']);
    // A name is a text, whatever is in it.
    assert.match(
      told("TLS-01", "aws:sqs/queue:Queue", "it takes requests without TLS", 'a"b$&'),
      /\("a\\"b\$&-tls", \{ queueUrl: aB\.id/,
    );
  });

  it("a constant name is of what is there already, or of what a project has once", () => {
    const constant = everyCode.flatMap((code) =>
      [...code.matchAll(/new ([\w.]+)\("(?!\$-)([^"]*)", \{ (?!…)/g)].map(([, type, name]) => `${type} ${name}`),
    );
    assert.deepEqual([...new Set(constant)].sort(), [
      "gcp.logging.ProjectBucketConfig audit",
      "gcp.logging.ProjectBucketConfig default",
      "gcp.logging.ProjectSink audit",
    ]);
  });

  describe("classes", () => {
    it("are those of the program: of an API version of Azure's, of an earlier generation", () => {
      const rotated = (type: string) => told("ENC-07", type, "it is not rotated within a year");
      assert.match(
        rotated("azure-native_keyvault_v20230701:keyvault:ManagedHsmKey"),
        /^new azure_native_keyvault_v20230701\.keyvault\.ManagedHsmKey\("orders", \{ …, properties/,
      );
      assert.match(rotated("azure-native:keyvault/v20230701:Key"), /^new azure\.keyvault\.v20230701\.Key\(/);
      assert.match(
        told("TLS-01", "azure-native:cache/v20230801:Redis", "it has a port without TLS"),
        /^new azure\.cache\.v20230801\.Redis\("orders", \{ …, enableNonSslPort: false/,
      );
      assert.match(
        told("ENC-04", "aws:s3/bucketV2:BucketV2", "no customer-managed key"),
        /^new aws\.s3\.BucketV2\("orders", \{ …/,
      );
    });

    it("of types under their own names are in the SDK", () => {
      // The first under explicit versions only; the second is `redis:Redis` in version 3 of the provider.
      const elsewhere = ["azure-native:keyvault:ManagedHsmKey", "azure-native:cache:Redis"];
      const absent = [...new Set(Object.values(fixes).flatMap((byType) => Object.keys(byType)))].filter((type) => {
        const [provider = "", module = "", name = ""] = type.split(":");
        const folder = join(dirname(require.resolve(`@pulumi/${provider}/package.json`)), module.split("/")[0] ?? "");
        return !existsSync(folder) || !inFolder(folder).has(`${name.toLowerCase()}.d.ts`);
      });
      assert.deepEqual(absent, elsewhere);
      assert.equal(classOf(normalise("azure-native_redis_v20241101:redis:Redis")), "azure.redis.Redis");
    });
  });
});
