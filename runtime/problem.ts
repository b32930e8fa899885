/** RFC 9457 problem details, the body of every answer that the runtime itself gives. */
import type { FieldError } from "./schema";

export const PROBLEM_JSON = "application/problem+json";

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  /** To quote to whoever runs the service: its logs are found by it. */
  readonly traceId?: string;
}

/** The titles that RFC 9110 gives the statuses: with type `about:blank` the title is the status's own. */
const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  500: "Internal Server Error",
} as const;

export type ProblemStatus = keyof typeof TITLES;

export function problem(
  status: ProblemStatus,
  detail: string,
  more: Pick<Problem, "errors" | "traceId"> = {},
): Problem {
  return { type: "about:blank", title: TITLES[status], status, detail, ...more };
}
