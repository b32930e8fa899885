import assert from "node:assert/strict";
import type { RunResult } from "../../../cli/engine";
import { Bucket, type BucketArgs, code, ObjectTrigger, type ObjectTriggerArgs, Schedule } from "../../../components";
import type {} from "../../../components/aws";
import { registered } from "../../support/plan";
import { deployed, environment, inputs, permissions, statements } from "./support";

type Shop = typeof import("./handlers/shop");
const onObject = code<Shop, "onObject">(__dirname, "handlers/shop", "onObject");
const onEvery = code<Shop, "onEverything">(__dirname, "handlers/shop", "onEverything");

const bucket =
  (args: BucketArgs = {}) =>
  () =>
    void new Bucket("images", args);
const trigger = (args: Partial<ObjectTriggerArgs<Shop["onObject"]>> = {}) =>
  deployed(() => void new ObjectTrigger("thumbs", { bucket: new Bucket("images"), handler: onObject, ...args }));
const row = (result: RunResult, name: string, property: string) =>
  registered(result, name).contract.find((one) => one.property === property);

describe("Bucket on aws", () => {
  it("is closed to the public four times over, has one owner, and takes TLS only", async () => {
    const result = await deployed(bucket());
    const { bucket: _, ...blocks } = inputs(result, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "images");
    assert.deepEqual(Object.values(blocks), [true, true, true, true]);
    const { rule } = inputs(result, "aws:s3/bucketOwnershipControls:BucketOwnershipControls", "images");
    assert.deepEqual(rule, { objectOwnership: "BucketOwnerEnforced" });
    const [deny, ...more] = statements(inputs(result, "aws:s3/bucketPolicy:BucketPolicy", "images").policy);
    assert.deepEqual(
      [deny?.Effect, deny?.Principal, deny?.Resource, deny?.Condition, more],
      ["Deny", "*", ["arn:aws:s3:::images", "arn:aws:s3:::images/*"], { Bool: { "aws:SecureTransport": "false" } }, []],
    );
  });

  it("encrypts by the data class", async () => {
    const algorithm = async (dataClass: string) => {
      const { rules } = inputs(
        await deployed(bucket(), { dataClass }),
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "images",
      ) as { rules: { applyServerSideEncryptionByDefault: { sseAlgorithm: string; kmsMasterKeyId?: string } }[] };
      return rules[0]?.applyServerSideEncryptionByDefault;
    };
    assert.deepEqual(await algorithm("internal"), { sseAlgorithm: "AES256" });
    const confidential = await algorithm("confidential");
    assert.equal(confidential?.sseAlgorithm, "aws:kms");
    assert.match(String(confidential?.kmsMasterKeyId), /^arn:aws:kms:/);
  });

  it("keeps versions for as long as objects can be restored, ends abandoned uploads, and expires only where asked", async () => {
    const rules = async (args: BucketArgs) => {
      const result = await deployed(bucket(args));
      const versioning = inputs(result, "aws:s3/bucketVersioning:BucketVersioning", "images");
      assert.deepEqual(versioning.versioningConfiguration, { status: "Enabled" });
      const found = inputs(result, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "images");
      return (found.rules as Record<string, unknown>[]).map(({ filter: _, ...rule }) => rule);
    };
    const kept = (days: number) => [
      {
        id: "restore",
        status: "Enabled",
        noncurrentVersionExpiration: { noncurrentDays: days },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
      },
      { id: "markers", status: "Enabled", expiration: { expiredObjectDeleteMarker: true } },
    ];
    assert.deepEqual(await rules({}), kept(7));
    assert.deepEqual(await rules({ expireAfter: 30, restoreWithin: 90 }), [
      ...kept(90),
      { id: "expire", status: "Enabled", expiration: { days: 30 } },
    ]);
  });

  it("tells EventBridge of its changes itself, once, however many triggers it has", async () => {
    const result = await deployed(() => {
      const images = new Bucket("images");
      new ObjectTrigger("thumbs", { bucket: images, handler: onObject });
      new ObjectTrigger("index", { bucket: images, handler: onObject, on: ["created", "deleted"] });
    });
    const told = result.resources.filter(({ type }) => type === "aws:s3/bucketNotification:BucketNotification");
    assert.deepEqual(
      told.map(({ name }) => [name, inputs(result, "aws:s3/bucketNotification:BucketNotification", name).eventbridge]),
      [["images", true]],
    );
  });

  it("grants what a client is for, on objects and bucket apart, by the key", async () => {
    const result = await deployed(() => {
      const images = new Bucket("images");
      const inbox = new Bucket("inbox");
      const outbox = new Bucket("outbox");
      const uses = { images: images.readWriter(), inbox: inbox.reader(), outbox: outbox.writer() };
      new Schedule("nightly", { cron: "0 3 * * *", handler: onEvery, uses: uses as never });
    });
    const lines = (permissions(result)["nightly-fn"] ?? []).filter((line) => line.startsWith("s3:"));
    assert.deepEqual(lines, [
      "s3:DeleteObject images/*",
      "s3:DeleteObject outbox/*",
      "s3:GetObject images/*",
      "s3:GetObject inbox/*",
      "s3:ListBucket images",
      "s3:ListBucket inbox",
      "s3:PutObject images/*",
      "s3:PutObject outbox/*",
    ]);
    const key = (name: string) =>
      statements(inputs(result, "aws:iam/rolePolicy:RolePolicy", `nightly-fn-use-${name}`).policy)
        .filter(({ Condition }) => JSON.stringify(Condition ?? "").includes("s3.eu-central-1.amazonaws.com"))
        .map(({ Action }) => Action);
    assert.deepEqual(key("images"), [["kms:Decrypt", "kms:GenerateDataKey"]]);
    assert.deepEqual(key("inbox"), [["kms:Decrypt"]]);
    assert.deepEqual(key("outbox"), [["kms:GenerateDataKey"]]);
    assert.deepEqual(environment(result, "nightly-fn").SB_USE_INBOX, { bucket: "inbox" });
  });

  it("is protected with what it holds, and handed to transform and nodes", async () => {
    let name: unknown;
    const result = await deployed(() => {
      const images = new Bucket("images", {
        transform: { aws: { bucket: (args) => ({ ...args, forceDestroy: true }) } },
      });
      images.nodes.aws?.bucket.bucket.apply((value) => {
        name = value;
      });
    });
    assert.equal(name, "images");
    assert.equal(inputs(result, "aws:s3/bucket:Bucket", "images").forceDestroy, true);
    assert.ok(result.resources.find(({ type }) => type === "aws:s3/bucket:Bucket")?.protect);
  });
});

interface ObjectPattern {
  readonly source: string[];
  readonly "detail-type": string[];
  readonly detail: { bucket: { name: string[] }; object?: { key: unknown[] }; "deletion-type"?: unknown[] };
}
const patternOf = (result: RunResult) =>
  JSON.parse(String(inputs(result, "aws:cloudwatch/eventRule:EventRule", "thumbs").eventPattern)) as ObjectPattern;

/** What EventBridge makes of the tests of one field: any of them. */
function matches(tests: readonly unknown[] | undefined, key: string): boolean {
  if (!tests) return true;
  return tests.some((test) => {
    if (typeof test === "string") return test === key;
    const { prefix, suffix, wildcard } = test as Record<string, string | undefined>;
    if (prefix !== undefined) return key.startsWith(prefix);
    if (suffix !== undefined) return key.endsWith(suffix);
    const pieces = [""];
    for (const [, escaped, one] of (wildcard ?? "").matchAll(/\\([\\*])|(.)/g)) {
      if (one === "*") pieces.push("");
      else pieces.push(`${pieces.pop()}${escaped ?? one}`);
    }
    const [head = "", tail = ""] = pieces;
    assert.equal(pieces.length, 2);
    return key.startsWith(head) && key.endsWith(tail) && key.length >= head.length + tail.length;
  });
}

describe("ObjectTrigger on aws", () => {
  it("is told by its bucket's rule on the account's own bus, through a queue of its own", async () => {
    const result = await trigger();
    assert.deepEqual(patternOf(result), {
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { bucket: { name: ["images"] } },
    });
    assert.equal(inputs(result, "aws:cloudwatch/eventRule:EventRule", "thumbs").eventBusName, undefined);
    const [, allow] = statements(inputs(result, "aws:sqs/queuePolicy:QueuePolicy", "thumbs").policy);
    assert.deepEqual(allow?.Condition, {
      ArnEquals: { "aws:SourceArn": "arn:aws:events:eu-central-1:123456789012:rule/thumbs" },
    });
    assert.deepEqual(inputs(result, "aws:cloudwatch/eventTarget:EventTarget", "thumbs").deadLetterConfig, {
      arn: "arn:aws:sqs:eu-central-1:123456789012:thumbs-dlq",
    });
  });

  it("hears of deletions, and not of old versions that end", async () => {
    const told = async (on: ("created" | "deleted")[]) => {
      const pattern = patternOf(await trigger({ on }));
      return [pattern["detail-type"], pattern.detail["deletion-type"]];
    };
    assert.deepEqual(await told(["deleted"]), [["Object Deleted"], ["Delete Marker Created"]]);
    assert.deepEqual(await told(["deleted", "created"]), [
      ["Object Created", "Object Deleted"],
      [{ exists: false }, "Delete Marker Created"],
    ]);
  });

  it("lets through just the keys that begin and end as asked, those in which both overlap included", async () => {
    const texts = ["", "a", "aba", "a*", "a\\"];
    const keys = [
      "",
      "a",
      "b",
      "aa",
      "ab",
      "ba",
      "aba",
      "abab",
      "ababa",
      "aXa",
      "a*",
      "a*a",
      "*",
      "a\\",
      "a\\a",
      "a**a",
      "aab",
    ];
    for (const prefix of texts)
      for (const suffix of texts) {
        const tests = patternOf(await trigger({ prefix, suffix })).detail.object?.key;
        for (const key of keys)
          assert.equal(
            matches(tests, key),
            key.startsWith(prefix) && key.endsWith(suffix),
            `${prefix}…${suffix} on ${key}`,
          );
      }
  }).timeout(20_000);

  it("tells the adapter the same, and says where the rule lets more through", async () => {
    const { SB_SETTINGS } = environment(await trigger({ prefix: "in/", suffix: ".jpg" }), "thumbs-fn");
    const { on, prefix, suffix } = SB_SETTINGS as Record<string, unknown>;
    assert.deepEqual({ on, prefix, suffix }, { on: ["created"], prefix: "in/", suffix: ".jpg" });
    const long = "in/".repeat(300);
    const result = await trigger({ prefix: long, suffix: long });
    assert.ok(JSON.stringify(patternOf(result)).length <= 2048);
    assert.ok(matches(patternOf(result).detail.object?.key, `${long}x${long}`));
    assert.deepEqual(
      ["prefix", "suffix"].map((property) => row(result, "thumbs", property)?.how),
      ["emulated", "emulated"],
    );
  });
});
