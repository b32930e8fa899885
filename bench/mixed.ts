/** A thousand resources of a serverless stack, twice: as Pulumi registers them, and as Terraform writes the same. */
import type { ResourceInput } from "../policies";

const account = "111122223333";
const region = "eu-central-1";
const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;
const key = arn("kms", "key/0a1b2c3d");
const document = (action: string, resource: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: resource }] });

interface Kind {
  readonly type: string;
  readonly terraform: string;
  readonly inputs: (id: string) => Record<string, unknown>;
}

const kinds: readonly Kind[] = [
  {
    type: "aws:sqs/queue:Queue",
    terraform: "aws_sqs_queue",
    inputs: (id) => ({
      name: id,
      kmsMasterKeyId: key,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: arn("sqs", `${id}-dead`), maxReceiveCount: 5 }),
    }),
  },
  {
    type: "aws:sqs/queuePolicy:QueuePolicy",
    terraform: "aws_sqs_queue_policy",
    inputs: (id) => ({ queueUrl: id, policy: document("sqs:SendMessage", arn("sqs", id)) }),
  },
  { type: "aws:sns/topic:Topic", terraform: "aws_sns_topic", inputs: (id) => ({ name: id, kmsMasterKeyId: key }) },
  {
    type: "aws:dynamodb/table:Table",
    terraform: "aws_dynamodb_table",
    inputs: (id) => ({
      name: id,
      hashKey: "id",
      serverSideEncryption: { enabled: true, kmsKeyArn: key },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: true,
    }),
  },
  {
    type: "aws:lambda/function:Function",
    terraform: "aws_lambda_function",
    inputs: (id) => ({
      functionName: id,
      role: arn("iam", `role/${id}`),
      runtime: "nodejs20.x",
      handler: "index.handler",
      kmsKeyArn: key,
      reservedConcurrentExecutions: 10,
    }),
  },
  {
    type: "aws:iam/role:Role",
    terraform: "aws_iam_role",
    inputs: (id) => ({
      name: id,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
      }),
    }),
  },
  {
    type: "aws:iam/rolePolicy:RolePolicy",
    terraform: "aws_iam_role_policy",
    inputs: (id) => ({ role: id, policy: document("dynamodb:PutItem", arn("dynamodb", `table/${id}`)) }),
  },
  {
    type: "aws:cloudwatch/logGroup:LogGroup",
    terraform: "aws_cloudwatch_log_group",
    inputs: (id) => ({ name: `/aws/lambda/${id}`, retentionInDays: 365, kmsKeyId: key }),
  },
  {
    type: "aws:kms/key:Key",
    terraform: "aws_kms_key",
    inputs: (id) => ({ description: id, enableKeyRotation: true, deletionWindowInDays: 30 }),
  },
  {
    type: "gcp:storage/bucket:Bucket",
    terraform: "google_storage_bucket",
    inputs: (id) => ({ name: id, location: "EU", publicAccessPrevention: "enforced", uniformBucketLevelAccess: true }),
  },
];

const name = (index: number) => `part-${index}`;
const kindOf = (index: number): Kind => kinds[index % kinds.length] as Kind;

export function pulumiResources(count: number): ResourceInput[] {
  return Array.from({ length: count }, (_, index) => {
    const { type, inputs } = kindOf(index);
    return {
      urn: `urn:pulumi:bench::bench::${type}::${name(index)}`,
      type,
      name: name(index),
      custom: true,
      inputs: inputs(name(index)),
    };
  });
}

/** The same in Terraform's language: nested objects are blocks, names are in snake case. */
export function terraformFile(count: number): string {
  const written = Array.from({ length: count }, (_, index) => {
    const { terraform, inputs } = kindOf(index);
    return `resource "${terraform}" "${name(index)}" ${block(inputs(name(index)))}\n`;
  });
  return written.join("\n");
}

function block(inputs: Record<string, unknown>): string {
  const lines = Object.entries(inputs).map(([property, value]) => {
    const named = property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return typeof value === "object" && value !== null
      ? `${named} ${block(value as Record<string, unknown>)}`
      : `${named} = ${JSON.stringify(value)}`;
  });
  return `{\n${lines.join("\n")}\n}`;
}
