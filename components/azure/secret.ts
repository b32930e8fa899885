import type * as keyvault from "@pulumi/azure-native/keyvault";
import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { native, unsupported } from "../core/contract";
import type { Pattern } from "../core/pattern";
import type { SecretOutputs, SecretSpec } from "../secret";
import { provide } from "./access";
import { type AzureFoundation, keyVault, sharedPart, tenantOf } from "./foundation";

export function secret(self: Pattern<"Secret">, _spec: SecretSpec): Realization<SecretOutputs> {
  const { site } = self;
  const vault = sharedPart(site, "vault", (base): keyvault.Vault => base.customerKey?.vault ?? ownVault(base));
  const scope = pulumi.interpolate`${vault.id}/secrets/${self.id}`;
  provide(self, () => ({
    config: { vault: vault.properties.apply(({ vaultUri }) => (vaultUri ?? "").replace(/\/$/, "")), name: self.id },
    permissions: [{ role: "secretsUser", scope }],
  }));
  return {
    contract: [
      native(
        "value",
        "set by hand",
        "set by hand",
        "az keyvault secret set; no resource stands for it, since that would hold its value",
        "Key Vault secrets",
      ),
      unsupported(
        "rotation",
        "none asked",
        "none",
        "set another value; readers see it within five minutes",
        "runtime/cache.ts",
      ),
      native("encryption", site.dataClass, "Key Vault", "at rest, by keys in hardware", "Key Vault secrets"),
    ],
    grants: [],
    nodes: { vault },
    outputs: { secret: scope },
  };
}

/** Where no key of the customer's own needs a vault: one for secrets. */
function ownVault({ self, group }: AzureFoundation): keyvault.Vault {
  const inGroup = { resourceGroupName: group.name, tags: { ...self.site.tags } };
  return keyVault(self, `${self.id}-vault`, "kv", tenantOf(self.site), inGroup);
}
