import type { BucketOutputs, BucketSpec } from "../bucket";
import type { Realization } from "../core/cloud";
import { native, unsupported } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import { provide } from "./access";
import { nameOf } from "./foundation";
import { LocalResource } from "./resource";
import { source, unencrypted } from "./worked-queue";

const day = 86_400;

export function bucket(self: Pattern<"Bucket">, spec: BucketSpec): Realization<BucketOutputs> {
  const { expireAfterDays, restoreWithinDays } = spec;
  const name = nameOf(self.site, self.id);
  const bucket = new LocalResource(
    "Bucket",
    self.id,
    shaper(spec.transform?.local)("bucket", {
      name,
      ...(expireAfterDays === undefined ? {} : { expireAfterSeconds: expireAfterDays * day }),
    }),
    self.child({ stateful: true }),
  );
  provide(self, name);
  const expiry = expireAfterDays === undefined ? undefined : `${expireAfterDays} days`;
  return {
    contract: [
      expiry
        ? native("expireAfter", expiry, expiry, "deleted at the second, which is told as a deletion", source)
        : native("expireAfter", "none asked", "never", "objects stay", source),
      unsupported("restoreWithin", `${restoreWithinDays} days`, "none", "the data end with the process", source),
      native("maxObjectBytes", "64 MiB", "64 MiB", "the portable size, refused above", source),
      native("consistency", "read your writes", "strong", "one process", source),
      native("publicAccess", "none", "none", "no address of its own", source),
      unencrypted(self),
    ],
    grants: [],
    nodes: { bucket },
    outputs: { bucket: bucket.name },
  };
}
