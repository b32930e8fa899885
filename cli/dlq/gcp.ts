/** Dead letters in a Pub/Sub subscription, over the REST interface. */
import { rest } from "../../runtime/rest";
import type { DeadLetter, DeadLetterBox, Held } from "./box";
import { type Deployed, run } from "./deployed";

/** How long a message is in hand: the most that Pub/Sub gives, in seconds. */
const holdSeconds = 600;

/** A pull may bring nothing although messages wait: so many in a row mean that there are none. */
const pulls = 3;
const pauseMs = 200;

interface Received {
  readonly ackId: string;
  readonly message: {
    readonly data?: string;
    readonly attributes?: Readonly<Record<string, string>>;
    readonly messageId: string;
    readonly publishTime?: string;
    readonly orderingKey?: string;
  };
}

export function gcpBox({ component, deadLetters, queue }: Deployed): DeadLetterBox {
  const call = caller();
  const pull = async (max: number): Promise<readonly Received[]> => {
    for (let tries = 1; ; tries++) {
      const pulled = (await call(`${deadLetters}:pull`, { maxMessages: max, returnImmediately: true })) as
        | { readonly receivedMessages?: readonly Received[] }
        | undefined;
      const received = pulled?.receivedMessages ?? [];
      if (received.length > 0 || tries === pulls) return received;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const take = async (max: number): Promise<readonly Held[]> => {
    const received = await pull(max);
    const ackIds = received.map(({ ackId }) => ackId);
    if (ackIds.length > 0) await call(`${deadLetters}:modifyAckDeadline`, { ackIds, ackDeadlineSeconds: holdSeconds });
    return received.map(held);
  };
  const held = ({ ackId, message }: Received): Held => ({
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

function letterOf({
  data = "",
  attributes = {},
  messageId,
  publishTime,
  orderingKey,
}: Received["message"]): DeadLetter {
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
function kept({ attributes = {} }: Received["message"]): Record<string, string> {
  const sent = attributes["sb-sent"] ?? attributes[`${forwarded}TopicPublishTime`];
  const own = Object.entries(attributes).filter(
    ([name]) => !name.startsWith(forwarded) && !["sb-error", "sb-attempts", "sb-id", "sb-sent"].includes(name),
  );
  return { ...Object.fromEntries(own), ...(sent !== undefined && { "sb-sent": sent }) };
}

function caller(): (path: string, body: object) => Promise<unknown> {
  const emulator = process.env.PUBSUB_EMULATOR_HOST;
  let token: Promise<string> | undefined;
  return async (path, body) => {
    token ??= emulator ? Promise.resolve("owner") : accessToken();
    const { json } = await rest({
      method: "POST",
      url: `${emulator ? `http://${emulator}` : "https://pubsub.googleapis.com"}/v1/${path}`,
      headers: { authorization: `Bearer ${await token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      operation: `Pub/Sub ${path.split(":").pop()}`,
    });
    return json;
  };
}

async function accessToken(): Promise<string> {
  const text = await run("gcloud", ["auth", "print-access-token"], process.cwd(), {
    missing: "dead letters on gcp are read with the access token of the gcloud CLI, and there is none",
    install: "install it (https://cloud.google.com/sdk/docs/install) and gcloud auth login",
    failed: "gcloud auth print-access-token failed",
    wayOut: "gcloud auth login",
  });
  return text.trim();
}
