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
import { freePort } from "../support/port";

export interface Azurite {
  /** In the place of `https://<account>.blob.core.windows.net`, and of the queues' address. */
  readonly blobs: string;
  readonly queues: string;
  /** What the platform tells a function app of its managed identity. */
  readonly identity: Readonly<Record<string, string>>;
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

/** The platform's endpoint, with tokens as Microsoft Entra issues them for a resource; nobody here checks a signature. */
const managedIdentity: RequestListener = ({ url = "", headers }, outgoing) => {
  const aud = new URL(url, "http://identity").searchParams.get("resource");
  const now = Math.floor(Date.now() / 1000);
  const claims = { aud, iss: "https://sts.windows.net/tenant/", iat: now, nbf: now - 60, exp: now + 3600 };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const access_token = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.${Buffer.from("signed").toString("base64url")}`;
  outgoing.writeHead(headers["x-identity-header"] === "platform" ? 200 : 401, { "content-type": "application/json" });
  outgoing.end(JSON.stringify({ access_token, expires_on: String(claims.exp), resource: aud, token_type: "Bearer" }));
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
