import type { TableReader, TableReadWriter } from "../clients";
import { configured, object } from "../shape";
import { checkPart, keyOf, prepareWrite, queryPage, type Row, type TableLayout } from "../table";
import { call } from "./host";

export interface TableConfig {
  /** The table's name in the local cloud. */
  readonly resource: string;
}

const shape = object({ resource: "string" });

/** The table's own attributes, asked for once an instance: the configuration cannot disagree with them. */
function layoutOf(resource: string): () => Promise<TableLayout> {
  let known: Promise<TableLayout> | undefined;
  return () => {
    known ??= call(resource, "layout", []) as Promise<TableLayout>;
    return known;
  };
}

export function reader<Item>(config: unknown): TableReader<Item> {
  const { resource } = configured<TableConfig>(config, shape);
  const layout = layoutOf(resource);
  return {
    get: async (key) => (await call(resource, "get", [keyOf(await layout(), key)])) as Item | undefined,
    query: async (partition, options = {}) => {
      const attributes = await layout();
      checkPart(attributes.key, partition);
      return queryPage<Item>(attributes, options, async (request) => {
        const rows = (await call(resource, "query", [{ ...request, partition }])) as readonly Row[];
        return { rows, more: rows.length === request.count };
      });
    },
  };
}

export function readWriter<Item>(config: unknown): TableReadWriter<Item> {
  const { resource } = configured<TableConfig>(config, shape);
  const layout = layoutOf(resource);
  return {
    ...reader<Item>(config),
    put: async (item, options = {}) => {
      const write = prepareWrite(await layout(), item, options.ifAbsent);
      await call(resource, "put", [write]);
      return write.row as Item;
    },
    delete: async (key) => {
      await call(resource, "delete", [keyOf(await layout(), key)]);
    },
  };
}
