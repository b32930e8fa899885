/** How exactly a statement's Resource names what it is about. */
import { hasWildcard } from "./globs";

/** Actions that AWS offers for `Resource: "*"` only (Service Authorization Reference), lower case. */
const unscoped = new Set(
  [
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
    "cloudwatch:PutMetricData",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeVpcs",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
    "ecr:GetAuthorizationToken",
    "sts:GetCallerIdentity",
  ].map((action) => action.toLowerCase()),
);

export const cannotBeScoped = (actions: readonly string[]): boolean =>
  actions.length > 0 && actions.every((action) => unscoped.has(action.toLowerCase()));

/**
 * True where an ARN names one resource. `*` may stand for what lies inside that resource, at the end and after its name: the
 * streams of a log group, the objects of a bucket, the indexes and streams of a table, executions of a state machine.
 */
export function isExactArn(arn: string): boolean {
  if (!hasWildcard(arn)) return true;
  const [head, partition, service = "", region, account, ...rest] = arn.split(":");
  const resource = rest.join(":");
  if (head !== "arn" || hasWildcard(`${partition}${service}${region}${account}`)) return false;
  const inside: Readonly<Record<string, RegExp>> = {
    logs: /^log-group:[^*?]+:(log-stream:)?\*$/,
    s3: /^[^*?/]+\/([^*?]+\/)?\*$/,
    dynamodb: /^table\/[^*?/]+\/(index|stream)\/\*$/,
    states: /^execution:[^*?:]+:\*$/,
  };
  return Object.hasOwn(inside, service) && inside[service]?.test(resource) === true;
}
