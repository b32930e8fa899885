/** Reads a secret's current version from Key Vault over its REST interface. */
import { cachedSecret } from "../cache";
import type { SecretReader } from "../clients";
import { rest } from "../rest";
import { configured, object } from "../shape";
import { token } from "./token";

export interface AzureSecretConfig {
  /** `https://<vault>.vault.azure.net` */
  readonly vault: string;
  readonly name: string;
}

export function reader(config: unknown): SecretReader {
  const { vault, name } = configured<AzureSecretConfig>(config, object({ vault: "string", name: "string" }));
  return cachedSecret(async () => {
    const { json } = await rest({
      method: "GET",
      url: `${vault.replace(/\/+$/, "")}/secrets/${encodeURIComponent(name)}?api-version=7.4`,
      headers: { authorization: `Bearer ${await token("https://vault.azure.net")}` },
      operation: "Key Vault read",
    });
    const value = (json as { readonly value?: unknown } | undefined)?.value;
    if (typeof value !== "string") throw new TypeError("Key Vault answered without a value");
    return value;
  });
}
