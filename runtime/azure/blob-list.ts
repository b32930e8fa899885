/** What List Blobs answers: XML of a fixed form. https://learn.microsoft.com/rest/api/storageservices/list-blobs */
import type { ObjectInfo } from "../clients";
import { element } from "./xml";

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
