import { createHash, randomUUID } from "node:crypto";
import type { ObjectEvent } from "../runtime/local/events";
import { Alarm } from "./alarm";
import type { Clock } from "./clock";
import { LocalCloudError } from "./errors";
import type { Queue } from "./queue";

export interface BucketSettings {
  /** Seconds after which an object is deleted; undefined: never. */
  readonly expireAfterSeconds?: number | undefined;
}

export interface StoredObject {
  readonly key: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly etag: string;
  /** ms since the epoch. */
  readonly modifiedAt: number;
}

/** Which changes go to which queue. */
export interface Notice {
  readonly on: readonly ("created" | "deleted")[];
  readonly prefix: string;
  readonly suffix: string;
  readonly queue: Queue;
}

/** Largest object in bytes: what one request to the portable clouds can write. */
const maxObjectBytes = 64 * 2 ** 20;

/** Objects by key, in memory. */
export class Bucket {
  readonly #objects = new Map<string, StoredObject>();
  readonly #notices = new Map<string, Notice>();
  readonly #expiry: Alarm;
  #sequence = 0;

  constructor(
    readonly name: string,
    private settings: BucketSettings,
    private readonly clock: Clock,
  ) {
    this.#expiry = new Alarm(clock, () => this.#expireDue());
  }

  configure(settings: BucketSettings): void {
    this.settings = settings;
    this.#expireDue();
  }

  get size(): number {
    return this.#objects.size;
  }

  setNotice(name: string, notice: Notice): void {
    this.#notices.set(name, notice);
  }

  removeNotice(name: string): void {
    this.#notices.delete(name);
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  /** In the order of keys by UTF-8 bytes, which is the order of code points. */
  list(prefix: string, after: string | undefined, limit: number): readonly StoredObject[] {
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort(byBytes);
    const from = after === undefined ? 0 : keys.findIndex((key) => byBytes(key, after) > 0);
    return (from < 0 ? [] : keys.slice(from, from + limit)).flatMap((key) => this.#objects.get(key) ?? []);
  }

  put(key: string, body: Uint8Array, contentType: string): { readonly etag: string } {
    if (key === "" || Buffer.byteLength(key) > 1024)
      throw new LocalCloudError("InvalidInput", "an object's key has 1 to 1,024 bytes");
    if (body.byteLength > maxObjectBytes) {
      const message = `the object has ${body.byteLength} bytes; this bucket accepts ${maxObjectBytes}`;
      throw new LocalCloudError("MessageTooLarge", message);
    }
    const etag = createHash("sha256").update(body).digest("hex").slice(0, 32);
    this.#objects.delete(key); // so that the map stays in the order of writing, which is that of expiry
    this.#objects.set(key, { key, body, contentType, etag, modifiedAt: this.clock.now() });
    this.#tell("created", key, { bytes: body.byteLength, etag });
    this.#arm();
    return { etag };
  }

  delete(key: string): void {
    if (this.#objects.delete(key)) this.#tell("deleted", key, {});
  }

  close(): void {
    this.#expiry.cancel();
    this.#notices.clear();
  }

  #tell(kind: "created" | "deleted", key: string, facts: { readonly bytes?: number; readonly etag?: string }): void {
    this.#sequence++;
    for (const { on, prefix, suffix, queue } of this.#notices.values()) {
      if (!on.includes(kind) || !key.startsWith(prefix) || !key.endsWith(suffix)) continue;
      const sequencer = this.#sequence.toString().padStart(20, "0");
      const event: ObjectEvent = { id: randomUUID(), kind, key, ...facts, sequencer, at: this.clock.now() };
      queue.send(JSON.stringify(event));
    }
  }

  #arm(): void {
    const { expireAfterSeconds } = this.settings;
    const oldest = this.#objects.values().next().value;
    if (expireAfterSeconds !== undefined && oldest)
      this.#expiry.setIfNone(oldest.modifiedAt + expireAfterSeconds * 1000);
  }

  #expireDue(): void {
    this.#expiry.cancel();
    const { expireAfterSeconds } = this.settings;
    if (expireAfterSeconds === undefined) return;
    const oldest = this.clock.now() - expireAfterSeconds * 1000;
    for (const { key, modifiedAt } of [...this.#objects.values()]) {
      if (modifiedAt > oldest) break;
      this.delete(key);
    }
    this.#arm();
  }
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
