import type { Cloud } from "./cloud";
import type { CloudName } from "./clouds";
import { BlueprintError } from "./errors";

/** Loads the selected cloud, and with it that provider's SDK only. Synchronous, because constructors are. */
const loaders: Record<CloudName, () => Cloud> = {
  aws: () => (require("../aws") as typeof import("../aws")).aws,
  azure: () => (require("../azure") as typeof import("../azure")).azure,
  gcp: () => (require("../gcp") as typeof import("../gcp")).gcp,
  local: () => (require("../local") as typeof import("../local")).local,
};
const providers: Record<CloudName, string> = {
  aws: "@pulumi/aws",
  azure: "@pulumi/azure-native",
  gcp: "@pulumi/gcp",
  local: "",
};

export function loadCloud(name: CloudName): Cloud {
  try {
    return loaders[name]();
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND" ? error.message : "";
    if (providers[name] && missing.includes(providers[name])) {
      const fact = `the stack is for ${name}, but the package ${providers[name]} is not installed`;
      throw new BlueprintError(undefined, [{ code: "SB-C008", fact, wayOut: `npm install ${providers[name]}` }]);
    }
    throw error;
  }
}
