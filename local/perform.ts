import type { Key, Write } from "../runtime/table";
import { LocalCloudError } from "./errors";
import type { Lives } from "./kinds";
import type { SendOptions } from "./message";
import { type LocalResources, type Operation, operations, type Publishing, type ResourceType } from "./resources";

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
  if (operation === "layout" ? !declared.some(isOfTable) : !declared.some((granted) => granted === operation)) {
    throw new LocalCloudError(
      "NotGranted",
      `function "${caller.name}" may not ${operation} on "${resource}": its uses do not grant it`,
    );
  }
  const missing = (type: ResourceType) => () => new LocalCloudError("NotFound", `there is no ${type} "${resource}"`);
  if (operation === "layout") {
    const table = find("Table", resource);
    if (!table) throw missing("Table")();
    return table.layout;
  }
  if (isPublishing(operation)) {
    const bus = find("Bus", resource);
    if (!bus) throw missing("Bus")();
    return publish(bus, operation, args);
  }
  const asked = operation as Operation;
  return actions[asked](find, resource, args, missing(operations[asked]));
}

const isPublishing = (operation: string): operation is Publishing => operation.startsWith("publish ");
const isOfTable = (operation: Operation | Publishing) => !isPublishing(operation) && operations[operation] === "Table";

/** What is granted is one type of event, so the event itself must be of it. */
function publish(bus: Lives["Bus"], operation: Publishing, [text]: readonly unknown[]): void {
  const type = typeof text === "string" ? (JSON.parse(text) as { readonly type?: unknown }).type : undefined;
  if (operation !== `publish ${type}`)
    throw new LocalCloudError("NotGranted", `the event is not of the type that is granted: ${operation.slice(8)}`);
  bus.publish(String(text));
}

type Action = (find: Find, resource: string, args: readonly unknown[], missing: () => Error) => unknown;

const onTable =
  (act: (table: Lives["Table"], args: readonly unknown[]) => unknown): Action =>
  (find, resource, args, missing) => {
    const table = find("Table", resource);
    if (!table) throw missing();
    return act(table, args);
  };

const onBucket =
  (act: (bucket: Lives["Bucket"], args: readonly unknown[]) => unknown): Action =>
  (find, resource, args, missing) => {
    const bucket = find("Bucket", resource);
    if (!bucket) throw missing();
    return act(bucket, args);
  };

const actions: Record<Operation, Action> = {
  send: (find, resource, [body, options], missing) => {
    const queue = find("Queue", resource);
    if (!queue) throw missing();
    if (typeof body !== "string") throw new LocalCloudError("InvalidInput", "a message's body must be text");
    return queue.send(body, (options ?? {}) as SendOptions);
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
  putRecords: (find, resource, [entries, traceparent], missing) => {
    const stream = find("Stream", resource);
    if (!stream) throw missing();
    for (const { key, body } of entries as readonly { readonly key: string; readonly body: string }[])
      stream.put(key, body, traceparent as string | undefined);
  },
  getObject: onBucket((bucket, [key]) => {
    const { body, contentType, etag } = bucket.get(String(key)) ?? {};
    return body && { body, contentType, etag };
  }),
  listObjects: onBucket((bucket, [prefix, after, limit]) =>
    bucket
      .list(String(prefix), after as string | undefined, Number(limit))
      .map(({ key, body, etag, modifiedAt }) => ({ key, bytes: body.byteLength, etag, modifiedAt })),
  ),
  putObject: onBucket((bucket, [key, body, contentType]) =>
    bucket.put(String(key), body as Uint8Array, String(contentType)),
  ),
  deleteObject: onBucket((bucket, [key]) => bucket.delete(String(key))),
};
