import type { EventPublisher } from "../clients";
import { cloudEvent, type EventDefinition } from "../event";
import { configured, object } from "../shape";
import { call } from "./host";

export interface BusConfig {
  /** The bus's name in the local cloud. */
  readonly resource: string;
}

export function publisher(config: unknown): EventPublisher<EventDefinition> {
  const { resource } = configured<BusConfig>(config, object({ resource: "string" }));
  return {
    publish: async (definition, data, { id } = {}) => {
      const event = cloudEvent(definition, data, id);
      await call(resource, `publish ${event.type}`, [JSON.stringify(event)]);
      return { id: event.id };
    },
  };
}
