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
/** The path as a row writes it. */
export const pattern = (path: Path) => path.map((key) => (isIndex(key) ? "*" : key)).join(".");

/** The same for all resources of a type, and for all members of a list. */
export const keyOf = ({ type, path, change }: Tried) => [type, pattern(path), change].join(" ");

/** A mutant in the words of a report. */
export const label = (tried: Tried) => `${nameOf(tried)}, ${tried.path.join(".") || "the resource"} ${tried.change}`;

/** `<stack>: <resource> <indices>`, as `only` is matched against. */
const nameOf = ({ at, path }: Tried) => [at, ...path.filter(isIndex)].join(" ");

function rowsOf(tried: Tried, types: Readonly<Record<string, readonly Row[]>>): readonly Row[] {
  const of = Object.hasOwn(types, tried.type) ? (types[tried.type] ?? []) : [];
  return of.filter(({ path }) => path === pattern(tried.path));
}

const inThisStack = (tried: Tried, { only }: Row) => only?.test(nameOf(tried)) ?? true;

const controlsOf = (tried: Tried, counts: (row: Row) => boolean): string[] =>
  tables
    .filter(({ types }) => rowsOf(tried, types).some(counts))
    .map(({ control }) => control)
    .sort();

/** Controls whose table names the property, in any stack, whether or not this change of it. */
export const concernedAnywhere = (tried: Tried): string[] => controlsOf(tried, () => true);

/** The same, of this stack. */
export const concerned = (tried: Tried): string[] => controlsOf(tried, (row) => inThisStack(tried, row));

/** Controls that must catch the change. */
export const expected = (tried: Tried): string[] =>
  controlsOf(tried, (row) => inThisStack(tried, row) && row.edits.includes(tried.change));

/** Controls that must catch the change in whatever stack. */
export const expectedAnywhere = (tried: Tried): string[] =>
  controlsOf(tried, ({ only, edits }) => !only && edits.includes(tried.change));
