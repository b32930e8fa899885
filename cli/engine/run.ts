import { performance } from "node:perf_hooks";
import { runtime } from "@pulumi/pulumi";
import { withoutVersions } from "./aliases";
import { messageOf, ResourceFailure } from "./errors";
import { receiveLogs } from "./log";
import { Monitor } from "./monitor";
import { applier, type Provisioner, planner } from "./provisioner";
import { cleaned, noteComponent, ownerOf, receiveRejections } from "./rejections";
import { attachCallbacks, newStore, type Store, withStore } from "./sdk";
import { onStall, stalled } from "./stall";
import type { Backing, LogLine, Program, RunOptions, RunResult } from "./types";
import { stackType } from "./urn";

/** What `pulumi preview` would do on an empty stack, without CLI, plugins or cloud. */
export function plan(program: Program, options: RunOptions): Promise<RunResult> {
  const unknownInvokes = new Set<string>();
  return run(program, options, { dryRun: true, provisioner: planner(unknownInvokes), unknownInvokes });
}

/** What `pulumi up` would do on an empty stack, with the backing in the provider's place. */
export function apply(program: Program, options: RunOptions, backing: Backing): Promise<RunResult> {
  return run(program, options, { dryRun: false, provisioner: applier(backing), unknownInvokes: new Set() });
}

interface Mode {
  dryRun: boolean;
  provisioner: Provisioner;
  unknownInvokes: ReadonlySet<string>;
}

async function run(program: Program, options: RunOptions, mode: Mode): Promise<RunResult> {
  const started = performance.now();
  const { project, stack, config, organization = "organization", secretKeys = [] } = options;
  const rootDirectory = options.rootDirectory ?? process.cwd();
  const { dryRun, provisioner, unknownInvokes } = mode;
  const store = newStore({ project, stack, organization, rootDirectory, dryRun, config, secretKeys });
  const logs: LogLine[] = [];
  const log = (line: LogLine) => void logs.push(line);
  const failure = new Failure();

  const monitor: Monitor = new Monitor({
    project,
    stack,
    dryRun,
    rootDirectory,
    provisioner,
    log,
    fail: (error) => failure.raise(error),
    callBack: (token, request) => callBack(token, request),
  });
  const callBack = attachCallbacks(store, monitor);
  store.settings.monitor = monitor;
  receiveLogs(store, log);

  const stopReceiving = receiveRejections(store, (reason) => failure.raiseUnawaited(reason));
  const restoreTraces = options.stackTraces ? () => undefined : withoutStackTraces();
  const stopWatching = onStall(() => failure.raise(new Error(stalled(monitor.resources.size))));
  let outcome: "done" | "failed" = "failed";
  try {
    await Promise.race([failure.promise, withStore(store, () => drive(store, program, failure))]);
    const error = logs.find((line) => line.severity === "error");
    if (error) throw new Error(`the program reported an error: ${error.message}`);
    outcome = "done";
  } finally {
    await monitor.close();
    await turn();
    stopWatching();
    restoreTraces();
    stopReceiving(outcome);
  }

  const resources = [...monitor.resources.values()];
  const outputs = resources.find((resource) => resource.type === stackType)?.outputs ?? {};
  const seconds = (performance.now() - started) / 1000;
  return { resources, traces: monitor.traces, outputs, logs, unknownInvokes: [...unknownInvokes].sort(), seconds };
}

/** Runs the program to its end: until nothing that it started is on its way to the engine. */
async function drive(store: Store, program: Program, failure: Failure): Promise<void> {
  await runtime.runInPulumiStack(async () => {
    runtime.registerStackTransformation(noteComponent);
    runtime.registerStackTransformation(withoutVersions);
    try {
      return await program();
    } catch (error) {
      failure.raise(error);
      throw error;
    }
  });
  let pending: unknown;
  do {
    pending = store.settings.rpcDone;
    await store.settings.rpcDone;
    await turn();
  } while (pending !== store.settings.rpcDone);
}

/** One turn of the event loop, after which Node has reported the rejections that were left alone. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The first thing that went wrong ends the run; one error surfaces in many promises, and later ones follow from it. */
class Failure {
  private reject: (error: unknown) => void = () => undefined;
  readonly promise = new Promise<never>((_, reject) => {
    this.reject = reject;
  });

  constructor() {
    this.promise.catch(() => undefined);
  }

  raise(error: unknown): void {
    this.reject(cleaned(error));
  }

  raiseUnawaited(reason: unknown): void {
    const owner = ownerOf(reason);
    this.raise(
      owner === undefined ? reason : new ResourceFailure(owner, messageOf(reason), { cause: cleaned(reason) }),
    );
  }
}

let running = 0;
let limit = 10;

/** The SDK makes a dozen errors a resource only to have their stacks; without them a run takes half the time, under ts-node a seventh. */
function withoutStackTraces(): () => void {
  if (running++ === 0) {
    limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
  }
  return () => {
    if (--running === 0) Error.stackTraceLimit = limit;
  };
}
