/** A Service Bus message as the Functions host hands it over. */
import { randomUUID } from "node:crypto";
import type { Delivery } from "../queue-worker";

/**
 * The host lays the top-level fields of a JSON body over the trigger's metadata (`Utility.ApplyBindingData` in
 * azure-functions-host), compared without case: a body with one of these fields hides the queue's own value, and could
 * forge it. Such a message is refused and dead-lettered at once, for its attempts cannot be counted; deployment refuses
 * message schemas with these names.
 */
export const RESERVED_FIELDS = ["messageId", "deliveryCount", "enqueuedTimeUtc", "applicationProperties"] as const;

export interface BusDelivery {
  readonly delivery: Delivery;
  /** The body as sent on in copies. */
  readonly text: string;
  /** The sender's own properties, and those of earlier copies. */
  readonly properties: Readonly<Record<string, string | number>>;
}

export function readBusMessage(message: unknown, metadata: Readonly<Record<string, unknown>>): BusDelivery {
  // The worker process has parsed whatever was JSON: a text is what a JSON string said, or was never JSON.
  const text = message instanceof Uint8Array ? Buffer.from(message).toString() : (JSON.stringify(message) ?? "");
  const hidden = hiddenFields(message);
  const trusted = (name: (typeof RESERVED_FIELDS)[number]) => (hidden.has(name) ? undefined : metadata[name]);

  const properties = plainProperties(trusted("applicationProperties"));
  const { "sb-id": originalId, "sb-attempt": earlier, "sb-sent": sent, traceparent } = properties;
  const sentAt = new Date(String(sent ?? trusted("enqueuedTimeUtc") ?? Date.now()));
  const delivery: Delivery = {
    id: String(originalId ?? trusted("messageId") ?? randomUUID()),
    body: text,
    ...(hidden.size > 0 && {
      refused: `the body's field ${[...hidden].join(", ")} hides the queue's own of that name`,
    }),
    attempt: wholeNumber(earlier) + Math.max(1, wholeNumber(trusted("deliveryCount"))),
    sentAt: Number.isNaN(sentAt.getTime()) ? new Date() : sentAt,
    ...(typeof traceparent === "string" && { traceparent }),
    ...keyOf(message, metadata),
  };
  return { delivery, text, properties };
}

/** The session, where the queue has them and no field of the body hides it. Only told to the handler: order is the queue's. */
function keyOf(message: unknown, { sessionId }: Readonly<Record<string, unknown>>): { readonly key?: string } {
  const names = typeof message === "object" && message !== null ? Object.keys(message) : [];
  const hidden = names.some((name) => name.toLowerCase() === "sessionid");
  return typeof sessionId === "string" && sessionId !== "" && !hidden ? { key: sessionId } : {};
}

function hiddenFields(message: unknown): ReadonlySet<string> {
  const names = typeof message === "object" && message !== null && !Array.isArray(message) ? Object.keys(message) : [];
  const lower = new Set(names.map((name) => name.toLowerCase()));
  return new Set(RESERVED_FIELDS.filter((name) => lower.has(name.toLowerCase())));
}

function plainProperties(value: unknown): Readonly<Record<string, string | number>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string | number] =>
      ["string", "number"].includes(typeof entry[1]),
    ),
  );
}

function wholeNumber(value: unknown): number {
  const number = Number(value ?? 0);
  return Number.isInteger(number) && number > 0 ? number : 0;
}
