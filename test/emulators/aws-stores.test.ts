/** Tables, idempotency, buckets and secrets of AWS against moto's DynamoDB, S3 and Secrets Manager. */
import assert from "node:assert/strict";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type * as Bucket from "../../runtime/aws/bucket";
import type * as Queue from "../../runtime/aws/queue";
import type * as Secret from "../../runtime/aws/secret";
import type * as Table from "../../runtime/aws/table";
import { MessageTooLarge } from "../../runtime/clients";
import { suppression } from "../../runtime/suppression";
import { captured, fresh, IDEMPOTENCY_LAYOUT, Order } from "../runtime/support";
import { tableSuite } from "../runtime/table-suite";
import { depth, drained, instance, poll, queue } from "./aws-world";
import { table } from "./dynamo";
import { named, until } from "./gcp-world";
import { account, onMoto, region } from "./moto";

const order = { id: "o1", quantity: 1 };

describe("AWS stores on moto", function () {
  this.timeout(60_000);
  onMoto();

  describe("table", () => {
    tableSuite(async (layout) => {
      const config = { table: await table(layout), ...layout };
      const { reader, readWriter } = fresh<typeof Table>("aws/table");
      return { reader: reader(config), readWriter: readWriter(config) };
    });

    it("reads on where DynamoDB ended a page before it was full", async () => {
      const layout = { key: "customer", sort: "placed" };
      const rows = fresh<typeof Table>("aws/table").readWriter({ table: await table(layout), ...layout });
      // A page of DynamoDB ends at 1 MB.
      const text = "x".repeat(300_000);
      const names = Array.from({ length: 8 }, (_, n) => `o${n}`);
      for (const placed of names) await rows.put({ customer: "c", placed, text });
      const { items, next } = await rows.query("c");
      assert.deepEqual([items.map((item) => (item as { placed: string }).placed), next], [names, undefined]);
    });
  });

  describe("idempotency", () => {
    type Handler = (messages: readonly { readonly body: typeof order }[]) => Promise<void>;
    const workers = async (count: number, windowSeconds: number, handler: Handler) => {
      const config = { table: await table(IDEMPOTENCY_LAYOUT), ...IDEMPOTENCY_LAYOUT };
      const settings = { idempotency: { by: "id", windowSeconds } };
      return Promise.all(
        Array.from({ length: count }, () => {
          const { readWriter } = fresh<typeof Table>("aws/table");
          const parts = { schema: Order, idempotency: suppression(readWriter) };
          return instance("queueWorker", handler, settings, parts, { SB_IDEMPOTENCY: config });
        }),
      );
    };
    const sender = (url: string) => fresh<typeof Queue>("aws/queue").sender({ url, maxMessageBytes: 1000 });

    it("handles one of many deliveries of a message, at once or one after the other", async () => {
      const main = await queue("fulfil");
      // Messages, not calls: the call that wins the first order may hold the second one as well.
      const handled: string[] = [];
      const refused: string[] = [];
      const instances = await workers(3, 3600, async (messages) => {
        const ids = messages.map(({ body }) => body.id);
        // One receives ten at most, so that the others hold repeats of this order while it is worked on.
        if (ids.includes("o1")) await until("the refusal of a repeat", () => refused.length > 0);
        handled.push(...ids);
      });
      const { send } = sender(main.url);
      for (let round = 0; round < 25; round++) await send(order);
      await send({ ...order, id: "o2" });
      await captured(async () => {
        for (let round = 0; round < 50 && (await depth(main)) > 0; round++)
          await Promise.all(instances.map(async (serve) => refused.push(...((await poll(main, serve))?.failed ?? []))));
      });
      assert.equal(await depth(main), 0);
      assert.deepEqual(handled.sort(), ["o1", "o2"]);
    });

    it("handles it again after its handler failed, and after its window", async () => {
      const main = await queue("fulfil");
      let calls = 0;
      const [worker = assert.fail()] = await workers(1, 1, async () => {
        if (++calls === 1) throw new Error("not yet");
      });
      const { send } = sender(main.url);
      await send(order);
      await captured(() => drained(main, worker));
      assert.equal(calls, 2);
      await until("the end of its window", async () => {
        await send(order);
        await drained(main, worker);
        return calls > 2;
      });
    });
  });

  describe("bucket", () => {
    let config: Bucket.AwsBucketConfig;
    beforeEach(async () => {
      config = { bucket: named("media") };
      const s3 = new S3Client({ forcePathStyle: true });
      const CreateBucketConfiguration = { LocationConstraint: region } as const;
      await s3.send(new CreateBucketCommand({ Bucket: config.bucket, CreateBucketConfiguration }));
      s3.destroy();
    });
    const bucket = () => fresh<typeof Bucket>("aws/bucket").readWriter(config);

    it("keeps what was put last, of any kind, until it is deleted", async () => {
      const { put, get, delete: remove } = bucket();
      assert.equal(await get("a"), undefined);
      const etags = new Set<string>();
      const bytes = Buffer.from([0, 255, 13, 10, 128]);
      const large = Buffer.alloc(8 * 2 ** 20, "0123456789abcdef");
      for (const [body, contentType] of [["☃", "text/plain; charset=utf-8"], [bytes], [""], [large]] as const) {
        const { etag } = await put("a", body, contentType === undefined ? {} : { contentType });
        const found = (await get("a")) ?? assert.fail();
        assert.ok(Buffer.from(body).equals(found.body), `${body.length} bytes come back`);
        assert.equal(found.contentType, contentType ?? "application/octet-stream");
        assert.ok(etag !== "" && etag === found.etag && !etags.has(etag), "a new etag for every content");
        etags.add(etag);
      }
      await remove("a");
      await remove("a");
      assert.equal(await get("a"), undefined);
      await assert.rejects(put("a", Buffer.alloc(64 * 2 ** 20 + 1)), MessageTooLarge);
    });

    it("takes any key, and lists them in their order, page by page", async () => {
      const { put, get, list } = bucket();
      const keys = ["a b+c", "a%2Fb", "a/b", "a//b", "b&?=#", "raw/ü ☃.mp4", "raw/🙂", "raw/'\"<>", "z~*!()"];
      for (const key of keys) await put(key, key);
      for (const key of keys) assert.equal(Buffer.from((await get(key))?.body ?? []).toString(), key);
      const ordered = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      const pages: (readonly string[])[] = [];
      let after: string | undefined;
      do {
        const page = await list({ limit: 4, ...(after !== undefined && { after }) });
        pages.push(page.items.map(({ key }) => key));
        after = page.next;
      } while (after !== undefined && pages.length < 10);
      assert.deepEqual(pages, [ordered.slice(0, 4), ordered.slice(4, 8), ordered.slice(8)]);
      const { items, next } = await list({ prefix: "raw/" });
      assert.deepEqual(
        [items.map(({ key }) => key), next],
        [ordered.filter((key) => key.startsWith("raw/")), undefined],
      );
      const [first] = items;
      assert.equal(first?.bytes, Buffer.byteLength(first?.key ?? ""));
      assert.equal(first?.etag, (await get(first?.key ?? ""))?.etag);
      assert.ok(Math.abs((first?.modifiedAt.getTime() ?? 0) - Date.now()) < 60_000);
      assert.deepEqual(await list({ prefix: "nothing" }), { items: [] });
    });
  });

  describe("secret", () => {
    it("is read as it is now, once in five minutes", async () => {
      const secrets = new SecretsManagerClient({});
      const { ARN: arn = "" } = await secrets.send(new CreateSecretCommand({ Name: named("key"), SecretString: "☃1" }));
      const { read } = fresh<typeof Secret>("aws/secret").reader({ arn });
      assert.deepEqual(await Promise.all([read(), read()]), ["☃1", "☃1"]);
      await secrets.send(new PutSecretValueCommand({ SecretId: arn, SecretString: "2" }));
      assert.equal(await read(), "☃1");
      assert.equal(await fresh<typeof Secret>("aws/secret").reader({ arn }).read(), "2");
      const bytes = await secrets.send(new CreateSecretCommand({ Name: named("key"), SecretBinary: Buffer.from("x") }));
      const other = fresh<typeof Secret>("aws/secret").reader({ arn: bytes.ARN });
      await assert.rejects(other.read(), /bytes, not a text/);
      const missing = `arn:aws:secretsmanager:${region}:${account}:secret:nobodys`;
      await assert.rejects(fresh<typeof Secret>("aws/secret").reader({ arn: missing }).read(), (error: Error) => {
        assert.equal(error.name, "ResourceNotFoundException");
        assert.ok(!error.message.includes("nobodys"));
        return true;
      });
      secrets.destroy();
    });
  });
});
