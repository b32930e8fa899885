/** Elements of the flat XML that Azure Storage answers with. */
export interface Element {
  readonly text?: string;
  readonly attributes?: string;
}

/** The first one of that name; nothing where there is none. */
export function element(xml: string, name: string): Element {
  const found = new RegExp(`<${name}(\\s[^>]*)?>([^<]*)</${name}>`).exec(xml);
  if (found === null) return {};
  return { text: plain(found[2] ?? ""), attributes: found[1] ?? "" };
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function plain(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return NAMED[name] ?? whole;
  });
}
