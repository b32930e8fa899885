import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type * as Queue from "../../runtime/aws/queue";
import type * as QueueWorker from "../../runtime/aws/queue-worker";
import type * as Secret from "../../runtime/aws/secret";
import type * as Table from "../../runtime/aws/table";
import { MessageTooLarge, NotGranted } from "../../runtime/clients";
import { continueTrace, withTrace } from "../../runtime/trace";
import { lambdaContext, sqsEvent, TRACE_ID, TRACEPARENT } from "./events";
import { AWS_ENVIRONMENT, captured, fakeServer, fresh, Order, WORKER, withEnvironment } from "./support";
import { tableSuite } from "./table-suite";

const installed = spawnSync("moto_server", ["--help"], { stdio: "ignore" }).status === 0;

describe("AWS clients", () => {
  it("report a refused call as not granted, without naming roles", async () => {
    const server = await fakeServer(() => ({
      status: 400,
      json: { __type: "AccessDeniedException", message: "arn:aws:iam::1:role/x" },
    }));
    try {
      await withEnvironment({ ...AWS_ENVIRONMENT, AWS_ENDPOINT_URL: server.url }, async () => {
        const { reader } = fresh<typeof Table>("aws/table");
        await assert.rejects(
          reader({ table: "t", key: "id" }).get("a"),
          (error: Error) => error instanceof NotGranted && !error.message.includes("arn:"),
        );
      });
    } finally {
      await server.close();
    }
  });

  it("report other errors by the service's name for them, without its text", async () => {
    const answer = {
      status: 400,
      json: { __type: "com.amazon.coral#ValidationException", message: "value MARKER is wrong" },
    };
    const server = await fakeServer(() => answer);
    try {
      await withEnvironment({ ...AWS_ENVIRONMENT, AWS_ENDPOINT_URL: server.url }, async () => {
        const { reader } = fresh<typeof Table>("aws/table");
        await assert.rejects(reader({ table: "t", key: "id" }).get("a"), {
          name: "ValidationException",
          message: "AWS answered with status 400",
        });
      });
    } finally {
      await server.close();
    }
  });

  it("refuse a configuration that names no place", () => {
    assert.throws(() => fresh<typeof Table>("aws/table").reader({ key: "id" }), /configuration.table must be a text/);
    assert.throws(
      () => fresh<typeof Queue>("aws/queue").sender({ url: "x" }),
      /configuration.maxMessageBytes must be a number/,
    );
    assert.throws(() => fresh<typeof Secret>("aws/secret").reader({}), /configuration.arn must be a text/);
  });
});

(installed ? describe : describe.skip)(
  `AWS clients against moto_server${installed ? "" : " (not on PATH: skipped)"}`,
  () => {
    let moto: ChildProcess;
    let url = "";

    before(async () => {
      moto = spawn("moto_server", ["-H", "127.0.0.1", "-p", "0"], { stdio: ["ignore", "pipe", "pipe"] });
      url = await new Promise<string>((resolve, reject) => {
        const read = (chunk: Buffer) => {
          const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(chunk.toString())?.[1];
          if (found !== undefined) resolve(found);
        };
        moto.stdout?.on("data", read);
        moto.stderr?.on("data", read);
        moto.once("exit", () => reject(new Error("moto_server did not start")));
      });
    });
    after(() => {
      moto.removeAllListeners("exit");
      moto.kill();
    });

    const on = <Result>(work: () => Promise<Result>) =>
      withEnvironment({ ...AWS_ENVIRONMENT, AWS_ENDPOINT_URL: url }, work);

    describe("table", () => {
      let count = 0;
      tableSuite((layout) =>
        on(async () => {
          const table = `t${++count}`;
          const names = [layout.key, ...(layout.sort === undefined ? [] : [layout.sort])];
          const create = new CreateTableCommand({
            TableName: table,
            BillingMode: "PAY_PER_REQUEST",
            AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
            KeySchema: names.map((AttributeName, index) => ({
              AttributeName,
              KeyType: index === 0 ? "HASH" : "RANGE",
            })),
          });
          await new DynamoDBClient({}).send(create);
          const module = fresh<typeof Table>("aws/table");
          const config = { table, ...layout };
          const clients = {
            readWriter: module.readWriter<Record<string, unknown>>(config),
            reader: module.reader<Record<string, unknown>>(config),
          };
          await clients.reader.get(layout.sort === undefined ? "x" : { partition: "x", sort: "x" }); // reads the environment once
          return clients;
        }),
      );
    });

    it("send, receive with trace, fail for the last time, and find the dead letter with its cause", () =>
      on(async () => {
        const sqs = new SQSClient({});
        const [queue = "", dead = ""] = await Promise.all(
          ["fulfil", "fulfil-dead"].map(
            async (QueueName) => (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl,
          ),
        );
        const sender = fresh<typeof Queue>("aws/queue").sender({ url: queue, maxMessageBytes: 30 });
        await assert.rejects(sender.send({ id: "x".repeat(30), quantity: 1 }), MessageTooLarge);
        const { id } = await withTrace(continueTrace(TRACEPARENT), () =>
          sender.send({ id: "ü", quantity: 1, gone: undefined }),
        );
        const receive = async (QueueUrl: string) =>
          (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ["All"] }))).Messages?.[0];
        const message = await receive(queue);
        assert.deepEqual([message?.MessageId, message?.Body], [id, '{"id":"ü","quantity":1}']);
        const traceparent = message?.MessageAttributes?.traceparent?.StringValue ?? "";
        assert.match(traceparent, new RegExp(TRACE_ID));

        await withEnvironment({ SB_SETTINGS: { ...WORKER, deadLetter: dead } }, async () => {
          const { queueWorker } = fresh<typeof QueueWorker>("aws/queue-worker");
          const worker = queueWorker(() => Promise.reject(new Error("no such sku")), { schema: Order, uses: {} });
          const event = sqsEvent({ id, body: message?.Body ?? "", attempt: 5, traceparent });
          await captured(async () => assert.deepEqual(await worker(event, lambdaContext()), { batchItemFailures: [] }));
        });
        const letter = await receive(dead);
        assert.equal(letter?.Body, message?.Body);
        const attributes = Object.entries(letter?.MessageAttributes ?? {}).map(([name, { StringValue }]) => [
          name,
          StringValue,
        ]);
        assert.deepEqual(Object.fromEntries(attributes), {
          "sb-error": "Error: no such sku",
          "sb-attempts": "5",
          traceparent,
        });
      }));

    it("read a secret", () =>
      on(async () => {
        const { ARN } = await new SecretsManagerClient({}).send(
          new CreateSecretCommand({ Name: "s", SecretString: "hush" }),
        );
        const secret = fresh<typeof Secret>("aws/secret").reader({ arn: ARN });
        assert.deepEqual(await Promise.all([secret.read(), secret.read()]), ["hush", "hush"]);
      }));
  },
);
