/** Dead letters in a Pub/Sub subscription, over the REST interface. */
import { type PubsubMessage, type Pulled, pubsubCaller, pull } from "../deployed/google";
import type { DeadLetter, DeadLetterBox, Held } from "./box";
import type { Deployed } from "./deployed";

/** How long a message is in hand: the most that Pub/Sub gives, in seconds. */
const holdSeconds = 600;

export function gcpBox({ component, deadLetters, queue }: Deployed): DeadLetterBox {
  const call = pubsubCaller("reading dead letters");
  const take = async (max: number): Promise<readonly Held[]> => {
    const received = await pull(call, deadLetters, max);
    const ackIds = received.map(({ ackId }) => ackId);
    if (ackIds.length > 0) await call(`${deadLetters}:modifyAckDeadline`, { ackIds, ackDeadlineSeconds: holdSeconds });
    return received.map(held);
  };
  const held = ({ ackId, message }: Pulled): Held => ({
    letter: letterOf(message),
    sendBack: async () => {
      const { data, orderingKey } = message;
      await call(`${queue}:publish`, {
        messages: [{ data, attributes: kept(message), ...(orderingKey && { orderingKey }) }],
      });
    },
    remove: async () => {
      await call(`${deadLetters}:acknowledge`, { ackIds: [ackId] });
    },
    giveBack: async () => {
      await call(`${deadLetters}:modifyAckDeadline`, { ackIds: [ackId], ackDeadlineSeconds: 0 });
    },
  });
  return { component, take, defaultRate: 10 };
}

/** When Pub/Sub itself forwarded the message it says so by these, and by no cause. */
const forwarded = "CloudPubSubDeadLetterSource";

function letterOf({ data = "", attributes = {}, messageId, publishTime, orderingKey }: PubsubMessage): DeadLetter {
  const sent = attributes["sb-sent"] ?? attributes[`${forwarded}TopicPublishTime`];
  return {
    id: messageId,
    body: Buffer.from(data, "base64").toString(),
    error: attributes["sb-error"] ?? "",
    attempts: Number(attributes["sb-attempts"] ?? attributes[`${forwarded}DeliveryCount`] ?? 0),
    traceparent: attributes.traceparent,
    firstSentAt: sent === undefined ? undefined : Date.parse(sent),
    deadAt: publishTime === undefined ? undefined : Date.parse(publishTime),
    redrives: undefined,
    key: orderingKey || undefined,
  };
}

/** The sender's own attributes, and when it was first sent; the cause belongs to the death that is over. */
function kept({ attributes = {} }: PubsubMessage): Record<string, string> {
  const sent = attributes["sb-sent"] ?? attributes[`${forwarded}TopicPublishTime`];
  const own = Object.entries(attributes).filter(
    ([name]) => !name.startsWith(forwarded) && !["sb-error", "sb-attempts", "sb-id", "sb-sent"].includes(name),
  );
  return { ...Object.fromEntries(own), ...(sent !== undefined && { "sb-sent": sent }) };
}
