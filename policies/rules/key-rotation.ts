import { isUnknown, known, valueAt } from "../known";
import { type Finding, fail, pass, type ResourceView, undetermined } from "../model";
import { demands, isTrue } from "./demands";
import { googleSeconds, isoDays } from "./durations";
import { list } from "./expect";

const met = "it is rotated by itself";
const year = 365;

/** Only symmetric keys of KMS's own making rotate by themselves. */
export function awsRotation({ props }: ResourceView): Finding | Finding[] {
  const spec = known(props, "customerMasterKeySpec");
  const usage = known(props, "keyUsage");
  const store = known(props, "customKeyStoreId");
  if (spec.state === "value" && spec.value !== "SYMMETRIC_DEFAULT") return pass("KMS cannot rotate asymmetric keys");
  if (usage.state === "value" && usage.value !== "ENCRYPT_DECRYPT") return pass("KMS cannot rotate keys of this use");
  if (store.state === "value") return pass("KMS cannot rotate keys of a custom key store");
  const findings = demands(props, met, [
    { path: "enableKeyRotation", accepts: isTrue, unmet: "it is never rotated: set enableKeyRotation to true" },
    {
      path: "rotationPeriodInDays",
      accepts: (value) => value === undefined || (typeof value === "number" && value <= year),
      unmet: `it is rotated too seldom: set rotationPeriodInDays to ${year} or less`,
    },
  ]);
  const open = [spec, usage, store].some(({ state }) => state === "unknown");
  return open && findings.some(({ verdict }) => verdict === "fail")
    ? undetermined("what kind of key it is is known after deployment only")
    : findings;
}

/** A vault rotates a key by its policy: so long after it was made, or before it ends. */
export function azureRotation({ props }: ResourceView): Finding {
  const operations = known(props, "properties.keyOps");
  const uses = list(operations.state === "value" ? operations.value : undefined);
  const encrypts = uses.length === 0 || uses.some((one) => isUnknown(one) || one === "wrapKey" || one === "encrypt");
  if (!encrypts) return pass("it signs: who checks its signatures has to know the next key first");
  const path = "properties.rotationPolicy";
  const actions = known(props, `${path}.lifetimeActions`);
  if (actions.state === "unknown") return undetermined(`${path} is known after deployment only`);
  const rotations = list(actions.state === "value" ? actions.value : undefined).map((action) =>
    rotates(action, valueAt(props, `${path}.attributes.expiryTime`)),
  );
  if (rotations.includes("yes")) return pass(met);
  return rotations.includes("unknown")
    ? undetermined(`${path} is known after deployment only`)
    : fail(`it is not rotated within a year: give ${path}.lifetimeActions one of type rotate with timeAfterCreate`);
}

function rotates(action: unknown, expiry: unknown): "yes" | "no" | "unknown" {
  const type = known(action, "action.type");
  const after = known(action, "trigger.timeAfterCreate");
  const before = known(action, "trigger.timeBeforeExpiry");
  if (type.state === "absent" || (type.state === "value" && String(type.value).toLowerCase() !== "rotate")) return "no";
  if (after.state === "value" && within(after.value)) return type.state === "value" ? "yes" : "unknown";
  if (before.state === "value" && within(expiry)) return type.state === "value" ? "yes" : "unknown";
  return [type, after, before].some(({ state }) => state === "unknown") || isUnknown(expiry) ? "unknown" : "no";
}

const within = (period: unknown): boolean => {
  const days = isoDays(period);
  return days !== undefined && days <= year;
};

/** CIS Google Cloud 1.11. */
const mostSeconds = 90 * 86_400;

export function gcpRotation({ props }: ResourceView): Finding | Finding[] {
  const purpose = known(props, "purpose");
  if (purpose.state === "value" && purpose.value !== "ENCRYPT_DECRYPT")
    return pass("Cloud KMS cannot rotate keys of this purpose");
  if (valueAt(props, "importOnly") === true) return pass("its material is brought along, and so is the next");
  const findings = demands(props, met, [
    {
      path: "rotationPeriod",
      accepts: (value) => (googleSeconds(value) ?? Number.POSITIVE_INFINITY) <= mostSeconds,
      unmet: "it is not rotated within 90 days: set rotationPeriod to 7776000s or less",
    },
  ]);
  return purpose.state === "unknown" && findings.some(({ verdict }) => verdict === "fail")
    ? undetermined("purpose is known after deployment only")
    : findings;
}
