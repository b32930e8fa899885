import assert from "node:assert/strict";
import { display, type RunResult } from "../../../cli/engine";
import { code, HttpApi, QueueWorker, Table } from "../../../components";
import type {} from "../../../components/gcp";
import { Note } from "../../fixtures/contracts";
import { planned, registered } from "../../support/plan";
import { refusal } from "../../support/refusal";
import { deployed, inputs, row } from "./support";

const handler = code<typeof import("../../fixtures/quiet-worker")>(__dirname, "../../fixtures/quiet-worker");
const storing = code<typeof import("../../fixtures/note-worker")>(__dirname, "../../fixtures/note-worker");
type Options = Omit<ConstructorParameters<typeof QueueWorker<typeof Note>>[1], "message" | "handler" | "uses">;
const worker = (options: Options = {}) => new QueueWorker("write", { message: Note, handler, ...options });

describe("QueueWorker on gcp", () => {
  let result: RunResult;
  before(async () => {
    result = await deployed(() => worker());
  });
  const subscription = (run: RunResult) => inputs(run, "Subscription", "write");

  it("never lets a quiet subscription expire", () => {
    assert.deepEqual(subscription(result).expirationPolicy, { ttl: "" });
    assert.deepEqual(inputs(result, "Subscription", "write-dead").expirationPolicy, { ttl: "" });
  });

  it("keeps dead letters: the dead-letter topic has a subscription that nobody is pushed from", () => {
    const dead = inputs(result, "Subscription", "write-dead");
    assert.equal(dead.topic, "projects/shop-test/topics/write-dead");
    assert.equal(dead.messageRetentionDuration, "1209600s");
    assert.equal(dead.pushConfig, undefined);
    assert.deepEqual(subscription(result).deadLetterPolicy, {
      deadLetterTopic: "projects/shop-test/topics/write-dead",
      maxDeliveryAttempts: 5,
    });
  });

  it("gives the service's agent both grants that dead-lettering needs, the one on the topic before the subscription", () => {
    const grant = (name: string) => {
      const found = result.resources.find((one) => one.name === name);
      assert.ok(found, name);
      const { role, member } = display(found.inputs) as Record<string, string>;
      assert.match(member ?? "", /gcp-sa-pubsub/);
      return { urn: found.urn, role };
    };
    assert.equal(grant("write-agent-forward").role, "roles/pubsub.subscriber");
    const bury = grant("write-agent-bury");
    assert.equal(bury.role, "roles/pubsub.publisher");
    const made = result.resources.find(({ type, name }) => type.endsWith(":Subscription") && name === "write");
    assert.ok(made?.dependencies.includes(bury.urn));
  });

  it("delivers by an account of its own, with a token for the function's own address, to a function closed to the outside", () => {
    const uri = `https://${inputs(result, "Function", "write-fn").name}-x.a.run.app`;
    const { email } = display(result.resources.find(({ name }) => name === "write-push")?.outputs ?? {}) as {
      email: string;
    };
    // Wrapped: without the envelope the adapter could not tell the attempt.
    assert.deepEqual(subscription(result).pushConfig, {
      pushEndpoint: uri,
      oidcToken: { serviceAccountEmail: email, audience: uri },
    });
    const config = inputs(result, "Function", "write-fn").serviceConfig as Record<string, unknown>;
    assert.equal(config.ingressSettings, "ALLOW_INTERNAL_ONLY");
    assert.equal(config.maxInstanceRequestConcurrency, 1);
    assert.equal(config.allTrafficOnLatestRevision, true);
  });

  for (const [timeout, deadline] of [
    ["1 second", 11],
    ["30 seconds", 40],
    ["590 seconds", 600],
  ] as const)
    it(`waits ${deadline} seconds for an answer when the handler has ${timeout}`, async () => {
      const run = await planned("gcp", () => worker({ timeout }));
      assert.equal(subscription(run).ackDeadlineSeconds, deadline);
    });

  it("takes what is asked", async () => {
    const run = await planned("gcp", () =>
      worker({
        maxDeliveries: 7,
        retention: "2 days",
        backoff: { min: "1 second", max: "90 seconds" },
        deadLetter: { retention: "31 days" },
        maxConcurrency: 3,
        memory: 2048,
        timeout: "45 seconds",
      }),
    );
    const given = subscription(run);
    assert.deepEqual(given.retryPolicy, { minimumBackoff: "1s", maximumBackoff: "90s" });
    assert.equal(given.messageRetentionDuration, "172800s");
    assert.equal((given.deadLetterPolicy as Record<string, unknown>).maxDeliveryAttempts, 7);
    assert.equal(inputs(run, "Subscription", "write-dead").messageRetentionDuration, "2678400s");
    const config = inputs(run, "Function", "write-fn").serviceConfig as Record<string, unknown>;
    assert.deepEqual([config.maxInstanceCount, config.availableMemory, config.timeoutSeconds], [3, "2048Mi", 45]);
  });

  it("keeps messages in the stack's region, under the stack's key", () => {
    for (const topic of ["write", "write-dead"]) {
      const { kmsKeyName, messageStoragePolicy } = inputs(result, "Topic", topic);
      assert.match(String(kmsKeyName), /\/cryptoKeys\/foundation-key$/);
      assert.deepEqual(messageStoragePolicy, { allowedPersistenceRegions: ["europe-west1"] });
    }
  });

  it("grants the same role on the same table once, however often it is used", async () => {
    const run = await deployed(() => {
      const notes = new Table<Note & { expiresAt?: number; version?: number }>("notes", {
        key: "id",
        expires: "expiresAt",
        version: "version",
      });
      new QueueWorker("write", {
        message: Note,
        handler: storing,
        uses: { notes: notes.readWriter() as never },
        idempotency: { by: "id", store: notes as never },
      });
    });
    const members = run.resources.filter(
      ({ name, type }) => type.endsWith("iAMMember:IAMMember") && name.startsWith("write-fn"),
    );
    assert.deepEqual(
      members.map(({ name }) => name),
      ["write-fn-uses-notes"],
    );
    assert.equal(registered(run, "write").grants.filter(({ to }) => to === "notes").length, 2);
  });

  it("builds a function from the bundle with Google's framework at a fixed version, by an account that may do no more", () => {
    const { buildConfig } = inputs(result, "Function", "write-fn") as { buildConfig: Record<string, unknown> };
    assert.equal(buildConfig.runtime, "nodejs22");
    assert.equal(buildConfig.entryPoint, "handler");
    assert.match(String(buildConfig.serviceAccount), /serviceAccounts\/foundation-build-[0-9a-f]{8}@/);
    assert.deepEqual(buildConfig.automaticUpdatePolicy, {});
    const archive = result.resources.find(({ type }) => type.endsWith(":BucketObject"))?.inputs.source as {
      assets: Record<string, { text: string }>;
    };
    assert.deepEqual(Object.keys(archive.assets).sort(), ["index.js", "package.json"]);
    const manifest = JSON.parse(archive.assets["package.json"]?.text ?? "{}") as {
      main: string;
      dependencies: Record<string, string>;
    };
    assert.equal(manifest.main, "index.js");
    for (const version of Object.values(manifest.dependencies)) assert.match(version, /^\d+\.\d+\.\d+$/);
    assert.match(archive.assets["index.js"]?.text ?? "", /handler/);
  });

  it("shares no account and no name with an API that is called the same", async () => {
    const run = await deployed(() => {
      worker();
      const push = code<typeof import("./handlers/push")>(__dirname, "handlers/push");
      new HttpApi("write", { routes: { "POST /push": { auth: "none", handler: push } } });
    });
    for (const [type, property] of [
      ["Account", "accountId"],
      ["Function", "name"],
    ] as const) {
      const names = run.resources.filter((one) => one.type.endsWith(`:${type}`)).map(({ inputs }) => inputs[property]);
      assert.ok(names.length > 1);
      assert.equal(new Set(names).size, names.length, names.join(", "));
    }
  });

  it("hands every child's arguments to its transform, and the resources themselves to the program", async () => {
    const seen: string[] = [];
    const run = await planned("gcp", () => {
      const made = worker({
        transform: {
          gcp: {
            topic: (args) => ({ ...args, labels: { team: "a" } }),
            deadTopic: (args) => ({ ...args, labels: { team: "b" } }),
            subscription: (args) => ({ ...args, retainAckedMessages: true }),
            deadSubscription: (args) => ({ ...args, retainAckedMessages: true }),
            function: (args) => ({ ...args, description: "mine" }),
            alarm: (args) => ({ ...args, severity: "CRITICAL" }),
          },
        },
      });
      seen.push(...Object.keys(made.nodes.gcp ?? {}));
    });
    assert.deepEqual(
      [inputs(run, "Topic", "write").labels, inputs(run, "Topic", "write-dead").labels],
      [{ team: "a" }, { team: "b" }],
    );
    for (const name of ["write", "write-dead"])
      assert.equal(inputs(run, "Subscription", name).retainAckedMessages, true);
    assert.equal(inputs(run, "Function", "write-fn").description, "mine");
    assert.equal(inputs(run, "AlertPolicy", "write-dead").severity, "CRITICAL");
    assert.deepEqual(seen.sort(), [
      "account",
      "alarm",
      "deadSubscription",
      "deadTopic",
      "function",
      "push",
      "subscription",
      "topic",
    ]);
  });

  it("keeps the order of a field's values where asked, and says what that costs", async () => {
    const orders = async (options: Options) => {
      const run = await deployed(() => worker(options));
      const { asked, given, how, why } = row(run, "write", "ordering");
      return { ordered: subscription(run).enableMessageOrdering, asked, given, how, why };
    };
    const { why, ...given } = await orders({ ordering: { by: "id" } });
    assert.deepEqual(given, { ordered: true, asked: "by id", given: "by id", how: "native" });
    assert.match(why, /holds back its key until it is a dead letter/);
    assert.equal((await orders({})).ordered, undefined);
  });

  it("refuses what Pub/Sub lacks, and says so of the rest", async () => {
    const codes = async (options: Options) =>
      (await refusal(deployed(() => worker(options)))).problems.map(({ code: given }) => given);
    assert.deepEqual(await codes({ deduplication: { by: "id" } }), ["SB-C003"]);
    assert.deepEqual(await codes({ maxDelay: "1 minute" }), ["SB-C003"]);
    assert.deepEqual(await codes({ batch: { size: 2 } }), ["SB-C001"]);
    const economy = await deployed(() => worker({ tier: "economy" }));
    const given = (property: string) => row(economy, "write", property).given;
    assert.deepEqual(["tier", "deduplication", "delay", "batch"].map(given), [
      "standard",
      "none",
      "none",
      "1 in 0 seconds",
    ]);
  });

  it("tells the truth about counting, and about messages that nobody handled in time", () => {
    assert.match(row(result, "write", "maxDeliveries").given, /about 5/);
    assert.match(row(result, "write", "retention").why, /dropped/);
    assert.equal(row(result, "write", "deadLetter.cause").how, "emulated");
  });
});
