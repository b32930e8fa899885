import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as schemas from "@pulumi/aws/schemas";
import * as sns from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { native } from "../core/contract";
import { formatDuration } from "../core/duration";
import { shaper } from "../core/escape";
import { physicalName } from "../core/names";
import type { Pattern } from "../core/pattern";
import type { JsonSchema } from "../core/schema";
import type { EventBusOutputs, EventBusSpec, EventContract } from "../event-bus";
import { provide } from "./access";
import { keyArn, keyReady, keyUse } from "./foundation";

/** Parts that a transform can change. */
export interface EventBusParts {
  bus: cloudwatch.EventBusArgs;
  archive: cloudwatch.EventArchiveArgs;
  registry: schemas.RegistryArgs;
  topic: sns.TopicArgs;
}

/** Either a bus or, where events are kept in order, a topic. */
export interface EventBusNodes {
  bus: cloudwatch.EventBus | undefined;
  archive: cloudwatch.EventArchive | undefined;
  topic: sns.Topic | undefined;
  registry: schemas.Registry;
}

type Shape = ReturnType<typeof shaper<EventBusParts>>;

const day = 86_400;
/** Part of the operations of a publisher's grant. */
const publish = "publish ";

export function eventBus(self: Pattern<"EventBus">, spec: EventBusSpec): Realization<EventBusOutputs> {
  const shape = shaper(spec.transform?.aws);
  const registry = registryOf(self, spec.events, shape);
  const made = spec.ordered ? orderedBus(self, spec, shape) : plainBus(self, spec, shape);
  return {
    contract: contractOf(self, spec),
    grants: [],
    nodes: { ...made.nodes, registry },
    outputs: { bus: made.arn },
  };
}

interface Made {
  readonly arn: pulumi.Output<string>;
  readonly nodes: Omit<EventBusNodes, "registry">;
}

function plainBus(self: Pattern, { archiveSeconds, maxEventBytes }: EventBusSpec, shape: Shape): Made {
  const { site } = self;
  const cmk = keyArn(site);
  const encryption = cmk ? { kmsKeyIdentifier: cmk } : {};
  const bus = new cloudwatch.EventBus(
    self.id,
    shape("bus", {
      description: `Events of ${site.project}/${site.stack}`,
      tags: { ...site.tags },
      ...encryption,
    }),
    self.child({ stateful: true, dependsOn: keyReady(site) }),
  );
  const archive =
    archiveSeconds > 0
      ? new cloudwatch.EventArchive(
          self.id,
          shape("archive", {
            eventSourceArn: bus.arn,
            retentionDays: Math.ceil(archiveSeconds / day),
            ...encryption,
          }),
          self.child({ stateful: true, dependsOn: keyReady(site) }),
        )
      : undefined;
  provide(self, (operations) => ({
    config: { bus: bus.arn, maxEventBytes, events: typesOf(operations) },
    statements: [
      {
        actions: ["events:PutEvents"],
        resources: [bus.arn],
        conditions: { StringEquals: { "events:detail-type": typesOf(operations) } },
      },
    ],
  }));
  return { arn: bus.arn, nodes: { bus, archive, topic: undefined } };
}

/** EventBridge keeps no order: a topic that fans out into FIFO queues does. */
function orderedBus(self: Pattern, { maxEventBytes }: EventBusSpec, shape: Shape): Made {
  const { site } = self;
  const topic = new sns.Topic(
    self.id,
    shape("topic", {
      name: `${physicalName(site, [self.id], { max: 75 })}.fifo`,
      fifoTopic: true,
      contentBasedDeduplication: false,
      fifoThroughputScope: "MessageGroup",
      kmsMasterKeyId: keyArn(site) ?? "alias/aws/sns",
      tags: { ...site.tags },
    }),
    self.child({ stateful: true }),
  );
  const tlsOnly = {
    Effect: "Deny",
    Principal: "*",
    Action: "sns:Publish",
    Resource: topic.arn,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  const policy = pulumi.jsonStringify({ Version: "2012-10-17", Statement: [tlsOnly] });
  new sns.TopicPolicy(self.id, { arn: topic.arn, policy }, self.child());
  provide(self, (operations) => ({
    config: { topic: topic.arn, maxEventBytes, events: typesOf(operations) },
    statements: [
      { actions: ["sns:Publish"], resources: [topic.arn] },
      ...keyUse(site, "sns", ["kms:GenerateDataKey", "kms:Decrypt"]),
    ],
  }));
  return { arn: topic.arn, nodes: { bus: undefined, archive: undefined, topic } };
}

function typesOf(operations: readonly string[]): readonly string[] {
  return operations.map((operation) => operation.slice(publish.length));
}

function registryOf(self: Pattern, events: readonly EventContract[], shape: Shape): schemas.Registry {
  const tags = { ...self.site.tags };
  const registry = new schemas.Registry(
    self.id,
    shape("registry", { description: `Events of the bus "${self.id}"`, tags }),
    self.child(),
  );
  for (const { type, schema } of events) {
    new schemas.Schema(
      `${self.id}-${type}`,
      { name: type, registryName: registry.name, type: "JSONSchemaDraft4", content: content(type, schema), tags },
      self.child(),
    );
  }
  return registry;
}

function content(type: string, schema: JsonSchema): string {
  return JSON.stringify({ $schema: "http://json-schema.org/draft-04/schema#", title: type, ...draft4(schema) });
}

/** Draft 7 as draft 4: exclusive bounds are flags there, and a constant is a choice of one. What draft 4 lacks is left out. */
function draft4(schema: JsonSchema): JsonSchema {
  const entries = Object.entries(schema).flatMap(([keyword, value]): [string, unknown][] => {
    if (keyword === "exclusiveMinimum")
      return [
        ["minimum", value],
        [keyword, true],
      ];
    if (keyword === "exclusiveMaximum")
      return [
        ["maximum", value],
        [keyword, true],
      ];
    if (keyword === "const") return [["enum", [value]]];
    if (["contains", "else", "examples", "if", "propertyNames", "then"].includes(keyword)) return [];
    if (["definitions", "patternProperties", "properties"].includes(keyword)) return [[keyword, eachOf(value)]];
    if (["allOf", "anyOf", "oneOf"].includes(keyword) && Array.isArray(value)) return [[keyword, value.map(sub)]];
    if (keyword === "items" && Array.isArray(value)) return [[keyword, value.map(sub)]];
    if (["additionalItems", "additionalProperties", "items", "not"].includes(keyword)) return [[keyword, sub(value)]];
    return [[keyword, value]];
  });
  return Object.fromEntries(entries);
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === "object" && value !== null;
/** `false` and `true` are schemas only beside `additional…`, where draft 4 takes them too. */
const sub = (value: unknown): unknown => (isSchema(value) ? draft4(value) : value);
const eachOf = (value: unknown): unknown =>
  isSchema(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, sub(one)])) : value;

function contractOf({ site }: Pattern, spec: EventBusSpec) {
  const { archiveSeconds, events, maxEventBytes, ordered } = spec;
  const count = `${events.length} events`;
  const asked = formatDuration(archiveSeconds);
  const given = formatDuration(Math.ceil(archiveSeconds / day) * day);
  const own = ordered ? "aws/sns" : "EventBridge's own key";
  const key = keyArn(site) ? "the stack's KMS key" : own;
  return [
    ordered
      ? native("events", count, count, "the permission is for the topic; the client keeps to its types", "SNS Publish")
      : native("events", count, count, "each type is permitted by itself", "EventBridge events:detail-type"),
    native(
      "schema",
      "by event",
      "by event, registered",
      "checked by publisher and subscriber; the registry informs",
      "EventBridge schema registries",
    ),
    archiveSeconds > 0
      ? native("archive", asked, given, "in whole days", "EventBridge CreateArchive.RetentionDays")
      : native("archive", "none asked", "none", "what was published is gone", "EventBridge CreateArchive"),
    archiveSeconds > 0
      ? native("replay", "marked", "marked", "by replay-name; in order of minutes only", "EventBridge StartReplay")
      : native("replay", "none asked", "none", "there is no archive", "EventBridge StartReplay"),
    ordered
      ? native("ordering", "per-subject", "per-subject", "a message group each, into FIFO queues", "SNS FIFO topics")
      : native("ordering", "none asked", "none", "EventBridge keeps no order", "EventBridge user guide"),
    native(
      "maxEventBytes",
      `${maxEventBytes} bytes`,
      `${maxEventBytes} bytes`,
      "checked at publish, the envelope included",
      ordered ? "SNS quotas: message size" : "EventBridge quotas: PutEvents entry size",
    ),
    native("encryption", site.dataClass, key, "at rest", ordered ? "SNS encryption" : "EventBridge KmsKeyIdentifier"),
  ];
}
