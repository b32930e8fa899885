/**
 * Pub/Sub seeks a subscription back and delivers events as they were. So that they are marked, and nobody else gets them,
 * a subscription made for the replay reads the topic from that time on, and what it reads goes to the listener's own topic.
 */
import { randomUUID } from "node:crypto";
import { pubsubCaller, pull } from "../deployed/google";
import { counted, type Listener, type Replay } from ".";

const batch = 100;
const holdSeconds = 600;
/** Removes itself where a replay was interrupted; the least that Pub/Sub takes. */
const expiresAfter = "86400s";

export async function replayGcp(listener: Listener, { name, from, to }: Replay): Promise<string> {
  const { busAddress: topic, queue, types } = listener;
  const call = pubsubCaller("replaying events");
  const reader = `${topic.split("/topics/")[0]}/subscriptions/replay-${randomUUID()}`;
  await call(
    reader,
    { topic, ackDeadlineSeconds: holdSeconds, expirationPolicy: { ttl: expiresAfter } },
    { method: "PUT" },
  );
  try {
    await call(`${reader}:seek`, { time: from.toISOString() });
    let count = 0;
    for (let read = await pull(call, reader, batch); read.length > 0; read = await pull(call, reader, batch)) {
      const wanted = read
        .map(({ message }) => message)
        .filter(({ attributes, publishTime = "" }) => {
          const at = Date.parse(publishTime);
          return types.includes(attributes?.["ce-type"] ?? "") && at >= from.getTime() && at < to.getTime();
        });
      const messages = wanted.map(({ data, attributes, orderingKey }) => ({
        data,
        attributes: { ...attributes, "ce-replay": name },
        ...(orderingKey && { orderingKey }),
      }));
      if (messages.length > 0) await call(`${queue}:publish`, { messages });
      count += messages.length;
      await call(`${reader}:acknowledge`, { ackIds: read.map(({ ackId }) => ackId) });
    }
    return counted(count, listener);
  } finally {
    await call(reader, undefined, { method: "DELETE", expected: [404] });
  }
}
