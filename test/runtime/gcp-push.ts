/** Calls of Google Cloud's event functions as their platform makes them, and what came of each. */
import type { FrameworkRequest } from "../../runtime/gcp/http";
import type { HttpFunction } from "../../runtime/gcp/worked";
import type { Parts } from "../../runtime/settings";
import { frameworkRequest, frameworkResponse, SENT } from "./events";
import { type Answer, captured, fakeServer, fresh, WORKER, withEnvironment } from "./support";

export const DEAD = "projects/shop/topics/fulfil-dead";

export interface Sent {
  readonly topic: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey?: string;
}

export interface Adapter {
  /** `subscription` of `gcp/subscription`. */
  readonly name: string;
  readonly handler: unknown;
  readonly parts?: Partial<Parts>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What Pub/Sub answers to what the function publishes. */
  readonly answer?: Answer;
}

/** One instance of the function, given these requests one after the other. */
export async function called(adapter: Adapter, ...requests: readonly FrameworkRequest[]) {
  const { name, handler, parts = {}, settings = {}, answer = { json: { messageIds: ["9"] } } } = adapter;
  const server = await fakeServer(() => answer);
  const environment = {
    PUBSUB_EMULATOR_HOST: server.host,
    SB_SETTINGS: { ...WORKER, deadLetter: DEAD, ...settings },
  };
  try {
    return await withEnvironment(environment, async () => {
      type Make = (handler: unknown, parts: Parts) => HttpFunction;
      const file = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      const make = fresh<Readonly<Record<string, Make>>>(`gcp/${file}`)[name];
      if (!make) throw new Error(`gcp/${file} exports no ${name}`);
      const statuses: number[] = [];
      const log = await captured(async () => {
        const serve = make(handler, { uses: {}, ...parts });
        for (const request of requests) {
          const response = frameworkResponse();
          await serve(request, response);
          statuses.push(response.statusCode);
        }
      });
      const sent: Sent[] = server.requests.map(({ url, body }) => {
        const { data, attributes = {}, orderingKey } = JSON.parse(body).messages[0];
        const topic = /^\/v1\/(.*):publish$/.exec(url)?.[1] ?? url;
        const text = Buffer.from(data, "base64").toString();
        return { topic, body: text, attributes, ...(orderingKey !== undefined && { orderingKey }) };
      });
      return { statuses, sent, log };
    });
  } finally {
    await server.close();
  }
}

export interface Message {
  readonly id?: string;
  /** A text is sent as it is. */
  readonly body?: unknown;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly orderingKey?: string;
  readonly attempt?: number;
  /** ms since the epoch. */
  readonly publishedAt?: number;
}

/** A push as the documentation shows it, of a subscription with a dead-letter policy. */
export function push({
  id = "m-1",
  body = {},
  attempt = 1,
  publishedAt = SENT,
  ...message
}: Message): FrameworkRequest {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const publishTime = new Date(publishedAt).toISOString();
  const envelope = {
    deliveryAttempt: attempt,
    message: { ...message, data: Buffer.from(text).toString("base64"), messageId: id, publishTime },
    subscription: "projects/shop/subscriptions/fulfil",
  };
  const headers = { "content-type": "application/json" };
  return frameworkRequest({ method: "POST", path: "/", headers, body: JSON.stringify(envelope) });
}

/** The message that a redrive sends of a dead letter: its body, attributes and key, from a new publish on. */
export function redriven({ body, attributes, orderingKey }: Sent, now: number): FrameworkRequest {
  const { "sb-error": _, "sb-attempts": __, ...kept } = attributes;
  return push({ id: "redriven", body, attributes: kept, ...(orderingKey && { orderingKey }), publishedAt: now });
}
