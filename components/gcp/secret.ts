import * as secretmanager from "@pulumi/gcp/secretmanager";
import type { Realization } from "../core/cloud";
import { native, unsupported } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { SecretOutputs, SecretSpec } from "../secret";
import { groundOf, provide } from "./access";

/** The secret without a version: its value is added by hand and never passes through a program. */
export function secret(self: Pattern<"Secret">, spec: SecretSpec): Realization<SecretOutputs> {
  const ground = groundOf(self.site);
  const key = ground.keyFor("secretmanager");
  const secret = new secretmanager.Secret(
    self.id,
    shaper(spec.transform?.gcp)("secret", {
      project: ground.project,
      replication: {
        userManaged: {
          replicas: [
            {
              location: ground.region,
              ...(key.name && { customerManagedEncryption: { kmsKeyName: key.name } }),
            },
          ],
        },
      },
      deletionProtection: self.site.protect,
      labels: ground.labels,
    }),
    self.child({ stateful: true, dependsOn: [...ground.enabled("secretmanager"), ...key.ready] }),
  );
  const role = "roles/secretmanager.secretAccessor";
  provide(self, () => ({
    config: { secret: secret.id },
    permission: {
      rendered: { role, on: "secret", resource: secret.id },
      bind: (name, member, options) =>
        new secretmanager.SecretIamMember(
          name,
          { project: ground.project, secretId: secret.secretId, role, member },
          options,
        ),
    },
  }));
  const given = key.name ? "customer-managed key" : "Google's own key";
  return {
    contract: [
      native(
        "value",
        "set by hand",
        "set by hand",
        "gcloud secrets versions add; functions read the latest version at run time only",
        "cloud.google.com/secret-manager/docs/add-secret-version",
      ),
      unsupported(
        "rotation",
        "none asked",
        "none",
        "Secret Manager can remind, not rotate: add another version, functions follow within five minutes",
        "cloud.google.com/secret-manager/docs/secret-rotation",
      ),
      native(
        "encryption",
        given,
        given,
        "kept in the stack's region only; another data class later replaces the secret, and its value is added again",
        "cloud.google.com/secret-manager/docs/cmek",
      ),
    ],
    grants: [],
    nodes: { secret },
    outputs: { secret: secret.id },
  };
}
