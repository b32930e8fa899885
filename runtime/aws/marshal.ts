/** JSON values as DynamoDB attribute values and back; the SDK's own marshaller is for far more than JSON. */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";

export function marshal(row: Readonly<Record<string, unknown>>): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toAttribute(value)]));
}

export function unmarshal(item: Readonly<Record<string, AttributeValue>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, fromAttribute(value)]));
}

function toAttribute(value: unknown): AttributeValue {
  if (typeof value === "string") return { S: value };
  if (typeof value === "number") return { N: String(value) };
  if (typeof value === "boolean") return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  if (typeof value === "object" && value !== null) return { M: marshal(value as Readonly<Record<string, unknown>>) };
  return { NULL: true };
}

function fromAttribute(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.L !== undefined) return value.L.map(fromAttribute);
  if (value.M !== undefined) return unmarshal(value.M);
  if (value.SS !== undefined) return value.SS; // written by others: sets read as lists
  if (value.NS !== undefined) return value.NS.map(Number);
  return null;
}
