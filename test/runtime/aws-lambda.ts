/** Calls of AWS functions as Lambda makes them, and what came of each. */
import { createHash } from "node:crypto";
import type { SQSBatchResponse } from "aws-lambda";
import type { Parts } from "../../runtime/settings";
import { lambdaContext } from "./events";
import {
  type Answer,
  AWS_ENVIRONMENT,
  captured,
  fakeServer,
  fresh,
  type RecordedRequest,
  WORKER,
  withEnvironment,
} from "./support";

/** What the function asked of SQS. */
export interface Asked {
  /** `SendMessage` */
  readonly action: string;
  /** Last part of the queue's address. */
  readonly queue: string;
  readonly receipt?: string;
  readonly seconds?: number;
  readonly body?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly group?: string;
  readonly deduplication?: string;
}

export interface Adapter {
  /** `streamProcessor` of `aws/stream-processor`. */
  readonly name: string;
  readonly handler: unknown;
  readonly parts?: Partial<Parts>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What SQS answers. Default: that it has done what it was asked. */
  readonly answer?: (request: RecordedRequest) => Answer;
  /** Milliseconds that Lambda says are left. */
  readonly remaining?: number;
}

/** SQS as far as the SDK checks it: the digest of the body that was stored. */
export function acknowledge({ body }: RecordedRequest): Answer {
  const digest = createHash("md5").update(JSON.parse(body).MessageBody ?? "");
  return { json: { MessageId: "new", MD5OfMessageBody: digest.digest("hex") } };
}

type Make = (
  handler: unknown,
  parts: Parts,
) => (event: unknown, context: ReturnType<typeof lambdaContext>) => Promise<SQSBatchResponse>;

/** One instance of the function, given these events one after the other. */
export async function invoked(adapter: Adapter, ...events: readonly unknown[]) {
  const { name, handler, parts = {}, settings = {}, answer = acknowledge, remaining } = adapter;
  const server = await fakeServer(answer);
  const deadLetter = `${server.url}/123456789012/fulfil-dead`;
  const environment = {
    ...AWS_ENVIRONMENT,
    AWS_ENDPOINT_URL: server.url,
    SB_SETTINGS: { ...WORKER, deadLetter, ...settings },
  };
  try {
    return await withEnvironment(environment, async () => {
      const file = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      const make = fresh<Readonly<Record<string, Make>>>(`aws/${file}`)[name];
      if (!make) throw new Error(`aws/${file} exports no ${name}`);
      /** What each call reported as not handled. */
      const failures: (readonly string[])[] = [];
      const log = await captured(async () => {
        const serve = make(handler, { uses: {}, ...parts });
        for (const event of events) {
          const { batchItemFailures } = await serve(event, lambdaContext(remaining));
          failures.push(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        }
      });
      return { failures, asked: server.requests.map(read), log };
    });
  } finally {
    await server.close();
  }
}

function read({ headers, body }: RecordedRequest): Asked {
  const call = JSON.parse(body);
  const attributes: Readonly<Record<string, { readonly StringValue: string }>> = call.MessageAttributes ?? {};
  const values = Object.entries(attributes).map(([name, { StringValue }]) => [name, StringValue] as const);
  return {
    action: String(headers["x-amz-target"]).replace("AmazonSQS.", ""),
    queue: String(call.QueueUrl).replace(/^.*\//, ""),
    ...(call.ReceiptHandle && { receipt: call.ReceiptHandle, seconds: call.VisibilityTimeout }),
    ...(call.MessageBody && { body: call.MessageBody, attributes: Object.fromEntries(values) }),
    ...(call.MessageGroupId && { group: call.MessageGroupId, deduplication: call.MessageDeduplicationId }),
  };
}
