import { cachedSecret } from "../cache";
import type { SecretReader } from "../clients";
import { configured, object } from "../shape";
import { call } from "./host";

export interface SecretConfig {
  /** The secret's name in the local cloud. */
  readonly resource: string;
}

export function reader(config: unknown): SecretReader {
  const { resource } = configured<SecretConfig>(config, object({ resource: "string" }));
  return cachedSecret(async () => String(await call(resource, "read", [])));
}
