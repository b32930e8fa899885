import { rest } from "../../runtime/rest";
import { run } from "./run";

export type PubsubCall = (
  path: string,
  body?: object,
  request?: { readonly method?: string; readonly expected?: readonly number[] },
) => Promise<unknown>;

/** Pub/Sub's REST interface, as whoever is signed in to the gcloud CLI. `what`: what it is needed for. */
export function pubsubCaller(what: string): PubsubCall {
  const emulator = process.env.PUBSUB_EMULATOR_HOST;
  let token: Promise<string> | undefined;
  return async (path, body, { method = "POST", expected = [] } = {}) => {
    token ??= emulator ? Promise.resolve("owner") : accessToken(what);
    const { json } = await rest({
      method,
      url: `${emulator ? `http://${emulator}` : "https://pubsub.googleapis.com"}/v1/${path}`,
      headers: { authorization: `Bearer ${await token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
      operation: `Pub/Sub ${method === "POST" ? path.split(":").pop() : method}`,
      expected,
    });
    return json;
  };
}

async function accessToken(what: string): Promise<string> {
  const text = await run("gcloud", ["auth", "print-access-token"], process.cwd(), {
    missing: `${what} on gcp needs the access token of the gcloud CLI, and there is none`,
    install: "install it (https://cloud.google.com/sdk/docs/install) and gcloud auth login",
    failed: "gcloud auth print-access-token failed",
    wayOut: "gcloud auth login",
  });
  return text.trim();
}

export interface PubsubMessage {
  readonly data?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly messageId: string;
  readonly publishTime?: string;
  readonly orderingKey?: string;
}

export interface Pulled {
  readonly ackId: string;
  readonly message: PubsubMessage;
}

/** A pull may bring nothing although messages wait: so many in a row mean that there are none. */
const pulls = 3;
const pauseMs = 200;

export async function pull(call: PubsubCall, subscription: string, max: number): Promise<readonly Pulled[]> {
  for (let tries = 1; ; tries++) {
    const pulled = (await call(`${subscription}:pull`, { maxMessages: max, returnImmediately: true })) as
      | { readonly receivedMessages?: readonly Pulled[] }
      | undefined;
    const received = pulled?.receivedMessages ?? [];
    if (received.length > 0 || tries === pulls) return received;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
