/** Azure's bucket, and the queues and workers of the economy tier, against Azurite. */
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as dlq from "../../cli/dlq";
import { azureBox } from "../../cli/dlq/azure";
import type * as Bucket from "../../runtime/azure/bucket";
import type * as Queue from "../../runtime/azure/queue";
import type * as Worker from "../../runtime/azure/queue-worker";
import { MessageTooLarge, NotGranted } from "../../runtime/clients";
import type { Message } from "../../runtime/handler";
import type { AnyQueueHandler } from "../../runtime/queue-worker";
import type { Parts, QueueWorkerSettings } from "../../runtime/settings";
import { continueTrace, currentTraceparent, withTrace } from "../../runtime/trace";
import { listed, redriven } from "../cli/dlq/support";
import { TRACE_ID, TRACEPARENT } from "../runtime/events";
import { captured, fakeServer, fresh, Order, WORKER, withEnvironment } from "../runtime/support";
import { type Azurite, azurite, type Delivered, functionsHost, peek, put, tokenFor } from "./azurite";
import { named, until } from "./gcp-world";

const order = { id: "☃", quantity: 1 };
const retentionSeconds = 3600;
const deadRetentionSeconds = 86_400;
/** The longest message of this tier. */
const maxMessageBytes = 49_152;

describe("Azure Storage against Azurite", function () {
  this.timeout(90_000);
  let server: Azurite;

  before(async function () {
    const started = await azurite();
    if (!started) return this.skip();
    server = started;
    Object.assign(process.env, server.identity);
  });
  after(async () => {
    for (const name of Object.keys(server?.identity ?? {})) delete process.env[name];
    await server?.stop();
  });

  describe("bucket", () => {
    let config: Bucket.AzureBucketConfig;
    beforeEach(async () => {
      config = { endpoint: server.blobs, container: named("media") };
      await server.call("PUT", `${server.blobs}/${config.container}?restype=container`);
    });
    const bucket = () => fresh<typeof Bucket>("azure/bucket").readWriter(config);

    it("keeps what was put last, of any size, until it is deleted", async () => {
      const { put, get, delete: remove } = bucket();
      assert.equal(await get("a"), undefined);
      const large = Buffer.alloc(64 * 2 ** 20, "0123456789abcdef");
      const bytes = Buffer.from([0, 255, 13, 10, 128]);
      const etags = new Set<string>();
      for (const [body, contentType] of [["☃", "text/plain; charset=utf-8"], [bytes], [""], [large]] as const) {
        const { etag } = await put("a", body, contentType === undefined ? {} : { contentType });
        const found = await get("a");
        assert.ok(found && Buffer.from(body).equals(found.body), `${body.length} bytes come back`);
        assert.equal(found.contentType, contentType ?? "application/octet-stream");
        assert.ok(etag !== "" && etag === found.etag && !etags.has(etag), "a new etag for every content");
        etags.add(etag);
      }
      await remove("a");
      assert.equal(await get("a"), undefined);
      await remove("a");
      await assert.rejects(put("a", Buffer.alloc(large.length + 1)), MessageTooLarge);
    });

    const keys = ["/lead", "a//b", "ü/☃", " a b ", "a%2Fb", "a+b", "a?b#c=d&e", "'(x)!*~", "😀", "..a", "a\t\r\nb"];
    for (const key of [...keys, "a:b;c=d@e,f$g[h]{i}|j^k`l", "<&>\"'", "&amp;", "e\u0301", "\u007f", "k".repeat(1024)])
      it(`knows the key ${JSON.stringify(key.slice(0, 30))} by no other name`, async () => {
        const { put, get, list, delete: remove } = bucket();
        const { etag } = await put(key, key);
        assert.equal(Buffer.from((await get(key))?.body ?? "").toString(), key);
        const { items, next } = await list({ prefix: key });
        assert.deepEqual(
          items.map((item) => [item.key, item.bytes, item.etag]),
          [[key, Buffer.byteLength(key), etag]],
        );
        assert.equal(next, undefined);
        assert.ok(Math.abs((items[0]?.modifiedAt.getTime() ?? 0) - Date.now()) < 60_000);
        await remove(key);
        assert.deepEqual((await list()).items, []);
      });

    it("refuses keys that would name another object", async () => {
      const { put, get } = bucket();
      for (const key of ["", ".", "..", "a/../b", "a.", "a./b", "a/", "a\\b", "\ud800", "k".repeat(1025)])
        for (const call of [() => put(key, "x"), () => get(key)]) await assert.rejects(call, TypeError, key);
      assert.deepEqual((await bucket().list()).items, []);
    });

    it("lists page by page, in order, no more than there are", async () => {
      const { put, list } = bucket();
      const names = Array.from({ length: 7 }, (_, n) => `p/${n}`);
      for (const name of [...names].reverse()) await put(name, name);
      await put("q", "");
      const pages: string[][] = [];
      for (let after: string | undefined, page = 0; page < 10; page++) {
        const { items, next } = await list({ prefix: "p/", limit: 3, ...(after !== undefined && { after }) });
        pages.push(items.map(({ key }) => key));
        after = next;
        if (next === undefined) break;
      }
      assert.deepEqual(pages, [names.slice(0, 3), names.slice(3, 6), names.slice(6)]);
      const whole = await list({ prefix: "p/", limit: 7 });
      assert.deepEqual([whole.items.length, whole.next], [7, undefined], "no page that would be empty");
      assert.deepEqual(await list({ prefix: "nothing" }), { items: [] });
    });

    it("says that there is no such bucket, or that the caller may not", async () => {
      const { reader } = fresh<typeof Bucket>("azure/bucket");
      await assert.rejects(reader({ ...config, container: "none-such" }).get("a"), /Blob Storage get.*status 404/);
      await assert.rejects(reader({ ...config, container: "none-such" }).list(), /Blob Storage list.*status 404/);
      const other = await fakeServer(() => ({ json: { access_token: "of-nobody", expires_on: "9999999999" } }));
      await withEnvironment({ IDENTITY_ENDPOINT: other.url }, () => assert.rejects(bucket().get("a"), NotGranted));
      await other.close();
    });
  });

  /** A worker's queue and its poison queue: the address of the first. */
  async function made(): Promise<string> {
    const url = `${server.queues}/${named("fulfil")}`;
    for (const one of [url, `${url}-poison`]) await server.call("PUT", one);
    return url;
  }

  const seenIn = (url: string) => peek(server, url);
  const letters = async (url: string) => (await seenIn(`${url}-poison`)).map(({ text }) => JSON.parse(text));

  const configOf = (url: string, more: Partial<Queue.AzureStorageQueueConfig> = {}) => {
    const queue = url.slice(server.queues.length + 1);
    return { account: server.queues, queue, maxMessageBytes, retentionSeconds, ...more };
  };
  const sender = (url: string) => fresh<typeof Queue>("azure/queue").sender(configOf(url));
  const delayedSender = (url: string, more: Partial<Queue.AzureStorageQueueConfig>) =>
    fresh<typeof Queue>("azure/queue").delayedSender(configOf(url, more));

  /** A function app of the economy tier. `deliver`: the next message, once there is one. */
  async function app(
    url: string,
    handler: AnyQueueHandler,
    settings: Partial<QueueWorkerSettings> = {},
    parts: Partial<Parts> = { schema: Order },
  ) {
    const own = { backoff: { minSeconds: 0, maxSeconds: 0 }, deadLetter: `${url}-poison` };
    const all: QueueWorkerSettings = { ...WORKER, ...own, ...settings };
    const { account, queue } = configOf(url);
    const environment = {
      SB_SETTINGS: all,
      SB_STORE__queueServiceUri: account,
      SB_QUEUE: queue,
      SB_RETENTION: String(retentionSeconds),
      SB_DEAD_RETENTION: String(deadRetentionSeconds),
    };
    const started = await withEnvironment(environment, async () => {
      const { queueWorker } = fresh<typeof Worker>("azure/queue-worker");
      let receive: ReturnType<typeof queueWorker> | undefined;
      await captured(async () => {
        receive = queueWorker(handler, { uses: {}, ...parts });
      });
      assert.ok(receive);
      return functionsHost(server, url, receive, all.maxDeliveries);
    });
    const deliver = async (): Promise<Delivered> => {
      let delivered: Delivered | undefined;
      await until("a delivery", async () => {
        delivered = await started.deliver();
        return delivered !== undefined;
      });
      assert.ok(delivered);
      return delivered;
    };
    return { deliver, lines: started.lines };
  }

  describe("queue of the economy tier", () => {
    it("brings a message, its trace and the time of its sending to the handler, once", async () => {
      const queue = await made();
      const seen: Message<unknown>[] = [];
      let trace: string | undefined;
      const { deliver } = await app(queue, async (messages) => {
        seen.push(...messages);
        trace = currentTraceparent();
      });
      const { id } = await withTrace(continueTrace(TRACEPARENT), () => sender(queue).send(order));
      const { message, thrown } = await deliver();
      assert.equal(thrown, undefined);
      assert.deepEqual(seen, [{ id, body: order, attempt: 1, sentAt: new Date(message.insertionTime) }]);
      assert.equal(trace?.split("-")[1], TRACE_ID);
      assert.ok(Math.abs(message.insertionTime - Date.now()) < 60_000);
      assert.equal(message.expirationTime - message.insertionTime, retentionSeconds * 1000);
      assert.deepEqual(await seenIn(queue), []);
    });

    const texts = ["\0\u0001\u001f\u007f\u0085", "\uFFFE\uFFFF\ud800", "😀 ü ☃", "]]>&lt;<&>\"'\\", " \r\n\t ", ""];
    const oddities = {
      dequeueCount: 99,
      id: "forged",
      format: "sb.1",
      earlier: 7,
      text: "t",
      error: "e",
      body: { firstId: "f" },
    };
    for (const body of [...texts, 5, null, false, [1, [null]], {}, oddities])
      it(`brings ${JSON.stringify(body)} as it was sent`, async () => {
        const queue = await made();
        const seen: Message<unknown>[] = [];
        const { deliver } = await app(queue, async (messages) => void seen.push(...messages), {}, {});
        const { id } = await sender(queue).send(body);
        await deliver();
        assert.deepEqual(
          seen.map((one) => [one.id, one.attempt, one.body]),
          [[id, 1, body]],
        );
      });

    it("takes messages up to its limit, in whatever characters, and refuses longer ones", async () => {
      const queue = await made();
      const { send } = sender(queue);
      for (const char of ["x", "<", "ü", "☃", "😀", "\\"]) {
        const text = char.repeat(
          Math.floor((maxMessageBytes - 2) / Buffer.byteLength(JSON.stringify(char).slice(1, -1))),
        );
        await send(text);
        await assert.rejects(send(`${text}${char}${char}`), MessageTooLarge);
      }
      assert.equal((await seenIn(queue)).length, 6);
    });

    it("holds a message back for as long as its sender says", async () => {
      const queue = await made();
      const { send } = delayedSender(queue, { maxDelaySeconds: 60 });
      const sentAt = Date.now();
      const { id } = await send(order, { delaySeconds: 1.5 });
      assert.deepEqual(await seenIn(queue), [], "nobody sees it yet");
      const { deliver } = await app(queue, async () => {});
      const { message } = await deliver();
      assert.equal(message.id, id);
      assert.ok(Date.now() - sentAt >= 1900, "two whole seconds");
      for (const delaySeconds of [-1, 61, Number.NaN]) await assert.rejects(send(order, { delaySeconds }), RangeError);
      assert.deepEqual(await seenIn(queue), []);
    });

    it("keeps a message for its whole retention once it is seen", async () => {
      const queue = await made();
      const { send } = delayedSender(queue, { retentionSeconds: 2, maxDelaySeconds: 60 });
      await send(order, { delaySeconds: 1 });
      const { deliver } = await app(queue, async () => {});
      const { message } = await deliver();
      assert.equal(message.expirationTime - message.insertionTime, 3000);
    });
  });

  describe("worker of the economy tier", () => {
    it("has a failed message again after its backoff, as the same one, and counts on", async () => {
      const queue = await made();
      const seen: Message<unknown>[] = [];
      const { deliver, lines } = await app(
        queue,
        async (messages) => {
          seen.push(...messages);
          if (seen.length < 3) throw new RangeError("no such sku");
        },
        { backoff: { minSeconds: 1, maxSeconds: 60 } },
      );
      const { id } = await sender(queue).send(order);
      for (const waited of [0, 1, 2]) {
        const { message, thrown } = await deliver();
        assert.equal(thrown, undefined, "the host deletes the original");
        assert.deepEqual(await seenIn(queue), [], "the copy is hidden");
        assert.equal(message.dequeueCount, 1, "each copy is a message of its own");
        assert.ok(Date.now() - message.insertionTime >= waited * 1000 - 10);
        assert.equal(message.expirationTime - message.insertionTime, (retentionSeconds + waited) * 1000);
      }
      const [first] = seen;
      assert.deepEqual(
        seen,
        [1, 2, 3].map((attempt) => ({ id, body: order, attempt, sentAt: first?.sentAt })),
      );
      assert.match(lines.join("\n"), /"attempt":1.*\n.*"attempt":2/);
      assert.deepEqual([await seenIn(queue), await letters(queue)], [[], []]);
    });

    it("puts the last attempt into the poison queue with its cause; sent back, it starts anew", async () => {
      const queue = await made();
      const seen: Message<unknown>[] = [];
      let broken = true;
      const handler: AnyQueueHandler = async (messages) => {
        if (broken) throw new RangeError("no such sku");
        seen.push(...messages);
      };
      const { deliver } = await app(queue, handler, { maxDeliveries: 2 });
      const { id } = await withTrace(continueTrace(TRACEPARENT), () => sender(queue).send(order));
      const { message } = await deliver();
      await deliver();
      const [stored, ...others] = await seenIn(`${queue}-poison`);
      assert.ok(stored && others.length === 0);
      assert.equal(stored.expirationTime - stored.insertionTime, deadRetentionSeconds * 1000);
      const { traceparent, ...letter } = JSON.parse(stored.text);
      const firstSentAt = new Date(message.insertionTime).toISOString();
      const cause = { error: "RangeError: no such sku", attempts: 2 };
      assert.deepEqual(letter, { format: "sb.1", body: order, firstId: id, firstSentAt, ...cause });
      assert.match(traceparent, new RegExp(TRACE_ID));
      assert.deepEqual(await seenIn(queue), []);
      broken = false;
      await put(server, queue, stored.text);
      await deliver();
      assert.deepEqual(seen, [{ id, body: order, attempt: 1, sentAt: new Date(message.insertionTime) }]);
    });

    it("buries the longest message with the longest cause", async () => {
      const queue = await made();
      const handler: AnyQueueHandler = () => Promise.reject(new Error("☃".repeat(1000)));
      const { deliver } = await app(queue, handler, { maxDeliveries: 1 }, {});
      // Plain letters: Azurite decodes what it receives piece by piece, which breaks others at a piece's end.
      const body = "x".repeat(maxMessageBytes - 2);
      await sender(queue).send(body);
      assert.equal((await deliver()).thrown, undefined);
      const [letter] = await letters(queue);
      assert.deepEqual([letter.body === body, letter.error.startsWith("Error: ☃☃")], [true, true]);
    });

    it("leaves a message whose copy cannot be sent to the host's own count and poison queue", async () => {
      const queue = await made();
      const handler: AnyQueueHandler = () => Promise.reject(new RangeError("no such sku"));
      const deadLetter = `${queue}-none-such`;
      const { deliver, lines } = await app(queue, handler, { maxDeliveries: 2, deadLetter });
      await sender(queue).send(order);
      await deliver();
      const counts = [];
      for (let delivery = 0; delivery < 2; delivery++) {
        const { message, thrown } = await deliver();
        assert.equal(thrown?.message, "RangeError: no such sku");
        counts.push(message.dequeueCount);
      }
      assert.deepEqual(counts, [1, 2], "the copy, delivered until the host gives up");
      assert.match(lines.join("\n"), /status 404.*dead letter not sent/);
      const [letter] = await letters(queue);
      assert.deepEqual([letter.body, letter.error], [order, undefined]);
      assert.deepEqual(await seenIn(queue), []);
    });

    for (const [text, cause] of [
      ["no JSON", /^InvalidMessage: the body is not JSON/],
      ['{"id":5}', /^InvalidMessage: .*id/],
    ] as const)
      it(`keeps ${text}, which another has sent, whole through retry and death`, async () => {
        const queue = await made();
        const { deliver } = await app(queue, async () => assert.fail("called"), { maxDeliveries: 2 });
        await put(server, queue, text);
        await deliver();
        await deliver();
        const [letter, ...others] = await letters(queue);
        assert.match(letter.error, cause);
        assert.deepEqual([letter.text ?? JSON.stringify(letter.body), letter.attempts, others], [text, 2, []]);
      });
  });

  describe("dead letters of the economy tier", () => {
    let folder: string;
    const path = process.env.PATH;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "az-"));
      const az = join(folder, "az");
      const says = tokenFor("https://storage.azure.com").access_token;
      writeFileSync(
        az,
        `#!/bin/sh\ncase "$*" in *"--resource https://storage.azure.com "*) echo ${says};; *) exit 1;; esac\n`,
      );
      chmodSync(az, 0o755);
      process.env.PATH = `${folder}:${path}`;
    });
    after(() => {
      process.env.PATH = path;
      rmSync(folder, { recursive: true });
    });

    /** Twelve orders that have died, the first with another cause than the others, and what opens their box. */
    async function died() {
      const queue = await made();
      const handler: AnyQueueHandler = async ([message]) => {
        if ((message as unknown as Message<Order>).body.quantity === 1) throw new TypeError("no stock");
        throw new RangeError("no such sku");
      };
      const { deliver } = await app(queue, handler, { maxDeliveries: 1 });
      const { send } = sender(queue);
      const ids: string[] = [];
      for (let quantity = 1; quantity <= 12; quantity++)
        ids.push((await withTrace(continueTrace(TRACEPARENT), () => send({ id: "☃ <&>", quantity }))).id);
      for (const _ of ids) await deliver();
      const place = { component: "fulfil", deadLetters: `${queue}-poison`, queue, resource: () => undefined };
      return { queue, ids, box: () => azureBox(place) };
    }

    it("are listed and shown without being taken, with their cause, and met by a filter", async () => {
      const { ids, box } = await died();
      const all = await listed(box());
      assert.deepEqual(all.map(({ id }) => id).sort(), [...ids].sort());
      const [first, ...others] = await listed(box(), ["quantity=1"]);
      assert.deepEqual(
        [first?.id, first?.body, first?.error, first?.attempts, others.length],
        [ids[0], '{"id":"☃ <&>","quantity":1}', "TypeError: no stock", 1, 0],
      );
      assert.match(first?.traceparent ?? "", new RegExp(TRACE_ID));
      assert.equal((await listed(box(), ["error=RangeError"])).length, 11);
      assert.match(await dlq.show(box(), ids[1] ?? "", { payload: false, json: false }), /RangeError: no such sku/);
      assert.equal((await listed(box())).length, 12, "all are there still");
    });

    it("are sent back as they were, deliveries counted anew, or deleted, only the chosen ones", async () => {
      const { queue, ids, box } = await died();
      assert.match(await redriven(box(), { where: ["quantity=3"] }), /^1 dead letter sent back/);
      const seen: Message<unknown>[] = [];
      const { deliver } = await app(queue, async (messages) => void seen.push(...messages));
      await deliver();
      assert.deepEqual(
        seen.map(({ id, body, attempt }) => [id, body, attempt]),
        [[ids[2], { id: "☃ <&>", quantity: 3 }, 1]],
      );
      assert.equal(await dlq.purge(box(), { ids: [ids[4] ?? ""], where: [] }, "fulfil"), "1 dead letter deleted.");
      assert.equal((await listed(box())).length, 10);
      assert.match(await redriven(box()), /^10 dead letters sent back/);
      assert.deepEqual([(await letters(queue)).length, (await seenIn(queue)).length], [0, 10]);
    });

    it("that the host itself buried have no cause, start anew as well, and keep their text", async () => {
      const { queue, box } = await died();
      const copy = { format: "sb.1", body: order, firstId: "f", firstSentAt: "2026-01-02T03:04:05.678Z", earlier: 4 };
      const texts = [JSON.stringify(copy), "of <another>"];
      for (const text of texts) await put(server, `${queue}-poison`, text);
      const [buried] = await listed(box(), ["id=☃"]);
      assert.deepEqual([buried?.id, buried?.error, buried?.attempts], ["f", "", 4]);
      const foreign = (await listed(box())).find(({ body }) => body === texts[1]);
      await redriven(box(), { ids: ["f", foreign?.id ?? ""] });
      const { earlier: _, ...anew } = copy;
      assert.deepEqual(
        (await seenIn(queue)).map(({ text }) => text),
        [JSON.stringify(anew), texts[1]],
      );
    });
  });
});
