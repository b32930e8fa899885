import type { Realization } from "../core/cloud";
import { native, unsupported } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { SecretOutputs, SecretSpec } from "../secret";
import { provide } from "./access";
import { nameOf } from "./foundation";
import { LocalResource } from "./resource";

const source = "local/README.md";

export function secret(self: Pattern<"Secret">, spec: SecretSpec): Realization<SecretOutputs> {
  const name = nameOf(self.site, self.id);
  const secret = new LocalResource(
    "Secret",
    self.id,
    shaper(spec.transform?.local)("secret", { name }),
    self.child({ stateful: true }),
  );
  provide(self, name);
  return {
    contract: [
      native("value", "set by hand", "set by hand", "npm run secret -- set; read at run time only", source),
      unsupported("rotation", "none asked", "none", "set another value", source),
      unsupported(
        "encryption",
        self.site.dataClass,
        "none",
        "everything is in the memory of a process on this machine",
        source,
      ),
    ],
    grants: [],
    nodes: { secret },
    outputs: { secret: secret.name },
  };
}
