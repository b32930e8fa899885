/** Fields of a message that Azure's messaging takes as keys: sessions, partitions, what a message repeats. */
import { createHash } from "node:crypto";
import { fieldOf } from "../field";

/** Service Bus and Event Hubs take ids and keys of up to this many characters. */
const MAX_CHARACTERS = 128;

/** The message's place in the order. An empty key would be no key, and silently no order. */
export function keyOf(message: unknown, field: string): string {
  const key = textOf(message, field);
  if (key === undefined) throw new TypeError(`${field} must be there: messages of one ${field} are kept in order`);
  if (key.length > MAX_CHARACTERS)
    throw new TypeError(`${field} is longer than the ${MAX_CHARACTERS} characters that Azure takes as a key`);
  return key;
}

/** What makes two messages the same one; longer values as their hash. */
export function repeatOf(message: unknown, field: string): string {
  const value = textOf(message, field);
  if (value === undefined) throw new TypeError(`${field} must be there: it says what a message repeats`);
  return value.length > MAX_CHARACTERS ? createHash("sha256").update(value).digest("hex") : value;
}

function textOf(message: unknown, field: string): string | undefined {
  const value = fieldOf(message, field);
  const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  return typeof text === "string" && text !== "" ? text : undefined;
}

/** JSON for an HTTP header: those are Latin-1, and JSON may write any character as an escape. */
export function headerJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
