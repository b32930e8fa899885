/** What every cloud's table trigger has in common: ordered records that say what became of an item. */
import { InvalidMessage } from "./errors";
import type { TableChange, TableHandler } from "./handler";
import { type AnyQueueHandler, type Delivery, each, type Source } from "./queue-worker";
import type { TableTriggerSettings } from "./settings";

/** Any table trigger's handler. */
export type AnyTableHandler = TableHandler<never, never>;

/** Reads one cloud's record; undefined for what is none. */
export type ReadTableChange = (
  delivery: Delivery,
  table: TableTriggerSettings["table"],
) => Omit<TableChange<unknown>, "attempt"> | undefined;

export function tableHandler(
  handler: AnyTableHandler,
  read: ReadTableChange,
): { readonly handler: AnyQueueHandler; readonly source: Source } {
  const source: Source = {
    parse: (delivery, settings) => {
      const change = read(delivery, (settings as TableTriggerSettings).table);
      if (change === undefined) throw new InvalidMessage("the record is no change of this cloud's table");
      return { ...change, attempt: delivery.attempt };
    },
    skips: (input, settings) => {
      const { kind } = input as TableChange<unknown>;
      return !(settings as TableTriggerSettings).on.includes(kind === "deleted" ? "deleted" : "written");
    },
  };
  return { handler: each(handler as TableHandler<unknown>) as AnyQueueHandler, source };
}
