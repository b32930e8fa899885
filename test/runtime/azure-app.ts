/** A function app's adapter as at a cold start, with its environment, and the Service Bus namespace that it sends to. */
import type { InvocationContext } from "@azure/functions";
import type { Parts } from "../../runtime/settings";
import { captured, fakeServer, fresh, WORKER, withEnvironment } from "./support";

export interface Sent {
  readonly queue: string;
  readonly body: string;
  readonly broker: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Called {
  readonly thrown: Error | undefined;
  readonly sent: readonly Sent[];
  /** Of the call's own log. */
  readonly lines: readonly string[];
}

type Trigger = (input: unknown, context: InvocationContext) => Promise<void>;
type Made = Trigger & Readonly<Record<string, Trigger>>;

export interface AppRequest {
  readonly adapter: string;
  readonly handler: unknown;
  readonly settings?: object;
  readonly parts?: Partial<Parts>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Queues that refuse what is sent to them. */
  readonly refusing?: readonly string[];
}

/** One call after another of one instance. `trigger`: of several in one app; default the app's only one. */
export async function called(
  { adapter, handler, settings = {}, parts = {}, environment = {}, refusing = [] }: AppRequest,
  calls: readonly { readonly trigger?: string; readonly input: unknown; readonly context?: object }[],
): Promise<Called[]> {
  const bus = await fakeServer(({ url }) => {
    if (url.startsWith("/identity")) return { json: { access_token: "t", expires_on: "9999999999" } };
    return { status: refusing.some((queue) => url.startsWith(`/${queue}/`)) ? 400 : 201 };
  });
  const own = {
    IDENTITY_ENDPOINT: `${bus.url}/identity`,
    IDENTITY_HEADER: "platform",
    SB_BUS__fullyQualifiedNamespace: bus.url,
    SB_QUEUE: "own",
    SB_SETTINGS: { ...WORKER, deadLetter: `${bus.url}/own-dead`, ...settings },
    ...environment,
  };
  try {
    return await withEnvironment(own, async () => {
      const module = fresh<Readonly<Record<string, (handler: unknown, parts: Parts) => Made>>>(`azure/${adapter}`);
      const make = module[adapter.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
      const results: Called[] = [];
      await captured(async () => {
        const app = make?.(handler, { uses: {}, ...parts });
        for (const { trigger, input, context = {} } of calls) {
          const lines: string[] = [];
          const log = (line: string) => lines.push(line);
          const from = bus.requests.length;
          const receive = trigger === undefined ? app : app?.[trigger];
          let thrown: Error | undefined;
          await receive?.(input, {
            info: log,
            warn: log,
            error: log,
            ...context,
          } as unknown as InvocationContext).catch((error: Error) => {
            thrown = error;
          });
          const sent = bus.requests
            .slice(from)
            .filter(({ url }) => url.endsWith("/messages"))
            .map(({ url, body }): Sent => {
              const [{ Body, BrokerProperties, UserProperties }] = JSON.parse(body);
              return {
                queue: url.split("/")[1] ?? "",
                body: Body,
                broker: BrokerProperties,
                properties: UserProperties,
              };
            });
          results.push({ thrown, sent, lines });
        }
      });
      return results;
    });
  } finally {
    await bus.close();
  }
}
