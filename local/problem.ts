import { PROBLEM_JSON } from "../runtime/problem";

/** The titles that RFC 9110 and RFC 6585 give the statuses a gateway answers with. */
const titles = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  421: "Misdirected Request",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
} as const;

export type GatewayStatus = keyof typeof titles;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A problem+json answer (RFC 9457). */
export function problemAnswer(
  status: GatewayStatus,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const body = JSON.stringify({ type: "about:blank", title: titles[status], status, detail });
  return { status, headers: { "content-type": PROBLEM_JSON, ...headers }, body };
}
