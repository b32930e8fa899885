import { backTo, type Remediation, to } from "./remediation";

const isModern = (value: unknown) => typeof value === "string" && /^(tls)?1[._]?[23]$/i.test(value);
const version = (path: string, value: string, ...types: string[]): Remediation => ({
  control: "TLS-01",
  types,
  path,
  isMet: isModern,
  value: () => value,
});
const sites = ["azure-native:web:WebApp", "azure-native:web:WebAppSlot"];
const caches = ["azure-native:redis:Redis", "azure-native:cache:Redis"];

/** Clients have spoken TLS 1.2 for years, and are sent on from HTTP. Not here: denials in policies of resources beside. */
export const transport: readonly Remediation[] = [
  { control: "TLS-01", types: sites, path: "httpsOnly", ...to(true) },
  version("minimumTlsVersion", "TLS1_2", "azure-native:storage:StorageAccount"),
  version(
    "minimumTlsVersion",
    "1.2",
    "azure-native:servicebus:Namespace",
    "azure-native:eventhub:Namespace",
    ...caches,
  ),
  version("minimumTlsVersionAllowed", "1.2", "azure-native:eventgrid:Topic", "azure-native:eventgrid:Domain"),
  version("minimalTlsVersion", "Tls12", "azure-native:cosmosdb:DatabaseAccount"),
  {
    control: "TLS-01",
    types: ["azure-native:storage:StorageAccount"],
    path: "enableHttpsTrafficOnly",
    ...backTo(true),
    // NFS 3 has no encryption in transit, so that Azure refuses both together.
    unless: ({ enableNfsV3 }) => enableNfsV3 !== undefined && enableNfsV3 !== false,
  },
];
