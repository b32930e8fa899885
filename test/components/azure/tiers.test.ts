import assert from "node:assert/strict";
import { unzipSync } from "fflate";
import type { RunResult } from "../../../cli/engine";
import { code, QueueWorker } from "../../../components";
import type {} from "../../../components/azure";
import { Note } from "../../fixtures/contracts";
import { registered } from "../../support/plan";
import { refusal } from "../../support/refusal";
import { deployed, inputs, roles, settings } from "./support";

const handler = code<typeof import("../../fixtures/quiet-worker")>(__dirname, "../../fixtures/quiet-worker");
type Options = Omit<ConstructorParameters<typeof QueueWorker<typeof Note>>[1], "message" | "handler" | "uses">;
const worker = (options: Options, config: Record<string, string> = {}) =>
  deployed(() => {
    const made = new QueueWorker("write", { message: Note, handler, ...options });
    const grant = options.maxDelay ? made.delayedSender() : made.sender();
    new QueueWorker("ask", { message: Note, handler, uses: { write: grant } } as never);
  }, config);
const queue = (run: RunResult) => inputs(run, "servicebus:Queue", "write");
const serviceBus = (run: RunResult) => host(run).extensions.serviceBus;
const host = (run: RunResult) => {
  const { zip } = inputs<{ zip: string }>(run, "PublishedCode", "write-fn");
  return JSON.parse(Buffer.from(unzipSync(Buffer.from(zip, "base64"))["host.json"] ?? []).toString());
};
const row = (run: RunResult, property: string) =>
  registered(run, "write").contract.find((one) => one.property === property);
const codesOf = async (options: Options) =>
  (await refusal(worker(options))).problems.map(({ code: one, fact }) => [one, fact.split(/[=: ]/)[0]]);

describe("QueueWorker on azure, beyond the plain queue", () => {
  it("keeps order by sessions, one message of each at a time, and says what that does to the backoff", async () => {
    const run = await worker({ ordering: { by: "id" }, maxDeliveries: 7 });
    assert.equal(queue(run).requiresSession, true);
    assert.deepEqual(serviceBus(run), {
      autoCompleteMessages: true,
      maxAutoLockRenewalDuration: "00:05:00",
      maxConcurrentCallsPerSession: 1,
      maxConcurrentSessions: 8,
      prefetchCount: 0,
      sessionIdleTimeout: "00:00:02",
    });
    assert.equal(settings(run, "write-fn").SB_SESSIONS, "true");
    assert.equal((settings(run, "ask-fn").SB_USE_WRITE as { orderBy: string }).orderBy, "id");
    assert.match(row(run, "backoff")?.why ?? "", /holds its session back/);
    assert.equal(row(run, "ordering")?.given, "by id");
  });

  it("leaves sessions out where no order is asked for", async () => {
    const run = await worker({});
    assert.equal(queue(run).requiresSession, undefined);
    assert.equal(settings(run, "write-fn").SB_SESSIONS, undefined);
    assert.deepEqual(settings(run, "ask-fn").SB_USE_WRITE, {
      maxMessageBytes: 262_144,
      namespace: (settings(run, "write-fn").SB_BUS__fullyQualifiedNamespace as string) ?? "none",
      queue: "write",
    });
  });

  it("limits sessions at once by instances of one each", async () => {
    const run = await worker({ ordering: { by: "id" }, maxConcurrency: 40 });
    assert.equal(serviceBus(run).maxConcurrentSessions, 1);
  });

  it("drops repeats by the message's id, within the window", async () => {
    const run = await worker({ deduplication: { by: "id", window: "10 minutes" } });
    assert.equal(queue(run).requiresDuplicateDetection, true);
    assert.equal(queue(run).duplicateDetectionHistoryTimeWindow, "PT10M");
    assert.equal((settings(run, "ask-fn").SB_USE_WRITE as { deduplicateBy: string }).deduplicateBy, "id");
    assert.equal(row(run, "deduplication")?.how, "native");
  });

  it("gathers a batch for as long as asked, and no longer than its locks last with the call", async () => {
    const run = await worker({ batch: { size: 50, window: "20 seconds" }, timeout: "2 minutes" });
    const { maxMessageBatchSize, minMessageBatchSize, maxBatchWaitTime } = serviceBus(run);
    assert.deepEqual([maxMessageBatchSize, minMessageBatchSize, maxBatchWaitTime], [50, 50, "00:00:20"]);
    assert.equal(settings(run, "write-fn").SB_BATCH, "true");
    assert.equal(row(run, "batch")?.how, "emulated");
    const eager = serviceBus(await worker({ batch: { size: 50 } }));
    assert.deepEqual([eager.minMessageBatchSize, eager.maxBatchWaitTime], [1, undefined]);
    assert.deepEqual(await codesOf({ batch: { size: 2, window: "1 second" }, timeout: "5 minutes" }), [
      ["SB-C003", "batch.window"],
    ]);
  });

  it("tells the sender how long it may hold a message back", async () => {
    const run = await worker({ maxDelay: "15 minutes" });
    assert.equal((settings(run, "ask-fn").SB_USE_WRITE as { maxDelaySeconds: number }).maxDelaySeconds, 900);
    assert.equal(row(run, "delay")?.given, "up to 15 minutes");
  });

  describe("with the tier economy", () => {
    const economy = { tier: "economy", maxMessageBytes: 49_152 } as const;

    it("is two queues of one closed storage account, each with who may do what", async () => {
      const run = await worker({ ...economy, retention: "2 days", maxDelay: "1 hour" }, { dataClass: "internal" });
      const account = inputs(run, "StorageAccount", "foundation-queues");
      assert.equal(account.allowSharedKeyAccess, false);
      assert.equal(account.allowBlobPublicAccess, false);
      assert.equal(account.minimumTlsVersion, "TLS1_2");
      const [main, dead] = ["write", "write-poison"].map((name) => inputs(run, "storage:Queue", name).queueName);
      assert.equal(dead, `${main}-poison`, "the name that the host itself buries in");
      assert.deepEqual(settings(run, "ask-fn").SB_USE_WRITE, {
        account: `https://${account.accountName}.queue.core.windows.net`,
        maxDelaySeconds: 3600,
        maxMessageBytes: 49_152,
        queue: main,
        retentionSeconds: 172_800,
      });
      const own = settings(run, "write-fn");
      assert.equal(own.SB_STORE__queueServiceUri, `https://${account.accountName}.queue.core.windows.net`);
      assert.equal(own.SB_STORE__credential, "managedidentity");
      assert.equal(own.SB_STORE__clientId, "client of write-fn");
      assert.equal(own.SB_BUS__fullyQualifiedNamespace, undefined);
      const { deadLetter } = own.SB_SETTINGS as { deadLetter: string };
      assert.equal(deadLetter, `https://${account.accountName}.queue.core.windows.net/${dead}`);
      const queues = roles(run).filter((role) => role.startsWith("write-fn: Storage Queue"));
      assert.deepEqual(
        queues.map((role) => role.replace(/ on .*\/queues\//, " on ")),
        [
          "write-fn: Storage Queue Data Message Processor on write",
          "write-fn: Storage Queue Data Message Sender on write",
          "write-fn: Storage Queue Data Message Sender on write-poison",
          "write-fn: Storage Queue Data Reader on write",
        ].map((role) => role.replace("write-poison", `${dead}`)),
      );
      assert.deepEqual(
        roles(run).filter((role) => role.startsWith("ask-fn: Storage Queue")).length,
        1,
        "the sender may send, to one queue",
      );
    });

    it("takes texts as they are, and counts deliveries", async () => {
      const run = await worker({ ...economy, maxDeliveries: 9, backoff: { min: "30 seconds" } });
      assert.deepEqual(host(run).extensions.queues, {
        batchSize: 16,
        maxDequeueCount: 9,
        maxPollingInterval: "00:00:15",
        messageEncoding: "none",
        newBatchThreshold: 8,
        visibilityTimeout: "00:00:30",
      });
      const limited = host(await worker({ ...economy, maxConcurrency: 40 })).extensions.queues;
      assert.deepEqual([limited.batchSize, limited.newBatchThreshold], [1, 0]);
    });

    it("has the stack's key for its queues too, from confidential up", async () => {
      const { encryption, identity } = inputs<{
        encryption: { keySource: string; services: unknown };
        identity: { type: string };
      }>(await worker(economy), "StorageAccount", "foundation-queues");
      assert.equal(encryption.keySource, "Microsoft.Keyvault");
      const covered = { enabled: true, keyType: "Account" };
      assert.deepEqual(encryption.services, { queue: covered, table: covered });
      assert.equal(identity.type, "UserAssigned");
    });

    it("says that what is never handled is dropped", async () => {
      assert.equal(row(await worker(economy), "retention")?.how, "unsupported");
    });

    it("refuses larger messages, batches, order and repeats", async () => {
      assert.deepEqual(await codesOf({ tier: "economy" }), [["SB-C001", "maxMessageBytes"]]);
      assert.deepEqual(await codesOf({ ...economy, batch: { size: 2 } }), [["SB-C003", "batch.size"]]);
      assert.deepEqual(await codesOf({ ...economy, ordering: { by: "id" } }), [["SB-C003", "tier"]]);
    });
  });
});
