import { normalise } from "../types";
import { auditFixes } from "./audit";
import { keyEncryptionFixes } from "./encryption-keys";
import { settingsEncryptionFixes } from "./encryption-settings";
import { storeEncryptionFixes } from "./encryption-stores";
import { codeFor, type Fixes } from "./fix";
import { iamFixes } from "./iam";
import { permissionFixes } from "./iam-permissions";
import { trustFixes } from "./iam-trust";
import { loggingFixes } from "./logging";
import { networkFixes } from "./network";
import { resilienceFixes } from "./resilience";
import { transportFixes } from "./transport";

export const fixes: Fixes = {
  ...storeEncryptionFixes,
  ...settingsEncryptionFixes,
  ...keyEncryptionFixes,
  ...transportFixes,
  ...iamFixes,
  ...permissionFixes,
  ...trustFixes,
  ...auditFixes,
  ...loggingFixes,
  ...resilienceFixes,
  ...networkFixes,
};

/** The lines that mend what a verdict says of a resource; none where no code of a few lines does, and the control's own words must. */
export function fixOf(control: string, urn: string, message: string): readonly string[] {
  const [, , types = "", ...names] = urn.split("::");
  const type = normalise(types.split("$").pop() ?? "");
  const code = codeFor(fixes[control]?.[type], message);
  if (code === undefined) return [];
  const name = names.join("::");
  if (isStatement(code)) return code.replaceAll("$.", `${variable(name)}.`).split("\n");
  return `new ${classOf(type)}(${JSON.stringify(name)}, { …, ${code} })`.split("\n");
}

/** True of code that stands by itself; other code is arguments of the resource. */
export const isStatement = (code: string): boolean => /^(new |\/\/)/.test(code);

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
