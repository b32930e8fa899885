/** Native events and requests as the clouds' documentation shows them, with what a test varies. */
import type { SQSEvent, SQSRecord } from "aws-lambda";

export const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
export const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
export const SENT = Date.parse("2026-01-02T03:04:05.678Z");

export interface Sent {
  readonly id?: string;
  readonly body: unknown;
  readonly attempt?: number;
  readonly traceparent?: string;
}

const asText = (body: unknown): string => (typeof body === "string" ? body : JSON.stringify(body));

// AWS ------------------------------------------------------------------------------------------------------------

export function sqsEvent(...messages: readonly Sent[]): SQSEvent {
  return { Records: messages.map(sqsRecord) };
}

function sqsRecord({ id = "m-1", body, attempt = 1, traceparent }: Sent): SQSRecord {
  return {
    messageId: id,
    receiptHandle: `receipt-${id}`,
    body: asText(body),
    attributes: {
      ApproximateReceiveCount: String(attempt),
      SentTimestamp: String(SENT),
      SenderId: "AIDAIENQZJOLO23YVJ4VO",
      ApproximateFirstReceiveTimestamp: String(SENT + 5),
    },
    messageAttributes:
      traceparent === undefined
        ? {}
        : {
            traceparent: {
              stringValue: traceparent,
              stringListValues: [],
              binaryListValues: [],
              dataType: "String",
            },
          },
    md5OfBody: "098f6bcd4621d373cade4e832627b4f6",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:fulfil",
    awsRegion: "eu-central-1",
  };
}

export const lambdaContext = (remaining = 30_000) => ({ getRemainingTimeInMillis: () => remaining });

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface ApiGatewayAsked extends Asked {
  readonly route?: string;
  readonly params?: Record<string, string>;
  readonly apiId?: string;
  readonly authorizer?: unknown;
}

export const API_ID = "a1b2c3d4e5";

export function apiGatewayEvent(asked: ApiGatewayAsked) {
  const { method = "GET", path = "/orders/1", query = "", headers = {}, body, apiId = API_ID, authorizer } = asked;
  return {
    version: "2.0",
    routeKey: asked.route ?? `${method} ${path}`,
    rawPath: decodeURIComponent(path), // as the gateway does it
    rawQueryString: query,
    headers: { host: `${apiId}.execute-api.eu-central-1.amazonaws.com`, ...headers },
    requestContext: {
      accountId: "123456789012",
      apiId,
      domainName: `${apiId}.execute-api.eu-central-1.amazonaws.com`,
      domainPrefix: apiId,
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" },
      requestId: "JKJaXmPLvHcESHA=",
      routeKey: asked.route ?? `${method} ${path}`,
      stage: "$default",
      time: "12/Mar/2026:19:03:58 +0000",
      timeEpoch: 1583348638390,
      ...(authorizer !== undefined && { authorizer }),
    },
    ...(asked.params && { pathParameters: asked.params }),
    ...(body !== undefined && { body: typeof body === "string" ? body : body.toString("base64") }),
    isBase64Encoded: Buffer.isBuffer(body),
  };
}

/** As API Gateway writes a JWT authorizer's result: every claim a text, lists in brackets. */
export const jwtAuthorizer = (scope: string) => ({
  jwt: { claims: { sub: "user-1", iss: "https://issuer.example", aud: "[shop admin]", scope }, scopes: null },
});

export const iamAuthorizer = {
  iam: {
    accessKey: "ASIA0000000000000000",
    accountId: "123456789012",
    callerId: "AROAEXAMPLE:session",
    cognitoIdentity: null,
    principalOrgId: "o-1234567890",
    userArn: "arn:aws:sts::123456789012:assumed-role/app/session",
    userId: "AROAEXAMPLE:session",
  },
};

// Azure ----------------------------------------------------------------------------------------------------------

export interface BusSent extends Sent {
  readonly properties?: Readonly<Record<string, string | number>>;
}

/** What the Node.js worker hands to a Service Bus handler: the parsed body, and metadata under the body's own fields. */
export function busMessage({ id = "m-1", body, attempt = 1, traceparent, properties = {} }: BusSent) {
  const metadata = {
    messageId: id,
    deliveryCount: attempt,
    enqueuedTimeUtc: new Date(SENT).toISOString(),
    applicationProperties: { ...properties, ...(traceparent !== undefined && { traceparent }) },
    lockToken: "7c6f8f5c-5f0e-4a2a-9b4e-0f3c3d9b7a11",
    sequenceNumber: 17,
    contentType: null,
  };
  let message: unknown = body;
  if (typeof body === "string")
    try {
      message = JSON.parse(body);
    } catch {
      message = body;
    }
  const fields =
    typeof message === "object" && message !== null && !Array.isArray(message)
      ? Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null && !Array.isArray(value)))
      : {};
  return { message, triggerMetadata: { ...metadata, ...fields } };
}

export function functionsRequest(asked: Asked) {
  const { method = "GET", path = "/orders/1", query = "", headers = {}, body } = asked;
  const bytes = Buffer.from(body ?? "");
  return {
    method,
    url: `https://shop.azurewebsites.net${path}${query === "" ? "" : `?${query}`}`,
    headers: new Headers(headers),
    arrayBuffer: async () => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  };
}

// Google Cloud ---------------------------------------------------------------------------------------------------

export interface PushSent extends Sent {
  readonly attributes?: Readonly<Record<string, string>>;
}

export function wrappedPush({ id = "m-1", body, attempt, traceparent, attributes = {} }: PushSent) {
  const published = new Date(SENT).toISOString();
  const envelope = {
    deliveryAttempt: attempt,
    message: {
      attributes: { ...attributes, ...(traceparent !== undefined && { traceparent }) },
      data: Buffer.from(asText(body)).toString("base64"),
      messageId: id,
      message_id: id,
      orderingKey: "",
      publishTime: published,
      publish_time: published,
    },
    subscription: "projects/shop/subscriptions/fulfil",
  };
  return frameworkRequest({
    method: "POST",
    path: "/",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(envelope),
  });
}

export function unwrappedPush({ id = "m-1", body, traceparent }: Sent) {
  return frameworkRequest({
    method: "POST",
    path: "/",
    headers: {
      "x-goog-pubsub-subscription-name": "projects/shop/subscriptions/fulfil",
      "x-goog-pubsub-message-id": id,
      "x-goog-pubsub-publish-time": new Date(SENT).toISOString(),
      ...(traceparent !== undefined && { traceparent }),
    },
    body: asText(body),
  });
}

export function frameworkRequest(asked: Asked) {
  const { method = "GET", path = "/orders/1", query = "", headers = {}, body } = asked;
  return {
    method,
    originalUrl: query === "" ? path : `${path}?${query}`,
    headers,
    ...(body !== undefined && { rawBody: Buffer.from(body) }),
  };
}

export function frameworkResponse() {
  const headers: Record<string, string> = {};
  const response = {
    statusCode: 200,
    headers,
    body: "",
    setHeader: (name: string, value: string) => {
      headers[name] = value;
    },
    end: (body = "") => {
      response.body = body;
    },
  };
  return response;
}

/** An identity token as Cloud Run passes it on: verified, the signature taken away. */
export function bearer(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `Bearer ${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.SIGNATURE_REMOVED_BY_GOOGLE`;
}

export const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
