/** Dead letters in a Service Bus queue, over its REST interface: peek-lock, complete, unlock, send; other queues elsewhere. */
import type { RestReply } from "../../runtime/rest";
import { azureToken, busCaller, sendToBusQueue } from "../deployed/azure";
import { UsageError } from "../failure";
import { storageBox } from "./azure-storage";
import type { DeadLetter, DeadLetterBox, Held } from "./box";
import type { Deployed } from "./deployed";

const what = "reading dead letters";

export function azureBox(place: Deployed): DeadLetterBox {
  // A Storage queue is told by its address, a Service Bus queue by its name.
  if (/^https?:/.test(place.deadLetters)) return storageBox(place, () => azureToken("https://storage.azure.com", what));
  const { component, deadLetters, queue } = place;
  const base = namespaceOf(place);
  const call = busCaller(what);
  const take = async (max: number): Promise<readonly Held[]> => {
    const all: Held[] = [];
    // One message a call; a lock lasts as long as the queue says, a minute.
    while (all.length < max) {
      const reply = await call("POST", `${base}/${deadLetters}/messages/head?timeout=1`, { expected: [204] });
      if (reply.status === 204) break;
      all.push(held(reply));
    }
    return all;
  };
  const held = (reply: RestReply): Held => {
    const lock = reply.headers.get("location") ?? "";
    const broker = JSON.parse(reply.headers.get("brokerproperties") ?? "{}") as Broker;
    const body = Buffer.from(reply.bytes).toString();
    const properties = propertiesOf(reply.headers);
    return {
      letter: letterOf(broker, properties, body),
      sendBack: async () => {
        const { MessageId, SessionId, PartitionKey } = broker;
        const message = {
          Body: body,
          BrokerProperties: { MessageId, ...(SessionId && { SessionId }), ...(PartitionKey && { PartitionKey }) },
          UserProperties: kept(properties),
        };
        await sendToBusQueue(call, `${base}/${queue}`, message);
      },
      remove: async () => {
        await call("DELETE", lock, {});
      },
      giveBack: async () => {
        // A lock that has run out has given it back already.
        await call("PUT", lock, { expected: [404, 410] });
      },
    };
  };
  return { component, take, defaultRate: 10 };
}

interface Broker {
  readonly MessageId?: string;
  readonly SessionId?: string;
  readonly PartitionKey?: string;
  readonly EnqueuedTimeUtc?: string;
}

function letterOf(broker: Broker, properties: Properties, body: string): DeadLetter {
  const own = (name: string) => properties[name];
  const sent = own("sb-sent");
  const reason = [own("deadletterreason"), own("deadlettererrordescription")].filter(Boolean).join(": ");
  return {
    id: broker.MessageId ?? "",
    body,
    error: String(own("sb-error") ?? reason),
    attempts: Number(own("sb-attempts") ?? 0),
    traceparent: own("traceparent") === undefined ? undefined : String(own("traceparent")),
    firstSentAt: sent === undefined ? undefined : Date.parse(String(sent)),
    deadAt: broker.EnqueuedTimeUtc === undefined ? undefined : Date.parse(broker.EnqueuedTimeUtc),
    redrives: undefined,
    key: broker.SessionId,
  };
}

type Properties = Readonly<Record<string, string | number>>;

/** Headers that are HTTP's or the service's own; every other one is a property of the message, as a JSON value. */
const notProperties = new Set(
  "brokerproperties cache-control connection content-length content-type date keep-alive location server strict-transport-security transfer-encoding".split(
    " ",
  ),
);

function propertiesOf(headers: Headers): Properties {
  const found: Record<string, string | number> = {};
  headers.forEach((value, name) => {
    if (notProperties.has(name) || name.startsWith("x-ms-")) return;
    found[name] = propertyValue(value);
  });
  return found;
}

/** Texts come in quotes, numbers do not. */
function propertyValue(header: string): string | number {
  try {
    const value: unknown = JSON.parse(header);
    if (typeof value === "string" || typeof value === "number") return value;
  } catch {
    // not quoted
  }
  return header;
}

/** The sender's own properties, and when it was first sent; the cause belongs to the death that is over. */
function kept(properties: Properties): Properties {
  const over = [
    "sb-error",
    "sb-attempts",
    "sb-attempt",
    "deadletterreason",
    "deadlettererrordescription",
    "deadlettersource",
  ];
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !over.includes(name)));
}

/** The queue's namespace, as an address. */
function namespaceOf({ component, deadLetters, resource }: Deployed): string {
  const given = process.env.SERVICE_BUS_ENDPOINT;
  if (given) return given.replace(/\/$/, "");
  const name =
    resource("azure-native:servicebus:Queue", `${component}-dead`)?.namespaceName ??
    namespaceIn(resource("azure-native:servicebus:Queue", `${component}-dead`)?.id);
  if (typeof name === "string") return `https://${name}.servicebus.windows.net`;
  throw new UsageError(
    `dead letters of ${component} are in ${deadLetters}, of which the stack's state knows no namespace`,
    "set SERVICE_BUS_ENDPOINT to the namespace's address",
  );
}

function namespaceIn(id: unknown): string | undefined {
  return typeof id === "string" ? /\/namespaces\/([^/]+)\//i.exec(id)?.[1] : undefined;
}
