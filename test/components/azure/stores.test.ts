import assert from "node:assert/strict";
import { code, Foundation, HttpApi, Secret, Table } from "../../../components";
import type {} from "../../../components/azure";
import { planned, registered } from "../../support/plan";
import { refusal } from "../../support/refusal";
import { deployed, inputs, only, roles, settings } from "./support";

interface Page {
  readonly book: string;
  readonly page: string;
  readonly until?: number;
  readonly version?: number;
}
const secretRoute = code<typeof import("../../fixtures/secret-route")>(__dirname, "../../fixtures/secret-route");

describe("Table on azure", () => {
  it("is a container with the client's own partition key, expiry on, and no index on what is stored", async () => {
    const run = await deployed(() => {
      new Table<Page>("pages", { key: "book", sort: "page", expires: "until", version: "version" });
    });
    const { resource } = only<{
      resource: {
        id: string;
        partitionKey: object;
        defaultTtl: number;
        indexingPolicy: { excludedPaths: { path: string }[]; includedPaths: { path: string }[] };
      };
    }>(run, "SqlResourceSqlContainer");
    assert.equal(resource.id, "pages");
    assert.deepEqual(resource.partitionKey, { kind: "Hash", version: 2, paths: ["/p"] });
    assert.equal(resource.defaultTtl, -1, "on, and without an end unless a document says one");
    assert.ok(resource.indexingPolicy.excludedPaths.some(({ path }) => path === "/item/*"));
    assert.deepEqual(resource.indexingPolicy.includedPaths, [{ path: "/*" }]);
  });

  it("stands in one serverless account that knows roles and no keys", async () => {
    const run = await deployed(() => {
      new Table<Page>("pages", { key: "book" });
      new Table<Page>("more", { key: "book" });
    });
    const account = only<Record<string, unknown>>(run, "DatabaseAccount");
    assert.deepEqual(account.capabilities, [{ name: "EnableServerless" }]);
    assert.equal(account.disableLocalAuth, true);
    assert.equal(account.disableKeyBasedMetadataWriteAccess, true);
    assert.equal(account.minimalTlsVersion, "Tls12");
    assert.deepEqual(account.backupPolicy, {
      type: "Continuous",
      continuousModeProperties: { tier: "Continuous7Days" },
    });
    assert.equal(run.resources.filter(({ type }) => type.endsWith(":SqlResourceSqlContainer")).length, 2);
  });

  it("gives every table the longest recovery of the stack, and says so, where the first asked for it", async () => {
    const run = await deployed(() => {
      new Table<Page>("pages", { key: "book", pointInTimeRecovery: 30 });
      new Table<Page>("more", { key: "book" });
    });
    const { continuousModeProperties } = only<{ backupPolicy: { continuousModeProperties: object } }>(
      run,
      "DatabaseAccount",
    ).backupPolicy;
    assert.deepEqual(continuousModeProperties, { tier: "Continuous30Days" });
    const row = registered(run, "more").contract.find(({ property }) => property === "pointInTimeRecovery");
    assert.deepEqual([row?.asked, row?.given], ["7 days", "30 days"]);
    assert.match(row?.why ?? "", /another table asked/);
  });

  it("refuses a longer one that comes too late", async () => {
    const { problems } = await refusal(
      planned("azure", () => {
        new Table<Page>("pages", { key: "book" });
        new Table<Page>("more", { key: "book", pointInTimeRecovery: 30 });
      }),
    );
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["SB-C004"],
    );
    assert.match(problems[0]?.fact ?? "", /pointInTimeRecovery=30 is more than the 7 days/);
  });

  it("hands its arguments to its transform, and what tables share to the foundation's", async () => {
    const run = await planned("azure", () => {
      new Foundation("base", {
        transform: { azure: { account: (args) => ({ ...args, enableFreeTier: true }) } },
      });
      new Table<Page>("pages", {
        key: "book",
        transform: { azure: { container: (args) => ({ ...args, location: "westeurope" }) } },
      });
    });
    assert.equal(only(run, "DatabaseAccount").enableFreeTier, true);
    assert.equal(only(run, "SqlResourceSqlContainer").location, "westeurope");
  });
});

describe("Secret on azure", () => {
  for (const dataClass of ["internal", "confidential"])
    it(`is a name in the stack's vault, readable by whoever is granted that one secret (${dataClass})`, async () => {
      const run = await deployed(
        () => {
          const key = new Secret("key");
          new Secret("unused");
          new HttpApi("api", {
            routes: { "GET /length": { auth: "none", handler: secretRoute, uses: { key: key.reader() } } },
          });
        },
        { dataClass },
      );
      const { vaultName } = only<{ vaultName: string }>(run, "Vault");
      assert.deepEqual(
        roles(run).filter((role) => role.includes("Secrets")),
        ["api-secret-route: Key Vault Secrets User on KeyVault/vaults/vault/secrets/key"],
      );
      assert.deepEqual(settings(run, "api-secret-route").SB_USE_KEY, {
        vault: `https://${vaultName}.vault.azure.net`,
        name: "key",
      });
      // A resource for it would keep its value in the state.
      assert.deepEqual(
        run.resources.filter(({ type }) => type === "azure-native:keyvault:Secret"),
        [],
      );
      const vault = only<{ properties: Record<string, unknown> }>(run, "Vault").properties;
      assert.equal(vault.enableRbacAuthorization, true);
      assert.equal(vault.enablePurgeProtection, true);
      assert.equal(vault.enableSoftDelete, true);
      assert.ok(
        run.resources.some(({ type, name }) => type.endsWith(":DiagnosticSetting") && name === "foundation-vault"),
      );
    });
});

describe("Foundation on azure", () => {
  it("keeps logs as long as the stack says, by identity only", async () => {
    const run = await deployed(() => new Foundation("base"), { logRetentionDays: "400" });
    const workspace = only<Record<string, unknown>>(run, "Workspace");
    assert.equal(workspace.retentionInDays, 400);
    assert.deepEqual(workspace.features, { disableLocalAuth: true });
    const insights = run.resources.find(({ type }) => type.endsWith("applicationinsights:Component"))?.inputs;
    assert.equal(insights?.disableLocalAuth, true);
    assert.equal(insights?.workspaceResourceId, run.resources.find(({ type }) => type.endsWith(":Workspace"))?.id);
  });

  for (const days of ["29", "731"])
    it(`refuses ${days} days of logs, which a workspace cannot keep`, async () => {
      const { problems } = await refusal(deployed(() => new Foundation("base"), { logRetentionDays: days }));
      assert.deepEqual(
        problems.map(({ code }) => code),
        ["SB-C001"],
      );
    });

  it("turns its key every ninety days, and lets one identity use it, from the vault's roles", async () => {
    const run = await deployed(() => new Foundation("base"));
    const { properties } = only<{ properties: { rotationPolicy: { lifetimeActions: unknown[] }; keyOps: string[] } }>(
      run,
      "keyvault:Key",
    );
    assert.deepEqual(properties.rotationPolicy.lifetimeActions, [
      { action: { type: "rotate" }, trigger: { timeAfterCreate: "P90D" } },
    ]);
    assert.deepEqual(properties.keyOps, ["wrapKey", "unwrapKey"]);
    assert.deepEqual(roles(run), ["base-key: Key Vault Crypto Service Encryption User on KeyVault/vaults/vault"]);
  });

  it("leaves the subscription's trail alone, or keeps it in the workspace for the whole subscription", async () => {
    const existing = await deployed(() => new Foundation("base"), { auditTrail: "security-team" });
    assert.ok(!existing.resources.some(({ name }) => name === "base-audit"));
    const created = await deployed(() => new Foundation("base"), { auditTrail: "create" });
    const trail = inputs<{ resourceUri: string; logs: { category: string; enabled: boolean }[] }>(
      created,
      "DiagnosticSetting",
      "base-audit",
    );
    assert.match(trail.resourceUri, /^\/subscriptions\/[0-9a-f-]{36}$/);
    assert.deepEqual(
      trail.logs.map(({ category, enabled }) => `${category} ${enabled}`),
      ["Administrative true", "Security true", "Policy true", "Alert true"],
    );
  });

  it("makes neither queues nor tables nor a vault before something needs them", async () => {
    const run = await deployed(() => new Foundation("base"), { dataClass: "internal" });
    assert.deepEqual(
      run.resources
        .filter(({ type }) => type.startsWith("azure-native:"))
        .map(({ type }) => type.split(":").pop())
        .sort(),
      ["Component", "DiagnosticSetting", "ResourceGroup", "Workspace"],
    );
  });

  it("hands what is shared to its transforms", async () => {
    const run = await planned("azure", () => {
      new Foundation("base", {
        transform: {
          azure: {
            resourceGroup: (args) => ({ ...args, location: "westeurope" }),
            workspace: (args) => ({ ...args, location: "northeurope" }),
            insights: (args) => ({ ...args, samplingPercentage: 50 }),
            vault: (args) => ({ ...args, location: "westus" }),
            key: (args) => ({ ...args, keyName: "mine" }),
          },
        },
      });
    });
    assert.equal(only(run, "ResourceGroup").location, "westeurope");
    assert.equal(only(run, "Workspace").location, "northeurope");
    assert.equal(only(run, "applicationinsights:Component").samplingPercentage, 50);
    assert.equal(only(run, "Vault").location, "westus");
    assert.equal(only(run, "keyvault:Key").keyName, "mine");
  });
});
