import type * as pulumi from "@pulumi/pulumi";
import type { ObjectHandler } from "../runtime/handler";
import type { Bucket } from "./bucket";
import type { Realizer } from "./core/cloud";
import type { Code, HandlerMismatch, UsesArg } from "./core/code";
import type { Problem } from "./core/errors";
import type { Transforms } from "./core/escape";
import type { GrantData } from "./core/grant";
import { Pattern } from "./core/pattern";
import { type DeliveryOptions, type DeliverySpec, draftDelivery, type Suppress } from "./delivery";
import { foundation } from "./foundation";
import { deliveryLimits } from "./limits/delivery";

declare module "./core/cloud" {
  interface Cloud {
    readonly objectTrigger: Realizer<Pattern<"ObjectTrigger">, ObjectTriggerSpec, ObjectTriggerOutputs>;
  }
}

export interface ObjectTriggerOptions extends DeliveryOptions {
  readonly bucket: Bucket;
  /** What is to be told. Default ["created"]: an object was written, also over another. */
  readonly on?: readonly ("created" | "deleted")[];
  /** Only keys that begin so. Default "": all. */
  readonly prefix?: string;
  /** Only keys that end so, such as ".jpg". Case counts. Default "": all. */
  readonly suffix?: string;
  /**
   * Lets the handler write to the bucket that it is told of. Without it such a grant is refused, because every write
   * would call the handler again, without end (SB-C801). The handler must then write outside `prefix` and `suffix`.
   */
  readonly allowFeedback?: boolean;
  /** Suppresses repeats of a change, by its id. Default: none, the handler must tolerate repeats. */
  readonly idempotency?: Suppress;
  readonly transform?: Transforms<"ObjectTrigger">;
}

/** @see ObjectTriggerOptions. */
export type ObjectTriggerArgs<Handler> = ObjectTriggerOptions & {
  readonly handler: Code<Handler> & (Handler extends ObjectHandler<never> ? unknown : HandlerMismatch);
} & UsesArg<NoInfer<Handler>>;

export interface ObjectTriggerSpec extends DeliverySpec {
  readonly bucket: Bucket;
  readonly on: readonly ("created" | "deleted")[];
  readonly prefix: string;
  readonly suffix: string;
  readonly transform: Transforms<"ObjectTrigger"> | undefined;
}

export interface ObjectTriggerOutputs {
  readonly queue: pulumi.Output<string>;
  readonly deadLetters: pulumi.Output<string>;
}

/**
 * Calls a function for every object that is written to a bucket or deleted from it: queue-first, with retries and dead
 * letters. In no promised order; a change's `sequencer` tells the newer.
 */
export class ObjectTrigger<Handler = unknown> extends Pattern<"ObjectTrigger"> {
  readonly queue: pulumi.Output<string>;
  readonly deadLetters: pulumi.Output<string>;

  constructor(name: string, args: ObjectTriggerArgs<Handler>, opts?: pulumi.ComponentResourceOptions) {
    super("ObjectTrigger", name, opts);
    const { spec, rows } = this.parse(args);
    foundation();
    const outputs = this.realize(this.site.realization.objectTrigger, spec, rows, { bucket: spec.bucket.id });
    this.queue = outputs.queue;
    this.deadLetters = outputs.deadLetters;
  }

  private parse(
    args: ObjectTriggerOptions & { readonly handler: Code; readonly uses?: Readonly<Record<string, GrantData>> },
  ) {
    const { bucket, on = ["created"], prefix = "", suffix = "" } = args;
    const draft = draftDelivery({
      site: this.site,
      options: args,
      adapter: "object-trigger",
      code: args.handler,
      exports: [],
      uses: args.uses,
      idempotency: args.idempotency && { ...args.idempotency, by: "id" },
    });
    const problems: Problem[] = [...draft.problems()];
    if (on.length === 0)
      problems.push({ code: "SB-C004", fact: "on is empty", wayOut: "set on to created, deleted or both" });
    const writes = Object.entries(args.uses ?? {}).filter(
      ([, { target, operations }]) => target === bucket && operations.includes("putObject"),
    );
    if (writes.length > 0 && on.includes("created") && !args.allowFeedback) {
      const fact = `uses.${writes[0]?.[0]} may write to the bucket "${bucket.id}" that the handler is told of: every write would call it again`;
      const wayOut = "write to another bucket, or set allowFeedback and write outside prefix and suffix";
      problems.push({ code: "SB-C801", fact, wayOut });
    }
    if (args.allowFeedback && prefix === "" && suffix === "") {
      const fact = "allowFeedback needs a prefix or a suffix that keeps what the handler writes apart";
      problems.push({ code: "SB-C801", fact, wayOut: "set prefix, such as incoming/" });
    }
    const { values, rows } = this.admit(deliveryLimits, draft.asked, draft.outOfRange, problems);
    const spec: ObjectTriggerSpec = {
      ...draft.spec(values, { maxMessageBytes: 262_144, batch: { size: 1, windowSeconds: 0 } }),
      bucket,
      on: [...new Set(on)].sort(),
      prefix,
      suffix,
      transform: args.transform,
    };
    return { spec, rows };
  }
}
