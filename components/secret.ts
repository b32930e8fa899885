import type * as pulumi from "@pulumi/pulumi";
import type { SecretReader } from "../runtime/clients";
import type { Realizer } from "./core/cloud";
import type { Transforms } from "./core/escape";
import { type Grant, grant } from "./core/grant";
import { Pattern } from "./core/pattern";
import { foundation } from "./foundation";

declare module "./core/cloud" {
  interface Cloud {
    readonly secret: Realizer<Pattern<"Secret">, SecretSpec, SecretOutputs>;
  }
}

export interface SecretArgs {
  readonly transform?: Transforms<"Secret">;
}
export interface SecretSpec {
  readonly transform: Transforms<"Secret"> | undefined;
}
export interface SecretOutputs {
  /** The secret's id in the cloud's own store; never its value. */
  readonly secret: pulumi.Output<string>;
}

/**
 * A secret's name, and the right to read it. Its value is set by hand in the cloud's own store and read there at run
 * time: it never passes through a program, a plan, a state file, an environment variable or a log.
 */
export class Secret extends Pattern<"Secret"> {
  readonly secret: pulumi.Output<string>;

  constructor(name: string, args: SecretArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("Secret", name, opts);
    this.admit([], {}, "refuse");
    foundation();
    this.secret = this.realize(this.site.realization.secret, { transform: args.transform }).secret;
  }

  /** May read the current value. */
  reader(): Grant<SecretReader> {
    return grant(this, "secret", "reader", ["read"]);
  }
}
