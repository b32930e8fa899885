/** TLS of Azure's resources. A version that is not set is a default that has changed over the years: it is to be said. */
import { isUnknown, known } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { type Demand, demands, isTrue } from "../demands";
import { list } from "../expect";
import { vouched } from "../vouched";

const onlyTls = "it takes TLS 1.2 and newer only";
const isModern = (value: unknown): boolean => typeof value === "string" && /^(tls)?1[._]?[23]$/i.test(value);
const version = (path: string): Demand => ({
  path,
  accepts: isModern,
  unmet: `it may take TLS before 1.2: set ${path}`,
});

const versions: Readonly<Record<string, readonly Demand[]>> = {
  "azure-native:storage:StorageAccount": [
    {
      path: "enableHttpsTrafficOnly",
      accepts: (value) => value === undefined || value === true,
      unmet: "it takes requests in clear: set enableHttpsTrafficOnly to true",
    },
    version("minimumTlsVersion"),
  ],
  "azure-native:servicebus:Namespace": [version("minimumTlsVersion")],
  "azure-native:eventhub:Namespace": [version("minimumTlsVersion")],
  "azure-native:eventgrid:Topic": [version("minimumTlsVersionAllowed")],
  "azure-native:eventgrid:Domain": [version("minimumTlsVersionAllowed")],
  "azure-native:eventgrid:Namespace": [version("minimumTlsVersionAllowed")],
  "azure-native:eventgrid:PartnerNamespace": [version("minimumTlsVersionAllowed")],
  "azure-native:cosmosdb:DatabaseAccount": [version("minimalTlsVersion")],
  "azure-native:redis:Redis": [plainPort(), version("minimumTlsVersion")],
  "azure-native:cache:Redis": [plainPort(), version("minimumTlsVersion")],
  "azure-native:redisenterprise:RedisEnterprise": [version("minimumTlsVersion")],
  "azure-native:redisenterprise:Database": [
    {
      path: "clientProtocol",
      accepts: (value) => value === undefined || value === "Encrypted",
      unmet: "it takes requests in clear: set clientProtocol to Encrypted",
    },
  ],
  "azure-native:app:ContainerApp": [
    {
      path: "configuration.ingress.allowInsecure",
      accepts: (value) => value === undefined || value === false,
      unmet: "it takes requests in clear: set configuration.ingress.allowInsecure to false",
    },
  ],
};
export const versionedTypes = Object.keys(versions);

function plainPort(): Demand {
  return {
    path: "enableNonSslPort",
    accepts: (value) => value === undefined || value === false,
    unmet: "it has a port without TLS: set enableNonSslPort to false",
  };
}

export const tlsOnly = ({ type, props }: ResourceView): Finding[] => demands(props, onlyTls, versions[type] ?? []);

/** Flex Consumption has no FTP, and refuses to be told of it. */
const hasFtp = (props: unknown): boolean => known(props, "functionAppConfig").state === "absent";

/** HTTP is sent on to HTTPS, and files arrive over TLS or not at all. */
export const site = (resource: ResourceView, stack: StackView): readonly Finding[] =>
  vouched(
    demands(resource.props, "requests and files come over TLS", [
      { path: "httpsOnly", accepts: isTrue, unmet: "it answers in clear: set httpsOnly to true" },
      ...(hasFtp(resource.props)
        ? [
            {
              path: "siteConfig.ftpsState",
              accepts: (value: unknown) => value === "Disabled" || value === "FtpsOnly",
              unmet: "files may arrive in clear: set siteConfig.ftpsState to Disabled or FtpsOnly",
            },
          ]
        : []),
    ]),
    resource,
    stack,
  );

/** The edge of a function app's API. The SDK for Node.js makes all of siteConfig unknown where a part of it is. */
export const siteVersion = (resource: ResourceView, stack: StackView): readonly Finding[] =>
  vouched(demands(resource.props, onlyTls, [version("siteConfig.minTlsVersion")]), resource, stack);

/** An API is reached by encrypted schemes alone; without any, API Management takes https. */
export function api({ props }: ResourceView): Finding {
  const found = known(props, "protocols");
  if (found.state === "absent") return pass("it is reached over TLS, the default");
  if (found.state === "unknown") return undetermined("protocols are known after deployment only");
  const all = list(found.value);
  if (all.some((one) => one !== "https" && one !== "wss" && !isUnknown(one)))
    return fail("it is reached in clear: set protocols to https or wss only");
  return all.some(isUnknown)
    ? undetermined("a protocol is known after deployment only")
    : pass("it is reached over TLS");
}

export const backend = ({ props }: ResourceView): Finding[] =>
  demands(props, "it is called over TLS, with its certificate validated", [
    {
      path: "url",
      accepts: (value) => typeof value === "string" && /^https:/i.test(value),
      unmet: "it is called in clear: set url to https",
    },
    ...["validateCertificateChain", "validateCertificateName"].map((flag) => ({
      path: `tls.${flag}`,
      accepts: (value: unknown) => value === undefined || value === true,
      unmet: `whoever answers is believed: set tls.${flag} to true`,
    })),
  ]);

/** API Management takes none of these unless a property says so. */
const weak = ["Gateway", "Backend"].flatMap((side) => {
  const at = side === "Gateway" ? "Security" : "Security.Backend";
  return ["Ssl30", "Tls10", "Tls11"].map(
    (one) => `Microsoft.WindowsAzure.ApiManagement.Gateway.${at}.Protocols.${one}`,
  );
});
const weakest = [...weak, "Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Ciphers.TripleDes168"];

export function apiManagement({ props }: ResourceView): Finding[] {
  const found = known(props, "customProperties");
  if (found.state === "unknown") return [undetermined("customProperties are known after deployment only")];
  const properties = found.state === "value" ? found.value : {};
  if (typeof properties !== "object" || properties === null || Array.isArray(properties))
    return [fail("customProperties is no map")];
  // The names have dots, so that they are no paths.
  const given = new Map(Object.entries(properties));
  const findings = weakest.flatMap((name) => {
    const value: unknown = given.get(name);
    if (isUnknown(value)) return [undetermined(`${name} is known after deployment only`)];
    return value === undefined || /^false$/i.test(String(value))
      ? []
      : [fail(`it takes weak TLS: set ${name} to False`)];
  });
  return findings.length > 0 ? findings : [pass(onlyTls)];
}
