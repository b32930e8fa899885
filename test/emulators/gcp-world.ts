/** What Google's emulators lack between topics and functions: functions that serve, Eventarc, and pushes that tell their attempt. */
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { http } from "@google-cloud/functions-framework";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import type { HttpFunction } from "../../runtime/gcp/worked";
import type { Parts } from "../../runtime/settings";
import { fresh, WORKER, withEnvironment } from "../runtime/support";

const PROJECT = "projects/shop";
const WITHIN_MS = 45_000;
let count = 0;
/** A name of its own for each test's resources. */
export const named = (kind: string): string => `${kind}-${++count}`;

/** Until it holds; the emulators work in their own time. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + WITHIN_MS; !(await holds()); await sleep(20))
    assert.ok(Date.now() < end, `${what} did not happen within ${WITHIN_MS} ms`);
}

export interface Deployed {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** An instance of a function behind the Functions Framework. `environment`: what its clients are configured by. */
export async function deployed(
  adapter: string,
  handler: unknown,
  settings: object,
  parts: Partial<Parts> = {},
  environment: Readonly<Record<string, unknown>> = {},
): Promise<Deployed> {
  type Make = (handler: unknown, parts: Parts) => HttpFunction;
  const serve = await withEnvironment({ SB_SETTINGS: { ...WORKER, ...settings }, ...environment }, () => {
    const make = fresh<Readonly<Record<string, Make>>>(`gcp/${adapter}`);
    const factory = make[adapter.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
    assert.ok(factory, `gcp/${adapter} exports no adapter`);
    return factory(handler, { uses: {}, ...parts });
  });
  const name = named("function");
  http(name, serve);
  return listening(getTestServer(name));
}

export interface Topic {
  readonly topic: string;
  readonly subscription: string;
}

async function pubsub(method: string, path: string, body: object): Promise<unknown> {
  const reply = await fetch(`http://${process.env.PUBSUB_EMULATOR_HOST}/v1/${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await reply.text();
  assert.equal(reply.status, 200, `${method} ${path}: ${text}`);
  return text.trim() === "" ? {} : JSON.parse(text);
}

/** A topic with one subscription. */
export async function topic(name: string, url?: string, ordered = false): Promise<Topic> {
  const path = `${PROJECT}/topics/${named(name)}`;
  await pubsub("PUT", path, { messageRetentionDuration: "3600s" });
  return { topic: path, subscription: await subscribed(path, url, ordered) };
}

/** A subscription that the emulator pushes to `url`, or that is left to `push` and `pull`. */
export async function subscribed(path: string, url?: string, ordered = false): Promise<string> {
  const subscription = `${PROJECT}/subscriptions/${named("sub")}`;
  await pubsub("PUT", subscription, {
    topic: path,
    enableMessageOrdering: ordered,
    ackDeadlineSeconds: 60,
    retryPolicy: { minimumBackoff: "0.1s", maximumBackoff: "0.1s" },
    // Counts attempts, and is never reached: the emulator fails there.
    deadLetterPolicy: { deadLetterTopic: path, maxDeliveryAttempts: 100 },
    ...(url !== undefined && { pushConfig: { pushEndpoint: url } }),
  });
  return subscription;
}

/** A subscription as dead letters wait in: what is given back is there again at once. */
export async function waiting(path: string): Promise<string> {
  const subscription = `${PROJECT}/subscriptions/${named("waiting")}`;
  await pubsub("PUT", subscription, { topic: path, ackDeadlineSeconds: 60 });
  return subscription;
}

export interface PulledMessage {
  readonly messageId: string;
  readonly data?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly orderingKey?: string;
  readonly publishTime: string;
}

interface Pulled {
  readonly ackId: string;
  readonly deliveryAttempt?: number;
  readonly message: PulledMessage;
}

async function pullOne(subscription: string): Promise<Pulled | undefined> {
  const body = { maxMessages: 1, returnImmediately: true };
  const { receivedMessages } = (await pubsub("POST", `${subscription}:pull`, body)) as {
    readonly receivedMessages?: readonly Pulled[];
  };
  return receivedMessages?.[0];
}

/** Takes a message out of a subscription that nothing is pushed from. */
export async function pull(subscription: string): Promise<PulledMessage> {
  let found: Pulled | undefined;
  await until("a message", async () => {
    found = await pullOne(subscription);
    return found !== undefined;
  });
  assert.ok(found);
  await pubsub("POST", `${subscription}:acknowledge`, { ackIds: [found.ackId] });
  return found.message;
}

/**
 * Pushes a subscription's next message as the service does: wrapped, with its attempt, which the emulator's own pushes
 * leave out. Resolves to the attempt and the function's answer.
 */
export async function push(subscription: string, url: string): Promise<readonly [number, number]> {
  let found: Pulled | undefined;
  await until("a delivery", async () => {
    found = await pullOne(subscription);
    return found !== undefined;
  });
  assert.ok(found);
  const { message, deliveryAttempt = 0, ackId } = found;
  const body = JSON.stringify({ message, deliveryAttempt, subscription });
  const { status } = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  if (status === 204) await pubsub("POST", `${subscription}:acknowledge`, { ackIds: [ackId] });
  else await pubsub("POST", `${subscription}:modifyAckDeadline`, { ackIds: [ackId], ackDeadlineSeconds: 0 });
  return [deliveryAttempt, status];
}

/** Redrives a dead letter: publishes what it was, without its cause. */
export async function redrive(to: string, letter: PulledMessage): Promise<void> {
  const { data = "", attributes = {}, orderingKey } = letter;
  const { "sb-error": _, "sb-attempts": __, ...kept } = attributes;
  await pubsub("POST", `${to}:publish`, {
    messages: [{ data, attributes: kept, ...(orderingKey && { orderingKey }) }],
  });
}

/** Takes the events of Firestore's emulator, as the emulator of functions does, and hands them to the functions behind them. */
export async function eventarc() {
  const functions = new Map<string, string>();
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    // On this way the data are base64; on Eventarc's they are bytes.
    const body = Buffer.from(Buffer.concat(chunks).toString(), "base64");
    const url = functions.get(incoming.url?.split("/").at(-1) ?? "");
    const headers = Object.entries(incoming.headers).filter(([name]) => name.startsWith("ce-"));
    for (let status = 500; url && status !== 204; )
      ({ status } = await fetch(url, {
        method: "POST",
        headers: { ...(Object.fromEntries(headers) as Record<string, string>), "content-type": "application/protobuf" },
        body,
      }));
    outgoing.end("{}");
  });
  const { url, close } = await listening(server);
  /** Tells the function at `to` of every document under `path` that is written. */
  const trigger = async (path: string, to: string): Promise<void> => {
    const id = named("trigger");
    functions.set(id, to);
    const emulator = `http://${process.env.FIRESTORE_EMULATOR_HOST}/emulator/v1`;
    const { status } = await fetch(`${emulator}/${PROJECT}/eventarcTrigger?eventarcTriggerId=${id}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer owner" },
      body: JSON.stringify({
        eventType: "google.cloud.firestore.document.v1.written",
        database: "(default)",
        namespace: "(default)",
        document: { value: path, matchType: "PATH_PATTERN" },
      }),
    });
    assert.equal(status, 200);
  };
  return { host: new URL(url).host, trigger, close };
}

async function listening(server: Server): Promise<Deployed> {
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}
