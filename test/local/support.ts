import { type IncomingHttpHeaders, request } from "node:http";
import type { Clock } from "../../local/clock";
import { LocalCloud } from "../../local/cloud";
import type { FaultPlan } from "../../local/faults";
import type { LocalResources } from "../../local/resources";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** Unlike `fetch`, sends any Host and Origin, as an attacker's browser would. */
export function send(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      { method: options.method ?? "GET", headers: options.headers ?? {}, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          const isJson = /json/.test(response.headers["content-type"] ?? "");
          const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
        });
      },
    );
    call.on("error", reject);
    call.end(options.body);
  });
}

export const queueInputs: LocalResources["Queue"] = {
  name: "q",
  visibilityTimeoutSeconds: 30,
  maxDeliveries: 2,
  retentionSeconds: 3600,
  maxMessageBytes: 1000,
  backoffMinSeconds: 0.01,
  backoffMaxSeconds: 0.01,
  deadLetterRetentionSeconds: 3600,
};

/** A function from the text of its handler, an expression. */
export function functionInputs(
  handler: string,
  more: Partial<LocalResources["Function"]> = {},
): LocalResources["Function"] {
  return {
    name: "f",
    code: `exports.handler = ${handler};`,
    codeHash: String(handler.length),
    environment: {},
    timeoutSeconds: 5,
    memoryMiB: 64,
    permissions: [],
    logStore: "logs",
    ...more,
  };
}

/** A cloud with a log store; closed by the caller. */
export async function makeCloud(options: { clock?: Clock; faults?: FaultPlan } = {}): Promise<LocalCloud> {
  const cloud = new LocalCloud(options);
  await cloud.create("LogStore", { name: "logs", retentionDays: 1 });
  return cloud;
}

/** A handler's text that performs one operation of the cloud and answers with its value, or the error's name. */
export function performing(resource: string, operation: string, args: readonly unknown[] = []): string {
  const call = `globalThis[Symbol.for("serverless-blueprints.local.host")].call(${JSON.stringify(resource)}, ${JSON.stringify(operation)}, ${JSON.stringify(args)})`;
  return `() => ${call}.then((value) => ({ value }), (error) => ({ refused: error.name, message: error.message }))`;
}

export function invoke(cloud: LocalCloud, name: string, event: unknown = {}): Promise<unknown> {
  const found = cloud.find("Function", name);
  if (!found) throw new Error(`no function ${name}`);
  return found.invoke(event);
}
