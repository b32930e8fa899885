import assert from "node:assert/strict";
import { code, QueueWorker, type QueueWorkerOptions, Secret, Table } from "../../../components";
import type {} from "../../../components/aws";
import { Note } from "../../fixtures/contracts";
import { planned, registered } from "../../support/plan";
import { refusal } from "../../support/refusal";
import { deployed, inputs, statements } from "./support";

const quiet = code<typeof import("../../fixtures/quiet-worker")>(__dirname, "../../fixtures/quiet-worker");
const names = code<typeof import("./handlers/names")>(__dirname, "handlers/names");
const worker =
  (options: Partial<QueueWorkerOptions<typeof Note>> = {}, name = "notes") =>
  () =>
    void new QueueWorker(name, { message: Note, handler: quiet, ...options });
const queue = "aws:sqs/queue:Queue";

describe("QueueWorker on aws", () => {
  it("hides a message for six times the function's timeout, and at least 30 seconds", async () => {
    const visibility = async (options: Partial<QueueWorkerOptions<typeof Note>>) =>
      inputs(await deployed(worker(options)), queue, "notes").visibilityTimeoutSeconds;
    assert.equal(await visibility({}), 180);
    assert.equal(await visibility({ timeout: "1 second" }), 30);
    assert.equal(await visibility({ timeout: "15 minutes", batch: { size: 100, window: "5 minutes" } }), 5700);
  });

  it("has a dead-letter queue of its own, which only it may use and which keeps longer", async () => {
    const result = await deployed(worker({ maxDeliveries: 7 }));
    const main = inputs(result, queue, "notes");
    const dead = inputs(result, queue, "notes-dlq");
    const redrive = JSON.parse(String(main.redrivePolicy)) as { maxReceiveCount: unknown; deadLetterTargetArn: string };
    assert.strictEqual(redrive.maxReceiveCount, 7, "a number: SQS refuses text");
    assert.match(redrive.deadLetterTargetArn, /:notes-dlq$/);
    assert.ok(Number(dead.messageRetentionSeconds) > Number(main.messageRetentionSeconds));
    const allow = JSON.parse(
      String(inputs(result, "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "notes-dlq").redriveAllowPolicy),
    ) as object;
    assert.deepEqual(allow, {
      redrivePermission: "byQueue",
      sourceQueueArns: ["arn:aws:sqs:eu-central-1:123456789012:notes"],
    });
  });

  it("takes TLS only, on both queues, and messages of the declared size", async () => {
    const result = await deployed(worker({ maxMessageBytes: 4096 }));
    for (const name of ["notes", "notes-dlq"]) {
      assert.equal(inputs(result, queue, name).maxMessageSize, 4096);
      const [deny] = statements(inputs(result, "aws:sqs/queuePolicy:QueuePolicy", name).policy);
      assert.equal(deny?.Effect, "Deny");
      assert.deepEqual(deny?.Condition, { Bool: { "aws:SecureTransport": "false" } });
    }
  });

  it("is polled through the alias, answers for single messages, and caps the poller instead of the function", async () => {
    const result = await deployed(worker({ maxConcurrency: 40, batch: { size: 20, window: "1 second" } }));
    const mapping = inputs(result, "aws:lambda/eventSourceMapping:EventSourceMapping", "notes");
    assert.match(String(mapping.functionName), /:function:notes-fn:live$/);
    assert.deepEqual(mapping.functionResponseTypes, ["ReportBatchItemFailures"]);
    assert.deepEqual(
      [mapping.batchSize, mapping.maximumBatchingWindowInSeconds, mapping.scalingConfig],
      [20, 1, { maximumConcurrency: 40 }],
    );
    assert.equal(inputs(result, "aws:lambda/function:Function", "notes-fn").reservedConcurrentExecutions, undefined);
  });

  it("keeps order by message group, in FIFO queues whose names say so, without a window", async () => {
    const result = await deployed(worker({ ordering: { by: "id" }, batch: { size: 10 } }));
    const main = inputs(result, queue, "notes");
    const dead = inputs(result, queue, "notes-dlq");
    assert.deepEqual(
      [main.fifoQueue, main.contentBasedDeduplication, main.deduplicationScope, main.fifoThroughputLimit],
      [true, false, "messageGroup", "perMessageGroupId"],
    );
    assert.equal(dead.fifoQueue, true);
    assert.match(String(main.name), /^notes-[0-9a-f]{8}\.fifo$/);
    assert.match(String(dead.name), /^notes-dlq-[0-9a-f]{8}\.fifo$/);
    const mapping = inputs(result, "aws:lambda/eventSourceMapping:EventSourceMapping", "notes");
    assert.deepEqual([mapping.batchSize, mapping.maximumBatchingWindowInSeconds], [10, undefined]);
  });

  it("looks for repeats in the whole queue where it drops them, whatever their group", async () => {
    const result = await deployed(worker({ ordering: { by: "id" }, deduplication: { by: "text" } }));
    const { contentBasedDeduplication, deduplicationScope, fifoThroughputLimit } = inputs(result, queue, "notes");
    assert.deepEqual(
      [contentBasedDeduplication, deduplicationScope, fifoThroughputLimit],
      [false, "queue", "perQueue"],
    );
  });

  it("says of every option what is given", async () => {
    const told = async (options: Partial<QueueWorkerOptions<typeof Note>>) =>
      Object.fromEntries(
        registered(await deployed(worker(options)), "notes").contract.map(({ property, given }) => [property, given]),
      );
    const plain = await told({});
    assert.deepEqual(
      [plain.ordering, plain.deduplication, plain.delay, plain.tier],
      ["best effort", "none", "none", "standard"],
    );
    const rich = await told({ ordering: { by: "id" }, deduplication: { by: "text" }, tier: "economy" });
    assert.deepEqual([rich.ordering, rich.deduplication, rich.tier], ["by id", "by text, 5 minutes", "standard"]);
    assert.equal((await told({ maxDelay: "15 minutes" })).delay, "up to 15 minutes");
  });

  it("logs into its own group, made before it, kept for a period that CloudWatch has", async () => {
    const result = await deployed(worker(), { logRetentionDays: "100" });
    const group = inputs(result, "aws:cloudwatch/logGroup:LogGroup", "notes-fn");
    const fn = inputs(result, "aws:lambda/function:Function", "notes-fn") as { loggingConfig: { logGroup: string } };
    assert.equal(group.retentionInDays, 120);
    assert.equal(fn.loggingConfig.logGroup, group.name);
    const row = registered(result, "foundation").contract.find(({ property }) => property === "logs");
    assert.deepEqual([row?.asked, row?.given, row?.how], ["100 days", "120 days", "clamped"]);
    assert.ok(!JSON.stringify(result.resources).includes("logs:CreateLogGroup"));
  });

  it("encrypts by the data class: the services' keys, or the stack's", async () => {
    const internal = await deployed(worker(), { dataClass: "internal" });
    assert.ok(!internal.resources.some(({ type }) => type.startsWith("aws:kms/")));
    assert.equal(inputs(internal, queue, "notes").sqsManagedSseEnabled, true);
    const confidential = await deployed(worker());
    assert.match(String(inputs(confidential, queue, "notes").kmsMasterKeyId), /^arn:aws:kms:/);
    assert.equal(inputs(confidential, "aws:kms/key:Key", "foundation-key").enableKeyRotation, true);
  });

  it("protects what holds data, and nothing else", async () => {
    const guarded = async (config: Record<string, string>) =>
      (await planned("aws", worker(), config)).resources
        .filter(({ protect }) => protect)
        .map(({ type, name }) => `${type.split(":").pop()} ${name}`)
        .sort();
    assert.deepEqual(await guarded({}), ["Key foundation-key", "Queue notes", "Queue notes-dlq"]);
    assert.deepEqual(await guarded({ protect: "false" }), []);
  });

  it("hands its children to a transform and its resources to nodes", async () => {
    let arn: unknown;
    const result = await deployed(() => {
      const made = new QueueWorker("notes", {
        message: Note,
        handler: quiet,
        transform: { aws: { queue: (args) => ({ ...args, delaySeconds: 5 }) } },
      });
      made.nodes.aws?.queue.arn.apply((value) => {
        arn = value;
      });
    });
    assert.equal(inputs(result, queue, "notes").delaySeconds, 5);
    assert.equal(inputs(result, queue, "notes-dlq").delaySeconds, undefined);
    assert.match(String(arn), /:notes$/);
  });

  it("keeps the policies of its uses apart from its own, however they are called", async () => {
    const result = await deployed(() => {
      const notes = new Table<Note>("notes", { key: "id" });
      const token = new Secret("token");
      const uses = { platform: notes.reader(), own: notes.reader(), idempotency: token.reader() };
      new QueueWorker("write", { message: Note, handler: names, uses });
    });
    const policies = result.resources.filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy");
    assert.deepEqual(
      policies.map(({ name }) => name).sort(),
      ["own", "platform", "use-idempotency", "use-own", "use-platform"].map((part) => `write-fn-${part}`),
    );
  });

  it("refuses a handler with more uses than a function's variables hold, by what clients of the longest names take", async () => {
    const long = (mark: string) => mark.repeat(40);
    const uses = (count: number) => {
      const store = new Table<Note>(long("t"), { key: "id" });
      return Object.fromEntries(Array.from({ length: count }, (_, index) => [`store${index}`, store.reader()]));
    };
    const hungry = (count: number) => () =>
      void new QueueWorker(long("w"), { message: Note, handler: quiet, uses: uses(count) as never });
    const { message } = await refusal(planned("aws", hungry(30)));
    assert.match(message, /^SB-C003 QueueWorker "w+" on aws: the settings of "w+" take about \d+ bytes/);
    const { variables } = inputs(await deployed(hungry(14)), "aws:lambda/function:Function", `${long("w")}-fn`)
      .environment as { variables: Record<string, string> };
    const random = 8 * (Object.keys(variables).length - 1);
    const bytes = Object.entries(variables).reduce((sum, [name, value]) => sum + name.length + value.length, random);
    assert.ok(bytes <= 4096, `${bytes} bytes`);
    await refusal(planned("aws", hungry(16)));
  });

  it("starts only when its role may do all that it needs", async () => {
    const { resources } = await deployed(worker());
    const fn = resources.find(({ type }) => type === "aws:lambda/function:Function");
    for (const { urn } of resources.filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy"))
      assert.ok(fn?.dependencies.includes(urn), urn);
  });

  it("decrypts by the key's own right nothing but what Lambda encrypted for a function", async () => {
    const { policy } = inputs(await deployed(worker()), "aws:iam/rolePolicy:RolePolicy", "notes-fn-platform");
    const decrypt = statements(policy).filter(({ Action }) => [Action].flat().includes("kms:Decrypt"));
    assert.deepEqual(
      decrypt.map(({ Condition }) => Condition),
      [{ Null: { "kms:EncryptionContext:aws:lambda:FunctionArn": "false" } }],
    );
  });

  it("has every queue of services that send to it opened by a transform of its policy", async () => {
    const result = await deployed(
      worker({ transform: { aws: { queuePolicy: (args) => ({ ...args, policy: "{}" }) } } }),
    );
    assert.equal(inputs(result, "aws:sqs/queuePolicy:QueuePolicy", "notes").policy, "{}");
    assert.notEqual(inputs(result, "aws:sqs/queuePolicy:QueuePolicy", "notes-dlq").policy, "{}");
  });

  it("fits every service's names with the longest name a component may have", async () => {
    const name = "a".repeat(40);
    for (const resource of (await planned("aws", worker({}, name))).resources.filter(({ custom }) => custom)) {
      assert.ok(resource.name.length + 8 <= 64, resource.name);
    }
  });
});

describe("Table on aws", () => {
  it("is recoverable, expires by attribute, is protected twice and encrypted", async () => {
    const result = await deployed(
      () =>
        void new Table<{ id: string; page: string; until?: number }>("pages", {
          key: "id",
          sort: "page",
          expires: "until",
          pointInTimeRecovery: 35,
        }),
    );
    const table = inputs(result, "aws:dynamodb/table:Table", "pages");
    assert.deepEqual(
      [table.hashKey, table.rangeKey, table.billingMode, table.deletionProtectionEnabled],
      ["id", "page", "PAY_PER_REQUEST", true],
    );
    assert.deepEqual(table.pointInTimeRecovery, { enabled: true, recoveryPeriodInDays: 35 });
    assert.deepEqual(table.ttl, { attributeName: "until", enabled: true });
    assert.match(String((table.serverSideEncryption as { kmsKeyArn: string }).kmsKeyArn), /^arn:aws:kms:/);
  });
});

describe("Secret on aws", () => {
  it("is made without a value, with the stack's key, and read by who declares it only", async () => {
    const result = await deployed(() => {
      const token = new Secret("token");
      const notes = new Table<Note>("notes", { key: "id" });
      const uses = { platform: notes.reader(), own: notes.reader(), idempotency: token.reader() };
      new QueueWorker("write", { message: Note, handler: names, uses });
    });
    const secret = inputs(result, "aws:secretsmanager/secret:Secret", "token");
    assert.match(String(secret.kmsKeyId), /^arn:aws:kms:/);
    assert.ok(!result.resources.some(({ type }) => type.includes("secretVersion")));
    const [read, use] = statements(inputs(result, "aws:iam/rolePolicy:RolePolicy", "write-fn-use-idempotency").policy);
    assert.deepEqual(read?.Action, ["secretsmanager:GetSecretValue"]);
    assert.match(String(read?.Resource), /^arn:aws:secretsmanager:[^*]+token-\w{6}$/);
    assert.deepEqual(use?.Condition, {
      StringEquals: { "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com" },
    });
  });
});
