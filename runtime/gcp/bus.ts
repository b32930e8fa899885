/**
 * Publishes events to a bus, which is a Pub/Sub topic. The data are the message, the CloudEvent's attributes are the
 * message's under `ce-`, because subscriptions filter by attributes only.
 */
import { type EventPublisher, NotGranted } from "../clients";
import { type CloudEvent, cloudEvent, type EventDefinition, InvalidEvent, promoted } from "../event";
import { encodeMessage } from "../message";
import { configured, list, object, optional } from "../shape";
import { MAX_ATTRIBUTE_BYTES, publish } from "./pubsub";

export interface GcpBusConfig {
  /** `projects/<project>/topics/<topic>` */
  readonly topic: string;
  readonly maxEventBytes: number;
  /** The types that are granted. Pub/Sub's permission is for the whole topic; this client keeps to the grant. */
  readonly events: readonly string[];
  /** The topic's region (`europe-west3`) where events of one subject are kept in order; absent where they are not. */
  readonly region?: string;
}

export function publisher(config: unknown): EventPublisher<EventDefinition> {
  const { topic, maxEventBytes, events, region } = configured<GcpBusConfig>(
    config,
    object({ topic: "string", maxEventBytes: "number", events: list("string"), region: optional("string") }),
  );
  return {
    publish: async (definition, data, { id } = {}) => {
      const event = cloudEvent(definition, data, id);
      if (!events.includes(event.type))
        throw new NotGranted(`publishing ${event.type} was refused: is it among this handler's uses?`);
      // The limit is the whole event's, as on every cloud; what is sent has its attributes beside the data.
      encodeMessage(event, maxEventBytes);
      const message = {
        body: JSON.stringify(event.data),
        attributes: { ...attributesOf(event), ...shortened(promoted(definition, data)) },
        ...(region !== undefined && { orderingKey: event.subject }),
      };
      await publish(topic, message, region);
      return { id: event.id };
    },
  };
}

/** The attributes of the binary form. */
function attributesOf({ data: _, traceparent, ...event }: CloudEvent): Record<string, string> {
  const attributes = Object.fromEntries(Object.entries(event).map(([name, value]) => [`ce-${name}`, value]));
  for (const [name, value] of Object.entries(attributes))
    if (Buffer.byteLength(value) > MAX_ATTRIBUTE_BYTES) {
      const message = `must have at most ${MAX_ATTRIBUTE_BYTES} bytes`;
      throw new InvalidEvent(event.type, [{ path: [name.replace("ce-", "")], message }]);
    }
  return { ...attributes, ...(traceparent !== undefined && { traceparent }) };
}

/**
 * What subscriptions filter by is cut to the length of an attribute. No event is lost by that: a subscription's filter
 * has at most 256 bytes, so it cannot tell the cut text from the whole one, and the subscriber evaluates it again.
 */
function shortened(attributes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, cut(value)]));
}

function cut(value: string): string {
  if (Buffer.byteLength(value) <= MAX_ATTRIBUTE_BYTES) return value;
  // Decoding in a stream leaves a character that was cut through out.
  return new TextDecoder().decode(Buffer.from(value).subarray(0, MAX_ATTRIBUTE_BYTES), { stream: true });
}
