import { archivedActivity, keptAudit, lockedTrail } from "../support/audit-store";
import { changing } from "../support/changes";
import { killed } from "../support/mutants";
import { accepted, type Case, vague } from "../support/outcomes";
import { json, Out, type Stack, text, unknown } from "../support/stack";

const year = 365 * 86_400;
/** The same by a policy. */
function guardedTrail(statement: object = {}): Stack {
  const stack = lockedTrail().remove("lock");
  stack.add("aws:s3/bucketPolicy:BucketPolicy", "guard", {
    bucket: new Out("bucket", "bucket"),
    policy: json({
      Statement: [
        {
          Effect: "Deny",
          Principal: "*",
          Action: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
          Resource: "arn:aws:s3:::bucket/*",
          ...statement,
        },
        {
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    }),
  });
  return stack;
}

describe("mutants of audit stores", () => {
  const retention = changing("lock");
  killed(
    "AUD-05",
    lockedTrail,
    "bucket",
    [
      { name: "no lock", change: (s) => s.remove("lock") },
      { name: "a lock without a rule", change: retention({ rule: undefined }) },
      { name: "a lock without a mode", change: retention({ "rule.defaultRetention.mode": undefined }) },
      { name: "a mode that is none", change: retention({ "rule.defaultRetention.mode": "OFF" }) },
      { name: "364 days", change: retention({ "rule.defaultRetention.days": 364 }) },
      { name: "no days", change: retention({ "rule.defaultRetention.days": undefined }) },
      { name: "another bucket's lock", change: retention({ bucket: "other" }) },
      {
        name: "an event data store that anyone may delete",
        change: (s) =>
          s
            .retype("trail", "aws:cloudtrail/eventDataStore:EventDataStore")
            .set("trail", { terminationProtectionEnabled: false }),
        at: "trail",
        also: ["AUD-01 trail"],
      },
    ],
    "regulated",
  );
  const denial = (name: string, statement: object) =>
    killed("AUD-05", () => guardedTrail(statement), "bucket", [{ name, change: (s) => s }], "regulated");
  denial("versions may be deleted", { Action: "s3:DeleteObject" });
  denial("objects may be deleted", { Action: ["s3:DeleteObjectVersion"] });
  denial("one principal is denied", { Principal: { AWS: "arn:aws:iam::111122223333:role/ci" } });
  denial("denied without TLS only", { Condition: { Bool: { "aws:SecureTransport": "false" } } });
  denial("the bucket is denied, and not its objects", { Resource: "arn:aws:s3:::bucket" });

  const store = changing("store");
  const whole = "immutableStorageWithVersioning";
  killed(
    "AUD-05",
    archivedActivity,
    "store",
    [
      { name: "no policy", change: store({ [whole]: undefined }) },
      { name: "a policy that is off", change: store({ [`${whole}.enabled`]: false }) },
      { name: "a policy that is disabled", change: store({ [`${whole}.immutabilityPolicy.state`]: "Disabled" }) },
      {
        name: "90 days",
        change: store({ [`${whole}.immutabilityPolicy.immutabilityPeriodSinceCreationInDays`]: 90 }),
      },
      { name: "no period", change: store({ [`${whole}.immutabilityPolicy`]: undefined }) },
      {
        name: "a workspace that purges",
        change: (s) => s.set("workspace", { "features.immediatePurgeDataOn30Days": true }),
        at: "workspace",
      },
    ],
    "regulated",
  );

  const logs = changing("audit-logs");
  killed(
    "AUD-05",
    keptAudit,
    "audit-logs",
    [
      { name: "a log bucket without a lock", change: logs({ locked: undefined }) },
      { name: "a log bucket that is unlocked", change: logs({ locked: false }) },
      { name: "a locked log bucket of 30 days", change: logs({ retentionDays: 30 }), also: ["AUD-04 audit-logs"] },
      { name: "no sink", change: (s) => s.remove("audit-sink"), at: "audit" },
      { name: "a sink of something else", change: changing("audit-sink")({ filter: "severity>=ERROR" }), at: "audit" },
      { name: "a sink that is off", change: changing("audit-sink")({ disabled: true }), at: "audit" },
      ...[
        'NOT logName:"cloudaudit.googleapis.com"',
        '-logName:"cloudaudit.googleapis.com"',
        'logName:"cloudaudit.googleapis.com" AND NOT protoPayload.serviceName="storage.googleapis.com"',
        'logName:"cloudaudit.googleapis.com" severity>=ERROR',
        'logName="projects/shop/logs/cloudaudit.googleapis.com%2Factivity"',
        'LOG_ID("cloudaudit.googleapis.com/data_access") OR LOG_ID("cloudaudit.googleapis.com/system_event")',
      ].map((filter) => ({
        name: `a sink of ${filter}`,
        change: changing("audit-sink")({ filter }),
        at: "audit",
      })),
      {
        name: "a sink that excludes reads and writes",
        change: changing("audit-sink")({ exclusions: [{ filter: 'LOG_ID("cloudaudit.googleapis.com/data_access")' }] }),
        at: "audit",
      },
      {
        name: "_Default, locked, and an exclusion beside it",
        change: (s) => {
          s.remove("audit-sink").set("audit-logs", { bucketId: "_Default" });
          s.add("gcp:logging/projectExclusion:ProjectExclusion", "less", {
            filter: 'protoPayload.serviceName="storage.googleapis.com"',
          });
        },
        at: "audit",
      },
      {
        name: "_Default, locked, whose own sink takes less",
        change: (s) => {
          s.remove("audit-sink").set("audit-logs", { bucketId: "_Default" });
          s.set("sink", { name: "_Default" });
        },
        at: "audit",
      },
      {
        name: "objects without a lock",
        change: (s) =>
          s.set("audit-sink", { destination: text("storage.googleapis.com/", new Out("objects", "objects")) }),
        at: "objects",
      },
    ],
    "regulated",
  );
});

describe("audit stores that satisfy the controls", () => {
  accepted(
    "AUD-05",
    lockedTrail,
    [
      ["a lock", (s) => s],
      ["years", changing("lock")({ "rule.defaultRetention.days": undefined, "rule.defaultRetention.years": 1 })],
      ["governance", changing("lock")({ "rule.defaultRetention.mode": "GOVERNANCE" })],
      ["another stack's bucket", changing("trail")({ s3BucketName: "elsewhere" })],
    ],
    "regulated",
  );
  accepted(
    "AUD-05",
    () => guardedTrail({ Action: "s3:Delete*" }),
    [["a denial of every deletion", (s) => s]],
    "regulated",
  );
  accepted(
    "AUD-05",
    archivedActivity,
    [
      ["an account that is immutable", (s) => s],
      [
        "a container that is",
        (s) =>
          s
            .set("store", { immutableStorageWithVersioning: undefined })
            .add("azure-native:storage:BlobContainerImmutabilityPolicy", "immutable", {
              accountName: new Out("store", "store"),
              immutabilityPeriodSinceCreationInDays: 365,
            }),
      ],
    ],
    "regulated",
  );
  accepted(
    "AUD-05",
    keptAudit,
    [
      ["a locked log bucket", (s) => s],
      ...[
        'protoPayload.@type="type.googleapis.com/google.cloud.audit.AuditLog"',
        'logName=("projects/shop/logs/cloudaudit.googleapis.com%2Factivity" OR "projects/shop/logs/cloudaudit.googleapis.com%2Fdata_access")',
        'LOG_ID("cloudaudit.googleapis.com/activity") OR LOG_ID("cloudaudit.googleapis.com/data_access") -- both',
        'NOT LOG_ID("run.googleapis.com/stdout")',
        "",
      ].map((filter): Case => [`a sink of ${filter || "everything"}`, changing("audit-sink")({ filter })]),
      [
        "an exclusion of something else",
        changing("audit-sink")({ exclusions: [{ filter: 'LOG_ID("run.googleapis.com/stdout")' }] }),
      ],
      [
        "another project's bucket",
        (s) =>
          s.remove("audit-logs").set("audit-sink", {
            destination: "logging.googleapis.com/projects/audit/locations/europe-west3/buckets/audit",
          }),
      ],
      [
        "a locked bucket of objects by its name",
        (s) =>
          s
            .remove("audit-logs")
            .set("audit-sink", { destination: "storage.googleapis.com/shop-audit" })
            .set("objects", { name: "shop-audit", retentionPolicy: { isLocked: true, retentionPeriod: year } }),
      ],
      [
        "a locked bucket of objects",
        (s) =>
          s
            .set("audit-sink", { destination: text("storage.googleapis.com/", new Out("objects", "objects")) })
            .set("objects", { retentionPolicy: { isLocked: true, retentionPeriod: String(year) } }),
      ],
    ],
    "regulated",
  );
  accepted("AUD-02", keptAudit, [["what regulated data demands, of confidential data", (s) => s]], "confidential");

  vague("AUD-05", lockedTrail, "bucket", [["a lock's rule", changing("lock")({ rule: unknown })]], "regulated");
  vague("AUD-05", guardedTrail, "bucket", [["a policy", changing("guard")({ policy: unknown })]], "regulated");
  vague(
    "AUD-05",
    lockedTrail,
    "trail",
    [["where a trail goes", changing("trail")({ s3BucketName: unknown })]],
    "regulated",
  );
  vague(
    "AUD-05",
    archivedActivity,
    "store",
    [["whether an account is immutable", changing("store")({ immutableStorageWithVersioning: unknown })]],
    "regulated",
  );
  vague(
    "AUD-05",
    keptAudit,
    "audit-logs",
    [
      ["whether a log bucket is locked", changing("audit-logs")({ locked: unknown })],
      ["what a sink lets through", changing("audit-sink")({ filter: unknown })],
    ],
    "regulated",
  );
});
