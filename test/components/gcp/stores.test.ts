import assert from "node:assert/strict";
import { code, Foundation, HttpApi, Secret, Table } from "../../../components";
import type {} from "../../../components/gcp";
import { inputsOf, planned, registered } from "../../support/plan";
import { refusal } from "../../support/refusal";
import { deployed, inputs, only, roles } from "./support";

interface Row {
  id: string;
  page: string;
  until?: number;
}
const table = (options: Partial<ConstructorParameters<typeof Table<Row>>[1]> = {}) =>
  new Table<Row>("rows", { key: "id", ...options });

describe("Table on gcp", () => {
  it("is a database of its own that can be restored, and outlives nothing by accident", async () => {
    const database = only(await deployed(() => table()), "gcp:firestore/database:Database");
    assert.match(String(database.name), /^rows-[0-9a-f]{8}$/);
    assert.match(JSON.stringify(database.cmekConfig), /cryptoKeys\/foundation-key/);
    assert.deepEqual(
      [database.type, database.locationId, database.pointInTimeRecoveryEnablement],
      ["FIRESTORE_NATIVE", "europe-west1", "POINT_IN_TIME_RECOVERY_ENABLED"],
    );
    assert.deepEqual(
      [database.deletionPolicy, database.deleteProtectionState],
      ["DELETE", "DELETE_PROTECTION_ENABLED"],
    );
  });

  for (const [dataClass, retention, protection] of [
    ["internal", undefined, "DELETE_PROTECTION_DISABLED"],
    ["confidential", "604800s", "DELETE_PROTECTION_ENABLED"],
    ["regulated", "8467200s", "DELETE_PROTECTION_ENABLED"],
  ] as const)
    it(`is backed up as ${dataClass} data asks, and says so`, async () => {
      const run = await planned("gcp", () => table(), { dataClass });
      const backups = inputsOf(run, "gcp:firestore/backupSchedule:BackupSchedule");
      assert.deepEqual(
        backups.map((backup) => backup.retention),
        retention ? [retention] : [],
      );
      assert.equal(only(run, "gcp:firestore/database:Database").deleteProtectionState, protection);
      assert.ok(registered(run, "rows").contract.some(({ property }) => property === "backup"));
    });

  it("indexes no item, expires by the runtime's own field, and changes one field at a time", async () => {
    const run = await deployed(() => table({ expires: "until", sort: "page" }));
    const [item, expires] = ["rows-item", "rows-expires"].map((name) => inputs(run, "Field", name));
    const { name } = only(run, "gcp:firestore/database:Database");
    assert.deepEqual(
      [item?.database, item?.collection, item?.field, item?.indexConfig, item?.ttlConfig],
      [name, "rows", "item", {}, undefined],
    );
    assert.deepEqual([expires?.collection, expires?.field, expires?.ttlConfig], ["rows", "expires", {}]);
    const urn = run.resources.find((one) => one.name === "rows-item")?.urn ?? "";
    assert.ok(run.resources.find((one) => one.name === "rows-expires")?.dependencies.includes(urn));
    assert.deepEqual(inputsOf(await planned("gcp", () => table()), "gcp:firestore/field:Field").length, 1);
  });

  it("hands every child's arguments to its transform, and grants follow a name that was changed", async () => {
    const health = code<typeof import("../../fixtures/note-route")>(__dirname, "../../fixtures/note-route");
    const run = await deployed(() => {
      const rows = table({
        expires: "until",
        transform: {
          gcp: {
            database: (args) => ({ ...args, name: "mine-of-old" }),
            field: (args) => ({ ...args, skipWait: true }),
            backup: (args) => ({ ...args, retention: "86400s" }),
          },
        },
      });
      new HttpApi("api", {
        routes: { "GET /notes/{id}": { auth: "none", handler: health, uses: { notes: rows.reader() as never } } },
      });
    });
    assert.equal(inputs(run, "Field", "rows-expires").skipWait, true);
    assert.equal(only(run, "gcp:firestore/backupSchedule:BackupSchedule").retention, "86400s");
    assert.ok(
      roles(run).includes(
        'api-note-route roles/datastore.viewer on resource.name == "projects/shop-test/databases/mine-of-old"',
      ),
    );
  });
});

describe("Secret on gcp", () => {
  const handler = code<typeof import("../../fixtures/secret-route")>(__dirname, "../../fixtures/secret-route");
  const program = () => {
    const key = new Secret("key");
    new HttpApi("api", { routes: { "GET /length": { auth: "none", handler, uses: { key: key.reader() } } } });
  };

  it("is a name without a value, in the stack's region, under the stack's key", async () => {
    const run = await deployed(program);
    const secret = only(run, "gcp:secretmanager/secret:Secret") as {
      replication: unknown;
      deletionProtection: boolean;
    };
    assert.deepEqual(JSON.parse(JSON.stringify(secret.replication).replace(/projects[^"]+/, "KEY")), {
      userManaged: { replicas: [{ location: "europe-west1", customerManagedEncryption: { kmsKeyName: "KEY" } }] },
    });
    assert.equal(secret.deletionProtection, true);
    assert.ok(run.resources.every(({ type }) => !/secretVersion/i.test(type)));
  });

  it("is read by the function that may, and by nobody else", async () => {
    const run = await deployed(program);
    const own = roles(run).filter((role) => role.includes("secretmanager."));
    assert.deepEqual(own, ["api-secret-route roles/secretmanager.secretAccessor on key"]);
    const { serviceConfig } = inputs(run, "Function", "api-secret-route") as {
      serviceConfig: { environmentVariables: Record<string, string> };
    };
    assert.deepEqual(JSON.parse(serviceConfig.environmentVariables.SB_USE_KEY ?? ""), {
      secret: "projects/shop-test/secrets/key",
    });
  });

  it("has no key of its own as internal data", async () => {
    const run = await planned("gcp", program, { dataClass: "internal" });
    assert.deepEqual(only(run, "gcp:secretmanager/secret:Secret").replication, {
      userManaged: { replicas: [{ location: "europe-west1" }] },
    });
  });
});

describe("Foundation on gcp", () => {
  const foundation = () => new Foundation("foundation");

  it("rotates its key within 90 days and takes 30 to destroy a version", async () => {
    const key = only(await planned("gcp", foundation), "gcp:kms/cryptoKey:CryptoKey");
    assert.deepEqual([key.rotationPeriod, key.destroyScheduledDuration], ["7776000s", "2592000s"]);
  });

  it("lets Pulumi name the key ring, since one can never be deleted and made again", async () => {
    assert.equal(only(await planned("gcp", foundation), "gcp:kms/keyRing:KeyRing").name, undefined);
  });

  it("encrypts regulated logs with the stack's key, once their account may use it", async () => {
    const run = await deployed(foundation, { dataClass: "regulated", auditTrail: "create" });
    const grant = inputs(run, "CryptoKeyIAMMember", "foundation-key-logging");
    assert.match(String(grant.member), /^serviceAccount:cmek-p\d+@gcp-sa-logging\.iam\.gserviceaccount\.com$/);
    for (const name of ["foundation-logs", "foundation-audit"]) {
      assert.match(JSON.stringify(inputs(run, "ProjectBucketConfig", name).cmekSettings), /cryptoKeys\/foundation-key/);
      const bucket = run.resources.find((one) => one.name === name && one.type.endsWith(":ProjectBucketConfig"));
      assert.ok(
        bucket?.dependencies.some((urn) => urn.endsWith("::foundation-key-logging")),
        name,
      );
    }
    const confidential = await deployed(foundation, { dataClass: "confidential" });
    assert.equal(inputs(confidential, "ProjectBucketConfig", "foundation-logs").cmekSettings, undefined);
  });

  it("keeps logs as long as configured, and routes only this stack's to them", async () => {
    const run = await deployed(foundation, { logRetentionDays: "400" });
    const bucket = only(run, "gcp:logging/projectBucketConfig:ProjectBucketConfig");
    assert.equal(bucket.retentionDays, 400);
    // A name of Google's past cannot be had for seven days: its end must be Pulumi's, as the code bucket's is.
    assert.match(String(bucket.bucketId), /^sb-[0-9a-f]{8}-logs-1a2b3c4$/);
    const sink = only(run, "gcp:logging/projectSink:ProjectSink") as { destination: string; filter: string };
    assert.match(sink.destination, /^logging\.googleapis\.com\//);
    const mark = /service_name=~"\^(sb-[0-9a-f]{8})-"/.exec(sink.filter)?.[1];
    assert.ok(mark && sink.filter.includes(`gateway_id=~"^${mark}-"`));
  });

  it("records every access of every service when it makes the project's trail", async () => {
    const run = await planned("gcp", foundation, { auditTrail: "create" });
    assert.deepEqual(only(run, "gcp:projects/iAMAuditConfig:IAMAuditConfig"), {
      project: "shop-test",
      service: "allServices",
      auditLogConfigs: [{ logType: "ADMIN_READ" }, { logType: "DATA_READ" }, { logType: "DATA_WRITE" }],
    });
    assert.deepEqual(inputsOf(await planned("gcp", foundation), "gcp:projects/iAMAuditConfig:IAMAuditConfig"), []);
  });

  it("keeps what is audited for a year or more, and locks it for regulated data", async () => {
    const run = await planned("gcp", foundation, { auditTrail: "create", logRetentionDays: "30" });
    const bucket = inputs(run, "ProjectBucketConfig", "foundation-audit");
    assert.deepEqual([bucket.retentionDays, bucket.locked], [365, false]);
    assert.equal(inputs(run, "ProjectSink", "foundation-audit").filter, 'logName:"cloudaudit.googleapis.com"');
    const regulated = await planned("gcp", foundation, { auditTrail: "create", dataClass: "regulated" });
    assert.equal(inputs(regulated, "ProjectBucketConfig", "foundation-audit").locked, true);
  });

  it("fits any tag into a label", async () => {
    const tags = JSON.stringify({ "Cost Center": "Ärger & Söhne", ["9lives".repeat(20)]: "x".repeat(80) });
    const { labels } = only(await planned("gcp", foundation, { tags }), "gcp:kms/cryptoKey:CryptoKey") as {
      labels: Record<string, string>;
    };
    for (const [key, value] of Object.entries(labels)) {
      assert.match(key, /^[a-z][a-z0-9_-]{0,62}$/);
      assert.match(value, /^[a-z0-9_-]{0,63}$/);
    }
    assert.equal(Object.keys(labels).length, 5);
  });

  it("asks for project and region by name when they are not configured", async () => {
    const { problems } = await refusal(planned("gcp", foundation, { "gcp:region": "" }));
    assert.deepEqual(
      problems.map(({ code, fact }) => [code, fact]),
      [["SB-C008", "the configuration gcp:region is not set"]],
    );
  });

  it("hands every child's arguments to its transform", async () => {
    const health = code<typeof import("../../fixtures/health")>(__dirname, "../../fixtures/health");
    const run = await planned(
      "gcp",
      () => {
        new Foundation("foundation", {
          transform: {
            gcp: {
              service: (args) => ({ ...args, checkIfServiceHasUsageOnDestroy: true }),
              keyRing: (args) => ({ ...args, name: "mine" }),
              key: (args) => ({
                ...args,
                versionTemplate: { algorithm: "GOOGLE_SYMMETRIC_ENCRYPTION", protectionLevel: "HSM" },
              }),
              logBucket: (args) => ({ ...args, locked: true }),
              logSink: (args) => ({ ...args, description: "mine" }),
              auditBucket: (args) => ({ ...args, description: "mine" }),
              auditSink: (args) => ({ ...args, description: "mine" }),
              auditConfig: (args) => ({ ...args, project: "other" }),
              codeBucket: (args) => ({ ...args, storageClass: "NEARLINE" }),
              imageRepository: (args) => ({ ...args, description: "mine" }),
            },
          },
        });
        new HttpApi("api", { routes: { "GET /health": { auth: "none", handler: health } } });
      },
      { auditTrail: "create" },
    );
    assert.equal(inputs(run, "Service", "foundation-run").checkIfServiceHasUsageOnDestroy, true);
    assert.equal(only(run, "gcp:kms/keyRing:KeyRing").name, "mine");
    assert.ok(only(run, "gcp:kms/cryptoKey:CryptoKey").versionTemplate);
    assert.equal(inputs(run, "ProjectBucketConfig", "foundation-logs").locked, true);
    assert.equal(inputs(run, "ProjectSink", "foundation-logs").description, "mine");
    assert.equal(inputs(run, "ProjectBucketConfig", "foundation-audit").description, "mine");
    assert.equal(inputs(run, "ProjectSink", "foundation-audit").description, "mine");
    assert.equal(only(run, "gcp:projects/iAMAuditConfig:IAMAuditConfig").project, "other");
    const bucket = only(run, "gcp:storage/bucket:Bucket");
    assert.deepEqual(
      [bucket.storageClass, bucket.uniformBucketLevelAccess, bucket.publicAccessPrevention, bucket.versioning],
      ["NEARLINE", true, "enforced", { enabled: true }],
    );
    assert.deepEqual(bucket.lifecycleRules, [
      { action: { type: "Delete" }, condition: { daysSinceNoncurrentTime: 30 } },
    ]);
    assert.equal(only(run, "gcp:artifactregistry/repository:Repository").description, "mine");
  });

  it("can give its image repository another key, under the name that the old one has", async () => {
    const health = code<typeof import("../../fixtures/health")>(__dirname, "../../fixtures/health");
    const run = await planned("gcp", () => {
      new HttpApi("api", { routes: { "GET /health": { auth: "none", handler: health } } });
    });
    const repository = run.resources.find(({ type }) => type === "gcp:artifactregistry/repository:Repository");
    assert.equal(repository?.deleteBeforeReplace, true);
  });

  it("asks the cloud nothing in a plan, and loads no other cloud's SDK", async () => {
    const { spawnSync } = await import("node:child_process");
    const script = `
      require("ts-node/register/transpile-only");
      const { planned } = require("./test/support/plan");
      const { orders } = require("./blueprints/orders");
      const settings = { maxDeliveries: 5, backoff: { min: "1 second", max: "2 seconds" }, requestsPerSecond: 1 };
      planned("gcp", () => orders.build(settings)).then(({ unknownInvokes }) => {
        const others = Object.keys(require.cache).filter((file) => /@pulumi.(aws|azure-native)/.test(file));
        console.log(JSON.stringify({ unknownInvokes, others: others.length, root: Object.keys(require.cache).some((file) => /@pulumi.gcp.index\\.js$/.test(file)) }));
      });`;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    assert.deepEqual(JSON.parse(stdout || "null"), { unknownInvokes: [], others: 0, root: false }, stderr);
  });
});
