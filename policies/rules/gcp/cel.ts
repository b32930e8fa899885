/** Conditions of Google Cloud, in the Common Expression Language: as much of it as policies need. */
import { tokensOf } from "../tokens";

export type Cel =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  /** A variable with its fields: `assertion.sub`, also where it is written `assertion['sub']`. */
  | { readonly kind: "name"; readonly path: string }
  | { readonly kind: "list"; readonly items: readonly Cel[] }
  | { readonly kind: "call"; readonly on: Cel | undefined; readonly name: string; readonly args: readonly Cel[] }
  | { readonly kind: "not"; readonly of: Cel }
  | { readonly kind: "choice"; readonly when: Cel; readonly then: Cel; readonly otherwise: Cel }
  | { readonly kind: "binary"; readonly op: string; readonly left: Cel; readonly right: Cel };

const skipped = /\s+|\/\/[^\n]*/y;
const token =
  /([rR]?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(==|!=|<=|>=|&&|\|\||[-!<>()[\]{}.,?:+*/%])/y;

interface Token {
  readonly kind: "text" | "number" | "word" | "sign";
  readonly value: string;
}

const tokens = (expression: string): Token[] =>
  tokensOf(expression, skipped, token).map(([whole, text, number, word]) => {
    if (text !== undefined) return { kind: "text", value: unquoted(text) };
    if (number !== undefined) return { kind: "number", value: number };
    return { kind: word === undefined ? "sign" : "word", value: whole };
  });

function unquoted(text: string): string {
  const raw = /^r/i.test(text);
  const inner = text.slice(raw ? 2 : 1, -1);
  return raw ? inner : inner.replace(/\\(.)/g, "$1");
}

/** From the loosest to the tightest. */
const levels = [["||"], ["&&"], ["==", "!=", "<", "<=", ">", ">=", "in"], ["+", "-"], ["*", "/", "%"]];
const constants: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/** Throws where the text is no expression. */
export function parseCel(expression: string): Cel {
  const all = tokens(expression);
  let at = 0;
  const wrong = () => new SyntaxError("the condition is no expression");
  const isNext = (value: string) => all[at]?.kind !== "text" && all[at]?.value === value;
  const take = (value: string) => {
    if (!isNext(value)) return false;
    at += 1;
    return true;
  };
  const need = (value: string) => {
    if (!take(value)) throw wrong();
  };
  const choice = (): Cel => {
    const when = binary(0);
    if (!take("?")) return when;
    const then = choice();
    need(":");
    return { kind: "choice", when, then, otherwise: choice() };
  };
  const binary = (level: number): Cel => {
    const ops = levels[level];
    if (!ops) return unary();
    let left = binary(level + 1);
    for (let op = ops.find(isNext); op !== undefined; op = ops.find(isNext)) {
      at += 1;
      left = { kind: "binary", op, left, right: binary(level + 1) };
    }
    return left;
  };
  const unary = (): Cel => (take("!") ? { kind: "not", of: unary() } : member(primary()));
  const member = (of: Cel): Cel => {
    if (take(".")) {
      const name = all[at++];
      if (name?.kind !== "word") throw wrong();
      if (take("(")) return member({ kind: "call", on: of, name: name.value, args: many(")") });
      if (of.kind === "name") return member({ kind: "name", path: `${of.path}.${name.value}` });
      return member({ kind: "call", on: of, name: name.value, args: [] });
    }
    if (!take("[")) return of;
    const index = choice();
    need("]");
    return of.kind === "name" && index.kind === "literal"
      ? member({ kind: "name", path: `${of.path}.${String(index.value)}` })
      : member({ kind: "call", on: of, name: "[]", args: [index] });
  };
  const many = (end: string): Cel[] => {
    const found: Cel[] = [];
    while (!take(end)) {
      found.push(choice());
      if (!isNext(end)) need(",");
    }
    return found;
  };
  const primary = (): Cel => {
    const next = all[at++];
    if (next?.kind === "text") return { kind: "literal", value: next.value };
    if (next?.kind === "number") return { kind: "literal", value: Number(next.value) };
    if (next?.kind === "word") {
      const constant = constants.get(next.value);
      if (constant !== undefined) return { kind: "literal", value: constant };
      return take("(")
        ? { kind: "call", on: undefined, name: next.value, args: many(")") }
        : { kind: "name", path: next.value };
    }
    if (next?.value === "[") return { kind: "list", items: many("]") };
    if (next?.value !== "(") throw wrong();
    const inner = choice();
    need(")");
    return inner;
  };
  const whole = choice();
  if (at < all.length) throw wrong();
  return whole;
}

/** True where whoever is let through has passed one of the tests that count, whichever way the expression took. */
export function everyWay(of: Cel, counts: (test: Cel) => boolean, denied = false): boolean {
  const way = (part: Cel, no = denied) => everyWay(part, counts, no);
  switch (of.kind) {
    case "literal":
      return of.value === denied;
    case "not":
      return way(of.of, !denied);
    case "choice":
      return (way(of.when, false) || way(of.then)) && (way(of.when, true) || way(of.otherwise));
    case "binary": {
      if (of.op === "&&" || of.op === "||")
        return (of.op === "&&") === denied ? way(of.left) && way(of.right) : way(of.left) || way(of.right);
      const equals = (of.op === "==" && !denied) || (of.op === "!=" && denied);
      return equals ? counts({ ...of, op: "==" }) : of.op === "in" && !denied && counts(of);
    }
    default:
      return !denied && counts(of);
  }
}
