import assert from "node:assert/strict";
import {
  Bucket,
  type BucketArgs,
  code,
  idempotencyStore,
  ObjectTrigger,
  type ObjectTriggerArgs,
  Schedule,
} from "../../../components";
import type {} from "../../../components/gcp";
import type { ScheduleOptions } from "../../../components/schedule";
import { deployed, environment, inputs, roles, row, waits } from "./support";

type Quiet = typeof import("../../fixtures/quiet-triggered");
const onObject = code<Quiet, "onObject">(__dirname, "../../fixtures/quiet-triggered", "onObject");
const onTick = code<Quiet, "onTick">(__dirname, "../../fixtures/quiet-triggered", "onTick");

const bucketOf = (args: BucketArgs, config = {}) =>
  deployed(() => void new Bucket("files", args), config).then((run) => inputs(run, "Bucket", "files"));
type TriggerArgs = ObjectTriggerArgs<Quiet["onObject"]>;
const trigger = (args: Partial<TriggerArgs> = {}) =>
  deployed(() => void new ObjectTrigger("taken", { bucket: new Bucket("files"), handler: onObject, ...args }));
const scheduled = (options: () => Partial<ScheduleOptions> = () => ({})) =>
  deployed(() => void new Schedule("nightly", { cron: "30 3 * * 1-5", handler: onTick, ...options() }));

describe("Bucket on gcp", () => {
  it("is open to nobody: access is uniform, and public access is prevented", async () => {
    const { publicAccessPrevention, uniformBucketLevelAccess, location, forceDestroy } = await bucketOf({});
    assert.deepEqual(
      [publicAccessPrevention, uniformBucketLevelAccess, location, forceDestroy],
      ["enforced", true, "EUROPE-WEST1", undefined],
    );
    const run = await deployed(() => void new Bucket("files"));
    assert.doesNotMatch(JSON.stringify(roles(run)), /allUsers|allAuthenticatedUsers/);
  });

  it("is encrypted by the data class's key", async () => {
    const { encryption } = (await bucketOf({})) as { encryption: { defaultKmsKeyName: string } };
    assert.match(encryption.defaultKmsKeyName, /\/cryptoKeys\/foundation-key$/);
    assert.equal((await bucketOf({}, { dataClass: "internal" })).encryption, undefined);
    const run = await deployed(() => void new Bucket("files"));
    assert.ok(waits(run, "Bucket", "files", "foundation-key-storage"), "the service may use the key first");
  });

  it("gives back what was deleted or replaced for as long as asked, and ends abandoned uploads", async () => {
    const { lifecycleRules, softDeletePolicy, versioning } = await bucketOf({ restoreWithin: 30 });
    assert.deepEqual([versioning, softDeletePolicy], [{ enabled: true }, { retentionDurationSeconds: 2_592_000 }]);
    assert.deepEqual(lifecycleRules, [
      { action: { type: "Delete" }, condition: { daysSinceNoncurrentTime: 30 } },
      { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
    ]);
  });

  it("expires objects only where asked, and by a rule that spares the versions of restoring", async () => {
    const { lifecycleRules } = (await bucketOf({ expireAfter: 90 })) as { lifecycleRules: unknown[] };
    assert.deepEqual(lifecycleRules.slice(2), [
      { action: { type: "Delete" }, condition: { age: 90, withState: "LIVE" } },
    ]);
  });

  it("gives each client the least role that does its work, on this bucket alone", async () => {
    const run = await deployed(() => {
      const uses = {
        inbox: new Bucket("inbox").reader(),
        outbox: new Bucket("outbox").writer(),
        files: new Bucket("files").readWriter(),
      };
      const handler = code<typeof import("./handlers/uses"), "storing">(__dirname, "handlers/uses", "storing");
      new Schedule("tick", { cron: "0 3 * * *", handler, uses });
    });
    assert.deepEqual(
      roles(run).filter((one) => one.startsWith("tick-fn roles/storage")),
      [
        // What writes over an object deletes the old one; object creators may not, and object users may read, too.
        "tick-fn roles/storage.legacyBucketWriter on outbox-1a2b3c4",
        "tick-fn roles/storage.objectUser on files-1a2b3c4",
        "tick-fn roles/storage.objectViewer on inbox-1a2b3c4",
      ],
    );
    const told = environment(run, "tick-fn");
    assert.deepEqual(
      [told.SB_USE_INBOX, told.SB_USE_OUTBOX, told.SB_USE_FILES],
      ["inbox", "outbox", "files"].map((name) => ({ bucket: `${name}-1a2b3c4` })),
    );
  });
});

describe("ObjectTrigger on gcp", () => {
  it("is told through its own queue, once Cloud Storage's own account may publish there", async () => {
    const run = await trigger();
    assert.deepEqual(inputs(run, "Notification", "taken"), {
      bucket: "files-1a2b3c4",
      payloadFormat: "JSON_API_V1",
      topic: "projects/shop-test/topics/taken",
      eventTypes: ["OBJECT_FINALIZE"],
    });
    assert.ok(roles(run).includes("agent gs-project-accounts roles/pubsub.publisher on taken"));
    assert.ok(waits(run, "Notification", "taken", "taken-told"));
  });

  it("hears of the end of a live object, which versions call its archiving", async () => {
    const types = async (on: TriggerArgs["on"]) =>
      inputs(await trigger({ on: on ?? [] }), "Notification", "taken").eventTypes;
    assert.deepEqual(await types(["deleted"]), ["OBJECT_ARCHIVE", "OBJECT_DELETE"]);
    assert.deepEqual(await types(["deleted", "created"]), ["OBJECT_FINALIZE", "OBJECT_ARCHIVE", "OBJECT_DELETE"]);
  });

  it("leaves the beginning of a key to the bucket, and its end to the adapter", async () => {
    const run = await trigger({ prefix: "in/", suffix: ".txt" });
    assert.equal(inputs(run, "Notification", "taken").objectNamePrefix, "in/");
    const { on, prefix, suffix } = environment(run, "taken-fn").SB_SETTINGS as Record<string, unknown>;
    assert.deepEqual([on, prefix, suffix], [["created"], "in/", ".txt"]);
    assert.deepEqual([row(run, "taken", "prefix").how, row(run, "taken", "suffix").how], ["native", "emulated"]);
  });

  it("can stand twice on one bucket, neither taking the other's notices", async () => {
    const run = await deployed(() => {
      const bucket = new Bucket("files");
      new ObjectTrigger("taken", { bucket, handler: onObject });
      new ObjectTrigger("gone", { bucket, on: ["deleted"], handler: onObject });
    });
    const topics = ["taken", "gone"].map((name) => inputs(run, "Notification", name).topic);
    assert.deepEqual(topics, ["projects/shop-test/topics/taken", "projects/shop-test/topics/gone"]);
  });
});

describe("Schedule on gcp", () => {
  it("fires into its own queue, in its time zone, without a deadline that would differ at every preview", async () => {
    const run = await scheduled(() => ({ timeZone: "Europe/Berlin" }));
    const { schedule, timeZone, pubsubTarget, attemptDeadline, httpTarget, region } = inputs(run, "Job", "nightly");
    assert.deepEqual(
      [schedule, timeZone, attemptDeadline, httpTarget, region],
      ["30 3 * * 1-5", "Europe/Berlin", undefined, undefined, "europe-west1"],
    );
    // A message needs data or an attribute.
    assert.deepEqual(pubsubTarget, {
      topicName: "projects/shop-test/topics/nightly",
      attributes: { schedule: "nightly" },
    });
  });

  it("tells the adapter when it runs", async () => {
    const { cron, timeZone } = environment(await scheduled(), "nightly-fn").SB_SETTINGS as Record<string, unknown>;
    assert.deepEqual([cron, timeZone], ["30 3 * * 1-5", "UTC"]);
  });

  it("gives no account a role beside its queue's own", async () => {
    assert.deepEqual(
      roles(await scheduled()).filter((one) => one.includes("nightly")),
      [
        "agent gcp-sa-pubsub roles/iam.serviceAccountOpenIdTokenCreator on nightly-push",
        "agent gcp-sa-pubsub roles/pubsub.publisher on nightly-dead",
        "agent gcp-sa-pubsub roles/pubsub.subscriber on nightly",
        "nightly-fn roles/pubsub.publisher on nightly-dead",
        "nightly-push roles/run.servicesInvoker on nightly-fn",
      ],
    );
  });

  it("leaves out a run while one works, by a record in its store", async () => {
    const run = await scheduled(() => ({ overlap: { skip: idempotencyStore("busy") } }));
    const { idempotency } = environment(run, "nightly-fn").SB_SETTINGS as { idempotency: { by: string } };
    assert.equal(idempotency.by, "@component");
    assert.deepEqual([row(run, "nightly", "overlap").given, row(run, "nightly", "overlap").how], ["skip", "emulated"]);
    assert.equal(row(await scheduled(), "nightly", "overlap").how, "native");
  });
});
