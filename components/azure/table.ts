import * as cosmosdb from "@pulumi/azure-native/cosmosdb";
import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { emulated, native } from "../core/contract";
import { BlueprintError } from "../core/errors";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import { backupAsked, type TableOutputs, type TableSpec } from "../table";
import { provide } from "./access";
import { type AzureFoundation, diagnostics, foundationOf, globalName, sharedPart } from "./foundation";

interface Store {
  readonly account: cosmosdb.DatabaseAccount;
  readonly database: cosmosdb.SqlResourceSqlDatabase;
  readonly days: number;
}

interface TableKeys {
  readonly key: string;
  readonly sort?: string;
}

const keys = new WeakMap<Pattern, TableKeys>();

/** How a table's items are told apart, for those who are told of its changes. */
export function keyOf(table: Pattern): TableKeys {
  const found = keys.get(table);
  if (!found) throw new Error(`the table "${table.id}" is not one of azure`);
  return found;
}

export function table(self: Pattern<"Table">, spec: TableSpec): Realization<TableOutputs> {
  const { site } = self;
  const { key, sort, expires, version } = spec;
  const asked = spec.pointInTimeRecoveryDays;
  keys.set(self, { key, ...(sort ? { sort } : {}) });
  const shape = shaper(spec.transform?.azure);
  const { account, database, days } = sharedPart(site, "cosmos", (base): Store => makeStore(base, asked));
  if (days < asked) {
    const fact = `pointInTimeRecovery=${asked} is more than the ${days} days that the stack's first table asked for, and all stand in one Cosmos DB account`;
    throw new BlueprintError(self.subject, [
      { code: "SB-C004", fact, wayOut: "make the table that asks for most first, or ask the same of all" },
    ]);
  }
  const resourceGroupName = foundationOf(site).group.name;
  const container = new cosmosdb.SqlResourceSqlContainer(
    self.id,
    shape("container", {
      resourceGroupName,
      accountName: account.name,
      databaseName: database.name,
      containerName: self.id,
      resource: {
        id: self.id,
        // The client keeps partition, order and item in attributes of its own: keys may then hold any character.
        partitionKey: { kind: "Hash", version: 2, paths: ["/p"] },
        defaultTtl: -1,
        indexingPolicy: {
          indexingMode: "consistent",
          automatic: true,
          includedPaths: [{ path: "/*" }],
          excludedPaths: [{ path: "/item/*" }, { path: '/"_etag"/?' }],
        },
      },
      tags: { ...site.tags },
    }),
    self.child({ stateful: true }),
  );
  const scope = pulumi.interpolate`${account.id}/dbs/${database.name}/colls/${container.name}`;
  provide(self, (operations) => ({
    config: {
      endpoint: account.documentEndpoint,
      database: database.name,
      container: container.name,
      key,
      ...(sort ? { sort } : {}),
      ...(expires ? { expires } : {}),
      ...(version ? { version } : {}),
    },
    permissions: [
      { cosmosRole: operations.includes("put") ? "contributor" : "reader", account, resourceGroupName, scope },
    ],
  }));
  return {
    contract: [
      native("key", key, key, "partition key of the container", "Cosmos DB partition keys"),
      native(
        "sort",
        sort ?? "none asked",
        sort ?? "none",
        "part of the item's id, in order within the partition",
        "runtime/azure/table.ts",
      ),
      expires
        ? emulated(
            "expires",
            expires,
            expires,
            "the client stops reading at the second; Cosmos DB deletes in the background",
            "Cosmos DB time to live",
          )
        : native("expires", "none asked", "never", "no time to live", "Cosmos DB time to live"),
      native(
        "version",
        version ?? "none asked",
        version ?? "last write wins",
        "condition on the item's etag",
        "Cosmos DB optimistic concurrency",
      ),
      native(
        "pointInTimeRecovery",
        `${asked} days`,
        `${days} days`,
        days === asked
          ? "continuous backup of the account, restored into a new one"
          : "continuous backup of the account, which another table asked for",
        "Cosmos DB continuous backup",
      ),
      native("changes", "told", "the latest version", "to triggers; no deletions", "Cosmos DB change feed"),
      native(
        "backup",
        backupAsked(self.site),
        `${days} days after a deletion`,
        "the continuous backup has deleted containers too",
        "Cosmos DB continuous backup",
      ),
      native(
        "maxItemBytes",
        "409600 bytes",
        "409600 bytes",
        "the portable size, refused above; the service takes 2 MB",
        "Cosmos DB limits",
      ),
      native(
        "consistency",
        "read your writes",
        "session",
        "strong within a session; across callers a moment later",
        "Cosmos DB consistency levels",
      ),
      native(
        "encryption",
        site.dataClass,
        site.dataClass === "internal" ? "Microsoft's keys" : "the stack's key in Key Vault",
        "at rest; roles only, no account keys",
        "Cosmos DB customer-managed keys",
      ),
    ],
    grants: [],
    nodes: { account, database, container },
    outputs: { table: container.name },
  };
}

/** One serverless account and database a stack. */
function makeStore(base: AzureFoundation, days: number): Store {
  const { self, shape, group, customerKey } = base;
  const name = `${self.id}-tables`;
  const tags = { ...self.site.tags };
  const account = new cosmosdb.DatabaseAccount(
    name,
    shape("account", {
      resourceGroupName: group.name,
      accountName: globalName(self, group, "tables", { max: 44 }),
      kind: "GlobalDocumentDB",
      databaseAccountOfferType: "Standard",
      capabilities: [{ name: "EnableServerless" }],
      locations: [{ locationName: group.location, failoverPriority: 0 }],
      consistencyPolicy: { defaultConsistencyLevel: "Session" },
      backupPolicy: {
        type: "Continuous",
        continuousModeProperties: { tier: days > 7 ? "Continuous30Days" : "Continuous7Days" },
      },
      disableLocalAuth: true,
      disableKeyBasedMetadataWriteAccess: true,
      minimalTlsVersion: "Tls12",
      tags,
      ...(customerKey
        ? {
            identity: { type: "UserAssigned", userAssignedIdentities: [customerKey.identity.id] },
            defaultIdentity: pulumi.interpolate`UserAssignedIdentity=${customerKey.identity.id}`,
            keyVaultKeyUri: customerKey.key.keyUri,
          }
        : {}),
    }),
    self.child({ stateful: true, ...(customerKey ? { dependsOn: customerKey.usable } : {}) }),
  );
  diagnostics(self, name, account.id, base);
  const database = new cosmosdb.SqlResourceSqlDatabase(
    name,
    {
      resourceGroupName: group.name,
      accountName: account.name,
      databaseName: "tables",
      resource: { id: "tables" },
      tags,
    },
    self.child({ stateful: true }),
  );
  return { account, database, days };
}
