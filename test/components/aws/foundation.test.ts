import assert from "node:assert/strict";
import { code, Foundation, QueueWorker } from "../../../components";
import type {} from "../../../components/aws";
import { Note } from "../../fixtures/contracts";
import { registered } from "../../support/plan";
import { deployed, inputs, statements } from "./support";

const quiet = code<typeof import("../../fixtures/quiet-worker")>(__dirname, "../../fixtures/quiet-worker");
const worker = () => void new QueueWorker("notes", { message: Note, handler: quiet });
const root = { AWS: "arn:aws:iam::123456789012:root" };
const trailArn = /^arn:aws:cloudtrail:eu-central-1:123456789012:trail\/foundation-trail-[0-9a-f]{8}$/;

/** The key policy's statements by their names. */
const keyUsers = (result: Awaited<ReturnType<typeof deployed>>) =>
  Object.fromEntries(
    statements(inputs(result, "aws:kms/keyPolicy:KeyPolicy", "foundation-key").policy).map((one) => [one.Sid, one]),
  );

describe("Foundation on aws", () => {
  it("lets the account administer the key, and services use it for what is the account's own, and nobody else", async () => {
    const users = keyUsers(await deployed(worker));
    assert.deepEqual(Object.keys(users), ["Account", "Logs", "BusKey", "Buses", "Rules", "Topics"]);
    assert.deepEqual(users.Account?.Principal, root);
    assert.deepEqual(users.Logs?.Principal, { Service: "logs.eu-central-1.amazonaws.com" });
    assert.deepEqual(users.Logs?.Condition, {
      ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-central-1:123456789012:log-group:*" },
    });
    const here = (service: string, resource: string) => `arn:aws:${service}:eu-central-1:123456789012:${resource}`;
    assert.deepEqual(
      ["BusKey", "Buses", "Rules", "Topics"].map((name) => [users[name]?.Principal, users[name]?.Condition]),
      [
        [{ Service: "events.amazonaws.com" }, { StringEquals: { "aws:SourceAccount": "123456789012" } }],
        [
          { Service: "events.amazonaws.com" },
          { ArnLike: { "kms:EncryptionContext:aws:events:event-bus:arn": here("events", "event-bus/*") } },
        ],
        [{ Service: "events.amazonaws.com" }, { ArnLike: { "aws:SourceArn": here("events", "rule/*") } }],
        [{ Service: "sns.amazonaws.com" }, { ArnLike: { "aws:SourceArn": here("sns", "*") } }],
      ],
    );
    assert.deepEqual(users.Rules?.Action, ["kms:GenerateDataKey", "kms:Decrypt"]);
  });

  it("makes log groups only when the key's policy lets them be encrypted", async () => {
    const { resources } = await deployed(worker);
    const policy = resources.find(({ type }) => type === "aws:kms/keyPolicy:KeyPolicy");
    const group = resources.find(({ type }) => type === "aws:cloudwatch/logGroup:LogGroup");
    assert.ok(policy && group?.dependencies.includes(policy.urn));
  });

  it("leaves the account's trail alone unless asked", async () => {
    const result = await deployed(worker, { auditTrail: "org-trail" });
    assert.ok(!result.resources.some(({ type }) => /aws:(cloudtrail|s3)\//.test(type)));
    const row = registered(result, "foundation").contract.find(({ property }) => property === "audit");
    assert.equal(row?.asked, "existing: org-trail");
  });

  it("makes the account's trail where it is asked to: all regions, validated, by the stack's key", async () => {
    const result = await deployed(worker, { auditTrail: "create" });
    const trail = inputs(result, "aws:cloudtrail/trail:Trail", "foundation-trail");
    assert.deepEqual(
      [trail.isMultiRegionTrail, trail.enableLogFileValidation, trail.includeGlobalServiceEvents, trail.enableLogging],
      [true, true, true, true],
    );
    assert.match(String(trail.kmsKeyId), /^arn:aws:kms:/);
    const { Trail } = keyUsers(result);
    assert.deepEqual(Trail?.Principal, { Service: "cloudtrail.amazonaws.com" });
    assert.match(sourceOf(Trail?.Condition), trailArn);
    const { dependencies } = result.resources.find(({ type }) => type === "aws:cloudtrail/trail:Trail") ?? {};
    for (const before of ["aws:kms/keyPolicy:KeyPolicy", "aws:s3/bucketPolicy:BucketPolicy"])
      assert.ok(
        dependencies?.some((urn) => urn.includes(before)),
        before,
      );
  });

  it("records who reads and writes data from confidential up, and never the trail's own deliveries", async () => {
    const kindsOf = async (dataClass: string) => {
      const result = await deployed(worker, { auditTrail: "create", dataClass });
      const { advancedEventSelectors } = inputs(result, "aws:cloudtrail/trail:Trail", "foundation-trail");
      return (advancedEventSelectors as { fieldSelectors: Record<string, unknown>[] }[]).map(({ fieldSelectors }) => {
        const [category, kind, but] = fieldSelectors;
        return [category?.equals, kind?.equals, but?.notStartsWiths].flat().filter((one) => one !== undefined);
      });
    };
    assert.deepEqual(await kindsOf("internal"), [["Management"]]);
    const [management, ...data] = await kindsOf("confidential");
    assert.deepEqual(management, ["Management"]);
    assert.deepEqual(
      data.map(([category, kind]) => `${category} ${kind}`),
      ["S3::Object", "DynamoDB::Table", "Lambda::Function", "SQS::Queue", "SNS::Topic", "Kinesis::Stream"].map(
        (kind) => `Data AWS::${kind}`,
      ),
    );
    assert.match(String(data[0]?.[2]), /^arn:aws:s3:::.*\/$/);
  });

  it("locks the trail of regulated data for as long as it is kept, and no other", async () => {
    const locked = await deployed(worker, { auditTrail: "create", dataClass: "regulated" });
    assert.equal(inputs(locked, "aws:s3/bucket:Bucket", "foundation-trail").objectLockEnabled, true);
    const lock = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
    assert.deepEqual(inputs(locked, lock, "foundation-trail").rule, {
      defaultRetention: { mode: "COMPLIANCE", days: 365 },
    });
    const open = await deployed(worker, { auditTrail: "create" });
    assert.ok(!open.resources.some(({ type }) => type === lock));
  });

  it("keeps the trail in a closed bucket that this trail alone writes to, by TLS, for as long as logs are kept", async () => {
    const result = await deployed(worker, { auditTrail: "create", logRetentionDays: "1000" });
    const of = (type: string) => inputs(result, `aws:s3/${type}`, "foundation-trail");
    const block = of("bucketPublicAccessBlock:BucketPublicAccessBlock");
    assert.deepEqual(
      [block.blockPublicAcls, block.blockPublicPolicy, block.ignorePublicAcls, block.restrictPublicBuckets],
      [true, true, true, true],
    );
    assert.deepEqual(of("bucketOwnershipControls:BucketOwnershipControls").rule, {
      objectOwnership: "BucketOwnerEnforced",
    });
    assert.deepEqual(of("bucketVersioning:BucketVersioning").versioningConfiguration, { status: "Enabled" });
    const [rule] = of("bucketLifecycleConfiguration:BucketLifecycleConfiguration").rules as Lifecycle[];
    assert.deepEqual([rule?.expiration.days, rule?.noncurrentVersionExpiration.noncurrentDays], [1000, 1000]);
    const policy = statements(of("bucketPolicy:BucketPolicy").policy);
    const allowed = policy.filter(({ Effect }) => Effect === "Allow");
    assert.deepEqual(
      allowed.map(({ Action }) => Action),
      ["s3:GetBucketAcl", "s3:PutObject"],
    );
    for (const { Principal, Condition } of allowed) {
      assert.deepEqual(Principal, { Service: "cloudtrail.amazonaws.com" });
      assert.match(sourceOf(Condition), trailArn);
    }
    assert.match(String(allowed[1]?.Resource), /\/AWSLogs\/123456789012\/\*$/);
    const [deny] = policy.filter(({ Effect }) => Effect === "Deny");
    assert.deepEqual(deny?.Condition, { Bool: { "aws:SecureTransport": "false" } });
  });

  it("keeps the trail for a year at least", async () => {
    const result = await deployed(worker, { auditTrail: "create", logRetentionDays: "30" });
    const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
    const [rule] = inputs(result, lifecycle, "foundation-trail").rules as Lifecycle[];
    assert.equal(rule?.expiration.days, 365);
  });

  it("encrypts the trail of internal data with a key that the data does not use", async () => {
    const result = await deployed(worker, { auditTrail: "create", dataClass: "internal" });
    assert.match(String(inputs(result, "aws:cloudtrail/trail:Trail", "foundation-trail").kmsKeyId), /^arn:aws:kms:/);
    assert.deepEqual(Object.keys(keyUsers(result)), ["Account", "Trail"]);
    assert.equal(inputs(result, "aws:sqs/queue:Queue", "notes").sqsManagedSseEnabled, true);
    const { outputs, contract } = registered(result, "foundation");
    assert.equal(outputs.key, "");
    assert.equal(contract.find(({ property }) => property === "encryption")?.given, "keys of the services");
  });

  it("follows a transform of the trail's name into the policies that name it", async () => {
    const result = await deployed(
      () => void new Foundation("base", { transform: { aws: { trail: (args) => ({ ...args, name: "central" }) } } }),
      { auditTrail: "create" },
    );
    const key = statements(inputs(result, "aws:kms/keyPolicy:KeyPolicy", "base-key").policy);
    const bucket = statements(inputs(result, "aws:s3/bucketPolicy:BucketPolicy", "base-trail").policy);
    assert.deepEqual(
      [...key, ...bucket].flatMap(({ Condition }) => sourceOf(Condition).split("/")[1] ?? []),
      ["central", "central", "central"],
    );
  });
});

/** The one resource for which a service may act; empty where a statement names none. */
function sourceOf(condition: unknown): string {
  const { StringEquals } = (condition ?? {}) as { readonly StringEquals?: Readonly<Record<string, string>> };
  return StringEquals?.["aws:SourceArn"] ?? "";
}

interface Lifecycle {
  readonly expiration: { readonly days: number };
  readonly noncurrentVersionExpiration: { readonly noncurrentDays: number };
}
