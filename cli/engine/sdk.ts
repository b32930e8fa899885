import type { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import type { ResourceTransform } from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { CallbackServer } from "@pulumi/pulumi/runtime/callbacks";
import { setAllConfig } from "@pulumi/pulumi/runtime/config";
import * as state from "@pulumi/pulumi/runtime/state";
import type { Properties } from "./values";

/**
 * Everything the SDK keeps to itself and this engine needs, in one file, written against @pulumi/pulumi 3.248:
 * the per-run store, the callback table, and the protobuf struct. `test/cli/engine` fails when an upgrade moves them.
 */

/** The SDK's own state of one run; each async context sees the store it was started under. */
export interface Store {
  settings: {
    options: Record<string, unknown>;
    monitor?: unknown;
    rpcDone: Promise<unknown>;
  };
  callbacks?: CallbackServer;
  logErrorCount: number;
}

const { LocalStore } = state as unknown as { LocalStore: new () => Store };
const storage = (globalThis as unknown as { asyncLocalStorage: AsyncLocalStorage<Store> }).asyncLocalStorage;

export interface StoreOptions {
  project: string;
  stack: string;
  organization: string;
  rootDirectory: string;
  dryRun: boolean;
  config: Record<string, string>;
  secretKeys: readonly string[];
}

/** A store that owes nothing to the process: no address of a running engine, no setting from the environment. */
export function newStore(options: StoreOptions): Store {
  const store = new LocalStore();
  const { config, secretKeys, ...settings } = options;
  Object.assign(store.settings.options, settings, {
    monitorAddr: undefined,
    engineAddr: undefined,
    syncDir: undefined,
    parallel: -1,
    legacyApply: false,
  });
  storage.run(store, () => setAllConfig(config, [...secretKeys]));
  return store;
}

export function withStore<T>(store: Store, work: () => T): T {
  return storage.run(store, work);
}

export function currentStore(): Store | undefined {
  return storage.getStore();
}

interface Callbacks {
  invoke(
    call: { request: { getToken(): string; getRequest_asU8(): Uint8Array } },
    done: (error: { details?: string } | null, response?: { getResponse_asU8(): Uint8Array }) => void,
  ): Promise<void>;
}

/** The SDK's table of transforms and hooks without its gRPC server: whoever asks lives in the same process. */
export function attachCallbacks(
  store: Store,
  monitor: unknown,
): (token: string, request: Uint8Array) => Promise<Uint8Array> {
  const table: CallbackServer = Object.assign(Object.create(CallbackServer.prototype), {
    _callbacks: new Map<string, ResourceTransform>(),
    _pendingRegistrations: 0,
    _awaitQueue: [],
    _monitor: monitor,
    _target: Promise.resolve("in-process"),
    _server: { forceShutdown: () => undefined },
  });
  store.callbacks = table;
  const callbacks = table as unknown as Callbacks;
  return (token, request) =>
    new Promise((resolve, reject) => {
      const call = { request: { getToken: () => token, getRequest_asU8: () => request } };
      void callbacks.invoke(call, (error, response) => {
        if (response) resolve(response.getResponse_asU8());
        else reject(new Error(error?.details ?? "a callback gave no answer"));
      });
    });
}

/** The protobuf message for properties. */
export type Struct = NonNullable<ReturnType<RegisterResourceRequest["getObject"]>>;

const sdkRequire = createRequire(require.resolve("@pulumi/pulumi/package.json"));
let structs: { Struct: { fromJavaScript(value: Properties): Struct } } | undefined;

/** A real protobuf message, for what must be serialized. */
export function struct(value: Properties): Struct {
  structs ??= sdkRequire("google-protobuf/google/protobuf/struct_pb.js") as NonNullable<typeof structs>;
  return structs.Struct.fromJavaScript(value);
}

/** What the SDK reads from a struct that never leaves the process: half of a run's time is spent on the real ones. */
export function looseStruct(value: Properties): { toJavaScript(): Properties } {
  return { toJavaScript: () => value };
}
