/** Cloud SQL, Spanner, Bigtable and clusters of Redis: who connects in clear, and from where. */
import { isUnknown, known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { customerKeys, gcpKey, gcpProperty } from "../customer-key";
import { demands } from "../demands";
import { list } from "../expect";

export const sqlInstance = "gcp:sql/databaseInstance:DatabaseInstance";
const addresses = "settings.ipConfiguration.authorizedNetworks";

export const sqlTransport = ({ props }: ResourceView): Finding[] =>
  demands(props, "its clients use TLS", [
    {
      path: "settings.ipConfiguration.sslMode",
      accepts: (value) => value === "ENCRYPTED_ONLY" || value === "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
      unmet: "its clients may talk in clear: set settings.ipConfiguration.sslMode to ENCRYPTED_ONLY",
    },
  ]);

/** A network of every address, or of one half of them. */
const isEverywhere = (value: unknown): boolean => typeof value === "string" && /\/0*[01]$/.test(value.trim());

export function sqlNetworks({ props }: ResourceView): Finding {
  const found = known(props, addresses);
  const networks = list(found.state === "value" ? found.value : []);
  if (networks.some((one) => isEverywhere(valueAt(one, "value"))))
    return fail(`every address may connect to it: leave 0.0.0.0/0 out of ${addresses}`);
  return found.state === "unknown" || networks.some((one) => isUnknown(one) || known(one, "value").state === "unknown")
    ? undetermined(`${addresses} are known after deployment only`)
    : pass("not every address may connect to it");
}

export const clusterCache = ({ props }: ResourceView): Finding[] =>
  demands(props, "its clients use TLS", [
    {
      path: "transitEncryptionMode",
      accepts: (value) => value === "TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION",
      unmet: "its clients talk in clear: set transitEncryptionMode to TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION",
    },
  ]);

/** One key, or one for each region. */
export function spannerKey(resource: ResourceView, stack: StackView): Finding {
  const several = known(resource.props, "encryptionConfig.kmsKeyNames").state !== "absent";
  return gcpKey(several ? "encryptionConfig.kmsKeyNames.0" : "encryptionConfig.kmsKeyName")(resource, stack);
}

export const bigtableKeys = (resource: ResourceView, stack: StackView): readonly Finding[] =>
  customerKeys(resource, stack, "clusters", gcpProperty("kmsKeyName"));
