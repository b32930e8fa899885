import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { native, unsupported } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { Site } from "../core/site";
import type { FoundationOutputs, FoundationSpec } from "../foundation";
import { LocalResource } from "./resource";

const logStores = new WeakMap<Site, LocalResource<"LogStore">>();
const source = "local/README.md";

export function foundation(self: Pattern<"Foundation">, spec: FoundationSpec): Realization<FoundationOutputs> {
  const shape = shaper(spec.transform?.local);
  const logStore = new LocalResource(
    "LogStore",
    `${self.id}-logs`,
    shape("logStore", { name: nameOf(self.site, self.id), retentionDays: spec.logRetentionDays }),
    self.child(),
  );
  logStores.set(self.site, logStore);
  const days = `${spec.logRetentionDays} days`;
  return {
    contract: [
      unsupported(
        "encryption",
        spec.customerKey ? "customer-managed key" : "provider's key",
        "none",
        "everything is in the memory of a process on this machine",
        source,
      ),
      unsupported("keyRotation", spec.customerKey ? "yes" : "none asked", "none", "there is no key", source),
      native("logs", days, `${days}, or until the process ends`, "structured lines in memory", source),
      native("tracing", "W3C trace context", "W3C trace context", "through HTTP calls and messages", source),
      unsupported("audit", "account trail", "none", "there is no account", source),
      native(
        "protect",
        String(self.site.protect),
        String(self.site.protect),
        "Pulumi refuses the destruction of protected resources",
        "Pulumi resource option protect",
      ),
    ],
    grants: [],
    nodes: { logStore },
    outputs: { key: pulumi.output(""), logStore: logStore.name },
  };
}

/** The stack's log store. */
export function logStoreOf(site: Site): pulumi.Output<string> {
  const found = logStores.get(site);
  if (!found) throw new Error("the foundation comes before every pattern");
  return found.name;
}

/** A name in the local cloud: several stacks can live in one. */
export function nameOf(site: Site, id: string): string {
  return `${site.stack}-${id}`;
}
