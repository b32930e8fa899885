/** A Pub/Sub push request, wrapped (JSON envelope) or unwrapped (the data as body, metadata as headers). */
import { decodeObject } from "../identity";
import type { Delivery } from "../queue-worker";
import { type FrameworkRequest, headersOf } from "./http";

export interface Pushed {
  readonly delivery: Delivery & { readonly attributes: Readonly<Record<string, string>> };
  /** Undefined where Pub/Sub tells none: on unwrapped pushes, and without a dead-letter policy. */
  readonly attempt?: number;
}

/** Undefined when the request is no push of either form. */
export function readPush(request: FrameworkRequest): Pushed | undefined {
  const headers = headersOf(request);
  const id = headers["x-goog-pubsub-message-id"];
  return id === undefined ? readWrapped(request) : readUnwrapped(request, headers, id);
}

interface Envelope {
  readonly data?: unknown;
  readonly messageId?: unknown;
  readonly publishTime?: unknown;
  readonly orderingKey?: unknown;
  readonly attributes?: unknown;
}

function readWrapped(request: FrameworkRequest): Pushed | undefined {
  const envelope = decodeObject(Buffer.from(request.rawBody ?? []).toString("base64"));
  const { message, deliveryAttempt } = (envelope ?? {}) as {
    readonly message?: Envelope;
    readonly deliveryAttempt?: unknown;
  };
  if (typeof message !== "object" || message === null || typeof message.messageId !== "string") return undefined;
  const body = typeof message.data === "string" ? Buffer.from(message.data, "base64").toString() : "";
  const attempt = typeof deliveryAttempt === "number" && deliveryAttempt > 0 ? deliveryAttempt : undefined;
  return pushed(message.messageId, body, message, texts(message.attributes), attempt);
}

/** Attributes are headers under their own names here, among all others: only the ones that the runtime sets are read. */
const OWN = ["traceparent"] as const;

function readUnwrapped(request: FrameworkRequest, headers: Record<string, string | undefined>, id: string): Pushed {
  const attributes = texts(Object.fromEntries(OWN.map((name) => [name, headers[name]])));
  const body = Buffer.from(request.rawBody ?? []).toString();
  const publishTime = headers["x-goog-pubsub-publish-time"];
  const orderingKey = headers["x-goog-pubsub-ordering-key"];
  return pushed(id, body, { publishTime, orderingKey }, attributes, undefined);
}

function pushed(
  id: string,
  body: string,
  { publishTime, orderingKey }: Envelope,
  attributes: Readonly<Record<string, string>>,
  attempt: number | undefined,
): Pushed {
  const sentAt = new Date(typeof publishTime === "string" ? publishTime : Number.NaN);
  const { traceparent } = attributes;
  return {
    delivery: {
      id,
      body,
      attempt: attempt ?? 1,
      sentAt: Number.isNaN(sentAt.getTime()) ? new Date() : sentAt,
      attributes,
      ...(traceparent !== undefined && { traceparent }),
      ...(typeof orderingKey === "string" && orderingKey !== "" && { key: orderingKey }),
    },
    ...(attempt !== undefined && { attempt }),
  };
}

function texts(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
