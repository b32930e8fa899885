import type { Key, Write } from "../runtime/table";
import { LocalCloudError } from "./errors";
import type { Lives } from "./kinds";
import { type LocalResources, type Operation, operations, type ResourceType } from "./resources";

type Find = <Type extends ResourceType>(type: Type, name: string) => Lives[Type] | undefined;

/** Largest item in bytes of JSON: what every cloud's table holds (DynamoDB's limit). */
const maxItemBytes = 409_600;

/**
 * Performs what a function asks of the cloud. Only what its permissions name, on exactly that resource; whoever may
 * use a table may ask for its layout.
 */
export function perform(
  find: Find,
  caller: LocalResources["Function"],
  resource: string,
  operation: string,
  args: readonly unknown[],
): unknown {
  const declared = caller.permissions
    .filter((permission) => permission.resource === resource)
    .flatMap((permission) => permission.operations);
  const asked =
    operation === "layout"
      ? declared.find((granted) => operations[granted] === "Table")
      : declared.find((granted) => granted === operation);
  if (asked === undefined) {
    throw new LocalCloudError(
      "NotGranted",
      `function "${caller.name}" may not ${operation} on "${resource}": its uses do not grant it`,
    );
  }
  const missing = () => new LocalCloudError("NotFound", `there is no ${operations[asked]} "${resource}"`);
  if (operation === "layout") {
    const table = find("Table", resource);
    if (!table) throw missing();
    return table.layout;
  }
  return actions[asked](find, resource, args, missing);
}

type Action = (find: Find, resource: string, args: readonly unknown[], missing: () => Error) => unknown;

const onTable =
  (act: (table: Lives["Table"], args: readonly unknown[]) => unknown): Action =>
  (find, resource, args, missing) => {
    const table = find("Table", resource);
    if (!table) throw missing();
    return act(table, args);
  };

const actions: Record<Operation, Action> = {
  send: (find, resource, [body, traceparent], missing) => {
    const queue = find("Queue", resource);
    if (!queue) throw missing();
    if (typeof body !== "string") throw new LocalCloudError("InvalidInput", "a message's body must be text");
    return queue.send(body, typeof traceparent === "string" ? traceparent : undefined);
  },
  get: onTable((table, [key]) => table.get(key as Key)),
  query: onTable((table, [query]) => table.query(query as Parameters<Lives["Table"]["query"]>[0])),
  put: onTable((table, [write]) => {
    const { row } = write as Write;
    const bytes = Buffer.byteLength(JSON.stringify(row));
    if (bytes > maxItemBytes)
      throw new LocalCloudError("InvalidInput", `the item has ${bytes} bytes; a table holds ${maxItemBytes}`);
    table.put(write as Write);
  }),
  delete: onTable((table, [key]) => table.delete(key as Key)),
  read: (find, resource, _args, missing) => {
    const secret = find("Secret", resource);
    if (!secret) throw missing();
    return secret.read();
  },
};
