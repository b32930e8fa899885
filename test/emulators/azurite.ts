/** Azurite (https://github.com/Azure/Azurite), which answers as Azure Storage does, on ports of its own. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { InvocationContext } from "@azure/functions";
import { freePort } from "../support/port";

export interface Azurite {
  /** In the place of `https://<account>.blob.core.windows.net`, and of the queues' address. */
  readonly blobs: string;
  readonly queues: string;
  /** What the platform tells a function app of its managed identity. */
  readonly identity: Readonly<Record<string, string>>;
  /** What the administrator and the Functions host call; the answer's text. */
  readonly call: (method: string, url: string, body?: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

const STARTS_WITHIN_MS = 60_000;
const ACCOUNT = "devstoreaccount1";

/** Undefined, said in one line, where it is not installed; in CI that is a failure. */
export async function azurite(): Promise<Azurite | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "azurite-"));
  const closing: (() => void | Promise<void>)[] = [() => rmSync(folder, { recursive: true })];
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const [blobPort, queuePort, tablePort] = [await freePort(), await freePort(), await freePort()];
    const tls = certificate(folder);
    const child = spawn(
      process.env.AZURITE || "azurite",
      [
        ...["--silent", "--disableTelemetry", "--inMemoryPersistence"],
        ...["--blobPort", `${blobPort}`, "--queuePort", `${queuePort}`, "--tablePort", `${tablePort}`],
        ...["--oauth", "basic", "--cert", tls.certificate, "--key", tls.key],
      ],
      { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
    );
    closing.push(() => stopped(child));
    let said = "";
    child.stderr.on("data", (chunk) => (said += String(chunk)));
    child.once("error", (error) => (said += String(error)));
    const agent = new Agent({ keepAlive: true, ca: readFileSync(tls.certificate), servername: "localhost" });
    closing.push(() => agent.destroy());
    for (const end = Date.now() + STARTS_WITHIN_MS; !(await both(blobPort, queuePort, agent)); await sleep(50)) {
      // No process at all: there is no such executable.
      if (child.pid === undefined && !process.env.AZURITE) {
        assert.ok(!process.env.CI, "azurite is not installed");
        console.log("      skipped: there is no azurite");
        await stop();
        return undefined;
      }
      if (child.pid === undefined || child.exitCode !== null || Date.now() > end)
        throw new Error(`azurite did not start: ${said.slice(-2000)}`);
    }
    const opened = async (listener: RequestListener) => {
      const { url, close } = await listening(listener);
      closing.push(close);
      return url;
    };
    return {
      blobs: await opened(front("blob", blobPort, agent)),
      queues: await opened(front("queue", queuePort, agent)),
      call,
      identity: { IDENTITY_ENDPOINT: `${await opened(managedIdentity)}/msi/token`, IDENTITY_HEADER: "platform" },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Stands for the account's own host name and its publicly trusted certificate, which loopback cannot have: takes plain
 * HTTP, and passes it on over TLS under the account's name. Azurite itself checks the token that comes with it.
 */
function front(service: string, port: number, agent: Agent): RequestListener {
  return (incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const host = `${ACCOUNT}.${service}.localhost:${port}`;
    const onward = request({ host: "127.0.0.1", port, agent, method, path, headers: { ...headers, host } }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    onward.once("error", (error) => outgoing.destroy(error));
    incoming.pipe(onward);
  };
}

/** As Microsoft Entra issues them for a resource; Azurite checks all but the signature. */
export function tokenFor(aud: string) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { aud, iss: "https://sts.windows.net/tenant/", iat: now, nbf: now - 60, exp: now + 3600 };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return { access_token: `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.c2ln`, expires_on: String(claims.exp) };
}

/** The platform's endpoint. */
const managedIdentity: RequestListener = ({ url = "", headers }, outgoing) => {
  const resource = new URL(url, "http://identity").searchParams.get("resource") ?? "";
  outgoing.writeHead(headers["x-identity-header"] === "platform" ? 200 : 401, { "content-type": "application/json" });
  outgoing.end(JSON.stringify({ ...tokenFor(resource), resource, token_type: "Bearer" }));
};

const call: Azurite["call"] = async (method, url, body) => {
  const authorization = `Bearer ${tokenFor("https://storage.azure.com").access_token}`;
  const headers = { authorization, "x-ms-version": "2024-11-04" };
  const reply = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
  const text = await reply.text();
  assert.ok(reply.ok, `${method} ${url}: ${text}`);
  return text;
};

/** Azurite takes tokens over TLS only. */
function certificate(folder: string) {
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const ask = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost";
  execFileSync("openssl", [...ask.split(" "), "-keyout", key, "-out", certificate], { stdio: "ignore" });
  return { key, certificate };
}

async function both(blobPort: number, queuePort: number, agent: Agent): Promise<boolean> {
  const answers = (port: number) =>
    new Promise<boolean>((resolve) => {
      const probe = request({ host: "127.0.0.1", port, agent, timeout: 1000 }, (reply) => {
        reply.resume().once("end", () => resolve(true));
      });
      probe.once("timeout", () => probe.destroy(new Error("no answer"))).once("error", () => resolve(false));
      probe.end();
    });
  return (await answers(blobPort)) && (await answers(queuePort));
}

async function listening(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exit;
}

/** A message as it lies in a queue. Times in ms. */
export interface Stored {
  readonly id: string;
  readonly popReceipt: string;
  readonly dequeueCount: number;
  readonly insertionTime: number;
  readonly expirationTime: number;
  readonly text: string;
}

/** Messages of the queue at `url` that can be seen now, oldest first; they stay. */
export async function peek({ call }: Azurite, url: string): Promise<Stored[]> {
  return messagesIn(await call("GET", `${url}/messages?peekonly=true&numofmessages=32`));
}

export async function put({ call }: Azurite, url: string, text: string): Promise<void> {
  const escaped = text.replace(/[<>&]/g, (char) => `&#${char.charCodeAt(0)};`);
  await call("POST", `${url}/messages`, `<QueueMessage><MessageText>${escaped}</MessageText></QueueMessage>`);
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function messagesIn(xml: string): Stored[] {
  return [...xml.matchAll(/<QueueMessage>([\s\S]*?)<\/QueueMessage>/g)].map(([, one = ""]) => {
    const of = (name: string) =>
      (new RegExp(`<${name}>([^<]*)<`).exec(one)?.[1] ?? "").replace(
        /&(?:#x([\da-f]+)|(\w+));/gi,
        (whole, hex, known) =>
          hex === undefined ? (NAMED[known] ?? whole) : String.fromCodePoint(Number.parseInt(hex, 16)),
      );
    return {
      id: of("MessageId"),
      popReceipt: of("PopReceipt"),
      dequeueCount: Number(of("DequeueCount")),
      insertionTime: Date.parse(of("InsertionTime")),
      expirationTime: Date.parse(of("ExpirationTime")),
      text: of("MessageText"),
    };
  });
}

export interface Delivered {
  readonly message: Stored;
  readonly thrown: Error | undefined;
}

/**
 * What the Functions host does between a queue and a function, with `messageEncoding: none`: fields of a JSON text are
 * laid over the message's own facts; a call that returns deletes the message, one that throws shows it again, and the
 * last one has it copied to the poison queue. `deliver`: the next message; undefined where none can be seen.
 */
export function functionsHost(
  azurite: Azurite,
  url: string,
  receive: (message: unknown, context: InvocationContext) => Promise<void>,
  maxDequeueCount: number,
) {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const deliver = async (): Promise<Delivered | undefined> => {
    const [message] = messagesIn(await azurite.call("GET", `${url}/messages?visibilitytimeout=60`));
    if (!message) return undefined;
    const { text, insertionTime, ...facts } = message;
    const body = parsed(text);
    const triggerMetadata = {
      ...facts,
      insertionTime: new Date(insertionTime).toISOString(),
      queueTrigger: text,
      ...(typeof body === "object" ? body : {}),
    };
    const context = { triggerMetadata, info: log, warn: log, error: log } as unknown as InvocationContext;
    let thrown: Error | undefined;
    await receive(body, context).catch((error: Error) => {
      thrown = error;
    });
    const held = `${url}/messages/${message.id}?popreceipt=${encodeURIComponent(message.popReceipt)}`;
    if (thrown && message.dequeueCount < maxDequeueCount) await azurite.call("PUT", `${held}&visibilitytimeout=0`);
    else {
      if (thrown) await put(azurite, `${url}-poison`, text);
      await azurite.call("DELETE", held);
    }
    return { message, thrown };
  };
  return { deliver, lines };
}

/** The worker process parses whatever is JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
