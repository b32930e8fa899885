import { known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackRule, type StackView, undetermined } from "../../model";
import { list } from "../expect";

/** Subnets and security groups: without both a function stands outside of every network. */
export function inVpc(resource: ResourceView, stack: StackView): Finding {
  const whole = known(resource.props, "vpcConfig");
  if (whole.state === "unknown")
    return stack.dependencies(resource, "vpcConfig").some(({ type }) => type === "aws:ec2/subnet:Subnet")
      ? pass("it stands in subnets of this stack")
      : undetermined("vpcConfig is known after deployment only");
  const parts = ["vpcConfig.subnetIds", "vpcConfig.securityGroupIds"].map((path) => known(resource.props, path));
  if (parts.some((part) => part.state === "absent" || (part.state === "value" && list(part.value).length === 0)))
    return fail("it reaches data by the internet: set vpcConfig with subnetIds and securityGroupIds");
  return parts.some(({ state }) => state === "unknown")
    ? undetermined("vpcConfig is known after deployment only")
    : pass("it stands in a network");
}

export const functionUrl = (): Finding =>
  fail("a function URL is on the internet: call the function by a private REST API");

export const publicApi = (): Finding =>
  fail("HTTP and WebSocket APIs are on the internet: use a REST API of type PRIVATE");

/** One type or a list of them, as the provider's versions have it. */
export function privateApi({ props }: ResourceView): Finding {
  const types = known(props, "endpointConfiguration.types");
  if (types.state === "unknown") return undetermined("endpointConfiguration is known after deployment only");
  const all = types.state === "value" ? [types.value].flat() : [];
  return all.length > 0 && all.every((one) => one === "PRIVATE")
    ? pass("it is reached by VPC endpoints only")
    : fail("it is on the internet: set endpointConfiguration.types to PRIVATE");
}

/** Without private names callers of an interface endpoint go on by the internet. */
export function privateNames({ props }: ResourceView): Finding | undefined {
  if (valueAt(props, "vpcEndpointType") !== "Interface") return undefined;
  const names = known(props, "privateDnsEnabled");
  if (names.state === "unknown") return undetermined("privateDnsEnabled is known after deployment only");
  return names.state === "value" && names.value === true
    ? pass("the service's own name leads to it")
    : fail("the service's own name leads past it: set privateDnsEnabled to true");
}

/** Services that functions call, and the endpoint of each. */
const endpoints: Readonly<Record<string, string>> = {
  "aws:s3/bucket:Bucket": "s3",
  "aws:dynamodb/table:Table": "dynamodb",
  "aws:sqs/queue:Queue": "sqs",
  "aws:sns/topic:Topic": "sns",
  "aws:kinesis/stream:Stream": "kinesis-streams",
  "aws:cloudwatch/eventBus:EventBus": "events",
  "aws:secretsmanager/secret:Secret": "secretsmanager",
  "aws:ssm/parameter:Parameter": "ssm",
  "aws:sfn/stateMachine:StateMachine": "states",
  "aws:kms/key:Key": "kms",
};

/** Who makes the network makes its endpoints; a network of another stack has its endpoints there. */
export const serviceEndpoints: StackRule = {
  judgeStack(stack) {
    const [network] = stack.ofType("aws:ec2/vpc:Vpc").filter(({ external }) => !external);
    if (!network) return undefined;
    const names = stack.ofType("aws:ec2/vpcEndpoint:VpcEndpoint").map(({ props }) => known(props, "serviceName"));
    const used = new Set(
      stack
        .ofType(...Object.keys(endpoints))
        .flatMap(({ type, external }) => (external ? [] : (endpoints[type] ?? []))),
    );
    const missing = [...used].filter(
      (service) => !names.some((name) => name.state === "value" && String(name.value).endsWith(`.${service}`)),
    );
    if (missing.length === 0) return pass("every service that it uses has an endpoint in the network", network.urn);
    return names.some(({ state }) => state === "unknown")
      ? undetermined("which services have endpoints is known after deployment only", network.urn)
      : fail(`services are reached by the internet: add a VpcEndpoint for ${missing.sort().join(", ")}`, network.urn);
  },
};
