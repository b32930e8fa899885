import * as cosmosdb from "@pulumi/azure-native/cosmosdb";
import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { emulated, native, unsupported } from "../core/contract";
import { formatDuration } from "../core/duration";
import { BlueprintError, type Problem } from "../core/errors";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { TableTriggerOutputs, TableTriggerSpec } from "../table-trigger";
import { foundationOf } from "./foundation";
import { fedQueue, feedRows } from "./stream-processor";
import { keyOf } from "./table";
import { connection, handlerRows, type WorkedQueueNodes, type WorkedQueueParts } from "./worked-queue";

/** Parts that a transform can change. */
export interface TableTriggerParts extends WorkedQueueParts {
  leases: cosmosdb.SqlResourceSqlContainerArgs;
}

export interface TableTriggerNodes extends WorkedQueueNodes {
  leases: cosmosdb.SqlResourceSqlContainer;
}

export function tableTrigger(self: Pattern<"TableTrigger">, spec: TableTriggerSpec): Realization<TableTriggerOutputs> {
  const { site } = self;
  const { batch, from, on, require: needs } = spec;
  const problems = faults(spec);
  if (problems.length > 0) throw new BlueprintError(self.subject, problems);
  const { account, container, database } = spec.table.nodes.azure ?? {};
  if (!account || !container || !database) throw new Error(`the table "${spec.table.id}" is not one of azure`);
  const resourceGroupName = foundationOf(site).group.name;
  const shape = shaper<TableTriggerParts>(spec.transform?.azure);
  const leases = new cosmosdb.SqlResourceSqlContainer(
    `${self.id}-leases`,
    shape("leases", {
      resourceGroupName,
      accountName: account.name,
      databaseName: database.name,
      // Tables share these names, and no component has a dot in its own.
      containerName: `${self.id}.leases`,
      resource: { id: `${self.id}.leases`, partitionKey: { kind: "Hash", version: 2, paths: ["/id"] } },
      tags: { ...site.tags },
    }),
    self.child({ stateful: true }),
  );
  const inAccount = { account, resourceGroupName };
  const scope = (one: cosmosdb.SqlResourceSqlContainer) =>
    pulumi.interpolate`${account.id}/dbs/${database.name}/colls/${one.name}`;
  const pollSeconds = Math.max(1, batch.windowSeconds);
  const { nodes, grants, outputs } = fedQueue(self, spec, {
    settings: { on, table: keyOf(spec.table) },
    variables: (clientId) => ({
      SB_DATABASE: database.name,
      SB_CONTAINER: container.name,
      SB_LEASES: leases.name,
      SB_FROM: typeof from === "string" ? from : new Date(from.at).toISOString(),
      SB_BATCH_SIZE: String(batch.size),
      SB_POLL_MS: String(pollSeconds * 1000),
      ...connection("SB_TABLES", { accountEndpoint: account.documentEndpoint }, clientId),
    }),
    own: {
      operations: ["readChanges"],
      permissions: [
        { cosmosRole: "reader", ...inAccount, scope: scope(container) },
        { cosmosRole: "contributor", ...inAccount, scope: scope(leases) },
      ],
    },
    shape,
  });
  const feed = "Cosmos DB change feed";
  const batched = `${batch.size} in ${formatDuration(batch.windowSeconds)}`;
  return {
    contract: [
      ...handlerRows(self, spec, feed),
      ...feedRows(self, spec),
      emulated(
        "batch",
        batched,
        `up to ${batch.size}, looked for every ${formatDuration(pollSeconds)}`,
        "a change waits no longer for others than until the next look",
        "Azure Functions Cosmos DB trigger: maxItemsPerInvocation, feedPollDelay",
      ),
      native("on", on.join(", "), on.join(", "), "several writes of one item in a short time may be told as one", feed),
      unsupported(
        "deletes",
        "none asked",
        "not told",
        "the feed has items as they are; expiry is not told either",
        feed,
      ),
      unsupported("beforeImage", "none asked", "not told", "the feed has items as they are", feed),
      native(
        "order",
        needs.order ? "required" : "none asked",
        "by key",
        "a failing change holds back its partition",
        feed,
      ),
    ],
    grants,
    nodes: { ...nodes, leases } satisfies TableTriggerNodes,
    outputs,
  };
}

/** The feed of all versions and deletes is switched on for an account by hand: the resource manager has no property for it. */
const byHand =
  "Cosmos DB tells that only in the change feed mode of all versions and deletes, which no property of the account switches on";

function faults({ require: needs }: TableTriggerSpec): Problem[] {
  const problems: Problem[] = [];
  if (needs.deletes) {
    const wayOut = "mark an item as deleted by an attribute, which is a write, and let it expire";
    problems.push({ code: "SB-C802", fact: `require.deletes: ${byHand}`, wayOut });
  }
  if (needs.beforeImage) {
    const wayOut = "keep what the handler has to compare with in the item, or in a table of its own";
    problems.push({ code: "SB-C802", fact: `require.beforeImage: ${byHand}`, wayOut });
  }
  return problems;
}
