import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { native, unsupported } from "../core/contract";
import type { Pattern } from "../core/pattern";
import type { SecretOutputs, SecretSpec } from "../secret";
import { provide } from "./access";
import { keyVault, sharedPart, tenantOf } from "./foundation";

/** A name in the stack's vault and who may read it. No resource stands for the secret, since that would hold its value. */
export function secret(self: Pattern<"Secret">, _spec: SecretSpec): Realization<SecretOutputs> {
  const { site } = self;
  const vault = sharedPart(site, "vault", (base) => base.customerKey?.vault ?? keyVault(base, tenantOf(site)));
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
        `az keyvault secret set --name ${self.id}; read at run time only, by identity`,
        "Key Vault secrets",
      ),
      unsupported(
        "rotation",
        "none asked",
        "none",
        "set another value; readers see it within five minutes",
        "runtime/cache.ts",
      ),
      native(
        "encryption",
        site.dataClass,
        "Key Vault's own keys",
        "at rest, by keys in hardware that Microsoft keeps; a vault takes no key of the customer's for its secrets",
        "Key Vault secrets",
      ),
    ],
    grants: [],
    nodes: { vault },
    outputs: { secret: scope },
  };
}
