import { createHash, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { type Clock, RealClock } from "./clock";
import { LocalCloudError } from "./errors";
import { type FaultPlan, Faults } from "./faults";
import { kinds, type Lives, type Surroundings } from "./kinds";
import { perform } from "./perform";
import { type LocalResources, parse, type Reference, type ResourceType, references, resourceTypes } from "./resources";
import { type CloudStats, statsOf } from "./stats";

export interface LocalCloudOptions {
  /** Default: real time. */
  readonly clock?: Clock;
  /** Default: nothing goes wrong. */
  readonly faults?: FaultPlan;
}

/** What a resource has become: its inputs, and what only the cloud knows. */
export interface ResourceState {
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface Entry<Type extends ResourceType = ResourceType> {
  readonly inputs: LocalResources[Type];
  readonly life: Lives[Type];
}

/** Functions first: whoever waits for one of their calls then has its answer; then users before what they use. */
const endOrder: readonly ResourceType[] = [
  ...(["Function", "Api", "Consumer", "Reader", "Schedule", "Subscription", "Notification"] as const),
  ...(["Queue", "Bus", "Stream", "Bucket", "Table", "Secret", "LogStore"] as const),
];

/**
 * A cloud in this process, in memory. Resources are made, changed and deleted by type and name; all of them end with it.
 */
export class LocalCloud {
  /** Tells this cloud from the one that ran before it: another boot is another, empty cloud. */
  readonly bootId = randomUUID();
  /** The operator's token: for everything that changes state or shows payloads, and for routes with `iam`. */
  readonly token = randomBytes(32).toString("base64url");
  readonly clock: Clock;
  readonly faults: Faults;
  readonly #resources: { readonly [Type in ResourceType]: Map<string, Entry<Type>> } = {
    LogStore: new Map(),
    Queue: new Map(),
    Table: new Map(),
    Function: new Map(),
    Consumer: new Map(),
    Api: new Map(),
    Secret: new Map(),
    Bus: new Map(),
    Subscription: new Map(),
    Stream: new Map(),
    Reader: new Map(),
    Bucket: new Map(),
    Notification: new Map(),
    Schedule: new Map(),
  };
  readonly #around: Surroundings;
  #watchers: (() => void)[] = [];
  #draining = false;
  /** Names that are taken by what is not there yet. */
  readonly #starting = new Set<string>();

  constructor(options: LocalCloudOptions = {}) {
    this.clock = options.clock ?? new RealClock();
    this.faults = options.faults ? new Faults(options.faults) : Faults.none;
    this.#around = {
      clock: this.clock,
      faults: this.faults,
      find: (type, name) => this.find(type, name),
      inputs: (type, name) => this.#map(type).get(name)?.inputs,
      need: (type, name, whose) => {
        const found = this.find(type, name);
        if (!found) throw new LocalCloudError("NotFound", `${whose} needs ${type} "${name}", and there is none`);
        return found;
      },
      perform: (functionName, resource, operation, args) => {
        const caller = this.#resources.Function.get(functionName);
        if (!caller) throw new LocalCloudError("NotGranted", `function "${functionName}" was deleted`);
        return perform(this.#around.find, caller.inputs, resource, operation, args);
      },
      principal: (authorization) => (this.isOperator(authorization) ? "operator" : undefined),
      moved: () => {
        for (const look of this.#watchers.splice(0)) look();
      },
    };
  }

  /** Whether an Authorization header carries the operator's token. */
  isOperator(authorization: string | undefined): boolean {
    const digest = (text: string) => createHash("sha256").update(text).digest();
    return timingSafeEqual(digest(authorization ?? ""), digest(`Bearer ${this.token}`));
  }

  find<Type extends ResourceType>(type: Type, name: string): Lives[Type] | undefined {
    return this.#map(type).get(name)?.life;
  }

  list<Type extends ResourceType>(type: Type): Entry<Type>[] {
    return [...this.#map(type).values()];
  }

  async create<Type extends ResourceType>(type: Type, given: unknown): Promise<ResourceState> {
    if (this.#draining)
      throw new LocalCloudError("Draining", "the local cloud is shutting down and takes no new resources");
    const inputs = parse(type, given);
    const name = nameOf(type, inputs);
    const key = `${type}/${name}`;
    if (this.#map(type).has(name) || this.#starting.has(key)) {
      throw new LocalCloudError(
        "AlreadyExists",
        `${type} "${name}" exists already; choose another name or delete it first`,
      );
    }
    this.#starting.add(key);
    try {
      const life = await kinds[type].start(inputs, this.#around);
      this.#map(type).set(name, { inputs, life });
    } finally {
      this.#starting.delete(key);
    }
    return this.#state(type, name);
  }

  async update<Type extends ResourceType>(type: Type, name: string, given: unknown): Promise<ResourceState> {
    const inputs = parse(type, given);
    const entry = this.#map(type).get(name);
    if (!entry) throw new LocalCloudError("NotFound", `there is no ${type} "${name}"`);
    const life = await kinds[type].change(entry.life, inputs, this.#around, entry.inputs);
    this.#map(type).set(name, { inputs, life });
    return this.#state(type, name);
  }

  /** Deleting what does not exist is done already. */
  async delete(type: ResourceType, name: string): Promise<void> {
    const user = this.#userOf(type, name);
    if (user) throw new LocalCloudError("InUse", `${type} "${name}" is used by ${user}; delete that first`);
    await this.#stop(type, name);
  }

  read(type: ResourceType, name: string): ResourceState | undefined {
    return this.#map(type).has(name) ? this.#state(type, name) : undefined;
  }

  stats(): CloudStats {
    return statsOf(this);
  }

  /**
   * Resolves when nothing is left to do: no request or call runs, no queue that somebody consumes holds a message, be it
   * hidden or in backoff, and every reader is at its stream's end. With `skipBackoff` messages do not wait out their backoff once all else is done.
   */
  async quiet(options: { readonly skipBackoff?: boolean } = {}): Promise<void> {
    while (this.#busy()) {
      if (options.skipBackoff && !this.#working()) {
        for (const { life } of this.list("Consumer")) life.consumer.queue.hurry();
        for (const { life } of this.list("Reader")) life.reader.hurry();
      }
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  /** Takes no more requests and messages; resolves when the handlers that run have ended and are settled. */
  async drain(): Promise<void> {
    this.#draining = true;
    await Promise.all(this.list("Api").map(({ life }) => life.close()));
    for (const { life } of this.list("Schedule")) life.close();
    await Promise.all([
      ...this.list("Consumer").map(({ life }) => life.consumer.drain()),
      ...this.list("Reader").map(({ life }) => life.reader.drain()),
    ]);
  }

  /** Ends everything at once, users before what they use. What has not been drained is lost. */
  async close(): Promise<void> {
    this.#draining = true;
    for (const type of endOrder) {
      await Promise.all([...this.#map(type).keys()].map((name) => this.#stop(type, name)));
    }
  }

  #map<Type extends ResourceType>(type: Type): Map<string, Entry<Type>> {
    return this.#resources[type];
  }

  async #stop<Type extends ResourceType>(type: Type, name: string): Promise<void> {
    const entry = this.#map(type).get(name);
    if (!entry) return;
    await kinds[type].stop(entry.life);
    this.#map(type).delete(name);
    this.#around.moved();
  }

  #state(type: ResourceType, name: string): ResourceState {
    const entry = this.#map(type).get(name);
    const url = type === "Api" ? { url: this.find("Api", name)?.url } : {};
    return { id: name, outputs: { ...entry?.inputs, ...url, bootId: this.bootId } };
  }

  #userOf(type: ResourceType, name: string): string | undefined {
    for (const other of resourceTypes) {
      const refers = references[other] as (inputs: unknown) => readonly Reference[];
      const user = this.list(other).find(({ inputs }) =>
        refers(inputs).some(([named, whom]) => named === type && whom === name),
      );
      if (user) return `${other} "${nameOf(other, user.inputs)}"`;
    }
    return undefined;
  }

  #working(): boolean {
    const consumers = this.list("Consumer").map(({ life }) => life.consumer);
    const queues = consumers.map(({ queue }) => queue);
    return (
      this.list("Api").some(({ life }) => life.active > 0) ||
      consumers.some(({ running }) => running > 0) ||
      this.list("Reader").some(({ life }) => life.reader.running > 0) ||
      queues.some((queue) => queue.waiting > 0 || queue.depth().inFlight > 0)
    );
  }

  #busy(): boolean {
    return (
      this.#working() ||
      this.list("Consumer").some(({ life }) => !life.consumer.queue.empty) ||
      this.list("Reader").some(({ life }) => !life.reader.idle)
    );
  }
}

function nameOf(type: ResourceType, inputs: LocalResources[ResourceType]): string {
  if ("name" in inputs) return inputs.name;
  if ("queue" in inputs) return inputs.queue;
  throw new LocalCloudError("InvalidInput", `a ${type} has neither a name nor a queue`);
}
