import { normalise } from "../types";
import { auditLoggingFixes } from "./audit-logging";
import { encryptionFixes } from "./encryption";
import { iamFixes } from "./iam";
import { networkFixes } from "./network";
import { resilienceFixes } from "./resilience";

/**
 * By control and resource type, what to write in the program: arguments of the resource itself, or a whole statement where
 * something stands beside it, in which `$` is the resource.
 */
export type Fixes = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const fixes: Fixes = {
  ...encryptionFixes,
  ...iamFixes,
  ...auditLoggingFixes,
  ...resilienceFixes,
  ...networkFixes,
};

/** The lines that mend this resource; undefined where no code of a few lines does, and the control's own words must. */
export function fixOf(control: string, urn: string): readonly string[] | undefined {
  const [, , types = "", ...names] = urn.split("::");
  const type = normalise(types.split("$").pop() ?? "");
  const code = fixes[control]?.[type];
  if (code === undefined) return undefined;
  const name = names.join("::");
  if (/^(new |\/\/)/.test(code)) return code.replaceAll("$.", `${variable(name)}.`).split("\n");
  return `new ${classOf(type)}(${JSON.stringify(name)}, { …, ${code} })`.split("\n");
}

const sdks: Readonly<Record<string, string>> = { aws: "aws", "azure-native": "azure", gcp: "gcp" };

/** `aws:sqs/queue:Queue` as the SDK for Node.js has it: `aws.sqs.Queue`. */
export function classOf(type: string): string {
  const [provider = "", module = "", name = ""] = type.split(":");
  return [sdks[provider] ?? provider, module.split("/")[0], name].join(".");
}

/** A resource's name as a variable: `orders-dlq` becomes `ordersDlq`. */
export function variable(name: string): string {
  const camel = name.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? "").toUpperCase());
  return /^[A-Za-z]/.test(camel) ? camel : `resource${camel}`;
}
