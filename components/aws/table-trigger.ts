import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { native } from "../core/contract";
import { BlueprintError, type Problem } from "../core/errors";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { TableTriggerOutputs, TableTriggerSpec } from "../table-trigger";
import type { Statement } from "./access";
import { keyUse } from "./foundation";
import { fedQueue, feedArgs, feedRows, feedSpan } from "./stream-processor";
import { keyOf } from "./table";
import { handlerRows } from "./worked-queue";

export function tableTrigger(self: Pattern<"TableTrigger">, spec: TableTriggerSpec): Realization<TableTriggerOutputs> {
  const { site } = self;
  const { on } = spec;
  const problems = faults(spec);
  if (problems.length > 0) throw new BlueprintError(self.subject, problems);
  const table = spec.table.nodes.aws?.table;
  if (!table) throw new Error(`the table "${spec.table.id}" is not one of aws`);
  const shape = shaper(spec.transform?.aws);
  const read: Statement[] = [
    {
      actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
      resources: [table.streamArn],
    },
    { actions: ["dynamodb:ListStreams"], resources: [pulumi.interpolate`${table.arn}/stream/*`] },
    ...keyUse(site, "dynamodb", ["kms:Decrypt", "kms:DescribeKey"]),
  ];
  const worked = fedQueue(self, spec, read, { on, table: keyOf(spec.table) }, shape);
  const feed = new lambda.EventSourceMapping(
    `${self.id}-changes`,
    shape("feed", {
      ...feedArgs(self, spec, table.streamArn, worked),
      filterCriteria: { filters: [{ pattern: JSON.stringify({ eventName: on.flatMap((one) => eventNames[one]) }) }] },
    }),
    self.child(),
  );
  const asked = (needed: boolean) => (needed ? "required" : "none asked");
  const streams = "DynamoDB Streams";
  return {
    contract: [
      ...handlerRows(self, spec, streams, feedSpan),
      ...feedRows(self, spec),
      native("on", on.join(", "), on.join(", "), "others do not call the function", "Lambda FilterCriteria"),
      native("deletes", asked(spec.require.deletes), "told", "expiry counts as a deletion", streams),
      native("beforeImage", asked(spec.require.beforeImage), "told", "with every change", "DynamoDB StreamViewType"),
      native("order", asked(spec.require.order), "by key", "a failing change holds back its shard", streams),
    ],
    grants: worked.grants,
    nodes: { ...worked.nodes, feed },
    outputs: worked.outputs,
  };
}

const eventNames = { written: ["INSERT", "MODIFY"], deleted: ["REMOVE"] };

/** What DynamoDB Streams has less of than a stream. */
function faults({ from }: TableTriggerSpec): Problem[] {
  if (typeof from === "string") return [];
  const fact = "from.at: DynamoDB Streams is read from its oldest change or from the next one";
  return [{ code: "SB-C003", fact, wayOut: "set from to oldest or latest" }];
}
