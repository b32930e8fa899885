import { classOf, variable } from "../../../policies/fixes";
import { normalise } from "../../../policies/types";
import type { Declaration } from "../support/stack";

/** A declared resource as the program that makes it, by name in the order of `lines`. */
export function codeOf({ name, type, component, inputs }: Declaration): string {
  const of = component ? type.split(":").slice(-1).join() : classOf(normalise(type));
  return `new ${of}(${JSON.stringify(name)}, ${written(inputs, 0, true)});`;
}

const width = 110;

/** @param apart a member a line, whatever its length: so a diff shows the members that differ */
function written(value: unknown, depth: number, apart = false): string {
  if (Array.isArray(value))
    return group(
      "[",
      "]",
      value.map((one) => written(one, depth + 1)),
      depth,
    );
  const json = typeof value === "string" ? objectIn(value) : undefined;
  if (json !== undefined) return `pulumi.jsonStringify(${written(json, depth)})`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  const { $of, literal, $text, $json } = value as Record<string, unknown>;
  if (typeof $of === "string") return `${variable($of)}.${member(String(literal))}`;
  if (Array.isArray($text))
    return group(
      "pulumi.concat(",
      ")",
      $text.map((one) => written(one, depth + 1)),
      depth,
    );
  if ($json !== undefined) return `pulumi.jsonStringify(${written($json, depth)})`;
  const members = Object.entries(value).map(([key, one]) => {
    const plain = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
    return `${plain}: ${written(one, depth + 1)}`;
  });
  return group("{", "}", members, depth, apart);
}

/** What a text of JSON holds, to be written as one would. */
function objectIn(text: string): object | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** On one line where it fits. */
function group(open: string, close: string, members: readonly string[], depth: number, apart = false): string {
  if (members.length === 0) return open + close;
  const space = open === "{" ? " " : "";
  const line = `${open}${space}${members.join(", ")}${space}${close}`;
  if (!apart && !line.includes("\n") && line.length + depth * 2 <= width) return line;
  const inner = "  ".repeat(depth + 1);
  return `${open}\n${members.map((one) => `${inner}${one},\n`).join("")}${"  ".repeat(depth)}${close}`;
}

/** The output that a literal of its shape most likely is. */
function member(literal: string): string {
  if (literal.startsWith("arn:")) return "arn";
  if (/@.*\.iam\.gserviceaccount\.com$/.test(literal)) return "email";
  if (/^https?:/.test(literal)) return "url";
  return literal.includes("/") ? "id" : "name";
}
