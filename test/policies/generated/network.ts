import { exact, flag, part, row, type Table } from "./matters";

export const network: readonly Table[] = [
  {
    control: "NET-01",
    because: "A function or store is off the internet only with public access off and a private way in and out.",
    types: {
      "aws:lambda/function:Function": [
        row("vpcConfig", part),
        row("vpcConfig.subnetIds", part),
        row("vpcConfig.subnetIds.*", ["removed"]),
        row("vpcConfig.securityGroupIds", part),
        row("vpcConfig.securityGroupIds.*", ["removed"]),
      ],
      "azure-native:apimanagement:ApiManagementService": [row("publicNetworkAccess", exact)],
      "azure-native:applicationinsights:Component": [
        row("publicNetworkAccessForIngestion", exact),
        row("publicNetworkAccessForQuery", exact),
      ],
      "azure-native:cosmosdb:DatabaseAccount": [row("publicNetworkAccess", exact)],
      "azure-native:keyvault:Vault": [row("properties", part), row("properties.publicNetworkAccess", exact)],
      "azure-native:network:PrivateEndpoint": [
        row("", ["dropped"]),
        row("privateLinkServiceConnections", part),
        row("privateLinkServiceConnections.*", part),
        row("privateLinkServiceConnections.*.privateLinkServiceId", ["removed"]),
      ],
      "azure-native:operationalinsights:Workspace": [
        row("publicNetworkAccessForIngestion", exact),
        row("publicNetworkAccessForQuery", exact),
      ],
      "azure-native:eventhub:Namespace": [row("publicNetworkAccess", exact)],
      "azure-native:appconfiguration:ConfigurationStore": [row("publicNetworkAccess", exact)],
      "azure-native:servicebus:Namespace": [row("publicNetworkAccess", exact)],
      "azure-native:storage:StorageAccount": [row("publicNetworkAccess", exact)],
      "azure-native:web:WebApp": [
        row("publicNetworkAccess", exact),
        row("virtualNetworkSubnetId", part),
        row("outboundVnetRouting", part),
        row("outboundVnetRouting.allTraffic", flag),
      ],
      "gcp:cloudfunctionsv2/function:Function": [
        row("serviceConfig", part),
        row("serviceConfig.ingressSettings", exact),
        row("serviceConfig.vpcConnector", ["removed", "emptied"]),
        row("serviceConfig.vpcConnectorEgressSettings", exact),
      ],
      "gcp:cloudrunv2/service:Service": [
        row("template", part),
        row("template.vpcAccess", part),
        row("template.vpcAccess.egress", exact),
        row("template.vpcAccess.networkInterfaces", ["removed", "emptied"]),
        row("template.vpcAccess.networkInterfaces.*", ["removed"]),
        row("ingress", exact),
      ],
    },
  },
];
