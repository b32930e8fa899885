/**
 * - `native`: the service does it; one property maps to another.
 * - `emulated`: shipped runtime code does it, with the guarantee that `why` states.
 * - `clamped`: the nearest value that the cloud accepts, by the component's own wish (`outOfRange: "clamp"`).
 * - `unsupported`: the cloud has no such thing, and the component can honestly do without; whatever it cannot do without is refused.
 */
export type How = "native" | "emulated" | "clamped" | "unsupported";

/** One promise of a component: what was asked, what this cloud gives. */
export interface ContractRow {
  readonly property: string;
  readonly asked: string;
  readonly given: string;
  readonly how: How;
  readonly why: string;
  /** Where the fact about the cloud comes from. */
  readonly source: string;
}

type Told = Omit<ContractRow, "how">;
const row =
  (how: How) =>
  (property: string, asked: string, given: string, why: string, source: string): ContractRow =>
    ({ property, asked, given, how, why, source }) satisfies Told & { how: How };

export const native = row("native");
export const emulated = row("emulated");
export const clamped = row("clamped");
export const unsupported = row("unsupported");
