import type * as pulumi from "@pulumi/pulumi";
import type { EventDefinition } from "../runtime/event";
import type { Filter } from "../runtime/filter";
import type { EventHandler } from "../runtime/handler";
import type { Realizer } from "./core/cloud";
import type { Code, HandlerMismatch, UsesArg } from "./core/code";
import type { Problem } from "./core/errors";
import type { Transforms } from "./core/escape";
import type { GrantData } from "./core/grant";
import { Pattern } from "./core/pattern";
import { type DeliveryOptions, type DeliverySpec, draftDelivery, type Suppress } from "./delivery";
import type { EventBus } from "./event-bus";
import { checkFilter } from "./filter/check";
import { foundation } from "./foundation";
import { deliveryLimits } from "./limits/delivery";

declare module "./core/cloud" {
  interface Cloud {
    readonly subscription: Realizer<Pattern<"Subscription">, SubscriptionSpec, SubscriptionOutputs>;
  }
}

export interface SubscriptionOptions<Definition extends EventDefinition> extends DeliveryOptions {
  /** Where the events come from. */
  readonly bus: EventBus<EventDefinition>;
  /** The events to be handled. */
  readonly events: readonly Definition[];
  /** Which of them, by attributes and data. Applied in full on every cloud. Default: all. */
  readonly filter?: Filter;
  /** Suppresses repeats of an event, by its id. Default: none, the handler must tolerate repeats. */
  readonly idempotency?: Suppress;
  readonly transform?: Transforms<"Subscription">;
}

/** @see SubscriptionOptions. `handler` is business code whose module exports the `events` it knows. */
export type SubscriptionArgs<Definition extends EventDefinition, Handler> = SubscriptionOptions<Definition> & {
  readonly handler: Code<Handler> & (Handler extends EventHandler<Definition, never> ? unknown : HandlerMismatch);
} & UsesArg<NoInfer<Handler>>;

export interface SubscriptionSpec extends DeliverySpec {
  readonly bus: EventBus<EventDefinition>;
  /** Sorted, without repeats. */
  readonly types: readonly string[];
  readonly filter: Filter | undefined;
  /** Fields of the data that travel as attributes with every one of these events. */
  readonly promoted: readonly string[];
  readonly transform: Transforms<"Subscription"> | undefined;
}

export interface SubscriptionOutputs {
  /** The subscription's own queue, where redriven dead letters go. */
  readonly queue: pulumi.Output<string>;
  readonly deadLetters: pulumi.Output<string>;
}

/**
 * Events of a bus, handled by a function: queue-first, so that a slow or failing subscriber neither loses events nor
 * holds back others; retries with backoff, then dead letters with the cause.
 */
export class Subscription<Definition extends EventDefinition, Handler = unknown> extends Pattern<"Subscription"> {
  readonly queue: pulumi.Output<string>;
  readonly deadLetters: pulumi.Output<string>;

  constructor(name: string, args: SubscriptionArgs<Definition, Handler>, opts?: pulumi.ComponentResourceOptions) {
    super("Subscription", name, opts);
    const { spec, rows } = this.parse(args);
    foundation();
    const intent = { bus: spec.bus.id, types: spec.types, ...(spec.filter ? { filter: spec.filter } : {}) };
    const outputs = this.realize(this.site.realization.subscription, spec, rows, intent);
    this.queue = outputs.queue;
    this.deadLetters = outputs.deadLetters;
  }

  private parse(
    args: SubscriptionOptions<Definition> & {
      readonly handler: Code;
      readonly uses?: Readonly<Record<string, GrantData>>;
    },
  ) {
    const { bus, filter } = args;
    const types = [...new Set(args.events.map(({ type }) => type))].sort();
    const draft = draftDelivery({
      site: this.site,
      options: args,
      adapter: "subscription",
      code: args.handler,
      exports: ["events"],
      uses: args.uses,
      idempotency: args.idempotency && { ...args.idempotency, by: "id" },
    });
    const contracts = types.flatMap((type) => bus.events.get(type) ?? []);
    const [first, ...rest] = contracts.map(({ promote }) => promote);
    const promoted = (first ?? []).filter((field) => rest.every((others) => others.includes(field)));
    const problems: Problem[] = [...draft.problems()];
    if (types.length === 0)
      problems.push({ code: "SB-C004", fact: "events is empty", wayOut: "list the events to be handled" });
    const foreign = types.filter((type) => !bus.events.has(type));
    if (foreign.length > 0) {
      const fact = `events names ${foreign.join(", ")}, which the bus "${bus.id}" does not carry`;
      problems.push({ code: "SB-C004", fact, wayOut: "add the definition to the bus's events" });
    }
    if (filter) problems.push(...checkFilter(filter, { cloud: this.site.cloud, promoted }));
    const { values, rows } = this.admit(deliveryLimits, draft.asked, draft.outOfRange, problems);
    const spec: SubscriptionSpec = {
      ...draft.spec(values, { maxMessageBytes: 262_144, batch: { size: 1, windowSeconds: 0 } }),
      bus,
      types,
      filter,
      promoted,
      transform: args.transform,
    };
    return { spec, rows };
  }
}
