/**
 * Event Grid replays nothing. The bus's archive is an event hub: what it has kept goes, marked, to the listener's own
 * queue. Event Hubs has no REST interface for readers, so Microsoft's client is needed for it.
 */
import { azureToken, busCaller, sendToBusQueue } from "../deployed/azure";
import { UsageError } from "../failure";
import { counted, type Listener, type Period, type Replay } from ".";

const what = "replaying events";

/** A CloudEvent, as Event Grid has put it into the archive. */
type Archived = Readonly<Record<string, unknown>>;

/** What the archive has of a period: partition after partition, each in its own order. */
export type ReadArchive = (namespace: string, hub: string, period: Period) => AsyncIterable<Archived>;

export async function replayAzure(
  listener: Listener,
  { name, ...period }: Replay,
  read: ReadArchive = readHub,
): Promise<string> {
  const { bus, queue, subscription, types, resource } = listener;
  const archive = resource("azure-native:eventhub:EventHub", bus);
  const hubs = namespaceIn(archive?.id);
  const own = namespaceIn(resource("azure-native:servicebus:Queue", subscription)?.id);
  if (!archive || !hubs || !own)
    throw new UsageError(`the stack's state does not know the archive of bus "${bus}"`, "deploy it first: pulumi up");
  const address = process.env.SERVICE_BUS_ENDPOINT?.replace(/\/$/, "") ?? `https://${own}.servicebus.windows.net`;
  const call = busCaller(what);
  let count = 0;
  for await (const event of read(`${hubs}.servicebus.windows.net`, String(archive.name), period)) {
    const { type, id } = event;
    if (typeof type !== "string" || !types.includes(type)) continue;
    await sendToBusQueue(call, `${address}/${queue}`, {
      Body: JSON.stringify({ ...event, replay: name }),
      BrokerProperties: { MessageId: `${String(id)}:${name}`.slice(0, 128) },
      UserProperties: {},
    });
    count++;
  }
  return counted(count, listener);
}

function namespaceIn(id: unknown): string | undefined {
  return typeof id === "string" ? /\/namespaces\/([^/]+)\//i.exec(id)?.[1] : undefined;
}

/** As much of `@azure/event-hubs` 5 and 6 as is used here. */
interface EventHubs {
  readonly EventHubConsumerClient: new (
    group: string,
    namespace: string,
    hub: string,
    credential: { readonly getToken: () => Promise<{ readonly token: string; readonly expiresOnTimestamp: number }> },
  ) => {
    readonly getPartitionIds: () => Promise<readonly string[]>;
    readonly getPartitionProperties: (
      id: string,
    ) => Promise<{ readonly lastEnqueuedSequenceNumber: number; readonly isEmpty: boolean }>;
    readonly subscribe: (
      partition: string,
      handlers: {
        readonly processEvents: (events: readonly Received[]) => Promise<void>;
        readonly processError: (error: Error) => Promise<void>;
      },
      options: { readonly startPosition: { readonly enqueuedOn: number } },
    ) => { readonly close: () => Promise<void> };
    readonly close: () => Promise<void>;
  };
}
interface Received {
  readonly body: unknown;
  readonly enqueuedTimeUtc: Date;
  readonly sequenceNumber: number;
}

const hourMs = 3_600_000;

function load(): EventHubs {
  const name = "@azure/event-hubs";
  try {
    return require(name) as EventHubs;
  } catch {
    throw new UsageError(
      `the archive of a bus on azure is read through the package ${name}, which is not installed`,
      `npm install ${name}`,
    );
  }
}

async function* readHub(namespace: string, hub: string, period: Period): AsyncGenerator<Archived> {
  yield* eventsOf(load(), namespace, hub, period);
}

/** Reads each partition up to where it ended when the replay began. */
export async function* eventsOf(
  { EventHubConsumerClient }: EventHubs,
  namespace: string,
  hub: string,
  { from, to }: Period,
): AsyncGenerator<Archived> {
  const getToken = async () => ({
    token: await azureToken("https://eventhubs.azure.net", what),
    expiresOnTimestamp: Date.now() + hourMs,
  });
  const client = new EventHubConsumerClient("$Default", namespace, hub, { getToken });
  try {
    for (const partition of await client.getPartitionIds()) {
      const { lastEnqueuedSequenceNumber: last, isEmpty } = await client.getPartitionProperties(partition);
      if (isEmpty) continue;
      const found: Received[] = [];
      await new Promise<void>((done, failed) => {
        const reading = client.subscribe(
          partition,
          {
            processEvents: async (events) => {
              found.push(...events.filter(({ sequenceNumber }) => sequenceNumber <= last));
              // Nothing within the client's wait: there is nothing from that time on.
              const ended = events.length === 0 || events.some((one) => one.sequenceNumber >= last);
              if (ended) await reading.close().then(done, failed);
            },
            processError: async (error) => failed(error),
          },
          { startPosition: { enqueuedOn: from.getTime() } },
        );
      });
      for (const { body, enqueuedTimeUtc } of found)
        if (enqueuedTimeUtc >= from && enqueuedTimeUtc < to) yield* cloudEvents(body);
    }
  } finally {
    await client.close();
  }
}

/** Event Grid puts one event, or a list of them, into a record. */
function cloudEvents(body: unknown): readonly Archived[] {
  const parsed: unknown =
    typeof body === "string" || body instanceof Uint8Array ? JSON.parse(Buffer.from(body).toString()) : body;
  return (Array.isArray(parsed) ? parsed : [parsed]).filter(
    (one): one is Archived => typeof one === "object" && one !== null,
  );
}
