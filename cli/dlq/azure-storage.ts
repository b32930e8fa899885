/** Dead letters in an Azure Storage queue, over its REST interface: the economy tier. */
import { decodeEnvelope, type Envelope, encodeEnvelope, queueMessage } from "../../runtime/azure/storage-queue";
import { element } from "../../runtime/azure/xml";
import { rest } from "../../runtime/rest";
import type { DeadLetter, DeadLetterBox, Held } from "./box";
import type { Deployed } from "./deployed";

/** How long a message is in hand, in seconds. */
const holdSeconds = 600;
/** Messages that the service hands out at once. */
const mostAtOnce = 32;
const version = "2024-11-04";

/** `token`: for `https://storage.azure.com`. */
export function storageBox({ component, deadLetters, queue }: Deployed, token: () => Promise<string>): DeadLetterBox {
  const call = caller(token);
  const take = async (max: number): Promise<readonly Held[]> => {
    const query = `numofmessages=${Math.min(max, mostAtOnce)}&visibilitytimeout=${holdSeconds}`;
    const { bytes } = await call("GET", `${deadLetters}/messages?${query}`);
    const xml = Buffer.from(bytes).toString();
    return [...xml.matchAll(/<QueueMessage>([\s\S]*?)<\/QueueMessage>/g)].map(([, message = ""]) => held(message));
  };
  const held = (message: string): Held => {
    const of = (name: string) => element(message, name).text ?? "";
    const [id, text] = [of("MessageId"), of("MessageText")];
    const place = `${deadLetters}/messages/${id}?popreceipt=${encodeURIComponent(of("PopReceipt"))}`;
    const envelope = decodeEnvelope(parsed(text));
    return {
      letter: letterOf(envelope, { id, text, deadAt: Date.parse(of("InsertionTime")) }),
      sendBack: async () => {
        const back = envelope === undefined ? text : encodeEnvelope(kept(envelope));
        await call("POST", `${queue}/messages`, { body: queueMessage(back) });
      },
      remove: async () => {
        await call("DELETE", place);
      },
      giveBack: async () => {
        // One that was in hand for too long is with somebody else, or gone.
        await call("PUT", `${place}&visibilitytimeout=0`, { expected: [400, 404] });
      },
    };
  };
  return { component, take, defaultRate: 10 };
}

interface Stored {
  readonly id: string;
  readonly text: string;
  readonly deadAt: number;
}

/** What the host itself has buried has no cause; what another has sent has no envelope either. */
function letterOf(envelope: Envelope | undefined, { id, text, deadAt }: Stored): DeadLetter {
  const { firstId, firstSentAt, error, attempts, traceparent, earlier } = envelope ?? {};
  return {
    id: firstId ?? id,
    body: envelope === undefined ? text : (envelope.text ?? JSON.stringify(envelope.body) ?? ""),
    error: error ?? "",
    attempts: attempts ?? earlier ?? 0,
    traceparent,
    firstSentAt: firstSentAt === undefined ? undefined : Date.parse(firstSentAt),
    deadAt,
    redrives: undefined,
    key: undefined,
  };
}

/** The message itself, and when it was first sent; cause and count belong to the death that is over. */
function kept({ error: _, attempts: __, earlier: ___, ...rest }: Envelope): Envelope {
  return rest;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function caller(token: () => Promise<string>) {
  let known: Promise<string> | undefined;
  return async (
    method: string,
    url: string,
    request: { readonly body?: string; readonly expected?: readonly number[] } = {},
  ) => {
    known ??= token();
    const headers = { authorization: `Bearer ${await known}`, "x-ms-version": version };
    return rest({ ...request, method, url, headers, operation: `Storage queue ${method}` });
  };
}
