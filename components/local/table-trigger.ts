import type { Realization } from "../core/cloud";
import { native } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { TableTriggerOutputs, TableTriggerSpec } from "../table-trigger";
import { LocalResource } from "./resource";
import { feedRows, readerArgs } from "./stream-processor";
import { handlerRows, source, unencrypted, workedQueue } from "./worked-queue";

export function tableTrigger(self: Pattern<"TableTrigger">, spec: TableTriggerSpec): Realization<TableTriggerOutputs> {
  const { on, table } = spec;
  const shape = shaper(spec.transform?.local);
  // The schema that names the key's attributes is the table's; the feed's records name their key themselves.
  const worked = workedQueue(self, { spec, settings: { on, table: { key: "" } }, shape });
  const reader = new LocalResource(
    "Reader",
    self.id,
    shape("reader", readerArgs(self, spec, { type: "Table", name: table.table }, 1, worked)),
    self.child(),
  );
  const { queue, consumer, outputs, grants } = worked;
  const asked = (needed: boolean) => (needed ? "required" : "none asked");
  return {
    contract: [
      ...handlerRows(self, spec),
      ...feedRows(spec),
      unencrypted(self),
      native("on", on.join(", "), on.join(", "), "told with the write itself", source),
      native("deletes", asked(spec.require.deletes), "told", "expiry counts as a deletion", source),
      native("beforeImage", asked(spec.require.beforeImage), "told", "with every change", source),
      native("order", asked(spec.require.order), "by key", "a failing change holds back its partition", source),
    ],
    grants,
    nodes: { queue, function: worked.function, consumer, reader },
    outputs,
  };
}
