/** Reads a secret's latest version from Secret Manager over its REST interface. */
import { cachedSecret } from "../cache";
import type { SecretReader } from "../clients";
import { rest } from "../rest";
import { configured, object } from "../shape";
import { endpoint } from "./token";

export interface GcpSecretConfig {
  /** `projects/<project>/secrets/<secret>` */
  readonly secret: string;
}

export function reader(config: unknown): SecretReader {
  const { secret } = configured<GcpSecretConfig>(config, object({ secret: "string" }));
  return cachedSecret(async () => {
    const { base, headers } = await endpoint("secretmanager.googleapis.com", "SECRET_MANAGER_EMULATOR_HOST");
    const { json } = await rest({
      method: "GET",
      url: `${base}/v1/${secret}/versions/latest:access`,
      headers,
      operation: "Secret Manager read",
    });
    const data = (json as { readonly payload?: { readonly data?: unknown } } | undefined)?.payload?.data;
    if (typeof data !== "string") throw new TypeError("Secret Manager answered without a value");
    return Buffer.from(data, "base64").toString();
  });
}
