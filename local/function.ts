import { Alarm } from "./alarm";
import type { Cancel, Clock } from "./clock";
import { LocalCloudError } from "./errors";
import { Faults } from "./faults";
import { Fifo } from "./fifo";
import { Instance, type InstanceSpec } from "./instance";

export interface FunctionSettings extends InstanceSpec {
  readonly timeoutSeconds: number;
}

/** Something that takes calls: a function, or in tests a plain closure. */
export interface Invoker {
  /** Rejects when the call failed, whatever the reason. */
  readonly invoke: (event: unknown) => Promise<unknown>;
}

export interface FunctionHooks {
  readonly perform: (resource: string, operation: string, args: readonly unknown[]) => unknown;
  readonly log: (text: string) => void;
}

interface Job {
  readonly event: unknown;
  readonly since: number;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: Error) => void;
  /** How often it was found running while others waited. */
  looks: number;
}

/** A waiting call this old, in ms, is reason for one more instance, where those there are wait themselves. */
const patience = 20;
/** Calls that wait less, in ms, keep their thread at work: more threads would only be in each other's way. */
const waits = 1;
/** Or one runs on and on: looks `patience` apart, as a busy machine or this thread itself may delay a short call's end. */
const longLooks = 5;
/** Instances at most, of one function. */
const mostInstances = 64;
/** An instance that nobody needs is kept this long, in ms. */
const keepIdle = 60_000;

/** A deployed function: runs each call on an instance of its own, starting instances as calls have to wait. */
export class LocalFunction implements Invoker {
  readonly #waiting = new Fifo<Job>();
  readonly #idle: { readonly instance: Instance; readonly since: number }[] = [];
  readonly #all = new Set<Instance>();
  /** Made from earlier settings: they end as soon as they are free. */
  readonly #outdated = new WeakSet<Instance>();
  readonly #grow: Alarm;
  readonly #reap: Alarm;
  /** Started, not ready yet. */
  #starting = 0;
  /** The calls that run, the oldest first. */
  readonly #running = new Set<Job>();
  /** ms that calls wait for something, the newest counting most. */
  #idleMs = 0;
  #closed = false;

  constructor(
    private settings: FunctionSettings,
    private readonly clock: Clock,
    private readonly hooks: FunctionHooks,
    private readonly faults: Faults = Faults.none,
  ) {
    this.#grow = new Alarm(clock, () => this.#growWhereWaiting());
    this.#reap = new Alarm(clock, () => this.#reapIdle());
  }

  get timeoutSeconds(): number {
    return this.settings.timeoutSeconds;
  }

  get instances(): number {
    return this.#all.size;
  }

  /** Calls that run or wait. */
  get active(): number {
    return this.#running.size + this.#waiting.size;
  }

  /** New calls run the new code; calls that run finish with the old. */
  configure(settings: FunctionSettings): void {
    this.settings = settings;
    for (const { instance } of this.#idle.splice(0)) void this.#retire(instance);
    for (const instance of this.#all) this.#outdated.add(instance);
    this.#starting = 0;
    this.#dispatch();
  }

  invoke(event: unknown): Promise<unknown> {
    if (this.#closed)
      return Promise.reject(new LocalCloudError("InvocationFailed", `function "${this.settings.name}" was deleted`));
    if (this.faults.throttle()) {
      return Promise.reject(
        new LocalCloudError("InvocationFailed", "throttled (fault): the platform refused the call"),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event, since: this.clock.now(), resolve, reject, looks: 0 });
      this.#dispatch();
    });
  }

  /** Stops all instances; calls that run or wait are rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#grow.cancel();
    this.#reap.cancel();
    const gone = new LocalCloudError("InvocationFailed", `function "${this.settings.name}" was deleted`);
    for (let job = this.#waiting.shift(); job; job = this.#waiting.shift()) job.reject(gone);
    await Promise.all([...this.#all].map((instance) => instance.stop(gone.message)));
  }

  #dispatch(): void {
    while (this.#waiting.size > 0) {
      const idle = this.#idle.pop();
      if (!idle) break;
      const job = this.#waiting.shift();
      if (job) this.#run(idle.instance, job);
    }
    const first = this.#waiting.first;
    if (!first || this.#starting > 0 || this.#closed) return;
    if (this.#all.size === 0) this.#start();
    else if (this.#all.size < mostInstances) this.#grow.setIfNone(first.since + patience);
  }

  #growWhereWaiting(): void {
    const first = this.#waiting.first;
    if (!first || this.#starting > 0 || this.#closed || this.#all.size >= mostInstances) return;
    const now = this.clock.now();
    const oldest: Job | undefined = this.#running.values().next().value;
    const wait = this.#idleMs >= waits || (oldest !== undefined && ++oldest.looks >= longLooks);
    if (wait && first.since + patience <= now) this.#start();
    else this.#grow.setIfEarlier(now + patience);
  }

  #start(): void {
    this.#starting++;
    let ready = false;
    const seconds = this.settings.timeoutSeconds;
    const giveUp = this.clock.schedule(this.clock.now() + seconds * 1000, () => {
      void instance.stop(`timed out: the bundle was not loaded within ${seconds} s`);
    });
    const instance = new Instance(this.settings, {
      ...this.hooks,
      ready: () => {
        ready = true;
        giveUp();
        if (this.#outdated.has(instance)) return void this.#retire(instance);
        this.#starting--;
        this.#free(instance);
      },
      ended: (reason) => {
        giveUp();
        this.#all.delete(instance);
        const at = this.#idle.findIndex((idle) => idle.instance === instance);
        if (at >= 0) this.#idle.splice(at, 1);
        if (!ready && !this.#outdated.has(instance)) {
          // It never ran: whoever waits would only see the next one fail in the same way.
          this.#starting--;
          this.#waiting.shift()?.reject(reason);
        }
        if (!this.#closed) this.#dispatch();
      },
    });
    this.#all.add(instance);
  }

  #run(instance: Instance, job: Job): void {
    const crash = this.faults.crash();
    if (crash === "before") {
      job.reject(new LocalCloudError("InvocationFailed", "crash (fault): the instance died before the handler ran"));
      return void this.#retire(instance);
    }
    this.#running.add(job);
    const seconds = this.settings.timeoutSeconds;
    const cancel: Cancel = this.clock.schedule(this.clock.now() + seconds * 1000, () => {
      void instance.stop(`timed out: the handler did not return within ${seconds} s`);
    });
    const finish = () => {
      cancel();
      this.#running.delete(job);
      if (instance.idleMs !== undefined) this.#idleMs += (instance.idleMs - this.#idleMs) / 8;
      if (crash || this.#outdated.has(instance)) void this.#retire(instance);
      else if (this.#all.has(instance)) this.#free(instance);
    };
    instance.run(job.event).then(
      (reply) => {
        finish();
        if (crash)
          job.reject(new LocalCloudError("InvocationFailed", "crash (fault): the instance died after the handler ran"));
        else job.resolve(reply);
      },
      (error: Error) => {
        finish();
        job.reject(error);
      },
    );
  }

  #free(instance: Instance): void {
    const now = this.clock.now();
    this.#idle.push({ instance, since: now });
    this.#reap.setIfNone(now + keepIdle);
    this.#dispatch();
  }

  #reapIdle(): void {
    const oldest = this.clock.now() - keepIdle;
    // The longest idle come first; the last that was used is taken first.
    while (this.#idle[0] && this.#idle[0].since <= oldest) {
      const idle = this.#idle.shift();
      if (idle) void this.#retire(idle.instance);
    }
    if (this.#idle[0]) this.#reap.setIfNone(this.#idle[0].since + keepIdle);
  }

  #retire(instance: Instance): Promise<void> {
    return instance.stop("the instance was retired");
  }
}
