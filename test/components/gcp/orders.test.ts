import assert from "node:assert/strict";
import { orders } from "../../../blueprints/orders";
import type { RunResult } from "../../../cli/engine";
import { deployed, inputs, roles } from "./support";

const settings = {
  maxDeliveries: 5,
  backoff: { min: "10 seconds", max: "5 minutes" },
  requestsPerSecond: 200,
} as const;
const program = () => orders.build(settings);

describe("The orders blueprint on gcp", () => {
  let result: RunResult;
  before(async () => {
    result = await deployed(program);
  });

  it("gives each account exactly what it needs, on exactly that resource", () => {
    const database = (name: string) => `resource.name == "projects/shop-test/databases/${name}"`;
    const key = "roles/cloudkms.cryptoKeyEncrypterDecrypter on key";
    assert.deepEqual(roles(result), [
      `agent gcf-admin-robot ${key}`,
      `agent gcp-sa-artifactregistry ${key}`,
      `agent gcp-sa-firestore ${key}`,
      `agent gcp-sa-pubsub ${key}`,
      "agent gcp-sa-pubsub roles/iam.serviceAccountOpenIdTokenCreator on fulfil-push",
      "agent gcp-sa-pubsub roles/pubsub.publisher on fulfil-dead",
      "agent gcp-sa-pubsub roles/pubsub.subscriber on fulfil",
      `agent gs-project-accounts ${key}`,
      `agent serverless-robot-prod ${key}`,
      "api roles/run.servicesInvoker on api-place",
      "api roles/run.servicesInvoker on api-read",
      "api-place roles/pubsub.publisher on fulfil",
      `api-read roles/datastore.viewer on ${database("orders")}`,
      "foundation-build roles/artifactregistry.writer on foundation-images",
      "foundation-build roles/logging.logWriter on project",
      'foundation-build roles/storage.objectViewer on resource.name.startsWith("projects/_/buckets/gcf-v2-sources-424242424242-europe-west1")',
      `fulfil-fn roles/datastore.user on ${database("orders")}`,
      `fulfil-fn roles/datastore.user on ${database("seen")}`,
      "fulfil-fn roles/pubsub.publisher on fulfil-dead",
      "fulfil-push roles/run.servicesInvoker on fulfil-fn",
    ]);
  });

  it("replaces nobody's grants, and makes no key of an account", () => {
    const wrong = result.resources.filter(({ type }) => /iam\w*(Binding|Policy):/i.test(type) || /Key:Key$/.test(type));
    assert.deepEqual(
      wrong.map(({ type }) => type).filter((type) => !type.startsWith("gcp:kms/")),
      [],
    );
  });

  it("tells functions in their environment how to reach what they use, and no secret", () => {
    const environment = (name: string) => {
      const { environmentVariables } = inputs(result, "Function", name).serviceConfig as {
        environmentVariables: Record<string, string>;
      };
      return Object.fromEntries(
        Object.entries(environmentVariables).map(([key, value]) => [
          key,
          /^[[{]/.test(value) ? JSON.parse(value) : value,
        ]),
      );
    };
    const hashed = (value: unknown) => JSON.parse(JSON.stringify(value).replace(/-[0-9a-f]{8}(?=["@])/g, ""));
    assert.deepEqual(hashed(environment("fulfil-fn")), {
      GOOGLE_CLOUD_PROJECT: "shop-test",
      IGNORED_ROUTES: " ",
      SB_SETTINGS: {
        component: "fulfil",
        timeoutSeconds: 30,
        maxDeliveries: 5,
        backoff: { minSeconds: 10, maxSeconds: 300 },
        deadLetter: "projects/shop-test/topics/fulfil-dead",
        idempotency: { by: "id", windowSeconds: 86_400 },
      },
      SB_USE_STORE: { project: "shop-test", database: "orders", collection: "orders", key: "id", expires: "expiresAt" },
      SB_IDEMPOTENCY: {
        project: "shop-test",
        database: "seen",
        collection: "seen",
        key: "id",
        expires: "expiresAt",
        version: "version",
      },
    });
    assert.deepEqual(hashed(environment("api-place")).SB_USE_QUEUE, {
      topic: "projects/shop-test/topics/fulfil",
      maxMessageBytes: 262_144,
    });
    const [route] = hashed(environment("api-place")).SB_SETTINGS;
    assert.deepEqual(route.gateway, {
      serviceAccount: "api@shop-test.iam.gserviceaccount.com",
      serviceAccountId: route.gateway.serviceAccountId,
    });
  });

  it("enables each API before the first resource that calls it, and leaves it enabled at the end", () => {
    const services = result.resources.filter(({ type }) => type === "gcp:projects/service:Service");
    for (const one of services) assert.equal(one.inputs.disableOnDestroy, false, one.name);
    const urnOf = (api: string) => services.find(({ name }) => name === `foundation-${api}`)?.urn ?? api;
    const needs: Record<string, string[]> = {
      "gcp:pubsub/topic:Topic": ["pubsub"],
      "gcp:firestore/database:Database": ["firestore"],
      "gcp:cloudfunctionsv2/function:Function": ["cloudfunctions", "run", "cloudbuild"],
      "gcp:apigateway/api:Api": ["apigateway", "servicemanagement", "servicecontrol"],
      "gcp:serviceaccount/account:Account": ["iam"],
      "gcp:kms/keyRing:KeyRing": ["cloudkms"],
      "gcp:projects/iAMMember:IAMMember": ["cloudresourcemanager"],
      "gcp:artifactregistry/repository:Repository": ["artifactregistry"],
      "gcp:storage/bucket:Bucket": ["storage"],
    };
    for (const [type, apis] of Object.entries(needs)) {
      const all = result.resources.filter((one) => one.type === type);
      assert.ok(all.length > 0, type);
      for (const one of all)
        for (const api of apis) assert.ok(one.dependencies.includes(urnOf(api)), `${one.name} before ${api}`);
    }
  });

  it("labels everything that can carry labels", () => {
    for (const { type, inputs, name } of result.resources) {
      if (!/:(Topic|Subscription|Function|Bucket|CryptoKey|Repository|Api|ApiConfig|Gateway)$/.test(type)) continue;
      assert.deepEqual(inputs.labels, { project: "shop", stack: "test-gcp", "data-class": "confidential" }, name);
    }
  });

  it("protects what holds data, and nothing else", () => {
    assert.deepEqual(
      result.resources
        .filter((one) => one.protect)
        .map(({ type, name }) => `${type.split(":").pop()} ${name}`)
        .sort(),
      [
        "CryptoKey foundation-key",
        "Database orders",
        "Database seen",
        "KeyRing foundation-keys",
        "ProjectBucketConfig foundation-logs",
        "Subscription fulfil",
        "Subscription fulfil-dead",
        "Topic fulfil",
        "Topic fulfil-dead",
      ],
    );
  });

  it("uses no key of its own for internal data, and protects nothing then", async () => {
    const internal = await deployed(program, { dataClass: "internal" });
    assert.deepEqual(
      internal.resources.filter(({ type }) => type.startsWith("gcp:kms/")),
      [],
    );
    assert.ok(!JSON.stringify(internal.resources.map(({ inputs }) => inputs)).includes("kmsKey"));
    assert.deepEqual(
      internal.resources.filter((one) => one.protect),
      [],
    );
  });

  it("deploys unchanged code to the same object, and names no function twice", async () => {
    const objects = (run: RunResult) =>
      run.resources.filter(({ type }) => type.endsWith(":BucketObject")).map(({ inputs }) => inputs.name);
    assert.deepEqual(objects(await deployed(program)), objects(result));
    assert.equal(new Set(objects(result)).size, 3);
    const names = result.resources.filter(({ type }) => type.endsWith(":Function")).map(({ inputs }) => inputs.name);
    assert.equal(new Set(names).size, 3);
  });
});
