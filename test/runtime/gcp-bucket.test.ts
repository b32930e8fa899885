import assert from "node:assert/strict";
import { MessageTooLarge, NotGranted, type ObjectReadWriter } from "../../runtime/clients";
import type * as Bucket from "../../runtime/gcp/bucket";
import { storageStandIn } from "./storage-stand-in";
import { fakeServer, fresh, withEnvironment } from "./support";

async function bucket(
  work: (client: ObjectReadWriter, requests: readonly string[]) => Promise<void>,
  { mostOnPage, scheme = "" }: { readonly mostOnPage?: number; readonly scheme?: string } = {},
) {
  const server = await storageStandIn(mostOnPage);
  try {
    await withEnvironment({ STORAGE_EMULATOR_HOST: `${scheme}${server.host}` }, () =>
      work(fresh<typeof Bucket>("gcp/bucket").readWriter({ bucket: "media" }), server.requests),
    );
  } finally {
    await server.close();
  }
}

describe("Google Cloud bucket", () => {
  it("gives back the bytes and the type that were written, and another etag for every writing", () =>
    bucket(async (client) => {
      const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
      const first = await client.put("a", bytes, { contentType: "image/png" });
      const got = await client.get("a");
      assert.deepEqual(got, { body: bytes, contentType: "image/png", etag: first.etag });
      const second = await client.put("a", "{☃}");
      const text = await client.get("a");
      assert.deepEqual(
        [Buffer.from(text?.body ?? []).toString(), text?.contentType],
        ["{☃}", "application/octet-stream"],
      );
      assert.deepEqual([text?.etag === second.etag, second.etag === first.etag], [true, false]);
      const [info] = (await client.list()).items;
      assert.deepEqual([info?.key, info?.bytes, info?.etag], ["a", 5, second.etag]);
      assert.ok(Math.abs((info?.modifiedAt.getTime() ?? 0) - Date.now()) < 60_000);
    }));

  it("gives undefined for what is not there, and deletes it all the same", () =>
    bucket(async (client) => {
      assert.equal(await client.get("nothing"), undefined);
      await client.delete("nothing");
      await client.put("a", "");
      assert.equal((await client.get("a"))?.body.byteLength, 0);
      await client.delete("a");
      assert.equal(await client.get("a"), undefined);
    }));

  it("takes any characters as a key", () =>
    bucket(async (client, requests) => {
      const keys = ["a/b c", "ü?&=#%2F+", "☃", "../..", "a//b"];
      for (const key of keys) await client.put(key, key);
      for (const key of keys) assert.equal(Buffer.from((await client.get(key))?.body ?? []).toString(), key);
      assert.ok(requests.includes("GET /storage/v1/b/media/o/a%2Fb%20c?alt=media"));
      for (const key of keys) await client.delete(key);
      assert.deepEqual(await client.list(), { items: [] });
    }));

  for (const mostOnPage of [1000, 2])
    it(`lists page by page in the order of keys, with at most ${mostOnPage} on the service's own pages`, () =>
      bucket(
        async (client) => {
          // By UTF-8 bytes: a half surrogate's place is behind all that UTF-16 would put before it.
          const keys = ["a", "b/1", "b/2", "b/3", "b/\u{ff41}", "b/\u{1f600}", "c"];
          for (const key of [...keys].reverse()) await client.put(key, key);
          const walk = async (options: { readonly prefix?: string; readonly limit: number }) => {
            const pages: string[][] = [];
            for (let after: string | undefined; pages.length < 20; ) {
              const page = await client.list({ ...options, ...(after !== undefined && { after }) });
              pages.push(page.items.map(({ key }) => key));
              after = page.next;
              if (after === undefined) break;
            }
            return pages;
          };
          assert.deepEqual(await walk({ limit: 100 }), [keys]);
          assert.deepEqual(await walk({ limit: 7 }), [keys], "no empty last page");
          assert.deepEqual(await walk({ limit: 3 }), [keys.slice(0, 3), keys.slice(3, 6), ["c"]]);
          assert.deepEqual(await walk({ prefix: "b/", limit: 2 }), [
            ["b/1", "b/2"],
            ["b/3", "b/\u{ff41}"],
            ["b/\u{1f600}"],
          ]);
          const { next } = await client.list({ limit: 2 });
          await client.delete("b/1");
          assert.deepEqual((await client.list({ limit: 1, ...(next && { after: next }) })).items[0]?.key, "b/2");
        },
        { mostOnPage },
      ));

  it("sends nothing for a key, a size or a limit that no bucket takes", () =>
    bucket(async (client, requests) => {
      for (const key of ["", ".", "..", "x".repeat(1025)]) {
        await assert.rejects(client.get(key), TypeError);
        await assert.rejects(client.put(key, ""), TypeError);
        await assert.rejects(client.delete(key), TypeError);
      }
      await assert.rejects(client.put("a", new Uint8Array(64 * 2 ** 20 + 1)), MessageTooLarge);
      for (const limit of [0, 1001, 1.5]) await assert.rejects(client.list({ limit }), RangeError);
      assert.deepEqual(requests, []);
    }));

  it("takes an emulator's address with its scheme, as it is by custom", () =>
    bucket(async (client) => assert.equal(await client.get("a"), undefined), { scheme: "http://" }));

  it("reports a refused call as not granted, and gives a reader or writer no more than its own", async () => {
    const server = await fakeServer(() => ({ status: 403, json: { error: { code: 403 } } }));
    try {
      await withEnvironment({ STORAGE_EMULATOR_HOST: server.host }, async () => {
        const { reader, writer } = fresh<typeof Bucket>("gcp/bucket");
        assert.deepEqual(Object.keys(reader({ bucket: "media" })), ["get", "list"]);
        assert.deepEqual(Object.keys(writer({ bucket: "media" })), ["put", "delete"]);
        await assert.rejects(reader({ bucket: "media" }).get("a"), NotGranted);
        await assert.rejects(writer({ bucket: "media" }).put("a", "b"), NotGranted);
      });
    } finally {
      await server.close();
    }
  });
});
