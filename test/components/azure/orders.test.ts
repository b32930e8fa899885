import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { unzipSync } from "fflate";
import { orders } from "../../../blueprints/orders";
import { display, type RunResult } from "../../../cli/engine";
import { appId, deployed, digest, inputs, roles, settings, tenant } from "./support";

const program = () =>
  orders.build({ maxDeliveries: 5, backoff: { min: "10 seconds", max: "5 minutes" }, requestsPerSecond: 200 });

/** Without the digest that makes a name nobody else's. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value).replace(/-[0-9a-f]{8}(?=[.":/])/g, ""));

function files(result: RunResult, name: string): Record<string, string> {
  const { zip } = inputs<{ zip: string }>(result, "PublishedCode", name);
  return Object.fromEntries(
    Object.entries(unzipSync(Buffer.from(zip, "base64"))).map(([file, bytes]) => [file, Buffer.from(bytes).toString()]),
  );
}

describe("The orders blueprint on azure", () => {
  let result: RunResult;
  before(async () => {
    result = await deployed(program);
  });
  const apps = () => result.resources.filter(({ type }) => type.endsWith(":WebApp")).map(({ name }) => name);

  it("gives each identity exactly what it needs, on exactly that resource", () => {
    const cosmos = "DocumentDB/databaseAccounts/tables/dbs/tables/colls";
    const bus = "ServiceBus/namespaces/bus/queues";
    const platform = (app: string) => [
      `${app}: Monitoring Metrics Publisher on applicationinsights/Component/foundation-insights`,
      `${app}: Storage Blob Data Owner on Storage/storageAccounts/${app.replace("-", "")}`,
    ];
    assert.deepEqual(
      roles(result),
      [
        "api: Monitoring Metrics Publisher on applicationinsights/Component/foundation-insights",
        `api-place: Azure Service Bus Data Sender on ${bus}/fulfil`,
        ...platform("api-place"),
        `api-read: Cosmos DB Built-in Data Reader on ${cosmos}/orders`,
        ...platform("api-read"),
        "foundation-key: Key Vault Crypto Service Encryption User on KeyVault/vaults/vault",
        `fulfil-fn: Azure Service Bus Data Receiver on ${bus}/fulfil`,
        `fulfil-fn: Azure Service Bus Data Sender on ${bus}/fulfil`,
        `fulfil-fn: Azure Service Bus Data Sender on ${bus}/fulfil-dead`,
        `fulfil-fn: Cosmos DB Built-in Data Contributor on ${cosmos}/orders`,
        `fulfil-fn: Cosmos DB Built-in Data Contributor on ${cosmos}/seen`,
        ...platform("fulfil-fn"),
      ].sort(),
    );
  });

  it("names assignments by what they say, so that another principal is another assignment", async () => {
    const names = (run: RunResult) =>
      run.resources
        .filter(({ type }) => /RoleAssignment$/.test(type))
        .map(({ inputs }) => String(inputs.roleAssignmentName ?? inputs.roleAssignmentId));
    for (const name of names(result))
      assert.match(name, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(new Set(names(result)).size, names(result).length);
    assert.deepEqual(names(await deployed(program)), names(result));
    const elsewhere = names(await deployed(program, {}, "foundation5e6f7a8b"));
    const shared = names(result).filter((name) => elsewhere.includes(name));
    // The application insights of both stand under a name that only the group's makes another.
    assert.deepEqual(shared, []);
    for (const { type, inputs } of result.resources)
      if (type.endsWith(":RoleAssignment")) assert.equal(inputs.principalType, "ServicePrincipal");
  });

  it("assigns every role before the app that needs it starts, and publishes when nobody else can call", () => {
    const urn = (type: string, name: string) =>
      result.resources.find((one) => one.type.endsWith(`:${type}`) && one.name === name)?.urn ?? "";
    for (const name of apps()) {
      const app = result.resources.find((one) => one.type.endsWith(":WebApp") && one.name === name);
      const own = result.resources.filter(
        (one) =>
          /RoleAssignment$/.test(one.type) &&
          one.name.startsWith(`${name}-`) &&
          one.inputs.principalId === `principal of ${name}`,
      );
      assert.ok(own.length >= 3, name);
      for (const role of own) assert.ok(app?.dependencies.includes(role.urn), `${name} after ${role.name}`);
      const code = result.resources.find((one) => one.type.endsWith(":PublishedCode") && one.name === name);
      assert.ok(
        code?.dependencies.includes(urn("WebAppAuthSettingsV2", name)),
        `${name} is published when it is guarded`,
      );
    }
  });

  it("runs each app on a Flex Consumption plan of its own, with what that takes and nothing it refuses", () => {
    assert.equal(apps().length, 3);
    const plans = new Set<unknown>();
    for (const name of apps()) {
      const app = inputs<{
        serverFarmId: string;
        siteConfig: Record<string, unknown>;
        functionAppConfig: { deployment: { storage: { value: string; authentication: object } }; runtime: object };
        identity: { userAssignedIdentities: string[] };
      }>(result, "WebApp", name);
      plans.add(app.serverFarmId);
      const plan = inputs(result, "AppServicePlan", name);
      assert.deepEqual(plan.sku, { name: "FC1", tier: "FlexConsumption" });
      assert.equal(plan.reserved, true);
      assert.deepEqual(
        ["ftpsState", "linuxFxVersion", "alwaysOn", "functionAppScaleLimit"].filter((key) => key in app.siteConfig),
        [],
      );
      assert.ok(!("reserved" in app));
      assert.deepEqual(app.functionAppConfig.runtime, { name: "node", version: "22" });
      const [identity] = app.identity.userAssignedIdentities;
      const { value, authentication } = app.functionAppConfig.deployment.storage;
      assert.match(value, /^https:\/\/[a-z0-9]{3,24}\.blob\.core\.windows\.net\/code$/);
      assert.deepEqual(authentication, {
        type: "UserAssignedIdentity",
        userAssignedIdentityResourceId: identity,
      });
      const refused =
        /^(FUNCTIONS_WORKER_RUNTIME|FUNCTIONS_EXTENSION_VERSION|WEBSITE_\w+|SCM_DO_BUILD_DURING_DEPLOYMENT)$/;
      assert.deepEqual(
        Object.keys(settings(result, name)).filter((key) => refused.test(key)),
        [],
      );
    }
    assert.equal(plans.size, 3, "one app a plan");
  });

  it("lets no identity into another app's storage, where its code is", () => {
    const accounts = apps().map((name) => settings(result, name).AzureWebJobsStorage__blobServiceUri);
    assert.equal(new Set(accounts).size, 3);
    for (const name of apps())
      assert.equal(roles(result).filter((role) => role.startsWith(`${name}:`) && role.includes("Storage")).length, 1);
  });

  it("configures every connection by identity alone, and puts no secret anywhere", () => {
    const worker = plain(settings(result, "fulfil-fn"));
    const { AzureWebJobsStorage__blobServiceUri: _, ...rest } = worker;
    assert.deepEqual(rest, {
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: "ClientId=client of fulfil-fn;Authorization=AAD",
      APPLICATIONINSIGHTS_CONNECTION_STRING: "InstrumentationKey=0;IngestionEndpoint=https://in.example/",
      AZURE_CLIENT_ID: "client of fulfil-fn",
      AzureWebJobsStorage__clientId: "client of fulfil-fn",
      AzureWebJobsStorage__credential: "managedidentity",
      SB_BUS__clientId: "client of fulfil-fn",
      SB_BUS__credential: "managedidentity",
      SB_BUS__fullyQualifiedNamespace: "bus.servicebus.windows.net",
      SB_QUEUE: "fulfil",
      SB_SETTINGS: {
        component: "fulfil",
        timeoutSeconds: 30,
        maxDeliveries: 5,
        backoff: { minSeconds: 10, maxSeconds: 300 },
        deadLetter: "https://bus.servicebus.windows.net/fulfil-dead",
        idempotency: { by: "id", windowSeconds: 86_400 },
      },
      SB_USE_STORE: {
        endpoint: "https://tables.documents.azure.com:443/",
        database: "tables",
        container: "orders",
        key: "id",
        expires: "expiresAt",
      },
      SB_IDEMPOTENCY: {
        endpoint: "https://tables.documents.azure.com:443/",
        database: "tables",
        container: "seen",
        key: "id",
        expires: "expiresAt",
        version: "version",
      },
    });
    const place = plain(settings(result, "api-place"));
    assert.deepEqual(place.SB_USE_QUEUE, {
      namespace: "bus.servicebus.windows.net",
      queue: "fulfil",
      maxMessageBytes: 262_144,
    });
    assert.deepEqual(place.SB_SETTINGS, [
      {
        component: "api",
        method: "POST",
        path: "/orders",
        auth: { kind: "none" },
        maxBodyBytes: 1_048_576,
        timeoutSeconds: place.SB_SETTINGS[0].timeoutSeconds,
        gateway: { principalId: "principal of api" },
      },
    ]);
    assert.doesNotMatch(
      JSON.stringify(result.resources.map(({ inputs }) => inputs)),
      /AccountKey=|SharedAccessKey|sig=[A-Za-z0-9%]{20}|"password"/,
    );
  });

  it("publishes what the host needs to find the functions: the trigger's extension and no path before the routes", () => {
    const worker = files(result, "fulfil-fn");
    assert.deepEqual(Object.keys(worker).sort(), ["host.json", "index.js", "package.json"]);
    assert.equal(JSON.parse(worker["package.json"] ?? "").main, "index.js");
    assert.match(worker["index.js"] ?? "", /serviceBusQueue/);
    const host = JSON.parse(worker["host.json"] ?? "");
    assert.equal(host.extensionBundle.id, "Microsoft.Azure.Functions.ExtensionBundle");
    assert.equal(host.functionTimeout, "00:00:30");
    assert.deepEqual(host.extensions.serviceBus, {
      maxConcurrentCalls: 16,
      prefetchCount: 0,
      autoCompleteMessages: true,
      maxAutoLockRenewalDuration: "00:05:00",
    });
    assert.equal(JSON.parse(files(result, "api-place")["host.json"] ?? "").extensions.http.routePrefix, "");
  });

  it("publishes again exactly when something published differs", async () => {
    const zips = (run: RunResult) =>
      Object.fromEntries(
        ["fulfil-fn", "api-place", "api-read"].map((name) => [name, digest(inputs(run, "PublishedCode", name).zip)]),
      );
    assert.deepEqual(zips(await deployed(program)), zips(result));
    const changed = await deployed(() =>
      orders.build({ maxDeliveries: 6, backoff: { min: "10 seconds", max: "5 minutes" }, requestsPerSecond: 100 }),
    );
    assert.deepEqual(zips(changed), zips(result), "settings are no code");
  });

  it("lets callers in by one identity, and nobody into the worker", () => {
    const principals = (name: string) => {
      const auth = inputs<{
        globalValidation: object;
        identityProviders: {
          azureActiveDirectory: {
            registration: { openIdIssuer: string };
            validation: {
              allowedAudiences: string[];
              defaultAuthorizationPolicy: { allowedPrincipals: { identities: string[] } };
            };
          };
        };
      }>(result, "WebAppAuthSettingsV2", name);
      assert.deepEqual(auth.globalValidation, {
        requireAuthentication: true,
        unauthenticatedClientAction: "Return401",
      });
      const { registration, validation } = auth.identityProviders.azureActiveDirectory;
      assert.equal(registration.openIdIssuer, `https://sts.windows.net/${tenant}/v2.0`);
      assert.deepEqual(validation.allowedAudiences, [`api://${appId}`, appId]);
      return validation.defaultAuthorizationPolicy.allowedPrincipals.identities;
    };
    assert.deepEqual(principals("api-place"), ["principal of api"]);
    assert.deepEqual(principals("api-read"), ["principal of api"]);
    assert.deepEqual(principals("fulfil-fn"), ["00000000-0000-0000-0000-000000000000"]);
    for (const name of apps())
      assert.equal(inputs(result, "WebAppScmAllowed", name).allow, false, "no publishing password");
  });

  it("logs every service that has logs to one workspace, and asks for none of a gateway that has none", () => {
    const { id } = result.resources.find(({ type }) => type.endsWith(":Workspace")) ?? {};
    const all = result.resources.filter(({ type }) => type.endsWith(":DiagnosticSetting"));
    for (const { name, inputs } of all) assert.equal(inputs.workspaceId, id, name);
    assert.deepEqual(
      all.map(({ name }) => name).sort(),
      [
        ...apps().flatMap((name) => [name, `${name}-blobs`]),
        "foundation-bus",
        "foundation-logs",
        "foundation-tables",
        "foundation-vault",
      ].sort(),
    );
  });

  it("tags everything that can carry tags", () => {
    const untaggable =
      /:(RoleAssignment|SqlResourceSqlRoleAssignment|DiagnosticSetting|BlobContainer|WebAppScmAllowed|WebAppAuthSettingsV2|PublishedCode|Queue|Api|ApiOperation|ApiOperationPolicy|Policy|Logger|ApiDiagnostic)$/;
    for (const { type, name, inputs } of result.resources) {
      if (untaggable.test(type) || !/^azure-native/.test(type)) continue;
      assert.deepEqual(
        display(inputs.tags as never),
        { project: "shop", stack: "test-azure", "data-class": "confidential" },
        `${type} ${name}`,
      );
    }
  });

  it("protects what holds data, and the group that Azure would delete with all of it", async () => {
    const kept = (run: RunResult) =>
      run.resources
        .filter((one) => one.protect)
        .map(({ type, name }) => `${type.split(":").pop()} ${name}`)
        .sort();
    assert.deepEqual(kept(result), [
      "DatabaseAccount foundation-tables",
      "Key foundation-key",
      "Namespace foundation-bus",
      "Queue fulfil",
      "Queue fulfil-dead",
      "ResourceGroup foundation",
      "SqlResourceSqlContainer orders",
      "SqlResourceSqlContainer seen",
      "SqlResourceSqlDatabase foundation-tables",
      "Vault foundation-vault",
      "Workspace foundation-logs",
    ]);
    assert.deepEqual(kept(await deployed(program, { dataClass: "internal" })), []);
  });

  it("moves to the customer's key with the data class, tier and price included, and back", async () => {
    const identity = ["foundation-key"].map(
      (name) => result.resources.find((one) => one.name === name && one.type.endsWith("UserAssignedIdentity"))?.id,
    );
    const bus = inputs<{
      sku: object;
      encryption: { keyVaultProperties: { identity: { userAssignedIdentity: string } }[] };
    }>(result, "Namespace", "foundation-bus");
    assert.deepEqual(bus.sku, { name: "Premium", tier: "Premium", capacity: 1 });
    assert.equal(bus.encryption.keyVaultProperties[0]?.identity.userAssignedIdentity, identity[0]);
    const cosmos = inputs(result, "DatabaseAccount", "foundation-tables");
    assert.match(
      String(cosmos.keyVaultKeyUri),
      /^https:\/\/vault-[0-9a-f]{8}\.vault\.azure\.net\/keys\/data$/,
      "without a version: rotation is followed",
    );
    assert.equal(cosmos.defaultIdentity, `UserAssignedIdentity=${identity[0]}`);
    for (const name of apps()) {
      const { encryption } = inputs<{ encryption: { keySource: string } }>(result, "StorageAccount", name);
      assert.equal(encryption.keySource, "Microsoft.Keyvault");
    }
    const use = result.resources.find(({ name }) => name === "foundation-key-use")?.urn ?? "";
    for (const one of result.resources)
      if (/:(Namespace|DatabaseAccount|StorageAccount)$/.test(one.type))
        assert.ok(one.dependencies.includes(use), `${one.name} after the key may be used`);

    const internal = await deployed(program, { dataClass: "internal" });
    assert.deepEqual(inputs(internal, "Namespace", "foundation-bus").sku, { name: "Standard", tier: "Standard" });
    assert.deepEqual(
      internal.resources.filter(({ type }) => type.startsWith("azure-native:keyvault:")),
      [],
    );
    assert.doesNotMatch(
      JSON.stringify(internal.resources.map(({ inputs }) => inputs)),
      /keyVault(?!ReferenceIdentity)|encryption/,
    );
  });

  it("uses names that are free in the world, and others when the stack is made again", async () => {
    const globals: Record<string, string> = {
      Vault: "vaultName",
      Namespace: "namespaceName",
      DatabaseAccount: "accountName",
      StorageAccount: "accountName",
      WebApp: "name",
      ApiManagementService: "serviceName",
    };
    const names = (run: RunResult) =>
      run.resources.flatMap(({ type, inputs }) => {
        const property = globals[type.split(":").pop() ?? ""];
        return property ? [String(inputs[property])] : [];
      });
    const first = names(result);
    assert.equal(first.length, 10);
    assert.equal(new Set(first).size, 10);
    assert.deepEqual(names(await deployed(program)), first, "stable while the group stands");
    const again = names(await deployed(program, {}, "foundation5e6f7a8b"));
    assert.deepEqual(
      again.filter((name) => first.includes(name)),
      [],
    );
  });

  it("loads the SDK of no other cloud, and of its own only what it uses", () => {
    const script = `
      const { plan } = require("./cli/engine");
      const { findProject, programOf, readStack, runOptions } = require("./cli/project");
      const stack = readStack(findProject(), "orders-azure");
      plan(programOf(stack.project), runOptions(stack)).then(() => {
        const files = Object.keys(require.cache).filter((file) => /@pulumi.(aws|gcp|azure-native)./.test(file));
        const own = files.filter((file) => /@pulumi.azure-native.(?!index)/.test(file)).length;
        process.stdout.write(JSON.stringify({ own: own > 0, others: files.filter((file) => /@pulumi.(aws|gcp)./.test(file) || /@pulumi.azure-native.index/.test(file)) }));
      });`;
    const { stdout } = spawnSync(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", script], {
      cwd: resolve(__dirname, "../../.."),
      encoding: "utf8",
    });
    assert.deepEqual(JSON.parse(stdout), { own: true, others: [] });
  });
});
