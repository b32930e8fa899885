/** Reads a secret from AWS Secrets Manager. */
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { cachedSecret } from "../cache";
import type { SecretReader } from "../clients";
import { configured, object } from "../shape";
import { translated } from "./errors";

export interface AwsSecretConfig {
  readonly arn: string;
}

let client: SecretsManagerClient | undefined;

export function reader(config: unknown): SecretReader {
  const { arn } = configured<AwsSecretConfig>(config, object({ arn: "string" }));
  return cachedSecret(async () => {
    client ??= new SecretsManagerClient({});
    const { SecretString } = await translated(client.send(new GetSecretValueCommand({ SecretId: arn })));
    if (SecretString === undefined) throw new TypeError("the secret holds bytes, not a text");
    return SecretString;
  });
}
