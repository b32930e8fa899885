import { parseJson } from "../queue-worker";
import type { Parts } from "../settings";
import { type AnyTableHandler, tableHandler } from "../table-trigger";
import type { TableEvent } from "./events";
import { worked } from "./queue-worker";

/** A table trigger as the local cloud calls it, for the table's changes and for redriven ones. */
export function tableTrigger(handler: AnyTableHandler, parts: Parts) {
  const { handler: each, source } = tableHandler(handler, ({ body }) => {
    const { at, partition, sort, ...event } = parseJson(body) as TableEvent;
    return { ...event, key: sort === undefined ? partition : { partition, sort }, at: new Date(at) };
  });
  return worked(each, parts, source);
}
