import type * as pulumi from "@pulumi/pulumi";
import type { Realizer } from "./core/cloud";
import { BlueprintError } from "./core/errors";
import type { Transforms } from "./core/escape";
import { Pattern } from "./core/pattern";
import { type DataClass, type Site, site } from "./core/site";

declare module "./core/cloud" {
  interface Cloud {
    readonly foundation: Realizer<Pattern<"Foundation">, FoundationSpec, FoundationOutputs>;
  }
}

export interface FoundationArgs {
  readonly transform?: Transforms<"Foundation">;
}

/** What every stack stands on; all of it comes from the site's configuration. */
export interface FoundationSpec {
  readonly dataClass: DataClass;
  /** A customer-managed key with rotation: from `confidential` up. */
  readonly customerKey: boolean;
  readonly logRetentionDays: number;
  readonly audit: Site["audit"];
  readonly tags: Readonly<Record<string, string>>;
  readonly transform: Transforms<"Foundation"> | undefined;
}

export interface FoundationOutputs {
  /** The customer-managed key's id in the cloud's terms; empty where the data class asks for none. */
  readonly key: pulumi.Output<string>;
  /** Where logs are kept: group prefix, workspace or bucket. */
  readonly logStore: pulumi.Output<string>;
}

const foundations = new WeakMap<Site, Foundation>();

/**
 * Encryption key with rotation, log store with retention, tracing, tags and audit trail of a stack. There is one: made by
 * hand first (to transform its parts), or by the first component that needs it.
 */
export class Foundation extends Pattern<"Foundation"> {
  readonly key: pulumi.Output<string>;
  readonly logStore: pulumi.Output<string>;

  constructor(name: string, args: FoundationArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("Foundation", name, opts);
    const { site } = this;
    const first = foundations.get(site);
    if (first) {
      const fact = `the stack has a foundation already: "${first.id}"`;
      throw new BlueprintError(this.subject, [
        { code: "SB-C004", fact, wayOut: "make it once, before the first component" },
      ]);
    }
    foundations.set(site, this);
    const { dataClass, logRetentionDays, audit, tags } = site;
    this.admit([], {}, "refuse");
    const spec: FoundationSpec = {
      dataClass,
      customerKey: dataClass !== "internal",
      logRetentionDays,
      audit,
      tags,
      transform: args.transform,
    };
    const outputs = this.realize(site.realization.foundation, spec, [], { dataClass, audit });
    this.key = outputs.key;
    this.logStore = outputs.logStore;
  }
}

/** The stack's foundation, made now if nothing has made it before. */
export function foundation(): Foundation {
  return foundations.get(site()) ?? new Foundation("foundation");
}
