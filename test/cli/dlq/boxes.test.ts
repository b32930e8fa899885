import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as dlq from "../../../cli/dlq";
import { azureBox } from "../../../cli/dlq/azure";
import type { DeadLetter, DeadLetterBox, Held } from "../../../cli/dlq/box";
import { deployed } from "../../../cli/dlq/deployed";
import { failedBatch } from "../../../cli/dlq/kinesis";
import { parseWhere } from "../../../cli/dlq/where";
import { findProject, readStack } from "../../../cli/project";
import { withCommand } from "../../support/command";
import { listed, redriven } from "./support";

const letter = (id: string, more: Partial<DeadLetter> = {}): DeadLetter => ({
  id,
  body: JSON.stringify({ id, customer: { city: "Berlin" }, total: 5 }),
  error: "OutOfReach: the supplier did not answer",
  attempts: 5,
  traceparent: undefined,
  firstSentAt: 0,
  deadAt: 0,
  redrives: undefined,
  key: undefined,
  ...more,
});

/** A box in memory that records what is done with its letters. */
function memory(letters: readonly DeadLetter[]) {
  const done: string[] = [];
  let here = [...letters];
  const inHand = new Set<string>();
  const box: DeadLetterBox = {
    component: "fulfil",
    defaultRate: undefined,
    take: async (max) =>
      here
        .filter(({ id }) => !inHand.has(id))
        .slice(0, max)
        .map((one): Held => {
          inHand.add(one.id);
          return {
            letter: one,
            sendBack: async () => void done.push(`send ${one.id}`),
            remove: async () => {
              done.push(`remove ${one.id}`);
              here = here.filter(({ id }) => id !== one.id);
            },
            giveBack: async () => {
              done.push(`give ${one.id}`);
              inHand.delete(one.id);
            },
          };
        }),
  };
  return { box, done, left: () => here.map(({ id }) => id) };
}

describe("dead letters", () => {
  it("gives back a second letter of an id too, which it does not show", async () => {
    const given: string[] = [];
    const copies = ["first", "second"].map(
      (name): Held => ({
        letter: letter("m-1"),
        sendBack: async () => {},
        remove: async () => {},
        giveBack: async () => void given.push(name),
      }),
    );
    const box: DeadLetterBox = {
      component: "fulfil",
      defaultRate: undefined,
      take: async () => copies.splice(0, 1),
    };
    assert.equal((await listed(box)).length, 1);
    assert.deepEqual(given, ["first", "second"]);
  });

  it("are listed without being taken: all are given back", async () => {
    const { box, done, left } = memory([letter("1"), letter("2")]);
    assert.deepEqual(
      (await listed(box)).map(({ id }) => id),
      ["1", "2"],
    );
    assert.deepEqual(done, ["give 1", "give 2"]);
    assert.deepEqual(left(), ["1", "2"]);
  });

  it("are sent before they are removed, the chosen ones only", async () => {
    const { box, done } = memory([letter("1"), letter("2", { error: "UnknownArticle: no" }), letter("3")]);
    assert.equal(await redriven(box, { where: ["error=OutOfReach"] }), "2 dead letters sent back to fulfil.");
    assert.deepEqual(done, ["send 1", "remove 1", "send 3", "remove 3", "give 2"]);
  });

  it("survive an interruption: what was not sent stays, and the count is told", async () => {
    const { box, left } = memory([letter("1"), letter("2"), letter("3")]);
    assert.equal(
      await redriven(box, {}, { stopAfter: 1 }),
      "1 dead letter sent back to fulfil; stopped before 2 dead letters more.",
    );
    assert.deepEqual(left(), ["2", "3"]);
  });

  it("stay where they are when the queue does not take them", async () => {
    const { box, left } = memory([letter("1"), letter("2")]);
    const broken: DeadLetterBox = {
      ...box,
      take: async (max) =>
        (await box.take(max)).map((one) => ({
          ...one,
          sendBack: () => Promise.reject(new Error("the queue is full")),
        })),
    };
    await assert.rejects(redriven(broken), /the queue is full/);
    assert.deepEqual(left(), ["1", "2"]);
    assert.equal((await listed(box)).length, 2, "they are in nobody's hand");
  });

  it("go at the rate that is asked for", async () => {
    const { box } = memory(["1", "2", "3", "4"].map((id) => letter(id)));
    const started = performance.now();
    await redriven(box, {}, { rate: 20 });
    assert.ok(performance.now() - started >= 3 * 50 - 5, "three waits of 50 ms between four letters");
  });

  it("are deleted once their component is named, and not before", async () => {
    const { box, left } = memory([letter("1"), letter("2")]);
    await assert.rejects(dlq.purge(box, { ids: [], where: [] }, "other"), /nothing was deleted: "other" is not/);
    assert.deepEqual(left(), ["1", "2"]);
    assert.equal(await dlq.purge(box, { ids: ["2"], where: [] }, "fulfil"), "1 dead letter deleted.");
    assert.deepEqual(left(), ["1"]);
  });

  it("are asked for by an id that there is", async () => {
    const { box } = memory([letter("1")]);
    await assert.rejects(dlq.show(box, "9", { payload: false, json: false }), /fulfil has no dead letter "9"/);
    await assert.rejects(redriven(box, { ids: ["9"] }), /no dead letter "9"/);
    assert.match(await dlq.show(box, "1", { payload: false, json: false }), /bytes; --payload shows it/);
    assert.match(await dlq.show(box, "1", { payload: true, json: false }), /Berlin/);
  });

  it("are filtered by fields of their body, cause, attempts and key", () => {
    const one = letter("1", { key: "k" });
    const meets = (...conditions: string[]) => parseWhere(conditions)(one);
    assert.ok(meets("customer.city=Berlin", "total=5"));
    assert.ok(meets("error=OutOfReach", "attempts=5", "key=k"));
    assert.ok(!meets("customer.city=Bern"));
    assert.ok(!meets("customer.city=Berlin", "attempts=4"));
    assert.ok(!parseWhere(["id=1"])(letter("1", { body: "no JSON" })));
    assert.throws(() => parseWhere(["city"]), /--where city is no condition/);
  });

  it("of Lambda's own are known by what they name", () => {
    const info = {
      shardId: "shardId-1",
      startSequenceNumber: "10",
      endSequenceNumber: "12",
      streamArn: "arn:aws:kinesis:eu-central-1:1:stream/s",
    };
    const batch = failedBatch(
      JSON.stringify({
        requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 6 },
        KinesisBatchInfo: info,
      }),
    );
    assert.deepEqual([batch?.attempts, batch?.from, batch?.to, batch?.region], [6, "10", "12", "eu-central-1"]);
    assert.equal(failedBatch('{"id":1}'), undefined);
    assert.equal(failedBatch("no JSON"), undefined);
  });
});

/** Service Bus as its REST reference describes peek-lock: locks by URL, properties as headers. */
class Bus {
  readonly queues = new Map<string, { body: string; broker: object; properties: Record<string, unknown> }[]>();
  readonly locks = new Map<string, { queue: string; index: number }>();
  readonly calls: string[] = [];
  #server: Server | undefined;
  #lock = 0;

  async start(): Promise<string> {
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(({ status, headers = {}, body = "" }) => {
        response.writeHead(status, headers);
        response.end(body);
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server?.close();
  }

  async #answer(
    request: IncomingMessage,
  ): Promise<{ status: number; headers?: Record<string, string>; body?: string }> {
    const { method = "", headers } = request;
    const url = new URL(request.url ?? "", `http://${headers.host}`);
    this.calls.push(`${method} ${url.pathname}`);
    if (headers.authorization !== "Bearer token-of-az") return { status: 401 };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [, queue = "", , , lock] = url.pathname.split("/");
    const messages = this.queues.get(queue) ?? [];
    this.queues.set(queue, messages);
    if (method === "POST" && url.pathname.endsWith("/messages")) {
      for (const { Body, BrokerProperties, UserProperties } of JSON.parse(Buffer.concat(chunks).toString()) as never[])
        messages.push({ body: Body, broker: BrokerProperties, properties: UserProperties });
      return { status: 201 };
    }
    if (method === "POST") {
      const taken = new Set([...this.locks.values()].filter((one) => one.queue === queue).map(({ index }) => index));
      const index = messages.findIndex((message, at) => message !== undefined && !taken.has(at));
      const message = messages[index];
      if (!message) return { status: 204 };
      const id = String(++this.#lock);
      this.locks.set(id, { queue, index });
      const properties = Object.fromEntries(
        Object.entries(message.properties).map(([name, value]) => [name, JSON.stringify(value)]),
      );
      const location = `http://${headers.host}/${queue}/messages/1/${id}`;
      return {
        status: 201,
        headers: { location, brokerproperties: JSON.stringify(message.broker), ...properties },
        body: message.body,
      };
    }
    const held = this.locks.get(lock ?? "");
    if (!held) return { status: 404 };
    this.locks.delete(lock ?? "");
    if (method === "DELETE") delete this.queues.get(held.queue)?.[held.index];
    return { status: 200 };
  }
}

describe("dead letters on azure", () => {
  let bus: Bus;
  beforeEach(async () => {
    bus = new Bus();
    process.env.SERVICE_BUS_ENDPOINT = await bus.start();
    bus.queues.set("fulfil-dead", [
      {
        body: '{"id":"1"}',
        broker: { MessageId: "1", SessionId: "k", EnqueuedTimeUtc: "Mon, 23 Nov 2026 10:00:00 GMT" },
        properties: {
          "sb-error": "OutOfReach: no",
          "sb-attempts": 5,
          "sb-sent": "2026-11-23T09:00:00Z",
          traceparent: "00-a-b-01",
          mine: "x",
        },
      },
      { body: '{"id":"2"}', broker: { MessageId: "2" }, properties: { deadletterreason: "MaxDeliveryCountExceeded" } },
    ]);
  });
  afterEach(() => {
    bus.stop();
    delete process.env.SERVICE_BUS_ENDPOINT;
  });
  const box = () =>
    azureBox({ component: "fulfil", deadLetters: "fulfil-dead", queue: "fulfil", resource: () => undefined });

  it("are read by peek-lock and unlocked again", () =>
    withCommand("az", "echo token-of-az", async () => {
      const [first, second] = await listed(box());
      assert.deepEqual(
        [first?.id, first?.error, first?.attempts, first?.traceparent, first?.key],
        ["1", "OutOfReach: no", 5, "00-a-b-01", "k"],
      );
      assert.deepEqual([second?.id, second?.error], ["2", "MaxDeliveryCountExceeded"]);
      assert.equal(bus.locks.size, 0);
      assert.equal((await listed(box())).length, 2);
    }));

  it("go back with the sender's properties, their session and without the cause", () =>
    withCommand("az", "echo token-of-az", async () => {
      assert.equal(await redriven(box(), { ids: ["1"] }), "1 dead letter sent back to fulfil.");
      assert.deepEqual(bus.queues.get("fulfil"), [
        {
          body: '{"id":"1"}',
          broker: { MessageId: "1", SessionId: "k" },
          properties: { "sb-sent": "2026-11-23T09:00:00Z", traceparent: "00-a-b-01", mine: "x" },
        },
      ]);
      assert.deepEqual(
        (await listed(box())).map(({ id }) => id),
        ["2"],
      );
    }));

  it("say what to do where nobody is signed in", async () => {
    await withCommand("az", "echo Please run az login >&2; exit 1", () =>
      assert.rejects(listed(box()), /az account get-access-token failed: Please run az login[\s\S]*az login/),
    );
  });
});

describe("the place of a component's dead letters", () => {
  const stack = readStack(findProject(), "orders-aws");
  const urn = (type: string, name: string) => `urn:pulumi:orders-aws::serverless-blueprints::${type}::${name}`;
  const state = JSON.stringify({
    deployment: {
      resources: [
        { urn: urn("pulumi:pulumi:Stack", "s"), type: "pulumi:pulumi:Stack" },
        { urn: urn("blueprints:index:Table", "orders"), type: "blueprints:index:Table", outputs: { table: "t" } },
        {
          urn: urn("blueprints:index:QueueWorker", "fulfil"),
          type: "blueprints:index:QueueWorker",
          outputs: { queue: "https://sqs/q", deadLetters: "https://sqs/d" },
        },
      ],
    },
  });

  it("comes from the stack's state", () =>
    withCommand("pulumi", `echo '${state}'`, async () => {
      const { queue, deadLetters } = await deployed(stack, "fulfil");
      assert.deepEqual([queue, deadLetters], ["https://sqs/q", "https://sqs/d"]);
      await assert.rejects(
        deployed(stack, "orders"),
        /no component with dead letters "orders"[\s\S]*choose one of fulfil/,
      );
    }));

  it("is not there before the first up", async () => {
    await withCommand("pulumi", `echo '{"deployment":{}}'`, () =>
      assert.rejects(deployed(stack, "fulfil"), /nothing is deployed in orders-aws[\s\S]*pulumi up -s orders-aws/),
    );
    await withCommand("pulumi", "echo \"error: no stack named 'orders-aws' found\" >&2; exit 255", () =>
      assert.rejects(deployed(stack, "fulfil"), /no stack named 'orders-aws' found/),
    );
  });

  it("needs the Pulumi CLI", async () => {
    const { PATH } = process.env;
    process.env.PATH = "";
    try {
      await assert.rejects(deployed(stack, "fulfil"), /Pulumi CLI, and there is none[\s\S]*install it/);
    } finally {
      process.env.PATH = PATH;
    }
  });
});
