import * as pulumi from "@pulumi/pulumi";
import { BlueprintError } from "../components";
import { readSettings, type SettingsSchema } from "../components/core/settings";

/** A blueprint's folder exports its settings and its architecture. */
export interface Blueprint<Schema extends SettingsSchema = SettingsSchema> {
  readonly settings: Schema;
  readonly build: (settings: never) => Record<string, unknown>;
}

/** Loaded one at a time: a stack pays for its own blueprint only. */
const blueprints: Record<string, () => Blueprint> = {
  orders: () => (require("./orders") as typeof import("./orders")).orders,
};

/** Builds the configured blueprint and returns the stack's outputs. */
export function program(): Record<string, unknown> {
  const name = new pulumi.Config("serverless-blueprints").get("blueprint");
  const blueprint = blueprintNamed(name);
  return blueprint.build(readSettings(name ?? "", blueprint.settings) as never);
}

export function blueprintNamed(name: string | undefined): Blueprint {
  const load = name === undefined ? undefined : blueprints[name];
  if (load) return load();
  const fact = `the configuration serverless-blueprints:blueprint ${name === undefined ? "is not set" : `names no blueprint: ${name}`}`;
  throw new BlueprintError(undefined, [
    { code: "SB-C008", fact, wayOut: `set it to one of ${Object.keys(blueprints).join(", ")}` },
  ]);
}
