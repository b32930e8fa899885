import { createHash } from "node:crypto";

/** Characters of a message group's or a deduplication's id. */
const shape = /^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/;

/** A key as SQS and SNS take it: itself where they do, a digest of it where it is longer or holds other characters. */
export function groupId(key: string): string {
  return shape.test(key) ? key : createHash("sha256").update(key).digest("hex");
}
