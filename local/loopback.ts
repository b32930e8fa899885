import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { LocalCloudError } from "./errors";
import type { Answer } from "./problem";

/** The one address that anything of the local cloud listens on. */
export const loopback = "127.0.0.1";

/** Listens on loopback. A port that is taken is one clear error. Resolves to the port. */
export function listen(server: Server, port: number, what: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const fact = error.code === "EADDRINUSE" ? `port ${port} is in use by another program` : error.message;
      reject(
        new LocalCloudError(
          "AddressInUse",
          `${what} cannot listen on ${loopback}:${port}: ${fact}; choose another port, or 0 for any free one`,
        ),
      );
    });
    server.listen(port, loopback, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Stops listening; resolves when the requests that run have been answered. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

/** Belong to one connection and are the server's to say (RFC 9110 §7.6.1); a length that is wrong would hang the client. */
const hopByHop = ["connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"];

/** Sends an answer. The connection ends with it when the server closes, or when a refused body is not read to its end. */
export function reply(server: Server, request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const own = Object.entries(answer.headers).filter(([name]) => !hopByHop.includes(name.toLowerCase()));
  const headers: Record<string, string | number> = Object.fromEntries(own);
  const bodiless = answer.status === 204 || answer.status === 304;
  if (!bodiless) headers["content-length"] = Buffer.byteLength(answer.body);
  if (!server.listening || !request.complete) headers.connection = "close";
  try {
    response.writeHead(answer.status, headers).end(bodiless ? undefined : answer.body);
  } catch {
    // A function can answer with a header that HTTP does not allow; that is its failure and must not be the server's.
    response.writeHead(502, { "content-length": 0 }).end();
  }
}

/**
 * Whether the request was addressed to loopback by name. A web page whose own name has been pointed at 127.0.0.1
 * (DNS rebinding) sends that name.
 */
export function hasLoopbackHost(request: IncomingMessage): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(request.headers.host ?? "");
}

/** Whether a browser sent the request for a page of another origin; programs send no Origin. */
export function foreignOrigin(request: IncomingMessage): string | undefined {
  const { origin, host } = request.headers;
  return origin !== undefined && origin.toLowerCase() !== `http://${host}`.toLowerCase() ? origin : undefined;
}

/** What is read of a body that is refused, in bytes: a client that is cut off while it sends may never see the answer. */
const patience = 16 * 2 ** 20;

/** The body, or undefined when it is larger than `maxBytes`. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size <= maxBytes) chunks.push(chunk);
    else if (size > maxBytes + patience) return undefined;
  }
  // A copy of exactly these bytes: small Buffers are views of a shared pool that would cross to the thread as a whole.
  return size > maxBytes ? undefined : new Uint8Array(Buffer.concat(chunks, size));
}
