import { AsyncLocalStorage } from "node:async_hooks";
import { ComponentResource, type ResourceTransformation } from "@pulumi/pulumi";
import { currentStore, type Store } from "./sdk";

/**
 * Rejections that nobody awaited. Node reports them for the whole process; here each goes to the run whose async
 * context it arose in. Those of no run go to whoever listened before, or end the process as they would have.
 */

type Receiver = (reason: unknown) => void;

const receivers = new Map<Store, Receiver>();
/** Runs that failed. What they had begun may still be rejected later, which says nothing new and must not end the process. */
const failed = new WeakSet<Store>();
let others: NodeJS.UnhandledRejectionListener[] = [];
let stays = false;

const dispatch: NodeJS.UnhandledRejectionListener = (reason, promise) => {
  const store = currentStore();
  const receive = store && receivers.get(store);
  if (receive) return receive(reason);
  if (store && failed.has(store)) return;
  if (others.length === 0) throw reason;
  for (const listener of others) listener(reason, promise);
};

/** Takes the place of all listeners; those that were added since the last time join the others. */
function install(): void {
  others.push(...process.listeners("unhandledRejection").filter((listener) => listener !== dispatch));
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", dispatch);
}

function restore(): void {
  process.off("unhandledRejection", dispatch);
  for (const listener of others) process.on("unhandledRejection", listener);
  others = [];
}

/** Returns what to call at the end of the run. After one that failed, the dispatcher stays to swallow what follows. */
export function receiveRejections(store: Store, receive: Receiver): (outcome: "done" | "failed") => void {
  install();
  receivers.set(store, receive);
  return (outcome) => {
    receivers.delete(store);
    if (outcome === "failed") {
      failed.add(store);
      stays = true;
    }
    if (receivers.size === 0 && !stays) restore();
  };
}

const component = new AsyncLocalStorage<string>();

/** Sees every resource at the moment of its construction, and remembers the component that was last at work. */
export const noteComponent: ResourceTransformation = ({ resource, type, name, opts }) => {
  const owner = ComponentResource.isInstance(opts.parent) ? opts.parent : undefined;
  const label = ComponentResource.isInstance(resource) || !owner ? `${name} (${type})` : labels.get(owner);
  labels.set(resource, label ?? `${name} (${type})`);
  component.enterWith(label ?? `${name} (${type})`);
  return undefined;
};

const labels = new WeakMap<object, string>();

/** The SDK writes on an error the promise that failed, and on the promise which resource it was registering. */
function registrationOf(reason: unknown): string | undefined {
  if (!(reason instanceof Error) || !("promise" in reason)) return undefined;
  const { promise } = reason;
  const label = promise instanceof Promise && "_debugCtx" in promise ? String(promise._debugCtx) : "";
  const match = /^resource:(.*)\[(.*?)\](#\.\.\.)?$/.exec(label);
  return match ? `${match[1]} (${match[2]})` : undefined;
}

/** The resource whose registration failed, else the component that was last constructed before the rejection arose. */
export function ownerOf(reason: unknown): string | undefined {
  return registrationOf(reason) ?? component.getStore();
}

/** Takes off what the SDK wrote on an error, so that it prints as the program made it. */
export function cleaned(reason: unknown): unknown {
  if (reason instanceof Error && "promise" in reason && reason.promise instanceof Promise) {
    delete (reason as { promise?: unknown }).promise;
  }
  return reason;
}
