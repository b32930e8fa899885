import * as pulumi from "@pulumi/pulumi";
import * as mini from "zod/mini";
import type * as z from "zod/v4/core";
import { safeParse } from "zod/v4/core";
import { type Duration, parseDuration } from "./duration";
import { BlueprintError, type Problem } from "./errors";

/** A schema of settings: an object whose fields are configuration keys. */
export type SettingsSchema = z.$ZodType & {
  readonly _zod: { readonly def: { readonly shape: Readonly<Record<string, z.$ZodType>> } };
};

/**
 * Reads a configuration namespace by a schema. Configuration arrives as text: a value that its field does not accept as
 * text is read as JSON, so `5`, `true` and objects need no quoting. Unknown keys are refused, since a misspelled setting
 * would otherwise silently do nothing. All that is wrong comes in one error.
 * @param others keys of the namespace that somebody else reads
 */
export function readSettings<Schema extends SettingsSchema>(
  namespace: string,
  schema: Schema,
  others: readonly string[] = [],
): z.output<Schema> {
  const { shape } = schema._zod.def;
  const all = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(`${namespace}:`));
  const given: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [full, text] of all) {
    const key = full.slice(namespace.length + 1);
    const field = shape[key];
    if (field) given[key] = readValue(field, text);
    else if (!others.includes(key)) {
      problems.push({
        code: "SB-C008",
        fact: `the configuration ${full} is not known`,
        wayOut: `remove it; ${namespace} has ${[...Object.keys(shape), ...others].join(", ")}`,
      });
    }
  }
  const parsed = safeParse(schema, given);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) {
      const key = path.map(String).join(".");
      const value = given[String(path[0])];
      const fact =
        value === undefined
          ? `the configuration ${namespace}:${key} is not set`
          : `the configuration ${namespace}:${key}=${JSON.stringify(value)} is wrong (${message})`;
      problems.push({
        code: "SB-C008",
        fact,
        wayOut: `correct it in the stack file, or pulumi config set ${namespace}:${key} <value>`,
      });
    }
  }
  if (problems.length > 0 || !parsed.success) throw new BlueprintError(undefined, problems);
  return parsed.data;
}

function readValue(field: z.$ZodType, text: string): unknown {
  if (safeParse(field, text).success) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A setting that is a length of time. */
export const durationSetting = mini.custom<Duration>(
  (value) => typeof value === "string" && parseDuration(value) !== undefined,
  {
    error: 'write it like "30 seconds" or "5 minutes"',
  },
);
