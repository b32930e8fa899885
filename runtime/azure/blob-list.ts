/** What List Blobs answers: XML of a fixed form. https://learn.microsoft.com/rest/api/storageservices/list-blobs */
import type { ObjectInfo } from "../clients";

export function readBlobList(xml: string): { readonly items: readonly ObjectInfo[]; readonly next?: string } {
  const items = [...xml.matchAll(/<Blob>([\s\S]*?)<\/Blob>/g)].map(([, blob = ""]): ObjectInfo => {
    const { text: name = "", attributes = "" } = element(blob, "Name");
    return {
      // Names with characters that XML cannot hold come percent-encoded.
      key: /\bEncoded="true"/i.test(attributes) ? decodeURIComponent(name) : name,
      bytes: Number(element(blob, "Content-Length").text),
      etag: (element(blob, "Etag").text ?? "").replaceAll('"', ""),
      modifiedAt: new Date(element(blob, "Last-Modified").text ?? ""),
    };
  });
  const next = element(xml, "NextMarker").text;
  return next ? { items, next } : { items };
}

function element(xml: string, name: string): { readonly text?: string; readonly attributes?: string } {
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
