import * as z from "zod/mini";
import { durationSetting, EventBus } from "../../components";
import { shopEvents } from "./events";
import { orders } from "./orders";
import { payment } from "./payment";
import { shipping } from "./shipping";
import { stock } from "./stock";

/** Set in the stack file under `fulfilment:`. */
const settings = z.strictObject({
  /** Deliveries of an event before it is a dead letter. */
  maxDeliveries: z._default(z.int(), 10),
  /** Wait before an event is tried again. */
  backoff: z._default(z.strictObject({ min: durationSetting, max: durationSetting }), {
    min: "10 seconds",
    max: "5 minutes",
  }),
  /** How long what happened can be replayed. */
  archive: z._default(durationSetting, "7 days"),
});

/**
 * A shop's order fulfilment as a choreography: four bounded contexts, each with a table and contracts of its own, that know
 * each other's events and nothing else. Payment and stock decide at the same time; where one refuses, the other compensates.
 */
function build({ maxDeliveries, backoff, archive }: z.output<typeof settings>) {
  const bus = new EventBus("shop", { events: shopEvents, archive: { retention: archive } });
  const reactions = { maxDeliveries, backoff };
  const { url } = orders(bus, reactions);
  payment(bus, reactions);
  stock(bus, reactions);
  shipping(bus, reactions);
  return { url, bus: bus.bus };
}

export const fulfilment = { settings, build };
