import type { Fixes } from "./index";

const closed = 'publicNetworkAccess: "Disabled"';

export const networkFixes: Fixes = {
  "NET-01": {
    "aws:lambda/function:Function": "vpcConfig: { subnetIds, securityGroupIds }",
    "azure-native:servicebus:Namespace": closed,
    "azure-native:eventhub:Namespace": closed,
    "azure-native:cosmosdb:DatabaseAccount": closed,
    "azure-native:storage:StorageAccount": closed,
    "azure-native:keyvault:Vault": 'properties: { …, publicNetworkAccess: "Disabled" }',
    "azure-native:web:WebApp": closed,
    "gcp:cloudfunctionsv2/function:Function":
      'serviceConfig: { …, ingressSettings: "ALLOW_INTERNAL_ONLY", vpcConnector: connector.id, vpcConnectorEgressSettings: "ALL_TRAFFIC" }',
    "gcp:cloudrunv2/service:Service": 'ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY"',
  },
};
