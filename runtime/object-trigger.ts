/** What every cloud's object trigger has in common: a queue whose messages say what became of an object. */
import { InvalidMessage } from "./errors";
import type { ObjectChange, ObjectHandler } from "./handler";
import { type AnyQueueHandler, type Delivery, each, type Source } from "./queue-worker";
import type { ObjectTriggerSettings } from "./settings";

/** Any object trigger's handler. */
export type AnyObjectHandler = ObjectHandler<never>;

/** Reads one cloud's notification; undefined for what is none. `kind` is undefined for what is neither creation nor deletion. */
export type ReadObjectChange = (
  delivery: Delivery,
) => (Omit<ObjectChange, "attempt" | "kind"> & { readonly kind: ObjectChange["kind"] | undefined }) | undefined;

export function objectHandler(
  handler: AnyObjectHandler,
  read: ReadObjectChange,
): { readonly handler: AnyQueueHandler; readonly source: Source } {
  const source: Source = {
    parse: (delivery) => {
      const change = read(delivery);
      if (change === undefined || change.key === "")
        throw new InvalidMessage("the message is no notification of this cloud's object storage");
      return { ...change, attempt: delivery.attempt };
    },
    // Services filter by prefix, some by suffix; what they let through beyond that ends here.
    skips: (input, settings) => {
      const { kind, key } = input as ObjectChange;
      const { on, prefix, suffix } = settings as ObjectTriggerSettings;
      return !on.includes(kind) || !key.startsWith(prefix) || !key.endsWith(suffix);
    },
  };
  return { handler: each(handler as ObjectHandler) as AnyQueueHandler, source };
}
