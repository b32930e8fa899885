/** Caches on AWS: they hold copies of what the stores behind them hold. */
import { known } from "../../known";
import { atLeast, type Finding, type ResourceView, type StackView, undetermined } from "../../model";
import { awsKey } from "../customer-key";
import { demands, isTrue } from "../demands";

const encrypted = (props: unknown, path: string, met: string): Finding[] =>
  demands(props, met, [{ path, accepts: isTrue, unmet: `what it caches is stored in clear: set ${path} to true` }]);

/** What takes a key of its own only, and encrypts only where it is asked to. */
const ownKeys: Readonly<Record<string, string>> = {
  "aws:dax/cluster:Cluster": "serverSideEncryption.enabled",
  "aws:appsync/apiCache:ApiCache": "atRestEncryptionEnabled",
};
export const ownKeyCaches = Object.keys(ownKeys);

export const ownKeyCache = ({ type, props }: ResourceView): Finding[] =>
  encrypted(props, ownKeys[type] ?? "", "encrypted by the service's own key, since it takes no other");

/** Responses of a REST API; nothing where none are cached. */
export function responseCache({ props }: ResourceView): Finding | Finding[] | undefined {
  const caching = known(props, "settings.cachingEnabled");
  if (caching.state === "unknown") return undetermined("settings.cachingEnabled is known after deployment only");
  if (caching.state === "absent" || caching.value === false) return undefined;
  return encrypted(props, "settings.cacheDataEncrypted", "responses are cached under API Gateway's own key");
}

/** Redis and Valkey: switched on when made, and by a key of the customer's where the data class asks for one. */
export function replicationGroup(resource: ResourceView, stack: StackView): Finding[] {
  const switched = encrypted(resource.props, "atRestEncryptionEnabled", "encrypted by ElastiCache's own key");
  return atLeast(stack.dataClass, "confidential") ? [...switched, awsKey("kmsKeyId")(resource, stack)] : switched;
}

/** Where each cache says that its clients use TLS. */
const transits: Readonly<Record<string, string>> = {
  "aws:appsync/apiCache:ApiCache": "transitEncryptionEnabled",
  "aws:elasticache/replicationGroup:ReplicationGroup": "transitEncryptionEnabled",
  "aws:elasticache/cluster:Cluster": "transitEncryptionEnabled",
  "aws:memorydb/cluster:Cluster": "tlsEnabled",
};
export const transitTypes = Object.keys(transits);

/** A cluster that belongs to a replication group takes its settings from there. */
export function clientsUseTls({ type, props }: ResourceView): Finding[] | undefined {
  if (known(props, "replicationGroupId").state !== "absent" && type.endsWith(":Cluster")) return undefined;
  const path = transits[type] ?? "";
  // MemoryDB asks for TLS unless it is told not to.
  const byDefault = path === "tlsEnabled" ? true : undefined;
  return demands(props, "its clients use TLS", [
    { path, accepts: (value) => isTrue(value ?? byDefault), unmet: `its clients talk in clear: set ${path} to true` },
  ]);
}
