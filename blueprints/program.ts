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
  clickstream: () => (require("./clickstream") as typeof import("./clickstream")).clickstream,
  fulfilment: () => (require("./fulfilment") as typeof import("./fulfilment")).fulfilment,
  "media-intake": () => (require("./media-intake") as typeof import("./media-intake")).mediaIntake,
  orders: () => (require("./orders") as typeof import("./orders")).orders,
};

/** Builds the configured blueprint and returns the stack's outputs. */
export function program(): Record<string, unknown> {
  const name = new pulumi.Config("serverless-blueprints").get("blueprint") ?? "";
  const load = blueprints[name];
  if (!load) {
    const fact = `the configuration serverless-blueprints:blueprint ${name ? `names no blueprint: ${name}` : "is not set"}`;
    const wayOut = `set it to one of ${Object.keys(blueprints).join(", ")}`;
    throw new BlueprintError(undefined, [{ code: "SB-C008", fact, wayOut }]);
  }
  const { build, settings } = load();
  return build(readSettings(name, settings) as never);
}
