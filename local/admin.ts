import type { LocalCloud } from "./cloud";
import type { DeadLetter } from "./dead-letters";
import { LocalCloudError } from "./errors";
import type { Queue } from "./queue";
import { type ResourceType, resourceTypes } from "./resources";

/** One request to the admin API, already admitted. */
export interface AdminRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface AdminRoute {
  readonly method: string;
  readonly path: string;
  readonly run: (cloud: LocalCloud, request: AdminRequest) => unknown;
}

/** A dead letter as it is shown; the body only to whoever asks for it by name. */
export type ShownDeadLetter = Omit<DeadLetter, "body"> & { readonly bytes: number; readonly body?: string };

export const adminRoutes: readonly AdminRoute[] = [
  { method: "GET", path: "/v1/boot", run: ({ bootId }) => ({ bootId }) },
  { method: "GET", path: "/v1/stats", run: (cloud) => cloud.stats() },
  {
    method: "POST",
    path: "/v1/resources/{type}",
    run: (cloud, { params, body }) => cloud.create(typeIn(params), body),
  },
  {
    method: "GET",
    path: "/v1/resources/{type}/{name}",
    run: (cloud, { params }) => {
      const state = cloud.read(typeIn(params), params.name ?? "");
      if (!state) throw new LocalCloudError("NotFound", `there is no ${params.type} "${params.name}"`);
      return state;
    },
  },
  {
    method: "PUT",
    path: "/v1/resources/{type}/{name}",
    run: (cloud, { params, body }) => cloud.update(typeIn(params), params.name ?? "", body),
  },
  {
    method: "DELETE",
    path: "/v1/resources/{type}/{name}",
    run: async (cloud, { params }) => {
      await cloud.delete(typeIn(params), params.name ?? "");
      return {};
    },
  },
  {
    method: "GET",
    path: "/v1/queues/{queue}/dead-letters",
    run: (cloud, { params, query }) => {
      const limit = Number(query.get("limit") ?? 1000);
      const letters = queueIn(cloud, params).deadLetters;
      return { total: letters.size, deadLetters: letters.list(limit).map((letter) => shown(letter, query)) };
    },
  },
  {
    method: "GET",
    path: "/v1/queues/{queue}/dead-letters/{id}",
    run: (cloud, { params, query }) => {
      const letter = queueIn(cloud, params).deadLetters.get(params.id ?? "");
      if (!letter) throw new LocalCloudError("NotFound", `queue "${params.queue}" has no dead letter ${params.id}`);
      return shown(letter, query);
    },
  },
  {
    method: "POST",
    path: "/v1/queues/{queue}/redrive",
    run: (cloud, { params, body }) => ({ redriven: queueIn(cloud, params).redrive(idsIn(body)) }),
  },
  {
    method: "DELETE",
    path: "/v1/queues/{queue}/dead-letters",
    run: (cloud, { params, body }) => {
      const queue = queueIn(cloud, params);
      if (body.confirm !== queue.name) {
        throw new LocalCloudError("InvalidInput", `purging needs "confirm" with the queue's name, ${queue.name}`);
      }
      return { purged: queue.deadLetters.take(idsIn(body)).length };
    },
  },
  {
    method: "POST",
    path: "/v1/subscriptions/{rule}/replay",
    run: (cloud, { params: { rule = "" }, body }) => {
      const bus = cloud.list("Subscription").find(({ inputs }) => inputs.name === rule)?.inputs.bus;
      const found = bus === undefined ? undefined : cloud.find("Bus", bus);
      if (!found) throw new LocalCloudError("NotFound", `there is no Subscription "${rule}"`);
      const { name, from, to } = body;
      if (typeof name !== "string" || name === "" || typeof from !== "number" || typeof to !== "number")
        throw new LocalCloudError("InvalidInput", 'a replay needs "name", a text, and "from" and "to" in ms');
      return { replayed: found.replay({ name, from, to, rule }) };
    },
  },
  {
    method: "PUT",
    path: "/v1/secrets/{secret}/value",
    run: (cloud, { params, body }) => {
      const secret = cloud.find("Secret", params.secret ?? "");
      if (!secret) throw new LocalCloudError("NotFound", `there is no Secret "${params.secret}"`);
      if (typeof body.value !== "string" || body.value === "")
        throw new LocalCloudError("InvalidInput", 'a secret needs "value", a text');
      secret.set(body.value);
      return {};
    },
  },
  {
    method: "GET",
    path: "/v1/logs/{store}",
    run: (cloud, { params, query }) => {
      const store = cloud.find("LogStore", params.store ?? "");
      if (!store) throw new LocalCloudError("NotFound", `there is no LogStore "${params.store}"`);
      const source = query.get("source");
      return { lines: store.read({ limit: Number(query.get("limit") ?? 200), ...(source !== null && { source }) }) };
    },
  },
];

function typeIn({ type }: AdminRequest["params"]): ResourceType {
  const found = resourceTypes.find((known) => known === type);
  if (!found)
    throw new LocalCloudError("NotFound", `there is no resource type ${type}; there are ${resourceTypes.join(", ")}`);
  return found;
}

function queueIn(cloud: LocalCloud, { queue }: AdminRequest["params"]): Queue {
  const found = cloud.find("Queue", queue ?? "");
  if (!found) throw new LocalCloudError("NotFound", `there is no Queue "${queue}"`);
  return found;
}

/** Which messages are meant: those named, or all when none is. */
function idsIn({ ids }: AdminRequest["body"]): readonly string[] | undefined {
  if (ids === undefined) return undefined;
  const list = typeof ids === "string" ? [ids] : ids;
  if (Array.isArray(list) && list.every((id): id is string => typeof id === "string")) return list;
  throw new LocalCloudError("InvalidInput", '"ids" must be a list of message ids');
}

function shown({ body, ...rest }: DeadLetter, query: URLSearchParams): ShownDeadLetter {
  return { ...rest, bytes: Buffer.byteLength(body), ...(query.get("payload") === "1" && { body }) };
}
