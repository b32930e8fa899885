import { createHash } from "node:crypto";

/** What a service accepts as a name. */
export interface NameRule {
  readonly max: number;
  /** Characters that stay; all others are dropped. Default: lower-case letters, digits and `-`. */
  readonly allowed?: RegExp;
}

/**
 * A physical name for services that cannot be given one by Pulumi's own auto-naming (a fixed-length or global name).
 * Stable for the same parts and stack, different for others: eight hexadecimal digits of a hash of everything end it,
 * and what must be cut is cut before them.
 */
export function physicalName(
  scope: { project: string; stack: string },
  parts: readonly string[],
  rule: NameRule,
): string {
  const hash = createHash("sha256")
    .update([scope.project, scope.stack, ...parts].join("\0"))
    .digest("hex")
    .slice(0, 8);
  const drop = rule.allowed ?? /[^a-z0-9-]/g;
  const separator = "-".replace(drop, "");
  const words = parts.join("-").toLowerCase().replace(drop, "");
  const room = rule.max - hash.length - separator.length;
  return `${words.slice(0, room).replace(/-+$/, "")}${separator}${hash}`;
}

/** Only lower-case letters and digits: storage accounts. */
export const alphanumeric = /[^a-z0-9]/g;

/** Longest component name: with the longest child suffix and Pulumi's own it stays within the 63 of Cloud Run and the 64 of Lambda. */
export const longestComponentName = 40;
const shape = /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/;

/** Undefined when a component may have this name on every cloud, else the fact that forbids it. */
export function nameFault(name: string): string | undefined {
  if (name.length > longestComponentName)
    return `the name has ${name.length} characters; at most ${longestComponentName} fit every service`;
  if (!shape.test(name))
    return "the name must start with a lower-case letter, hold only a-z, 0-9 and -, and not end with -";
  return undefined;
}
