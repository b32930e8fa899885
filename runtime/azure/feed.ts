/**
 * Azure Functions behind a feed: an event hub's partition or a container's changes. The host moves its checkpoint on once
 * its retries are over, whatever became of the batch: so each record is handled or buried within the call. Only when time
 * or the dead letters' queue do not suffice the call throws and the host brings the whole batch again; after the last of
 * those retries what is left is buried as it is.
 */
import type { InvocationContext } from "@azure/functions";
import { type Cause, causeText } from "../errors";
import { createLog } from "../log";
import type { AnyQueueHandler, Delivery, Source } from "../queue-worker";
import type { Parts, StreamProcessorSettings } from "../settings";
import { createStreamProcessor, type Grave } from "../stream-processor";
import { contextSink } from "./log";
import { fromQueue } from "./queue-worker";
import { sendToBus } from "./service-bus";

/** The host's own retries of a call, for what could not be finished. */
export const retry = { strategy: "fixedDelay", delayInterval: { seconds: 5 }, maxRetryCount: 3 } as const;

export function fed(handler: AnyQueueHandler, parts: Parts, source?: Source) {
  const processor = createStreamProcessor(handler, parts, source ? { source } : {});
  const { settings } = processor;
  const givenBack = fromQueue(settings, processor.attempt);
  const receive = async (deliveries: readonly Delivery[], context: InvocationContext): Promise<void> => {
    const started = Date.now();
    const remainingMs = () => Math.max(0, started + settings.timeoutSeconds * 1000 - Date.now());
    const bury = (grave: Grave) => sendDead(settings, grave);
    const unfinished = await processor.run(deliveries, remainingMs, bury);
    if (unfinished === undefined) return;
    // The host tells of retries from the first of them on.
    const { retryCount = 0 } = context.retryContext ?? {};
    if (retryCount < retry.maxRetryCount) throw new Unfinished(deliveries.length - unfinished);
    const cause: Cause = { name: "Unfinished", message: "the calls' time did not suffice" };
    createLog(settings.component, "", contextSink(context)).warn("records buried untried", {
      count: deliveries.length - unfinished,
    });
    for (const delivery of deliveries.slice(unfinished))
      await bury({ delivery, cause, attempts: delivery.attempt, traceparent: delivery.traceparent ?? "" });
  };
  return { receive, givenBack };
}

/** Has the host bring the batch again. */
class Unfinished extends Error {
  override readonly name = "Unfinished";
  constructor(count: number) {
    super(`${count} records are neither handled nor buried yet`);
  }
}

async function sendDead(
  { deadLetter = "" }: StreamProcessorSettings,
  { delivery, cause, attempts, traceparent }: Grave,
): Promise<void> {
  const target = new URL(deadLetter);
  await sendToBus(
    { namespace: target.origin, queue: decodeURIComponent(target.pathname.slice(1)) },
    {
      id: delivery.id,
      body: delivery.body,
      ...(delivery.key && { session: delivery.key }),
      properties: {
        "sb-error": causeText(cause),
        "sb-attempts": attempts,
        "sb-sent": delivery.sentAt.toISOString(),
        ...(traceparent && { traceparent }),
      },
    },
  );
}
