/** The SDK's Kinesis client speaks HTTP/2 only; stand-ins and emulators speak HTTP/1.1. */
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";

/** Hands every request on to `target`, an HTTP/1.1 origin. */
export async function http2Proxy(target: string) {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const headers = Object.entries(incoming.headers).flatMap(([name, value]) =>
      name.startsWith(":") || name === "content-length" || value === undefined ? [] : [[name, String(value)] as const],
    );
    const reply = await fetch(new URL(incoming.url, target), {
      method: incoming.method,
      headers: Object.fromEntries(headers),
      body: Buffer.concat(chunks),
    });
    outgoing.writeHead(reply.status, { "content-type": reply.headers.get("content-type") ?? "" });
    outgoing.end(Buffer.from(await reply.arrayBuffer()));
  });
  const sessions = new Set<{ readonly destroy: () => void }>();
  server.on("session", (session) => sessions.add(session));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      for (const session of sessions) session.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
