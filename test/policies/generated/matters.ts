/** What decides a control: the properties of a resource type, and which changes to them the control must notice. */
import type { Edit } from "./edits";

export type Change = Edit | "dropped";

export interface Row {
  /** Keys from the resource down, `*` for any member of a list, `{}` into JSON text; empty for the resource itself. */
  readonly path: string;
  readonly edits: readonly Change[];
  /** Only where the mutant's name matches: `<stack>: <resource>`, and the indices of its path. Default: everywhere. */
  readonly only?: RegExp;
}

export interface Table {
  readonly control: string;
  /** Why these properties decide. */
  readonly because: string;
  readonly types: Readonly<Record<string, readonly Row[]>>;
}

const any: readonly Edit[] = ["removed", "wrong type"];
export const flag: readonly Edit[] = [...any, "flipped"];
export const part: readonly Edit[] = [...any, "emptied"];
/** Any other text is as wrong as none. */
export const exact: readonly Edit[] = [...part, "other text", "the provider's key"];
/** A name of a key that is none, or the provider's own. */
export const ownKey: readonly Edit[] = exact;
export const otherText: readonly Edit[] = ["emptied", "other text", "the provider's key"];
/** Anything but nothing at all. */
export const others: readonly Edit[] = [...otherText, "wrong type"];
export const number: readonly Edit[] = any;
export const atLeast: readonly Edit[] = [...any, "lowered"];

export const row = (path: string, edits: readonly Change[], only?: RegExp): Row => ({
  path,
  edits,
  ...(only && { only }),
});

/** What makes a statement unreadable, and its document with it. */
export const unreadable: readonly Row[] = [
  row("policy.{}.Statement.*", ["emptied", "wrong type"]),
  row("policy.{}.Statement.*.Effect", exact),
  row("policy.{}.Statement.*.Action", exact),
  ...["Principal", "Principal.Service", "Resource", "Condition", "Condition.Bool", "Condition.ArnEquals"].map((path) =>
    row(`policy.{}.Statement.*.${path}`, ["wrong type"]),
  ),
];
