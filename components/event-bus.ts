import type * as pulumi from "@pulumi/pulumi";
import type * as z from "zod/v4/core";
import type { EventPublisher } from "../runtime/clients";
import type { EventDefinition } from "../runtime/event";
import type { Realizer } from "./core/cloud";
import type { Duration } from "./core/duration";
import type { Problem } from "./core/errors";
import type { Transforms } from "./core/escape";
import { eventNameFault } from "./core/event-name";
import { type Grant, grant } from "./core/grant";
import { Durations } from "./core/options";
import { Pattern } from "./core/pattern";
import { isRefused, type JsonSchema, jsonSchemaOf } from "./core/schema";
import { foundation } from "./foundation";
import { eventBusLimits } from "./limits/event-bus";

declare module "./core/cloud" {
  interface Cloud {
    readonly eventBus: Realizer<Pattern<"EventBus">, EventBusSpec, EventBusOutputs>;
  }
}

export interface EventBusArgs<Definition extends EventDefinition> {
  /** The events that may be published here, from `contracts.ts`. */
  readonly events: readonly Definition[];
  /** Keeps what was published, so that it can be replayed. Default none; portable "1 day" to "7 days". */
  readonly archive?: { readonly retention: Duration };
  /**
   * `per-subject`: events of one subject are handled in the order in which they were published. Default `none`, because
   * it costs throughput and rules an archive out on AWS and Azure (SB-C403). Cannot be changed without replacing the bus.
   */
  readonly ordering?: "none" | "per-subject";
  /** Largest event in bytes, refused at `publish`. Default and portable maximum 262,144. */
  readonly maxEventBytes?: number;
  /** What to do with a value that the cloud does not accept. Default `refuse`. */
  readonly outOfRange?: "refuse" | "clamp";
  readonly transform?: Transforms<"EventBus">;
}

/** The defaults, once. */
export const eventBusDefaults = { ordering: "none", maxEventBytes: 262_144, outOfRange: "refuse" } as const;

/** An event's contract, as registries and documents keep it. */
export interface EventContract {
  readonly type: string;
  /** JSON Schema of the data, as publishers write them. */
  readonly schema: JsonSchema;
  readonly subject: string;
  readonly promote: readonly string[];
}

export interface EventBusSpec {
  readonly events: readonly EventContract[];
  /** 0: no archive. */
  readonly archiveSeconds: number;
  readonly ordered: boolean;
  readonly maxEventBytes: number;
  readonly transform: Transforms<"EventBus"> | undefined;
}

export interface EventBusOutputs {
  /** The bus's native id: EventBridge bus or SNS topic, Event Grid topic or Service Bus topic, Pub/Sub topic. */
  readonly bus: pulumi.Output<string>;
}

/**
 * Where services say what has happened, as CloudEvents 1.0, and subscribe to what others say. Publishers may publish the
 * events that they are granted, by their schemas; every subscription has a queue and dead letters of its own.
 */
export class EventBus<Definition extends EventDefinition> extends Pattern<"EventBus"> {
  readonly bus: pulumi.Output<string>;
  /** The events' contracts, by type. */
  readonly events: ReadonlyMap<string, EventContract>;
  readonly ordered: boolean;

  constructor(name: string, args: EventBusArgs<Definition>, opts?: pulumi.ComponentResourceOptions) {
    super("EventBus", name, opts);
    const given = { ...eventBusDefaults, ...args };
    const durations = new Durations();
    const asked = {
      "archive.retention": args.archive && durations.seconds("archive.retention", args.archive.retention),
      maxEventBytes: given.maxEventBytes,
    };
    const problems: Problem[] = [...durations.problems];
    const events = contractsOf(args.events, problems);
    this.ordered = given.ordering === "per-subject";
    if (this.ordered && args.archive && (this.site.cloud === "aws" || this.site.cloud === "azure")) {
      const service = this.site.cloud === "aws" ? "an SNS FIFO topic" : "a Service Bus topic";
      const fact = `archive with ordering=per-subject: the ordered bus is ${service}, which the archive cannot replay by a marker`;
      problems.push({ code: "SB-C403", fact, wayOut: "leave one of them out" });
    }
    const { values, rows } = this.admit(eventBusLimits, asked, given.outOfRange, problems);
    this.events = new Map(events.map((event) => [event.type, event]));
    foundation();
    const spec: EventBusSpec = {
      events,
      archiveSeconds: values["archive.retention"] ?? 0,
      ordered: this.ordered,
      maxEventBytes: values.maxEventBytes,
      transform: args.transform,
    };
    this.bus = this.realize(this.site.realization.eventBus, spec, rows, { events }).bus;
  }

  /** May publish these events, by their definitions. */
  publisher<const All extends readonly Definition[]>(...definitions: All): Grant<EventPublisher<All[number]>> {
    const unknown = definitions.filter(({ type }) => !this.events.has(type)).map(({ type }) => type);
    if (unknown.length > 0 || definitions.length === 0) {
      const fact = `publisher() names ${unknown.join(", ") || "no event"}, which this bus does not carry`;
      this.refuse([{ code: "SB-C004", fact, wayOut: "name definitions that the bus's events list" }]);
    }
    return grant(this, "bus", "publisher", definitions.map(({ type }) => `publish ${type}`).sort());
  }
}

function contractsOf(definitions: readonly EventDefinition[], problems: Problem[]): EventContract[] {
  if (definitions.length === 0)
    problems.push({ code: "SB-C004", fact: "events is empty", wayOut: "list the events that may be published" });
  const seen = new Set<string>();
  return definitions.flatMap((definition): EventContract[] => {
    const { type, subject, promote } = definition;
    if (seen.has(type)) {
      problems.push({ code: "SB-C004", fact: `events lists ${type} twice`, wayOut: "list it once" });
      return [];
    }
    seen.add(type);
    const fault = eventNameFault(definition);
    if (fault) problems.push(fault);
    const schema = jsonSchemaOf(`events[${type}]`, definition.data as unknown as z.$ZodType);
    if (isRefused(schema)) {
      problems.push(schema.problem);
      return [];
    }
    return [{ type, schema, subject, promote }];
  });
}
