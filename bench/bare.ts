/** What the local cloud is measured against: the same work without delivery semantics of any kind. */
import { EventEmitter } from "node:events";
import { Worker } from "node:worker_threads";
import { buildSync } from "esbuild";
import type { Side } from "./load";

interface Sent {
  readonly text: string;
  readonly at: number;
}

/** An EventEmitter whose listeners each parse the text in a turn of their own. */
export function emitter(listeners: number, text: (index: number) => string): Side {
  const bus = new EventEmitter();
  bus.setMaxListeners(listeners);
  const books = newBooks();
  for (let number = 0; number < listeners; number++) {
    bus.on("event", (sent: Sent) => {
      setImmediate(() => {
        JSON.parse(sent.text);
        books.done(sent);
      });
    });
  }
  return {
    ...books.side,
    send: (index) => {
      books.expect(listeners);
      bus.emit("event", { text: text(index), at: performance.now() });
    },
  };
}

/** Arrays that are kept, each read in order in batches, a turn for each batch. */
export function arrays(count: number, batchSize: number, text: (index: number) => string): Side {
  const logs = Array.from({ length: count }, () => ({ records: [] as Sent[], next: 0, reading: false }));
  const books = newBooks();
  const read = (log: (typeof logs)[number]) => {
    const batch = log.records.slice(log.next, log.next + batchSize);
    log.next += batch.length;
    log.reading = batch.length > 0;
    for (const sent of batch) JSON.parse(sent.text);
    for (const sent of batch) books.done(sent);
    if (log.reading) setImmediate(read, log);
  };
  return {
    ...books.side,
    send: (index) => {
      books.expect(1);
      const log = logs[index % count];
      log?.records.push({ text: text(index), at: performance.now() });
      if (!log || log.reading) return;
      log.reading = true;
      setImmediate(read, log);
    },
  };
}

/** How a thread reads one text: an expression over `text` and the contracts of `test/fixtures/happenings`. */
const thread = (reading: string) => {
  const contents = `import * as contracts from "../test/fixtures/happenings";
import { parentPort } from "node:worker_threads";
parentPort.on("message", (texts) => {
  for (const text of texts) if (!(${reading}).success) throw new Error("refused");
  parentPort.postMessage(texts.length);
});`;
  const stdin = { contents, resolveDir: __dirname };
  const built = buildSync({ stdin, bundle: true, write: false, platform: "node", format: "cjs", target: "node20" });
  return built.outputFiles[0]?.text ?? "";
};

/**
 * Worker threads, each with a queue of its own, that parse batches by JSON and schema and answer: one batch at a time and
 * one heap limit, as a function's instance. `to`: the threads that an item is for.
 */
export async function threads(
  count: number,
  batchSize: number,
  to: (index: number) => readonly number[],
  text: (index: number) => string,
  reading: string,
): Promise<Side> {
  const books = newBooks();
  const code = thread(reading);
  const made = { eval: true, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 512 } };
  const lanes = Array.from({ length: count }, () => {
    const lane = { worker: new Worker(code, made), queue: [] as Sent[], next: 0, busy: false };
    const batch = () => lane.queue.slice(lane.next, lane.next + batchSize);
    const call = () => {
      const texts = batch().map((sent) => sent.text);
      lane.busy = texts.length > 0;
      if (lane.busy) lane.worker.postMessage(texts);
      else lane.queue.length = lane.next = 0;
    };
    lane.worker.on("message", (length: number) => {
      for (const sent of lane.queue.slice(lane.next, lane.next + length)) books.done(sent);
      lane.next += length;
      call();
    });
    return { lane, call };
  });
  await Promise.all(lanes.map(({ lane }) => new Promise((online) => lane.worker.once("online", online))));
  return {
    ...books.side,
    send: (index) => {
      const sent = { text: text(index), at: performance.now() };
      for (const number of to(index)) {
        const one = lanes[number];
        if (!one) continue;
        books.expect(1);
        one.lane.queue.push(sent);
        if (one.lane.busy) continue;
        one.lane.busy = true;
        queueMicrotask(one.call);
      }
    },
  };
}

function newBooks() {
  let open = 0;
  let handled = 0;
  let tell: (ms: number) => void = () => undefined;
  let waiting: (() => void)[] = [];
  const side: Omit<Side, "send"> = {
    quiet: () => (open === 0 ? Promise.resolve() : new Promise<void>((resolve) => waiting.push(resolve))),
    listen: (listener) => {
      tell = listener;
    },
    handled: () => handled,
  };
  return {
    side,
    expect: (count: number) => {
      open += count;
    },
    done: ({ at }: Sent) => {
      handled++;
      tell(performance.now() - at);
      if (--open > 0) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
  };
}
