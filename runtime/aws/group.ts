/** Fields of a message that AWS takes as keys: message groups, partitions, what a message repeats. */
import { createHash } from "node:crypto";
import { fieldOf } from "../field";

/** The message's place in the order. An empty key would be refused by the service, in words of its own. */
export function keyOf(message: unknown, field: string): string {
  return textOf(message, field, `messages of one ${field} are kept in order`);
}

/** What makes two messages the same one. */
export function repeatOf(message: unknown, field: string): string {
  return textOf(message, field, "it says what a message repeats");
}

function textOf(message: unknown, field: string, why: string): string {
  const value = fieldOf(message, field);
  const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  if (typeof text !== "string" || text === "") throw new TypeError(`${field} must be there: ${why}`);
  return text;
}

/** Characters of a message group's or a deduplication's id. */
const shape = /^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/;

/** A key as SQS and SNS take it: itself where they do, a digest of it where it is longer or holds other characters. */
export function groupId(key: string): string {
  return shape.test(key) ? key : createHash("sha256").update(key).digest("hex");
}
