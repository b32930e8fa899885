/** Publishes events to a bus: an Event Grid topic, or a Service Bus topic with sessions where a bus keeps order. */
import { type EventPublisher, NotGranted } from "../clients";
import { type CloudEvent, cloudEvent, type EventDefinition } from "../event";
import { encodeMessage } from "../message";
import { rest } from "../rest";
import { configured, isObject, list, object } from "../shape";
import { keyOf } from "./key";
import { sendToBus } from "./service-bus";
import { token } from "./token";

interface Granted {
  readonly maxEventBytes: number;
  /** The types that are granted. Azure's roles are for the whole topic; this client keeps to the grant. */
  readonly events: readonly string[];
}

export interface AzureBusConfig extends Granted {
  /** The Event Grid topic's own `endpoint`: `https://<topic>.<region>-1.eventgrid.azure.net/api/events` */
  readonly endpoint: string;
}

/** For a bus with order. */
export interface AzureOrderedBusConfig extends Granted {
  /** The Service Bus namespace's host name. */
  readonly namespace: string;
  readonly topic: string;
}

/** `body`: the event as JSON. */
type Publish = (event: CloudEvent, body: string) => Promise<unknown>;

export function publisher(config: unknown): EventPublisher<EventDefinition> {
  const { maxEventBytes, events } = configured<Granted>(
    config,
    object({ maxEventBytes: "number", events: list("string") }),
  );
  const publish = isObject(config) && "topic" in config ? inOrder(config) : toEventGrid(config);
  return {
    publish: async (definition, data, { id } = {}) => {
      const event = cloudEvent(definition, data, id);
      if (!events.includes(event.type))
        throw new NotGranted(`publishing ${event.type} was refused: is it among this handler's uses?`);
      await publish(event, encodeMessage(event, maxEventBytes));
      return { id: event.id };
    },
  };
}

/** https://learn.microsoft.com/azure/event-grid/post-to-custom-topic */
function toEventGrid(config: unknown): Publish {
  const { endpoint } = configured<AzureBusConfig>(config, object({ endpoint: "string" }));
  const url = new URL(endpoint);
  url.searchParams.set("api-version", "2018-01-01");
  return async (_event, body) =>
    rest({
      method: "POST",
      url: url.href,
      headers: {
        authorization: `Bearer ${await token("https://eventgrid.azure.net")}`,
        "content-type": "application/cloudevents+json; charset=utf-8",
      },
      body,
      operation: "Event Grid publish",
    });
}

/** The event as it is; its type and source are properties too, because a topic's rules look at those only. */
function inOrder(config: unknown): Publish {
  const { namespace, topic } = configured<AzureOrderedBusConfig>(
    config,
    object({ namespace: "string", topic: "string" }),
  );
  return ({ id, type, source, subject, traceparent }, body) =>
    sendToBus(
      { namespace, queue: topic },
      {
        id,
        body,
        session: keyOf({ subject }, "subject"),
        properties: { "ce-type": type, "ce-source": source, ...(traceparent !== undefined && { traceparent }) },
      },
    );
}
