/** Filters of Cloud Logging: what certainly gets through one, and what may. */
import { tokensOf } from "../tokens";

type Filter =
  | { readonly kind: "all" | "any"; readonly of: readonly Filter[] }
  | { readonly kind: "not"; readonly of: Filter }
  | { readonly kind: "test"; readonly field: string; readonly op: string; readonly value: string };

/** `some`: as the entry may be. */
type Holds = "all" | "none" | "some";
export type Leaf = (field: string, op: string, value: string) => Holds;

const skipped = /\s+|--[^\n]*/y;
const token = /"(?:\\.|[^"\\])*"|[()]|<=|>=|!=|=~|!~|[=:<>]|-(?=[A-Za-z("])|[^\s()"=:<>!~]+/y;

const unquoted = (text: string) => (text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, "$1") : text);

/** Throws where the text is no filter. */
function parse(filter: string): Filter {
  const all = tokensOf(filter, skipped, token).map(([text]) => text);
  let at = 0;
  const take = (...values: string[]) => {
    if (!values.includes(all[at] ?? "")) return false;
    at += 1;
    return true;
  };
  const need = (value: string) => {
    if (!take(value)) throw new SyntaxError("the filter is none");
  };
  // Tests beside each other all hold; OR binds tighter than AND.
  const every = (): Filter => {
    const of = [either()];
    while (at < all.length && all[at] !== ")") {
      take("AND");
      of.push(either());
    }
    return { kind: "all", of };
  };
  const either = (): Filter => {
    const of = [one()];
    while (take("OR")) of.push(one());
    return { kind: "any", of };
  };
  const one = (): Filter => {
    if (take("NOT", "-")) return { kind: "not", of: one() };
    if (take("(")) {
      const inner = every();
      need(")");
      return inner;
    }
    const field = all[at++];
    if (field === undefined) throw new SyntaxError("the filter is none");
    if (/^(log_id|sample)$/i.test(field) && take("(")) {
      const of = all.slice(at, all.indexOf(")", at));
      at += of.length;
      need(")");
      return { kind: "test", field: field.toLowerCase(), op: "()", value: unquoted(of[0] ?? "") };
    }
    const op = all[at] ?? "";
    if (!/^(<=|>=|!=|=~|!~|[=:<>])$/.test(op)) return { kind: "test", field: "", op: ":", value: unquoted(field) };
    at += 1;
    return compared(unquoted(field), op);
  };
  const compared = (field: string, op: string): Filter => {
    if (!take("(")) return { kind: "test", field, op, value: unquoted(all[at++] ?? "") };
    const of: Filter[] = [];
    const isEvery = all.slice(at, all.indexOf(")", at)).includes("AND");
    while (!take(")")) {
      if (!take("OR", "AND")) of.push(compared(field, op));
      if (at > all.length) throw new SyntaxError("the filter is none");
    }
    return { kind: isEvery ? "all" : "any", of };
  };
  const whole = every();
  if (at < all.length) throw new SyntaxError("the filter is none");
  return whole;
}

function holds(filter: Filter, leaf: Leaf): Holds {
  if (filter.kind === "test") return leaf(filter.field, filter.op, filter.value);
  if (filter.kind === "not") return ({ all: "none", none: "all", some: "some" } as const)[holds(filter.of, leaf)];
  const each = filter.of.map((one) => holds(one, leaf));
  const [decides, other] = filter.kind === "all" ? (["none", "all"] as const) : (["all", "none"] as const);
  if (each.includes(decides)) return decides;
  return each.every((one) => one === other) ? other : "some";
}

/** Of the entries that the leaf speaks for: whether all, none or some get through. An empty filter lets all through. */
export function lets(filter: string, leaf: Leaf): Holds {
  if (filter.trim() === "") return "all";
  try {
    return holds(parse(filter), leaf);
  } catch {
    return "some";
  }
}
