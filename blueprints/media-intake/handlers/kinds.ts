import type { Medium } from "../contracts";

/** A file that says it is an image and is not. */
export class BrokenImage extends Error {
  override readonly name = "BrokenImage";
  constructor() {
    super("the file ends before its header does");
  }
}

const signatures: readonly (readonly [Medium["kind"], readonly number[]])[] = [
  ["image", [0x89, 0x50, 0x4e, 0x47]],
  ["image", [0xff, 0xd8, 0xff]],
  ["video", [0x1a, 0x45, 0xdf, 0xa3]],
];

/** Tells a file by its first bytes. */
export function kindOf(body: Uint8Array): Medium["kind"] {
  for (const [kind, bytes] of signatures) {
    const same = bytes.filter((byte, index) => body[index] === byte).length;
    if (same === bytes.length) return kind;
    if (body.length > 0 && body.length < bytes.length && same === body.length) throw new BrokenImage();
  }
  return body.length > 0 && body.every((byte) => byte >= 9 && byte < 127) ? "text" : "unknown";
}
