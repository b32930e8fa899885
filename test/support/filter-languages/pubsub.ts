/**
 * Pub/Sub's filters, as "Filter messages from a subscription" describes them: `attributes:KEY`, `attributes.KEY = "text"`,
 * `!=`, `hasPrefix(attributes.KEY, "text")`, NOT, AND, OR with parentheses wherever AND meets OR; at most 256 bytes.
 */
type Test = (attributes: Readonly<Record<string, string>>) => boolean;

export function matchesPubsub(filter: string, attributes: Readonly<Record<string, string>>): boolean {
  if (Buffer.byteLength(filter) > 256) throw new Error(`a filter of ${Buffer.byteLength(filter)} bytes`);
  return filter === "" || new Parser(filter).whole()(attributes);
}

const token = /"(?:[^"\\\p{Cc}]|\\u[0-9a-f]{4}|\\["\\])*"|[()=.:,]|!=|[A-Za-z0-9_-]+/gu;

class Parser {
  readonly #tokens: string[];

  constructor(text: string) {
    this.#tokens = text.match(token) ?? [];
    const lost = text.replace(token, "").trim();
    if (lost !== "") throw new Error(`Pub/Sub does not know ${lost}`);
  }

  whole(): Test {
    const test = this.#expression();
    if (this.#tokens.length > 0) throw new Error(`left over: ${this.#tokens.join(" ")}`);
    return test;
  }

  #expression(): Test {
    const tests = [this.#term()];
    const joint = this.#tokens[0];
    while (this.#tokens[0] === "AND" || this.#tokens[0] === "OR") {
      if (this.#tokens.shift() !== joint) throw new Error("AND and OR beside each other need parentheses");
      tests.push(this.#term());
    }
    return joint === "OR" ? (of) => tests.some((test) => test(of)) : (of) => tests.every((test) => test(of));
  }

  #term(): Test {
    const token = this.#tokens.shift();
    if (token === "NOT") {
      const test = this.#term();
      return (of) => !test(of);
    }
    if (token === "(") {
      const test = this.#expression();
      this.#take(")");
      return test;
    }
    if (token === "hasPrefix") {
      this.#take("(");
      this.#take("attributes");
      this.#take(".");
      const key = this.#key();
      this.#take(",");
      const prefix = this.#text();
      this.#take(")");
      return (of) => of[key]?.startsWith(prefix) ?? false;
    }
    if (token !== "attributes") throw new Error(`a term cannot begin with ${token}`);
    if (this.#tokens[0] === ":") {
      this.#take(":");
      const key = this.#key();
      return (of) => Object.hasOwn(of, key);
    }
    this.#take(".");
    const key = this.#key();
    const operator = this.#tokens.shift();
    const value = this.#text();
    if (operator === "=") return (of) => of[key] === value;
    if (operator === "!=") return (of) => of[key] !== value;
    throw new Error(`no such operator: ${operator}`);
  }

  #take(token: string): void {
    const next = this.#tokens.shift();
    if (next !== token) throw new Error(`${token} expected instead of ${next}`);
  }

  /** "If a key contains characters other than hyphens, underscores, or alphanumeric characters, use a string literal." */
  #key(): string {
    const next = this.#tokens[0] ?? "";
    return /^[\w-]+$/.test(next) ? (this.#tokens.shift() ?? "") : this.#text();
  }

  #text(): string {
    const next = this.#tokens.shift() ?? "";
    if (!next.startsWith('"')) throw new Error(`a text in quotes expected instead of ${next}`);
    return next
      .slice(1, -1)
      .replace(/\\u(....)|\\(.)/g, (_, code, one) => one ?? String.fromCharCode(Number.parseInt(code, 16)));
  }
}
