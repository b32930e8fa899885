/** A stack's messages as an AsyncAPI 3 document: events, queue messages, stream records, who sends them and who receives them. */
import { display, type PlannedResource } from "../engine";

type Json = Readonly<Record<string, unknown>>;

/** The parts of an AsyncAPI 3.0 document that are written here. https://www.asyncapi.com/docs/reference/specification/v3.0.0 */
export interface AsyncApi {
  readonly asyncapi: "3.0.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly defaultContentType: string;
  readonly channels: Readonly<Record<string, Channel>>;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly components: { readonly messages: Readonly<Record<string, Message>> };
}
export interface Channel {
  readonly address: string;
  readonly title: string;
  readonly messages: Readonly<Record<string, { readonly $ref: string }>>;
  /** The field by which a stream's records are kept in order. */
  readonly "x-key"?: string;
}
interface Operation {
  readonly action: "send" | "receive";
  readonly channel: { readonly $ref: string };
  readonly messages: readonly { readonly $ref: string }[];
  readonly title: string;
}
export interface Message {
  readonly name: string;
  readonly title: string;
  readonly contentType: string;
  readonly payload: Json;
  /** The field of the data that is the event's subject. */
  readonly "x-subject"?: string;
  /** Fields of the data that subscriptions may filter by on every cloud. */
  readonly "x-promoted"?: readonly string[];
}

interface Event {
  readonly type: string;
  readonly schema: Json;
  readonly subject: string;
  readonly promote: readonly string[];
}

interface Component {
  readonly kind: string;
  readonly name: string;
  readonly outputs: Json;
  readonly grants: readonly { readonly from: string; readonly to: string; readonly operations: readonly string[] }[];
}

/** @param title the blueprint's name */
export function asyncApi(title: string, resources: readonly PlannedResource[]): AsyncApi {
  const components = resources.flatMap(componentOf).sort((a, b) => (a.name < b.name ? -1 : 1));
  const messages: Record<string, Message> = {};
  const channels: Record<string, Channel> = {};
  const operations: Record<string, Operation> = {};
  for (const { kind, name, outputs } of components) {
    const carried = carriedBy(kind, name, outputs);
    if (carried.length === 0) continue;
    for (const message of carried) messages[message.name] = message;
    channels[name] = {
      address: name,
      title: `${kind} ${name}`,
      messages: Object.fromEntries(
        carried.map((message) => [message.name, { $ref: `#/components/messages/${message.name}` }]),
      ),
      ...(kind === "Stream" && { "x-key": String(outputs.key) }),
    };
  }
  const operation = (action: Operation["action"], who: string, channel: string, names: readonly string[]) => {
    const known = names.filter((name) => channels[channel]?.messages[name]).sort();
    if (known.length === 0) return;
    operations[`${who}.${action}.${channel}`] = {
      action,
      channel: { $ref: `#/channels/${channel}` },
      messages: known.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
      title: `${who} ${action}s`,
    };
  };
  for (const { kind, name, outputs, grants } of components) {
    for (const { from, to, operations: granted } of grants) {
      if (to === name) continue;
      const published = granted.filter((one) => one.startsWith("publish ")).map((one) => one.slice("publish ".length));
      const sent = granted.some((one) => one === "send" || one === "putRecords");
      operation("send", from, to, sent ? Object.keys(channels[to]?.messages ?? {}) : published);
    }
    if (kind === "Subscription") operation("receive", name, String(outputs.bus), outputs.types as readonly string[]);
    if (kind === "QueueWorker") operation("receive", name, name, Object.keys(channels[name]?.messages ?? {}));
    if (kind === "StreamProcessor") {
      const stream = String(outputs.reads);
      operation("receive", name, stream, Object.keys(channels[stream]?.messages ?? {}));
    }
  }
  return {
    asyncapi: "3.0.0",
    info: {
      title,
      version: "1.0.0",
      description:
        "What the blueprint's services say to each other. Addresses are component names; each cloud has its own.",
    },
    defaultContentType: "application/json",
    channels: sorted(channels),
    operations: sorted(operations),
    components: { messages: sorted(messages) },
  };
}

function componentOf({ type, name, custom, outputs }: PlannedResource): Component[] {
  const [, kind] = /^blueprints:index:(.+)$/.exec(type) ?? [];
  if (custom || !kind) return [];
  const shown = Object.fromEntries(Object.entries(outputs).map(([key, value]) => [key, display(value)]));
  const grants = (Array.isArray(shown.grants) ? shown.grants : []) as Component["grants"];
  return [{ kind, name, outputs: shown, grants }];
}

function carriedBy(kind: string, name: string, outputs: Json): Message[] {
  if (kind === "QueueWorker") return [plain(name, "message", outputs.message as Json)];
  if (kind === "Stream") return [plain(name, "record", outputs.record as Json)];
  if (kind !== "EventBus") return [];
  return (outputs.events as readonly Event[]).map(({ type, schema, subject, promote }) => ({
    name: type,
    title: type.split(".").slice(-2).join(" "),
    contentType: "application/cloudevents+json",
    payload: envelope(type, schema),
    "x-subject": subject,
    ...(promote.length > 0 && { "x-promoted": [...promote].sort() }),
  }));
}

const plain = (name: string, what: string, payload: Json): Message => ({
  name: `${name}.${what}`,
  title: `${what} of ${name}`,
  contentType: "application/json",
  payload,
});

const text = { type: "string" };

/** A CloudEvent 1.0 in JSON form around the event's data. */
function envelope(type: string, data: Json): Json {
  return {
    type: "object",
    required: ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data", "partitionkey"],
    properties: {
      specversion: { const: "1.0" },
      id: text,
      source: text,
      type: { const: type },
      subject: text,
      time: { type: "string", format: "date-time" },
      datacontenttype: { const: "application/json" },
      data,
      partitionkey: text,
      traceparent: text,
      replay: text,
    },
  };
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
