import { createHash } from "node:crypto";
import { isObject, mapMembers, type Properties, signatureKey, signatureOf, signatures, unknown } from "./values";

/** The reserved input in which a dynamic resource carries its provider's code. */
const providerKey = "__provider";

const digest = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;

function displayAsset(asset: Properties): Properties {
  const { path, uri, hash, assets } = asset;
  return {
    [signatureKey]: asset[signatureKey],
    ...(hash === undefined ? {} : { hash }),
    ...(path === undefined ? {} : { path }),
    ...(uri === undefined ? {} : { uri }),
    ...(assets === undefined ? {} : { assets: display(assets) }),
  };
}

/** The engine writes the version of the package too, which only a package's own SDK sends. */
function displayReference({ packageVersion = "", ...reference }: Properties): Properties {
  return { ...reference, ...(reference.id === unknown ? { id: "" } : {}), packageVersion };
}

/**
 * A value as people and JSON may see it, as `pulumi preview --json` prints it: a secret is `[secret]`, an unknown the
 * engine's own sentinel, an asset its hash and where it comes from (never its text), a dynamic provider a digest.
 */
export function display(value: unknown): unknown {
  if (value === undefined) return null;
  if (!isObject(value)) return mapMembers(value, display);
  switch (signatureOf(value)) {
    case signatures.secret:
      return "[secret]";
    case signatures.output:
      if (value.secret === true) return "[secret]";
      return "value" in value ? display(value.value) : unknown;
    case signatures.reference:
      return displayReference(value);
    case signatures.asset:
    case signatures.archive:
      return displayAsset(value);
    default:
      return Object.fromEntries(
        Object.entries(value).map(([key, member]) => [
          key,
          key === providerKey && typeof member === "string" && member !== unknown ? digest(member) : display(member),
        ]),
      );
  }
}
