/** The local cloud's queue and handler beside a bare in-process queue, and moto's SQS where it is installed. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { code } from "../components/core/code";
import { freePort } from "../test/support/port";
import { consumed, localCloud, worked } from "./deployed";
import { type Figure, median, time } from "./figure";

const quiet = code<typeof import("../test/fixtures/quiet-worker")>(__dirname, "../test/fixtures/quiet-worker");
const messages = 20_000;
const body = JSON.stringify({ id: "note", text: "a short text" });

export async function measure(): Promise<readonly Figure[]> {
  const bare = messages / ((await time(bareQueue)) / 1000);
  const one = await throughLocal(1);
  const ten = await throughLocal(10);
  const moto = await throughMoto();
  const figures: Figure[] = [
    {
      what: "messages a second, batch of 1",
      unit: "/s",
      ours: one.rate,
      peer: { name: "bare array and function", value: bare },
    },
    {
      what: "messages a second, batch of 10",
      unit: "/s",
      ours: ten.rate,
      peer: { name: "bare array and function", value: bare },
    },
    ...(moto === undefined
      ? []
      : [
          {
            what: "the same beside moto's SQS, batches of 10",
            unit: "/s",
            ours: ten.rate,
            peer: { name: "moto server", value: moto },
          },
        ]),
    { what: "send to handled, p50 at 1,000 a second", unit: "ms", ours: one.p50 },
    { what: "send to handled, p99 at 1,000 a second", unit: "ms", ours: one.p99 },
    {
      what: "resident memory of this process",
      unit: "MiB",
      ours: process.memoryUsage().rss / 2 ** 20,
      note: "node, the bundler and the cloud",
    },
  ];
  return figures;
}

/** Parses and counts, without delivery semantics of any kind. */
function bareQueue(): void {
  const waiting = Array.from({ length: messages }, () => body);
  let handled = 0;
  for (const text of waiting) if ((JSON.parse(text) as { id: string }).id) handled++;
  if (handled !== messages) throw new Error("not all were handled");
}

async function throughLocal(batchSize: number): Promise<{ rate: number; p50: number; p99: number }> {
  const cloud = await localCloud();
  await worked(cloud, "bench", { adapter: "queue-worker", code: quiet, exports: ["schema"] });
  await consumed(cloud, "bench", batchSize, 4);
  const queue = cloud.find("Queue", "bench");
  if (!queue) throw new Error("there is no queue");
  try {
    const rates: number[] = [];
    for (let round = 0; round < 4; round++) {
      const took = await time(async () => {
        for (let sent = 0; sent < messages; sent++) queue.send(body);
        await cloud.quiet();
      });
      if (round > 0) rates.push(messages / (took / 1000));
    }
    // A steady thousand a second, so that times are of delivery and not of waiting in a burst.
    for (let tick = 0; tick < 500; tick++) {
      for (let sent = 0; sent < 10; sent++) queue.send(body);
      await new Promise((next) => setTimeout(next, 10));
    }
    await cloud.quiet();
    const stats = cloud.stats().queues[0];
    if (stats?.counters.handled !== 4 * messages + 5000) throw new Error("not all were handled");
    return { rate: median(rates), p50: stats.p50Ms ?? Number.NaN, p99: stats.p99Ms ?? Number.NaN };
  } finally {
    await cloud.close();
  }
}

/** Send, receive and delete through moto's server; undefined where it is not installed. */
async function throughMoto(): Promise<number | undefined> {
  const program = (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "moto_server"))
    .find(existsSync);
  if (!program) return undefined;
  const port = await freePort();
  const server = spawn(program, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  try {
    const client = new SQSClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: "eu-central-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const QueueUrl = await created(client);
    const total = 1000;
    const took = await time(async () => {
      for (let sent = 0; sent < total; sent += 10) {
        await client.send(
          new SendMessageBatchCommand({
            QueueUrl,
            Entries: Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: body })),
          }),
        );
        const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
        await client.send(
          new DeleteMessageBatchCommand({
            QueueUrl,
            Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
          }),
        );
      }
    });
    return total / (took / 1000);
  } finally {
    server.kill();
  }
}

/** The server answers after a second or two. */
async function created(client: SQSClient): Promise<string> {
  for (let tries = 0; ; tries++) {
    try {
      return (await client.send(new CreateQueueCommand({ QueueName: "bench" }))).QueueUrl ?? "";
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((next) => setTimeout(next, 200));
    }
  }
}
