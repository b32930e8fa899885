/** Publishes to an EventBridge bus, or to an SNS FIFO topic where events are kept in order. */
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { type EventPublisher, NotGranted } from "../clients";
import { type CloudEvent, cloudEvent, type EventDefinition } from "../event";
import { encodeMessage } from "../message";
import { configured, list, object, optional } from "../shape";
import { translated } from "./errors";
import { groupId } from "./group";

export interface AwsBusConfig {
  /** ARN of the bus; or else of the topic. */
  readonly bus?: string;
  readonly topic?: string;
  readonly maxEventBytes: number;
  /** Types that are granted. A bus holds callers to them by itself, a topic cannot. */
  readonly events: readonly string[];
}

export function publisher(config: unknown): EventPublisher<EventDefinition> {
  const { bus, topic, maxEventBytes, events } = configured<AwsBusConfig>(
    config,
    object({ bus: optional("string"), topic: optional("string"), maxEventBytes: "number", events: list("string") }),
  );
  const send = bus !== undefined ? toBus(bus) : topic !== undefined ? toTopic(topic) : undefined;
  if (send === undefined) throw new Error("configuration names neither a bus nor a topic");
  return {
    publish: async (definition, data, { id } = {}) => {
      if (!events.includes(definition.type)) throw new NotGranted(`publishing ${definition.type} is not granted`);
      const event = cloudEvent(definition, data, id);
      const text = encodeMessage(event, maxEventBytes);
      await send(event, text);
      return { id: event.id };
    },
  };
}

type Send = (event: CloudEvent, text: string) => Promise<void>;

let bridge: EventBridgeClient | undefined;

/** EventBridge has an envelope and an id of its own: the event's attributes travel in the detail. */
function toBus(bus: string): Send {
  return async ({ type, source, ...detail }) => {
    bridge ??= new EventBridgeClient({});
    const entry = { EventBusName: bus, Source: source, DetailType: type, Detail: JSON.stringify(detail) };
    const reply = await translated(bridge.send(new PutEventsCommand({ Entries: [entry] })));
    const refused = reply.Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
    if (refused || reply.FailedEntryCount) throw new NotPublished(refused?.ErrorCode ?? "an unnamed error");
  };
}

function toTopic(topic: string): Send {
  return async (event, text) => {
    // Loaded by ordered buses only.
    const { publishInOrder } = require("./sns") as typeof import("./sns");
    await publishInOrder(topic, text, {
      group: groupId(event.partitionkey),
      deduplicationId: groupId(event.id),
      type: event.type,
    });
  };
}

/** The bus took the call and not the event. */
class NotPublished extends Error {
  override readonly name = "NotPublished";
  constructor(code: string) {
    super(`EventBridge did not take the event: ${code}`);
  }
}
