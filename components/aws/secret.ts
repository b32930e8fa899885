import * as secretsmanager from "@pulumi/aws/secretsmanager";
import type { Realization } from "../core/cloud";
import { native, unsupported } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { SecretOutputs, SecretSpec } from "../secret";
import { provide } from "./access";
import { keyArn, keyUse } from "./foundation";

export function secret(self: Pattern<"Secret">, spec: SecretSpec): Realization<SecretOutputs> {
  const { site } = self;
  const cmk = keyArn(site);
  const args: secretsmanager.SecretArgs = {
    recoveryWindowInDays: 30,
    tags: { ...site.tags },
    ...(cmk ? { kmsKeyId: cmk } : {}),
  };
  const secret = new secretsmanager.Secret(
    self.id,
    shaper(spec.transform?.aws)("secret", args),
    self.child({ stateful: true }),
  );
  provide(self, () => ({
    config: { arn: secret.arn },
    statements: [
      { actions: ["secretsmanager:GetSecretValue"], resources: [secret.arn] },
      ...keyUse(site, "secretsmanager", ["kms:Decrypt"]),
    ],
  }));
  return {
    contract: [
      native(
        "value",
        "set by hand",
        "set by hand",
        "aws secretsmanager put-secret-value; read at run time only",
        "Secrets Manager PutSecretValue",
      ),
      unsupported(
        "rotation",
        "none asked",
        "none",
        "put another value; readers see it within five minutes",
        "runtime/cache.ts",
      ),
      native(
        "encryption",
        site.dataClass,
        cmk ? "the stack's KMS key" : "aws/secretsmanager",
        "at rest",
        "Secrets Manager KmsKeyId",
      ),
    ],
    grants: [],
    nodes: { secret },
    outputs: { secret: secret.arn },
  };
}
