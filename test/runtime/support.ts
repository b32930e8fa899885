/** What the runtime's tests share: environments, captured output, a table in memory, an HTTP server that records. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import * as z from "zod/mini";
import type { TableReadWriter } from "../../runtime/clients";
import type { LogRecord, LogSink } from "../../runtime/log";
import type { HttpRouteSettings, IdempotencyRecord, QueueWorkerSettings } from "../../runtime/settings";
import {
  checkExpectation,
  checkPart,
  isLive,
  keyOf,
  prepareWrite,
  queryPage,
  type Row,
  type TableLayout,
} from "../../runtime/table";

export const Order = z.object({ id: z.string(), quantity: z.int().check(z.positive()) });
export type Order = z.infer<typeof Order>;

export const WORKER: QueueWorkerSettings = {
  component: "fulfil",
  timeoutSeconds: 30,
  maxDeliveries: 5,
  backoff: { minSeconds: 10, maxSeconds: 60 },
};

export const ROUTE: HttpRouteSettings = {
  component: "api",
  method: "GET",
  path: "/orders/{id}",
  auth: { kind: "none" },
  maxBodyBytes: 1000,
  timeoutSeconds: 10,
};

/** Sets variables for the time of `work`; undefined unsets. */
export async function withEnvironment<Result>(
  variables: Readonly<Record<string, unknown>>,
  work: () => Promise<Result> | Result,
): Promise<Result> {
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  const apply = (values: Readonly<Record<string, unknown>>) => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = typeof value === "string" ? value : JSON.stringify(value);
    }
  };
  apply(variables);
  try {
    return await work();
  } finally {
    apply(before);
  }
}

/** Everything written to stdout and stderr while `work` runs. */
export async function captured(work: () => Promise<unknown>): Promise<string> {
  const streams = [process.stdout, process.stderr];
  const originals = streams.map((stream) => stream.write);
  let text = "";
  const record = ((chunk: string | Uint8Array) => {
    text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    return true;
  }) as typeof process.stdout.write;
  for (const stream of streams) stream.write = record;
  try {
    await work();
  } finally {
    streams.forEach((stream, index) => {
      const original = originals[index];
      if (original !== undefined) stream.write = original;
    });
  }
  return text;
}

export function recordingSink(): { readonly sink: LogSink; readonly records: LogRecord[] } {
  const records: LogRecord[] = [];
  return { sink: (record) => records.push(record), records };
}

/** A table in memory; `turn` runs between the reading and the writing of each call, where races live. */
export function memoryTable<Item>(layout: TableLayout, turn: () => Promise<void> = async () => {}) {
  const rows = new Map<string, Row>();
  const name = (partition: string, sort = "") => JSON.stringify([partition, sort]);
  const nameOf = (key: { readonly partition: string; readonly sort?: string }) => name(key.partition, key.sort);
  const table: TableReadWriter<Item> = {
    get: async (key) => {
      await turn();
      const row = rows.get(nameOf(keyOf(layout, key)));
      return row !== undefined && isLive(layout, row) ? (row as Item) : undefined;
    },
    put: async (item, options) => {
      await turn();
      const write = prepareWrite(layout, item, options?.ifAbsent);
      checkExpectation(layout, write, rows.get(nameOf(write.key)));
      rows.set(nameOf(write.key), write.row);
      return write.row as Item;
    },
    delete: async (key) => {
      await turn();
      rows.delete(nameOf(keyOf(layout, key)));
    },
    query: (partition, options = {}) =>
      queryPage(layout, options, async ({ after, count, descending }) => {
        const p = checkPart(layout.key, partition);
        const sortOf = (row: Row) => String(row[layout.sort ?? ""]);
        const sign = descending ? -1 : 1;
        const all = [...rows.values()]
          .filter((row) => row[layout.key] === p)
          .sort((a, b) => sign * Buffer.compare(Buffer.from(sortOf(a)), Buffer.from(sortOf(b))))
          .filter(
            (row) => after === undefined || sign * Buffer.compare(Buffer.from(sortOf(row)), Buffer.from(after)) > 0,
          );
        return { rows: all.slice(0, count), more: all.length > count };
      }),
  };
  return { table, rows };
}

export const IDEMPOTENCY_LAYOUT: TableLayout = { key: "id", expires: "expiresAt", version: "version" };
export const memoryIdempotency = (turn?: () => Promise<void>) =>
  memoryTable<IdempotencyRecord>(IDEMPOTENCY_LAYOUT, turn);

export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Of another content type, which `headers` names. */
  readonly text?: string;
}

/** A server on loopback that answers what `answer` says and keeps every request. */
export async function fakeServer(answer: (request: RecordedRequest, all: readonly RecordedRequest[]) => Answer) {
  const requests: RecordedRequest[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const request = {
      method: incoming.method ?? "",
      url: incoming.url ?? "",
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString(),
    };
    requests.push(request);
    const { status = 200, headers = {}, json, text = "" } = answer(request, requests);
    outgoing.writeHead(status, { connection: "close", "content-type": "application/json", ...headers });
    outgoing.end(json === undefined ? text : JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** A cloud's module as at a cold start: its clients and tokens are not those of an earlier test. */
export function fresh<Module>(path: string): Module {
  for (const name of Object.keys(require.cache))
    if (/\/runtime\/(aws|azure|gcp)\//.test(name) && !name.includes("/test/")) delete require.cache[name];
  return require(`../../runtime/${path}`) as Module;
}

export const AWS_ENVIRONMENT = {
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_MAX_ATTEMPTS: "1",
  // What the SDK says of Node's age is nothing that a test finds.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
} as const;
