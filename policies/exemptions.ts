import { parseDocument } from "yaml";
import * as z from "zod/mini";
import type { Control, Exemption, Verdict } from "./model";

/**
 * The ledger of exemptions: findings that somebody has accepted for a while, with a name, a reason and an end. An exempted
 * finding stays in every report; an entry that no longer holds fails the check itself.
 */
export interface Ledger {
  /** Where it was read, for messages. */
  readonly file: string;
  readonly entries: readonly LedgerEntry[];
  /** Entries that are none, such as one that nobody owns or that would hide everything: they exempt nothing. */
  readonly problems: readonly string[];
}

export interface LedgerEntry extends Exemption {
  readonly control: string;
  /** `<type>::<name>`, of the resource's type and name in the program; `*` in the name stands for any text. */
  readonly resource: string;
  /** Names of the stacks in which it holds. */
  readonly stacks: readonly string[];
  /** What was accepted, as a report words it: anything else that the control finds there fails. Default: whatever it finds. */
  readonly finding?: string | undefined;
  /** Line of the file, from 1. */
  readonly line: number;
}

/** The ledger cannot be read at all. */
export class LedgerError extends Error {
  override readonly name = "LedgerError";
}

const text = z.string("must be a text").check(z.trim(), z.minLength(1, "is empty"));
const Entry = z.strictObject(
  {
    control: text,
    resource: text,
    stacks: z.array(text, "must be a list of stacks' names").check(z.minLength(1, "is empty")),
    owner: text,
    reason: text,
    ticket: text,
    expires: z.iso.date("must be a day that exists, as in 2027-01-31"),
    finding: z.optional(text),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? `has unknown keys: ${issue.keys.join(", ")}` : "must be a map",
  },
);
const Document = z.strictObject({ exemptions: z.nullable(z.array(z.unknown())) });

/** An exemption is a delay, not a decision for good. */
const longestDays = 366;
const day = 86_400_000;

/** @throws LedgerError where the file as a whole has another shape; what is wrong with single entries are its problems. */
export function readLedger(source: string, file: string, controls: readonly Control[]): Ledger {
  const document = parseDocument(source, { uniqueKeys: true });
  const [broken] = document.errors;
  if (broken) throw new LedgerError(`${at(file, broken.linePos?.[0].line)} is no valid YAML`);
  const parsed = Document.safeParse(contentOf(document, file) ?? { exemptions: [] });
  if (!parsed.success) throw new LedgerError(`${file} must have one key, exemptions, which is a list`);
  const ids = new Set(controls.map(({ id }) => id));
  const lineAt = lineCounter(source);
  const entries: LedgerEntry[] = [];
  const problems: string[] = [];
  parsed.data.exemptions?.forEach((value, index) => {
    const node = document.getIn(["exemptions", index], true);
    const line = lineAt(isRanged(node) ? node.range[0] : 0);
    const entry = Entry.safeParse(value);
    const faults = entry.success
      ? [...entryFaults(entry.data, ids), ...repeats(entry.data, entries)]
      : entry.error.issues.map(({ path, message }) => `${path.map(String).join(".") || "the entry"} ${message}`);
    problems.push(...faults.map((fault) => `${at(file, line)}: ${fault}`));
    if (entry.success && faults.length === 0) entries.push({ ...entry.data, line });
  });
  return { file, entries, problems };
}

/** An alias of nothing, or of far too much, is found only when the file is put together. */
function contentOf(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS();
  } catch {
    throw new LedgerError(`${file} has aliases that cannot be resolved`);
  }
}

function repeats({ control, resource, stacks, finding }: z.infer<typeof Entry>, before: readonly LedgerEntry[]) {
  const same = before.find(
    (one) =>
      one.control === control &&
      one.resource === resource &&
      one.finding === finding &&
      one.stacks.some((stack) => stacks.includes(stack)),
  );
  return same ? [`it repeats the entry of line ${same.line}: keep one of them`] : [];
}

function entryFaults({ control, resource, stacks }: z.infer<typeof Entry>, ids: ReadonlySet<string>): string[] {
  const [type = "", ...names] = resource.split("::");
  const name = names.join("::");
  return [
    ...(ids.has(control) ? [] : [`there is no control ${control}`]),
    ...(stacks.some((stack) => /[*?]/.test(stack))
      ? ["stacks are named in full: a pattern there stands for nothing"]
      : []),
    ...(name === "" ? [`resource must be <type>::<name>, as in aws:sqs/queue:Queue::orders`] : []),
    // Two letters of a name are the least that tells resources apart.
    ...(type.includes("*") || (name !== "" && !/[^*]{2}/.test(name))
      ? ["resource is too broad: name one type, and at least two characters of the name"]
      : []),
  ];
}

export interface Exempted {
  /** All verdicts; those that an entry covers carry its exemption. */
  readonly verdicts: readonly Verdict[];
  /** Entries that hold no longer, each a sentence naming it. They fail the check. */
  readonly problems: readonly string[];
}

export interface ExemptOptions {
  readonly stack: string;
  /** The controls that were judged: entries of others are not told to be unused. */
  readonly controls: readonly Control[];
  readonly now: Date;
}

/** Marks the findings that the ledger covers in this stack, and tells which entries are expired, unused or too long. */
export function exempt(ledger: Ledger, verdicts: readonly Verdict[], options: ExemptOptions): Exempted {
  const { stack, controls, now } = options;
  const judged = new Set(controls.map(({ id }) => id));
  const entries = ledger.entries.filter((entry) => entry.stacks.includes(stack) && judged.has(entry.control));
  const today = now.toISOString().slice(0, 10);
  const valid = entries.filter(({ expires }) => expires >= today && daysUntil(expires, now) <= longestDays);
  const used = new Set<LedgerEntry>();
  const marked = verdicts.map((verdict): Verdict => {
    if (verdict.verdict === "pass") return verdict;
    const covering = entries.filter((entry) => entry.control === verdict.control && covers(entry, verdict));
    for (const entry of covering) used.add(entry);
    const entry = covering.find((one) => valid.includes(one));
    return entry ? { ...verdict, exemption: exemptionOf(entry) } : verdict;
  });
  const faults = entries.flatMap((entry): string[] => {
    const fault =
      entry.expires < today
        ? `expired on ${entry.expires}`
        : daysUntil(entry.expires, now) > longestDays
          ? `lasts until ${entry.expires}, which is more than ${longestDays} days`
          : used.has(entry)
            ? undefined
            : `covers no finding of ${stack}: remove it, or ${stack} from its stacks`;
    const { owner, control, resource, line } = entry;
    return fault
      ? [`${at(ledger.file, line)}: the exemption of ${owner} from ${control} for ${resource} ${fault}`]
      : [];
  });
  return { verdicts: marked, problems: [...ledger.problems, ...faults] };
}

/** True of what somebody has still to look at: no pass, and not exempted. */
export function isOpen({ verdict, exemption }: Verdict): boolean {
  return verdict !== "pass" && exemption === undefined;
}

const exemptionOf = ({ owner, reason, ticket, expires }: LedgerEntry): Exemption => ({
  owner,
  reason,
  ticket,
  expires,
});

const daysUntil = (date: string, now: Date): number => (Date.parse(`${date}T00:00:00Z`) - now.getTime()) / day;

function covers({ resource, finding }: LedgerEntry, { urn, message }: Verdict): boolean {
  if (finding !== undefined && finding !== message) return false;
  const [, , types = "", ...names] = urn.split("::");
  const own = `${types.split("$").pop()}::${names.join("::")}`;
  const pattern = resource.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`, "s").test(own);
}

const at = (file: string, line: number | undefined): string => (line === undefined ? file : `${file}:${line}`);

const isRanged = (node: unknown): node is { range: [number, number, number] } =>
  typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);

function lineCounter(source: string): (offset: number) => number {
  return (offset) => source.slice(0, offset).split("\n").length;
}
