import { each, type Fix, type Fixes, otherwise } from "./fix";

const closed = 'publicNetworkAccess: "Disabled"';
const closedLogs = 'publicNetworkAccessForIngestion: "Disabled", publicNetworkAccessForQuery: "Disabled"';
const closedVault = `properties: { …, ${closed} }`;
const noUrl = "// remove this resource: call the function by an aws.apigateway.RestApi of type PRIVATE";
const noApi =
  '// remove this resource: declare an aws.apigateway.RestApi with endpointConfiguration: { types: "PRIVATE" }';
const noGateway =
  '// remove this resource: put a gcp.compute.ForwardingRule with loadBalancingScheme: "INTERNAL_MANAGED" before the functions';

const endpoint = (group: string) =>
  `new azure.network.PrivateEndpoint("$-private", { resourceGroupName, subnet: { id: subnet.id },\n  privateLinkServiceConnections: [{ name: "private", privateLinkServiceId: $.id, groupIds: ["${group}"] }] })`;
/** What is off the internet is reached by an endpoint for what Private Link calls its group. */
const reached = (group: string, code = closed): Fix => [
  [/publicNetworkAccess/, code],
  [otherwise, endpoint(group)],
];
const app = "virtualNetworkSubnetId: subnet.id, outboundVnetRouting: { allTraffic: true }";
const access = 'vpcAccess: { connector: connector.id, egress: "ALL_TRAFFIC" }';

export const networkFixes: Fixes = {
  "NET-01": {
    "aws:lambda/function:Function": "vpcConfig: { subnetIds, securityGroupIds }",
    "aws:lambda/functionUrl:FunctionUrl": noUrl,
    "aws:apigatewayv2/api:Api": noApi,
    "aws:apigateway/restApi:RestApi": 'endpointConfiguration: { types: "PRIVATE", vpcEndpointIds: [endpoint.id] }',
    "aws:appsync/graphQLApi:GraphQLApi": 'visibility: "PRIVATE"',
    "aws:ec2/vpcEndpoint:VpcEndpoint": "privateDnsEnabled: true",
    "aws:ec2/vpc:Vpc":
      'new aws.ec2.VpcEndpoint("$-sqs", { vpcId: $.id, serviceName: pulumi.concat("com.amazonaws.", region, ".sqs"),\n  vpcEndpointType: "Interface", privateDnsEnabled: true, subnetIds, securityGroupIds })',
    "azure-native:storage:StorageAccount": reached("blob"),
    ...each(["azure-native:servicebus:Namespace", "azure-native:eventhub:Namespace"], reached("namespace")),
    ...each(
      ["azure-native:servicebus:NamespaceNetworkRuleSet", "azure-native:eventhub:NamespaceNetworkRuleSet"],
      closed,
    ),
    ...each(["azure-native:eventgrid:Topic", "azure-native:eventgrid:Namespace"], reached("topic")),
    "azure-native:eventgrid:Domain": reached("domain"),
    "azure-native:eventgrid:PartnerNamespace": reached("partnernamespace"),
    "azure-native:cosmosdb:DatabaseAccount": reached("Sql"),
    "azure-native:keyvault:Vault": reached("vault", closedVault),
    "azure-native:keyvault:ManagedHsm": reached("managedhsm", closedVault),
    "azure-native:apimanagement:ApiManagementService": reached("Gateway"),
    "azure-native:appconfiguration:ConfigurationStore": reached("configurationStores"),
    "azure-native:app:ManagedEnvironment": reached("managedEnvironments"),
    "azure-native:signalrservice:SignalR": reached("signalr"),
    "azure-native:webpubsub:WebPubSub": reached("webpubsub"),
    "azure-native:containerregistry:Registry": reached("registry"),
    "azure-native:redis:Redis": reached("redisCache"),
    "azure-native:redisenterprise:RedisEnterprise": reached("redisEnterprise"),
    "azure-native:search:Service": reached("searchService"),
    "azure-native:cognitiveservices:Account": reached("account", 'properties: { …, publicNetworkAccess: "Disabled" }'),
    ...each(["azure-native:operationalinsights:Workspace", "azure-native:applicationinsights:Component"], closedLogs),
    "azure-native:web:WebApp": [
      [/publicNetworkAccess/, closed],
      [/virtualNetworkSubnetId|outboundVnetRouting/, app],
      [otherwise, endpoint("sites")],
    ],
    "azure-native:web:WebAppSlot": [
      [/publicNetworkAccess/, closed],
      [otherwise, app],
    ],
    "gcp:cloudfunctionsv2/function:Function":
      'serviceConfig: { …, ingressSettings: "ALLOW_INTERNAL_ONLY", vpcConnector: connector.id, vpcConnectorEgressSettings: "ALL_TRAFFIC" }',
    "gcp:cloudfunctions/function:Function":
      'ingressSettings: "ALLOW_INTERNAL_ONLY", vpcConnector: connector.id, vpcConnectorEgressSettings: "ALL_TRAFFIC"',
    "gcp:cloudrunv2/service:Service": `ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY", template: { …, ${access} }`,
    "gcp:cloudrunv2/job:Job": `template: { …, template: { …, ${access} } }`,
    "gcp:cloudrunv2/workerPool:WorkerPool": `template: { …, ${access} }`,
    "gcp:cloudrun/service:Service":
      'metadata: { …, annotations: { …, "run.googleapis.com/ingress": "internal" } },\n  template: { …, metadata: { …, annotations: { …, "run.googleapis.com/vpc-access-connector": connector.name, "run.googleapis.com/vpc-access-egress": "all-traffic" } } }',
    "gcp:apigateway/gateway:Gateway": noGateway,
    "gcp:accesscontextmanager/servicePerimeter:ServicePerimeter":
      'status: { …, restrictedServices: […, "pubsub.googleapis.com", "storage.googleapis.com"] }',
  },
};
