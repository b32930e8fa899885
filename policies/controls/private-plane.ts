import type { Control } from "../model";
import { functionUrl, inVpc, privateApi, privateNames, publicApi, serviceEndpoints } from "../rules/aws/private";
import { inNetwork, offInternet, privateTypes } from "../rules/azure/private";
import { expectProperty } from "../rules/expect";
import { perimeter, privateKnative, privateWorkload, privateWorkloads, publicGateway } from "../rules/gcp/private";

export const privatePlane: Control = {
  id: "NET-01",
  title: "Data and functions are off the internet",
  why: "Where a leaked token must be of no use from elsewhere, identity alone is not enough: the network must refuse as well.",
  fix: "Put functions into a network, switch public access of stores off, and reach them by private endpoints.",
  severity: "medium",
  frameworks: {
    gdpr: ["Art. 32(1)(b)"],
    hipaa: ["164.312(e)(1)", "164.312(a)(1)"],
    pciDss: ["1.3.1", "1.3.2", "1.4.4"],
    soc2: ["CC6.6", "CC6.1"],
    cis: ["12.2", "13.4"],
    nist80053: ["SC-7", "SC-7(3)", "SC-7(21)", "AC-4"],
  },
  appliesFrom: "internal",
  optIn:
    "a private plane costs endpoints by the hour, rules out HTTP APIs and the tiers without networks, and adds little where every call carries an identity",
  clouds: {
    aws: [
      { types: ["aws:lambda/function:Function"], judge: inVpc },
      { types: ["aws:lambda/functionUrl:FunctionUrl"], judge: functionUrl },
      { types: ["aws:apigatewayv2/api:Api"], judge: publicApi },
      { types: ["aws:apigateway/restApi:RestApi"], judge: privateApi },
      {
        types: ["aws:appsync/graphQLApi:GraphQLApi"],
        judge: (resource) =>
          expectProperty(resource, {
            path: "visibility",
            accepts: (value) => value === "PRIVATE",
            met: "it is reached by VPC endpoints only",
            unmet: "it is on the internet: set visibility to PRIVATE",
          }),
      },
      { types: ["aws:ec2/vpcEndpoint:VpcEndpoint"], judge: privateNames },
      serviceEndpoints,
    ],
    azure: [
      { types: privateTypes, judge: offInternet },
      { types: ["azure-native:web:WebApp", "azure-native:web:WebAppSlot"], judge: inNetwork },
    ],
    gcp: [
      { types: privateWorkloads, judge: privateWorkload },
      { types: ["gcp:cloudrun/service:Service"], judge: privateKnative },
      { types: ["gcp:apigateway/gateway:Gateway"], judge: publicGateway },
      perimeter,
    ],
  },
};
