/** How exactly a statement's Resource names what it is about. */
import { hasWildcard } from "../globs";

const of = (service: string, ...actions: readonly string[]) => actions.map((action) => `${service}:${action}`);
const lowered = (actions: readonly string[]): ReadonlySet<string> =>
  new Set(actions.map((action) => action.toLowerCase()));

/** Traces, and the network interfaces of a function in a network. */
const telemetry = [
  ...of("xray", "PutTraceSegments", "PutTelemetryRecords", "GetSamplingRules", "GetSamplingTargets"),
  ...of("xray", "GetSamplingStatisticSummaries"),
];
const interfaces = [
  ...of("ec2", "CreateNetworkInterface", "DeleteNetworkInterface", "DescribeNetworkInterfaces", "DescribeSubnets"),
  ...of("ec2", "DescribeSecurityGroups", "DescribeVpcs", "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"),
  ...of("ec2", "DetachNetworkInterface", "GetSecurityGroupsForVpc"),
];

/** Actions that AWS offers for `Resource: "*"` only (Service Authorization Reference), or documents so for a service's role. */
const unscoped = lowered([
  ...telemetry,
  ...interfaces,
  ...of("ec2", "DescribeAvailabilityZones", "DescribeRegions", "DescribeInstances", "DescribeRouteTables"),
  ...of("ec2", "DescribeTags", "DescribeVpcEndpoints", "DescribeDhcpOptions"),
  ...of("xray", "GetTraceSummaries", "BatchGetTraces"),
  ...of("cloudwatch", "PutMetricData", "GetMetricData", "GetMetricStatistics", "ListMetrics"),
  // How a state machine has its logs delivered.
  ...of("logs", "CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries"),
  ...of("logs", "PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups", "GetQueryResults", "StopQuery"),
  // How an event source mapping finds its stream.
  ...of("kinesis", "ListStreams"),
  ...of("dynamodb", "ListStreams", "ListTables"),
  ...of("ssmmessages", "CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"),
  ...of("ecr", "GetAuthorizationToken"),
  ...of("ecr-public", "GetAuthorizationToken"),
  ...of("sts", "GetCallerIdentity", "GetServiceBearerToken"),
  ...of("secretsmanager", "GetRandomPassword", "ListSecrets"),
  ...of("ssm", "DescribeParameters"),
  ...of("s3", "ListAllMyBuckets"),
  ...of("lambda", "ListFunctions", "ListEventSourceMappings", "GetAccountSettings"),
  ...of("kms", "ListKeys", "ListAliases", "GenerateRandom"),
  ...of("tag", "GetResources", "GetTagKeys", "GetTagValues"),
  ...of("ce", "GetCostAndUsage", "GetCostForecast"),
  ...of("textract", "DetectDocumentText", "AnalyzeDocument", "AnalyzeExpense"),
  ...of("rekognition", "DetectLabels", "DetectText", "DetectFaces", "DetectModerationLabels", "CompareFaces"),
  ...of("comprehend", "DetectSentiment", "DetectEntities", "DetectKeyPhrases", "DetectDominantLanguage"),
  ...of("comprehend", "DetectPiiEntities"),
  ...of("servicediscovery", "DiscoverInstances"),
  ...of("organizations", "DescribeOrganization"),
]);

export const cannotBeScoped = (actions: readonly string[]): boolean =>
  actions.length > 0 && actions.every((action) => unscoped.has(action.toLowerCase()));

/** What every function of the platform is allowed, and no grant names. */
const ofPlatform = lowered([...telemetry, ...interfaces, ...of("cloudwatch", "PutMetricData")]);
export const isPlatform = (actions: readonly string[]): boolean =>
  actions.length > 0 && actions.every((action) => ofPlatform.has(action.toLowerCase()));

/**
 * True where an ARN names one resource. `*` may stand for what lies inside that resource, after its name: the streams of a
 * log group, the objects of a bucket or access point, the indexes and streams of a table, executions of a state machine,
 * versions of a function or task, calls of one API's stage, the consumers of a stream, revisions of a secret.
 */
export function isExactArn(arn: string): boolean {
  if (!hasWildcard(arn)) return true;
  const [head, partition, service = "", region, account, ...rest] = arn.split(":");
  const resource = rest.join(":");
  if (head !== "arn" || hasWildcard(`${partition}${service}${region}${account}`)) return false;
  const inside: Readonly<Record<string, RegExp>> = {
    logs: /^log-group:[^*?]+:(\*|log-stream:[^*?]*\*)$/,
    s3: /^([^*?/:]+|accesspoint\/[^*?/]+\/object)\/[^*?]*\*(\.[^*?/]+)?$/,
    dynamodb: /^table\/[^*?/]+\/(index|stream|export|backup|import)\/\*$/,
    states: /^(execution|express):[^*?:]+:\*(:\*)?$/,
    lambda: /^(function|layer):[^*?:]+:\*$/,
    ecs: /^task-definition\/[^*?:]+:\*$/,
    kinesis: /^stream\/[^*?/]+\/consumer\/\*$/,
    "execute-api": /^[^*?/]+\/[^*?/]+\/([A-Z]+|\*)\/[^?]*$/,
    appsync: /^apis\/[^*?/]+\/(\*|(types|channelNamespace)\/[^?]*\*)$/,
    secretsmanager: /^secret:[^*?]+-\?{6}$/,
    events: /^(archive|replay)\/[^*?/]+\/?\*$/,
  };
  return Object.hasOwn(inside, service) && inside[service]?.test(resource) === true;
}
