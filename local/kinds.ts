import { Api, type ApiHooks } from "./api";
import { Bucket } from "./bucket";
import { Bus } from "./bus";
import type { Clock } from "./clock";
import { Consumer } from "./consumer";
import { LocalCloudError } from "./errors";
import type { Faults } from "./faults";
import { type FunctionSettings, LocalFunction } from "./function";
import { Latencies } from "./latencies";
import { LogStore } from "./log-store";
import { Queue } from "./queue";
import { Reader } from "./reader";
import type { LocalResources, ResourceType } from "./resources";
import { Secret } from "./secret";
import { Stream } from "./stream";
import { Table } from "./table";
import { Timer } from "./timer";

/** What stands behind a resource of each type while it lives. */
export interface Lives {
  readonly LogStore: LogStore;
  readonly Queue: Queue;
  readonly Table: Table;
  readonly Function: LocalFunction;
  readonly Consumer: ConsumerLife;
  readonly Api: Api;
  readonly Secret: Secret;
  readonly Bus: Bus;
  readonly Subscription: Bond;
  readonly Stream: Stream;
  readonly Reader: ReaderLife;
  readonly Bucket: Bucket;
  readonly Notification: Bond;
  readonly Schedule: Timer;
}
/** A rule that another resource keeps. */
export interface Bond {
  readonly untie: () => void;
}
export interface ReaderLife {
  readonly reader: Reader;
  readonly latencies: Latencies;
}
export interface ConsumerLife {
  readonly consumer: Consumer;
  readonly latencies: Latencies;
}

/** What the kinds need of the cloud that they live in. */
export interface Surroundings {
  readonly clock: Clock;
  readonly faults: Faults;
  /** The named resource, or an error that names who needs it. */
  readonly need: <Type extends ResourceType>(type: Type, name: string, whose: string) => Lives[Type];
  readonly find: <Type extends ResourceType>(type: Type, name: string) => Lives[Type] | undefined;
  /** What the named resource was last given. */
  readonly inputs: <Type extends ResourceType>(type: Type, name: string) => LocalResources[Type] | undefined;
  readonly perform: (functionName: string, resource: string, operation: string, args: readonly unknown[]) => unknown;
  readonly principal: ApiHooks["principal"];
  /** Something moved: whoever waits for quiet may look again. */
  readonly moved: () => void;
}

interface Kind<Type extends ResourceType> {
  readonly start: (inputs: LocalResources[Type], around: Surroundings) => Lives[Type] | Promise<Lives[Type]>;
  /** Takes changed inputs. Resolves to what stands there afterwards, itself or another. */
  readonly change: (
    life: Lives[Type],
    inputs: LocalResources[Type],
    around: Surroundings,
    old: LocalResources[Type],
  ) => Lives[Type] | Promise<Lives[Type]>;
  readonly stop: (life: Lives[Type]) => void | Promise<void>;
}

const nothing = () => undefined;

/** How a resource of each type comes to life, changes and ends. */
export const kinds: { readonly [Type in ResourceType]: Kind<Type> } = {
  LogStore: {
    start: ({ name, retentionDays }, { clock }) => new LogStore(name, retentionDays, clock),
    change: (store, { retentionDays }) => {
      store.configure(retentionDays);
      return store;
    },
    stop: nothing,
  },
  Queue: {
    start: (inputs, { clock, faults, moved }) => {
      const queue = new Queue(inputs.name, inputs, clock, faults);
      queue.onChange(moved);
      return queue;
    },
    change: (queue, inputs) => {
      queue.configure(inputs);
      return queue;
    },
    stop: (queue) => queue.close(),
  },
  Table: {
    start: (inputs, { clock }) => new Table(inputs.name, inputs, clock),
    change: (table, inputs) => {
      table.configure(inputs);
      return table;
    },
    stop: (table) => table.close(),
  },
  Function: {
    start: (inputs, around) => {
      const { name, logStore } = inputs;
      around.need("LogStore", logStore, `Function "${name}"`);
      return new LocalFunction(
        functionSettings(inputs),
        around.clock,
        {
          perform: (resource, operation, args) => around.perform(name, resource, operation, args),
          log: (text) => around.find("LogStore", around.inputs("Function", name)?.logStore ?? "")?.append(name, text),
        },
        around.faults,
      );
    },
    change: (life, inputs, around, old) => {
      around.need("LogStore", inputs.logStore, `Function "${inputs.name}"`);
      if (!sameRuntime(old, inputs)) life.configure(functionSettings(inputs));
      return life;
    },
    stop: (life) => life.close(),
  },
  Consumer: {
    start: startConsumer,
    change: async (life, inputs, around, old) => {
      if (inputs.function === old.function) {
        checkVisibility(inputs, around);
        life.consumer.configure(inputs);
        return life;
      }
      const next = startConsumer(inputs, around);
      await life.consumer.drain();
      return next;
    },
    stop: (life) => life.consumer.drain(),
  },
  Api: {
    start: startApi,
    change: async (api, inputs, around, old) => {
      if ((inputs.port ?? 0) !== (old.port ?? 0)) {
        const moved = await startApi(inputs, around); // first: when the new port is taken the old one goes on
        await api.close();
        return moved;
      }
      checkReferences(inputs, around);
      api.configure(inputs);
      return api;
    },
    stop: (api) => api.close(),
  },
  Secret: { start: ({ name }) => new Secret(name), change: (secret) => secret, stop: nothing },
  Bus: {
    start: (inputs, { clock }) => new Bus(inputs.name, inputs, clock),
    change: (bus, inputs) => {
      bus.configure(inputs);
      return bus;
    },
    stop: (bus) => bus.close(),
  },
  Subscription: {
    start: tieSubscription,
    change: (_bond, inputs, around) => tieSubscription(inputs, around),
    stop: ({ untie }) => untie(),
  },
  Stream: {
    start: (inputs, { clock }) => new Stream(inputs.name, inputs, clock),
    change: (stream, inputs) => {
      stream.configure(inputs);
      return stream;
    },
    stop: (stream) => stream.close(),
  },
  Reader: {
    start: startReader,
    change: async (life, inputs, around, old) => {
      if (inputs.function === old.function) {
        life.reader.configure(inputs);
        return life;
      }
      await life.reader.drain();
      return startReader(inputs, around);
    },
    stop: ({ reader }) => reader.drain(),
  },
  Bucket: {
    start: (inputs, { clock }) => new Bucket(inputs.name, inputs, clock),
    change: (bucket, inputs) => {
      bucket.configure(inputs);
      return bucket;
    },
    stop: (bucket) => bucket.close(),
  },
  Notification: {
    start: tieNotification,
    change: (_bond, inputs, around) => tieNotification(inputs, around),
    stop: ({ untie }) => untie(),
  },
  Schedule: {
    start: (inputs, around) =>
      new Timer(inputs, around.need("Queue", inputs.queue, whose("Schedule", inputs)), around.clock),
    change: (timer, inputs) => {
      timer.configure(inputs);
      return timer;
    },
    stop: (timer) => timer.close(),
  },
};

const whose = (type: ResourceType, { name }: { readonly name: string }) => `${type} "${name}"`;

function tieSubscription(inputs: LocalResources["Subscription"], around: Surroundings): Bond {
  const { name, types, filter } = inputs;
  const bus = around.need("Bus", inputs.bus, whose("Subscription", inputs));
  bus.setRule(name, { types, filter, queue: around.need("Queue", inputs.queue, whose("Subscription", inputs)) });
  return { untie: () => bus.removeRule(name) };
}

function tieNotification(inputs: LocalResources["Notification"], around: Surroundings): Bond {
  const { name, on, prefix, suffix } = inputs;
  const bucket = around.need("Bucket", inputs.bucket, whose("Notification", inputs));
  const queue = around.need("Queue", inputs.queue, whose("Notification", inputs));
  bucket.setNotice(name, { on, prefix, suffix, queue });
  return { untie: () => bucket.removeNotice(name) };
}

function startReader(inputs: LocalResources["Reader"], around: Surroundings): ReaderLife {
  const { source } = inputs;
  const by = whose("Reader", inputs);
  const stream =
    source.type === "Stream" ? around.need("Stream", source.name, by) : around.need("Table", source.name, by).changes;
  const target = around.need("Function", inputs.function, by);
  const graves = around.need("Queue", inputs.queue, by);
  const latencies = new Latencies();
  const settled = (all: readonly number[]) => {
    for (const ms of all) latencies.add(ms);
    around.moved();
  };
  return {
    reader: new Reader(stream, target, graves, inputs, around.clock, inputs.from, around.faults, settled),
    latencies,
  };
}

function functionSettings({
  name,
  code,
  environment,
  memoryMiB,
  timeoutSeconds,
}: LocalResources["Function"]): FunctionSettings {
  return { name, code, environment, memoryMiB, timeoutSeconds };
}

/** Permissions and log store are looked up at each use; only these need other instances. */
function sameRuntime(a: LocalResources["Function"], b: LocalResources["Function"]): boolean {
  return JSON.stringify(functionSettings(a)) === JSON.stringify(functionSettings(b));
}

function startConsumer(inputs: LocalResources["Consumer"], around: Surroundings): ConsumerLife {
  const { queue, target } = checkVisibility(inputs, around);
  const latencies = new Latencies();
  const settled = (all: readonly number[]) => {
    for (const ms of all) latencies.add(ms);
    around.moved();
  };
  return { consumer: new Consumer(queue, target, inputs, around.clock, settled), latencies };
}

/** As Lambda does: a call that may outlive its messages' visibility timeout would have them delivered twice as a rule. */
function checkVisibility(
  inputs: LocalResources["Consumer"],
  around: Surroundings,
): { queue: Queue; target: LocalFunction } {
  const whose = `Consumer of queue "${inputs.queue}"`;
  const queue = around.need("Queue", inputs.queue, whose);
  const target = around.need("Function", inputs.function, whose);
  if (target.timeoutSeconds > queue.visibilityTimeoutSeconds) {
    const fact = `function "${inputs.function}" may run ${target.timeoutSeconds} s, the queue's visibilityTimeoutSeconds is ${queue.visibilityTimeoutSeconds}`;
    throw new LocalCloudError("InvalidInput", `${whose}: ${fact}; set it to at least the function's timeout`);
  }
  return { queue, target };
}

function checkReferences({ name, routes, logStore }: LocalResources["Api"], around: Surroundings): void {
  for (const route of routes) around.need("Function", route.function, `Api "${name}"`);
  around.need("LogStore", logStore, `Api "${name}"`);
}

async function startApi(inputs: LocalResources["Api"], around: Surroundings): Promise<Api> {
  const { name } = inputs;
  checkReferences(inputs, around);
  return Api.start(inputs, around.clock, {
    target: (functionName) => around.find("Function", functionName),
    log: (line) => {
      around.find("LogStore", around.inputs("Api", name)?.logStore ?? inputs.logStore)?.append(name, line);
      around.moved();
    },
    principal: around.principal,
  });
}
