/** The tables of all packs, and which controls a mutant must be caught by. */
import { auditLogging } from "./audit-logging";
import type { Path } from "./edits";
import { encryption } from "./encryption";
import { iam } from "./iam";
import type { Change, Row } from "./matters";
import { network } from "./network";
import { resilience } from "./resilience";
import { transport } from "./transport";

export const tables = [...encryption, ...transport, ...iam, ...auditLogging, ...resilience, ...network];

/** One change to one resource of a compliant stack. */
export interface Tried {
  /** `<stack>: <resource>`. */
  readonly at: string;
  readonly type: string;
  readonly path: Path;
  readonly change: Change;
}

const isIndex = (key: string) => /^\d+$/.test(key);
const pattern = (path: Path) => path.map((key) => (isIndex(key) ? "*" : key)).join(".");

/** `<stack>: <resource> <indices>`, as `only` is matched against. */
export const nameOf = ({ at, path }: Tried) => [at, ...path.filter(isIndex)].join(" ");

function rowsOf(tried: Tried, types: Readonly<Record<string, readonly Row[]>>): readonly Row[] {
  const of = Object.hasOwn(types, tried.type) ? (types[tried.type] ?? []) : [];
  return of.filter(({ path, only }) => path === pattern(tried.path) && (only?.test(nameOf(tried)) ?? true));
}

/** Controls whose table names the property, whether or not this change of it. */
export const concerned = (tried: Tried): string[] =>
  tables.filter(({ types }) => rowsOf(tried, types).length > 0).map(({ control }) => control);

/** Controls that must catch the change. */
export const expected = (tried: Tried): string[] =>
  tables
    .filter(({ types }) => rowsOf(tried, types).some(({ edits }) => edits.includes(tried.change)))
    .map(({ control }) => control)
    .sort();
