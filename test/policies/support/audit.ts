/** Compliant stacks that make the account's audit trail themselves. */
import { awsStack } from "./aws";
import { azureStack } from "./azure";
import { gcpStack } from "./gcp";
import { Out, type Stack } from "./stack";

export const subscription = "/subscriptions/5f1f6a3e-6f0e-4c1e-9a55-1b0f3a6f2c11";
export const workspace = new Out("workspace", `${subscription}/providers/Microsoft.OperationalInsights/workspaces/w`);

const field = (name: string, ...equals: unknown[]) => ({ field: name, equals });
/** Data events of some kinds. */
export const dataOf = (...kinds: string[]) => ({
  fieldSelectors: [field("eventCategory", "Data"), field("resources.type", ...kinds)],
});
export const managementEvents = { fieldSelectors: [field("eventCategory", "Management")] };
/** The kinds of the compliant stack. */
export const kinds = [
  "S3::Object",
  "DynamoDB::Table",
  "Lambda::Function",
  "SQS::Queue",
  "SNS::Topic",
  "Kinesis::Stream",
].map((kind) => `AWS::${kind}`);

/** Names of the compliant stack's resources of some types. */
export const namesOf = (types: RegExp): string[] =>
  awsStack()
    .resources("deployed")
    .filter(({ type }) => types.test(type))
    .map(({ name }) => name);
export const queues = namesOf(/queue:Queue$/);
const data =
  /^aws:(s3\/bucket:Bucket|dynamodb\/table:Table|lambda\/function:Function|sqs\/queue:Queue|sns\/topic:Topic|kinesis\/stream:Stream)$/;
/** All whose use data events record. */
export const used = namesOf(data);

export function trailStack(): Stack {
  const stack = awsStack().set("foundation", { audit: { create: true } });
  stack.add("aws:cloudtrail/trail:Trail", "trail", {
    s3BucketName: "trail",
    isMultiRegionTrail: true,
    enableLogFileValidation: true,
    kmsKeyId: new Out("key", "arn:aws:kms:eu-central-1:111122223333:key/0a1b"),
    advancedEventSelectors: [managementEvents, ...kinds.map((kind) => dataOf(kind))],
  });
  return stack;
}

export const categories = ["Administrative", "Security", "Alert", "Policy"].map((category) => ({
  category,
  enabled: true,
}));

export function activityStack(): Stack {
  const stack = azureStack().set("foundation", { audit: { create: true } });
  stack.add("azure-native:monitor:DiagnosticSetting", "activity", {
    resourceUri: subscription,
    workspaceId: workspace,
    logs: categories,
  });
  return stack;
}

export const logTypes = ["ADMIN_READ", "DATA_READ", "DATA_WRITE"].map((logType) => ({ logType }));

export function auditConfigStack(): Stack {
  const stack = gcpStack().set("foundation", { audit: { create: true } });
  stack.add("gcp:projects/iAMAuditConfig:IAMAuditConfig", "audit", {
    service: "allServices",
    auditLogConfigs: logTypes,
  });
  return stack;
}
