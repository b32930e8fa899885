import * as z from "zod/mini";

/** A click as browsers send it: in batches, in the order of each session, sometimes long after it happened. */
const click = {
  session: z.string().check(z.minLength(1), z.maxLength(64)),
  /** Counts up within the session. */
  sequence: z.int().check(z.minimum(1)),
  /** ISO 8601, UTC, by the browser's clock. */
  at: z.string(),
};

/** `POST /clicks`: taken as it comes, so that no visitor waits for a check. */
export const Clicks = z.strictObject({
  clicks: z.array(z.object({ ...click, page: z.string() })).check(z.minLength(1), z.maxLength(500)),
});
export type Clicks = z.output<typeof Clicks>;

/** A record of the stream. What does not parse is a dead letter. */
export const Click = z.object({
  ...click,
  at: z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)),
  page: z.string().check(z.regex(/^\/[a-z0-9/-]*$/)),
});
export type Click = z.output<typeof Click>;

/** One session's clicks on one page in one minute; a window's count is the sum over its sessions. */
export interface WindowCount {
  /** `<page>@<minute>`, or `late@<hour>` for what came too late to be counted there. */
  readonly window: string;
  readonly session: string;
  readonly count: number;
  /** Sequence of the newest click that is counted: what is not newer is a repeat. */
  readonly last: number;
}

/** A session as it has been seen. */
export interface Session {
  readonly session: string;
  readonly clicks: number;
  readonly last: number;
  readonly firstAt: string;
  readonly lastAt: string;
}
