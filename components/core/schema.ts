import * as z from "zod/mini";
import type { $ZodType } from "zod/v4/core";
import type { Problem } from "./errors";

export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema of what a sender writes (`io: "input"`), for gateways and documents.
 * A schema that JSON Schema cannot express (a date, a transform without a pipe, a map) is refused: a gateway would then accept other things
 * than the handler.
 */
export function jsonSchemaOf(option: string, schema: $ZodType): JsonSchema | { readonly problem: Problem } {
  try {
    const {
      $schema: _,
      "~standard": __,
      ...rest
    } = z.toJSONSchema(schema, { io: "input", target: "draft-7" }) as Record<string, unknown>;
    return rest;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      problem: {
        code: "SB-C007",
        fact: `${option} cannot be expressed as JSON Schema: ${reason}`,
        wayOut: "send an ISO 8601 string, a number or a plain object, and convert it in the handler",
      },
    };
  }
}

export function isRefused(result: JsonSchema | { readonly problem: Problem }): result is { readonly problem: Problem } {
  return (
    "problem" in result && typeof result.problem === "object" && result.problem !== null && "wayOut" in result.problem
  );
}
