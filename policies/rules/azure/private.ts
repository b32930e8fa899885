import { isUnknown, known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { hasName } from "../../names";

/** Where each type says that it is off the internet. */
const switches: Readonly<Record<string, readonly string[]>> = {
  "storage:StorageAccount": ["publicNetworkAccess"],
  "servicebus:Namespace": ["publicNetworkAccess"],
  "eventhub:Namespace": ["publicNetworkAccess"],
  "servicebus:NamespaceNetworkRuleSet": ["publicNetworkAccess"],
  "eventhub:NamespaceNetworkRuleSet": ["publicNetworkAccess"],
  "eventgrid:Topic": ["publicNetworkAccess"],
  "eventgrid:Domain": ["publicNetworkAccess"],
  "eventgrid:Namespace": ["publicNetworkAccess"],
  "eventgrid:PartnerNamespace": ["publicNetworkAccess"],
  "cosmosdb:DatabaseAccount": ["publicNetworkAccess"],
  "keyvault:Vault": ["properties.publicNetworkAccess"],
  "keyvault:ManagedHsm": ["properties.publicNetworkAccess"],
  "web:WebApp": ["publicNetworkAccess"],
  "web:WebAppSlot": ["publicNetworkAccess"],
  "apimanagement:ApiManagementService": ["publicNetworkAccess"],
  "appconfiguration:ConfigurationStore": ["publicNetworkAccess"],
  "app:ManagedEnvironment": ["publicNetworkAccess"],
  "signalrservice:SignalR": ["publicNetworkAccess"],
  "webpubsub:WebPubSub": ["publicNetworkAccess"],
  "containerregistry:Registry": ["publicNetworkAccess"],
  "redis:Redis": ["publicNetworkAccess"],
  "redisenterprise:RedisEnterprise": ["publicNetworkAccess"],
  "search:Service": ["publicNetworkAccess"],
  "cognitiveservices:Account": ["properties.publicNetworkAccess"],
  "operationalinsights:Workspace": ["publicNetworkAccessForIngestion", "publicNetworkAccessForQuery"],
  "applicationinsights:Component": ["publicNetworkAccessForIngestion", "publicNetworkAccessForQuery"],
};
/** Logs are reached by a private link scope, which is the network's; a slot and a rule set by what they belong to. */
const withoutEndpoint = /:(Workspace|Component|WebAppSlot|NamespaceNetworkRuleSet)$/;

export const privateTypes = Object.keys(switches).map((type) => `azure-native:${type}`);

export function offInternet(resource: ResourceView, stack: StackView): readonly Finding[] {
  const paths = switches[resource.type.replace(/^azure-native:/, "")] ?? [];
  return [
    ...paths.map((path) => disabled(resource, path)),
    ...(withoutEndpoint.test(resource.type) ? [] : [endpoint(resource, stack)]),
  ];
}

function disabled({ props }: ResourceView, path: string): Finding {
  const access = known(props, path);
  if (access.state === "unknown") return undetermined(`${path} is known after deployment only`);
  const off =
    access.state === "value" && ["disabled", "securedbyperimeter"].includes(String(access.value).toLowerCase());
  return off ? pass("it is off the internet") : fail(`it is on the internet: set ${path} to Disabled`);
}

function endpoint(resource: ResourceView, stack: StackView): Finding {
  const links = ["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"];
  const endpoints = stack.ofType("azure-native:network:PrivateEndpoint");
  if (endpoints.some((one) => links.some((link) => stack.dependencies(one, link).includes(resource))))
    return pass("it is reached by a private endpoint");
  const open = endpoints.some((one) =>
    links.some((link) => {
      const all = valueAt(one.props, link);
      const ids = Array.isArray(all) ? all.map((connection) => known(connection, "privateLinkServiceId")) : [];
      const vague = isUnknown(one.props[link]) || ids.some(({ state }) => state !== "absent");
      return vague && stack.dependencies(one, link).length === 0;
    }),
  );
  return open
    ? undetermined("whose private endpoint it is cannot be told from an id alone")
    : fail("no private way leads to it: add a network.PrivateEndpoint with its id in privateLinkServiceConnections");
}

/** An app reaches the network by a subnet of its own, and nothing past it. */
export function inNetwork({ props }: ResourceView): readonly Finding[] {
  const subnet = known(props, "virtualNetworkSubnetId");
  const routes = [
    "outboundVnetRouting.allTraffic",
    "outboundVnetRouting.applicationTraffic",
    "vnetRouteAllEnabled",
    "siteConfig.vnetRouteAllEnabled",
  ].map((path) => known(props, path));
  const all = routes.some((one) => one.state === "value" && one.value === true);
  return [
    hasName(subnet)
      ? pass("it stands in a network")
      : fail("it reaches data by the internet: set virtualNetworkSubnetId"),
    all
      ? pass("all that it sends goes through the network")
      : routes.some(({ state }) => state === "unknown")
        ? undetermined("what it sends through the network is known after deployment only")
        : fail("what it sends may go past the network: set outboundVnetRouting.allTraffic to true"),
  ];
}
