/** Compliant stacks that are off the internet. */
import { controls, evaluate, viewOf } from "../../../policies";
import { awsStack } from "./aws";
import { azureStack } from "./azure";
import { gcpStack } from "./gcp";
import { Out, type Stack } from "./stack";

export function privateAwsStack(): Stack {
  const stack = awsStack();
  for (const name of ["gateway", "stage", "place", "read", "authorizer", "front-permission"]) stack.remove(name);
  const subnet = stack.add("aws:ec2/subnet:Subnet", "subnet", {})("subnet-1");
  const guard = stack.add("aws:ec2/securityGroup:SecurityGroup", "guard", {})("sg-1");
  for (const name of ["fulfil", "front"])
    stack.set(name, { vpcConfig: { subnetIds: [subnet], securityGroupIds: [guard] } });
  return stack;
}

/** Resources that NET-01 has something to say of. */
const judged = (stack: Stack) =>
  evaluate(controls, viewOf(stack.resources("deployed")), { enabled: ["NET-01"] })
    .filter(({ control, verdict }) => control === "NET-01" && verdict === "fail")
    .map(({ urn }) => urn.split("::").pop() ?? "");

export function privateAzureStack(): Stack {
  const stack = azureStack();
  for (const name of judged(stack)) {
    const off = { publicNetworkAccess: "Disabled" };
    if (name === "vault") stack.set(name, { "properties.publicNetworkAccess": "disabled" });
    else if (name === "workspace" || name === "insights")
      stack.set(name, { publicNetworkAccessForIngestion: "Disabled", publicNetworkAccessForQuery: "Disabled" });
    else stack.set(name, off);
    if (name === "front" || name === "fulfil")
      stack.set(name, { virtualNetworkSubnetId: "subnet", outboundVnetRouting: { allTraffic: true } });
    if (name !== "workspace" && name !== "insights")
      stack.add("azure-native:network:PrivateEndpoint", `${name}-endpoint`, {
        privateLinkServiceConnections: [{ privateLinkServiceId: new Out(name, name) }],
      });
  }
  return stack;
}

export function privateGcpStack(): Stack {
  return gcpStack()
    .remove("edge")
    .set("fulfil", {
      ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
      "template.vpcAccess": { egress: "ALL_TRAFFIC", networkInterfaces: [{ network: "shop" }] },
    })
    .set("front", {
      "serviceConfig.ingressSettings": "ALLOW_INTERNAL_ONLY",
      "serviceConfig.vpcConnector": "connector",
      "serviceConfig.vpcConnectorEgressSettings": "ALL_TRAFFIC",
    });
}
