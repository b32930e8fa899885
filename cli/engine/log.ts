import { log, type Resource } from "@pulumi/pulumi";
import { currentStore, type Store } from "./sdk";
import type { LogLine } from "./types";

/**
 * Where the messages of a run go. The SDK hands all messages of a process to its engine on one chain, each waiting for
 * the URN of the resource before it: a message about a resource that never came to be would hold back every later run.
 * So its functions are replaced once, by ones that file a message with the run it comes from, and otherwise do what
 * they did. Debug lines, five a resource from the SDK itself, are dropped as the CLI drops them.
 */
const receivers = new WeakMap<Store, (line: LogLine) => void>();
let replaced = false;

export function receiveLogs(store: Store, receive: (line: LogLine) => void): void {
  receivers.set(store, receive);
  if (replaced) return;
  replaced = true;
  replace("debug", undefined);
  replace("info", "info");
  replace("warn", "warning");
  replace("error", "error");
}

type LogFunction = typeof log.info;
const functions = log as { -readonly [K in "debug" | "info" | "warn" | "error"]: LogFunction };

function replace(name: "debug" | "info" | "warn" | "error", severity: LogLine["severity"] | undefined): void {
  const original = functions[name];
  functions[name] = (message, resource, streamId, ephemeral) => {
    const store = currentStore();
    const receive = store && receivers.get(store);
    if (!store || !receive) return original(message, resource, streamId, ephemeral);
    if (severity === undefined) return Promise.resolve();
    if (severity === "error") store.logErrorCount++;
    const line: LogLine = { severity, message };
    receive(line);
    if (resource) nameResource(line, resource);
    return Promise.resolve();
  };
}

/** The URN is known before the run ends, or never. */
function nameResource(line: LogLine, resource: Resource): void {
  resource.urn.apply((urn) => {
    line.urn = urn;
  });
}
