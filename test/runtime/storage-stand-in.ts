/** As much of Cloud Storage's JSON interface as the bucket client uses; it answers as the service's own reference says. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface Stored {
  readonly body: Buffer;
  readonly contentType: string;
  readonly generation: string;
  readonly timeCreated: string;
}

/** `mostOnPage`: fewer than were asked for, as the service may give. */
export async function storageStandIn(mostOnPage = 1000) {
  const objects = new Map<string, Stored>();
  const requests: string[] = [];
  let generation = 1_767_323_045_000_000;
  const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

  const resource = (name: string, { body, contentType, generation, timeCreated }: Stored) => ({
    kind: "storage#object",
    name,
    contentType,
    generation,
    size: String(body.length),
    timeCreated,
    updated: new Date().toISOString(),
  });

  const list = (query: URLSearchParams) => {
    const from = query.get("pageToken") ?? query.get("startOffset") ?? "";
    const names = [...objects.keys()]
      .filter((name) => name.startsWith(query.get("prefix") ?? "") && byBytes(name, from) >= 0)
      .sort(byBytes);
    const count = Math.min(mostOnPage, Number(query.get("maxResults")));
    const items = names.slice(0, count).flatMap((name) => {
      const stored = objects.get(name);
      return stored ? [resource(name, stored)] : [];
    });
    const nextPageToken = names[count];
    return { kind: "storage#objects", ...(items.length > 0 && { items }), ...(nextPageToken && { nextPageToken }) };
  };

  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = "", url = "", headers } = incoming;
    requests.push(`${method} ${url}`);
    const { pathname, searchParams } = new URL(url, "http://storage");
    const json = (status: number, body: unknown) => {
      outgoing.writeHead(status, { connection: "close", "content-type": "application/json; charset=UTF-8" });
      outgoing.end(JSON.stringify(body));
    };
    const missing = () => json(404, { error: { code: 404, message: "No such object" } });
    const [, key] = /^\/storage\/v1\/b\/media\/o\/([^/]+)$/.exec(pathname) ?? [];
    const name = decodeURIComponent(key ?? "");
    const stored = objects.get(name);
    if (method === "POST" && pathname === "/upload/storage/v1/b/media/o") {
      const put = searchParams.get("name") ?? "";
      const contentType = headers["content-type"] ?? "";
      generation += 1;
      const entry = {
        body: Buffer.concat(chunks),
        contentType,
        generation: `${generation}`,
        timeCreated: new Date().toISOString(),
      };
      objects.set(put, entry);
      json(200, resource(put, entry));
    } else if (method === "GET" && pathname === "/storage/v1/b/media/o") json(200, list(searchParams));
    else if (!stored || !key) missing();
    else if (method === "DELETE") {
      objects.delete(name);
      outgoing.writeHead(204, { connection: "close" }).end();
    } else if (searchParams.get("alt") === "media") {
      outgoing.writeHead(200, {
        connection: "close",
        "content-type": stored.contentType,
        "x-goog-generation": stored.generation,
        etag: "CL",
      });
      outgoing.end(stored.body);
    } else json(200, resource(name, stored));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { host: `127.0.0.1:${port}`, requests, close };
}
