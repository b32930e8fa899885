import assert from "node:assert/strict";
import { controls, evaluate, viewOf } from "../../../policies";
import { awsStack } from "../support/aws";
import { changing } from "../support/changes";
import { gcpStack } from "../support/gcp";
import { judge } from "../support/judge";
import { cryptoKeyName } from "../support/keys";
import { killed } from "../support/mutants";
import { accepted, vague } from "../support/outcomes";
import { privateAwsStack, privateAzureStack, privateGcpStack } from "../support/private";
import { Out, type Stack, unknown } from "../support/stack";

describe("mutants of a private plane", () => {
  const fulfil = changing("fulfil");
  killed("NET-01", privateAwsStack, "fulfil", [
    { name: "a function without a network", change: fulfil({ vpcConfig: undefined }) },
    { name: "no subnets", change: fulfil({ "vpcConfig.subnetIds": [] }) },
    { name: "no security groups", change: fulfil({ "vpcConfig.securityGroupIds": undefined }) },
    {
      name: "two functions without a network",
      change: (s) => s.set("fulfil", { vpcConfig: undefined }).set("front", { vpcConfig: undefined }),
      at: ["front", "fulfil"],
    },
    {
      name: "a function URL",
      change: (s) => s.add("aws:lambda/functionUrl:FunctionUrl", "url", { authorizationType: "AWS_IAM" }),
      at: "url",
    },
    {
      name: "an HTTP API",
      change: (s) => s.add("aws:apigatewayv2/api:Api", "gateway", { protocolType: "HTTP" }),
      at: "gateway",
    },
    { name: "a REST API", change: (s) => s.add("aws:apigateway/restApi:RestApi", "rest", {}), at: "rest" },
    {
      name: "a regional REST API",
      change: (s) => s.add("aws:apigateway/restApi:RestApi", "rest", { endpointConfiguration: { types: "REGIONAL" } }),
      at: "rest",
    },
    {
      name: "a REST API that is private and regional",
      change: (s) =>
        s.add("aws:apigateway/restApi:RestApi", "rest", { endpointConfiguration: { types: ["PRIVATE", "REGIONAL"] } }),
      at: "rest",
    },
    {
      name: "a network without endpoints",
      change: (s) => s.add("aws:ec2/vpc:Vpc", "network", {}),
      at: "network",
    },
    {
      name: "an endpoint whose name leads past it",
      change: (s) =>
        s.add("aws:ec2/vpcEndpoint:VpcEndpoint", "endpoint", {
          vpcEndpointType: "Interface",
          serviceName: "com.amazonaws.eu-central-1.sqs",
        }),
      at: "endpoint",
    },
  ]);

  killed("NET-01", privateAzureStack, "bus", [
    { name: "a namespace on the internet", change: changing("bus")({ publicNetworkAccess: "Enabled" }) },
    { name: "a namespace that does not say", change: changing("bus")({ publicNetworkAccess: undefined }) },
    { name: "a switch that is no text", change: changing("bus")({ publicNetworkAccess: false }) },
    ...["cosmos", "store", "gateway", "front"].map((name) => ({
      name: `${name} on the internet`,
      change: changing(name)({ publicNetworkAccess: undefined }),
      at: name,
    })),
    {
      name: "a vault on the internet",
      change: changing("vault")({ "properties.publicNetworkAccess": undefined }),
      at: "vault",
    },
    {
      name: "a workspace that anyone may ask",
      change: changing("workspace")({ publicNetworkAccessForQuery: undefined }),
      at: "workspace",
    },
    {
      name: "insights that anyone may tell",
      change: changing("insights")({ publicNetworkAccessForIngestion: "Enabled" }),
      at: "insights",
    },
    {
      name: "a rule set that opens a namespace",
      change: (s) => s.add("azure-native:servicebus:NamespaceNetworkRuleSet", "rules", { namespaceName: "bus" }),
      at: "rules",
    },
    { name: "no private endpoint", change: (s) => s.remove("bus-endpoint") },
    {
      name: "an endpoint of something else",
      change: changing("bus-endpoint")({
        privateLinkServiceConnections: [{ privateLinkServiceId: new Out("store", "s") }],
      }),
    },
    {
      name: "an app outside of the network",
      change: changing("front")({ virtualNetworkSubnetId: undefined }),
      at: "front",
    },
    {
      name: "an app that sends past the network",
      change: changing("front")({ outboundVnetRouting: undefined }),
      at: "front",
    },
  ]);

  killed("NET-01", privateGcpStack, "fulfil", [
    { name: "a service on the internet", change: fulfil({ ingress: "INGRESS_TRAFFIC_ALL" }) },
    { name: "a service that does not say", change: fulfil({ ingress: undefined }) },
    {
      name: "a service that sends past the network",
      change: fulfil({ "template.vpcAccess.egress": "PRIVATE_RANGES_ONLY" }),
    },
    { name: "a service whose way out is not said", change: fulfil({ "template.vpcAccess.egress": undefined }) },
    { name: "a service in no network", change: fulfil({ "template.vpcAccess.networkInterfaces": undefined }) },
    { name: "an empty list of networks", change: fulfil({ "template.vpcAccess.networkInterfaces": [] }) },
    {
      name: "a function on the internet",
      change: changing("front")({ "serviceConfig.ingressSettings": "ALLOW_ALL" }),
      at: "front",
    },
    { name: "a function in no network", change: changing("front")({ "serviceConfig.vpcConnector": "" }), at: "front" },
    {
      name: "an API gateway",
      change: (s) => s.add("gcp:apigateway/gateway:Gateway", "edge", {}),
      at: "edge",
    },
    {
      name: "a perimeter that leaves services out",
      change: (s) =>
        s.add("gcp:accesscontextmanager/servicePerimeter:ServicePerimeter", "perimeter", {
          status: { restrictedServices: ["pubsub.googleapis.com", "storage.googleapis.com"] },
        }),
      at: "perimeter",
    },
  ]);
});

describe("private planes that satisfy the control", () => {
  const used = ["sqs", "sns", "dynamodb", "s3", "kms", "kinesis-streams", "events", "secretsmanager", "ssm", "states"];
  accepted("NET-01", privateAwsStack, [
    ["functions in a network of another stack", (s) => s],
    [
      "a network with an endpoint for every service",
      (s) => {
        s.add("aws:ec2/vpc:Vpc", "network", {});
        for (const service of used)
          s.add("aws:ec2/vpcEndpoint:VpcEndpoint", service, {
            vpcEndpointType: "Interface",
            privateDnsEnabled: true,
            serviceName: `com.amazonaws.eu-central-1.${service}`,
          });
      },
    ],
    [
      "a private REST API",
      (s) => s.add("aws:apigateway/restApi:RestApi", "rest", { endpointConfiguration: { types: "PRIVATE" } }),
    ],
  ]);
  accepted("NET-01", privateAzureStack, [
    ["all by private endpoints", (s) => s],
    ["a perimeter in place of a switch", (s) => s.set("bus", { publicNetworkAccess: "SecuredByPerimeter" })],
  ]);
  accepted("NET-01", privateGcpStack, [
    ["internal traffic only", (s) => s],
    ["an internal load balancer", (s) => s.set("fulfil", { ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" })],
    [
      "Cloud Run of version 1, by annotations",
      (s) => {
        const { template } = { template: { spec: { serviceAccountName: "run@shop.iam.gserviceaccount.com" } } };
        const egress = { "run.googleapis.com/vpc-access-egress": "all-traffic" };
        const network = { "run.googleapis.com/vpc-access-connector": "connector" };
        s.add("gcp:cloudrun/service:Service", "old", {
          metadata: { annotations: { "run.googleapis.com/ingress": "internal" } },
          template: {
            ...template,
            metadata: {
              annotations: {
                ...egress,
                ...network,
                "autoscaling.knative.dev/maxScale": "10",
                "run.googleapis.com/encryption-key": cryptoKeyName,
              },
            },
          },
        });
      },
    ],
  ]);
  vague("NET-01", privateAwsStack, "fulfil", [["a network", (s: Stack) => s.set("fulfil", { vpcConfig: unknown })]]);
  vague("NET-01", privateAzureStack, "bus", [["a switch", (s) => s.set("bus", { publicNetworkAccess: unknown })]]);
  vague("NET-01", privateGcpStack, "fulfil", [["who may call", (s) => s.set("fulfil", { ingress: unknown })]]);
});

describe("a control that is off unless switched on", () => {
  const ids = (enabled?: readonly string[]) =>
    new Set(evaluate(controls, viewOf(gcpStack().resources("deployed")), { enabled }).map(({ control }) => control));

  it("judges nothing by itself, and is switched on by its id", () => {
    assert.ok(!ids().has("NET-01"));
    assert.ok(!ids(["AUD-01"]).has("NET-01"));
    assert.ok(ids(["NET-01"]).has("NET-01"));
    assert.equal(judge(awsStack(), "preview").filter(({ control }) => control === "NET-01").length, 0);
  });
});
