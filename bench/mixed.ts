/** A thousand resources of serverless stacks on three clouds, twice: as Pulumi registers them, and as Terraform writes the same. */
import type { ResourceInput } from "../policies";

const account = "111122223333";
const region = "eu-central-1";
const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;
const key = arn("kms", "key/0a1b2c3d");
const document = (action: string, resource: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: resource }] });

type Inputs = (id: string) => Record<string, unknown>;

interface Kind {
  readonly type: string;
  readonly terraform: string;
  readonly inputs: Inputs;
  /** Where Terraform's provider has names of its own. Default: the same in snake case. */
  readonly inTerraform?: Inputs;
}

const group = { resourceGroupName: "shop", location: "westeurope" };
const vault = "https://shop.vault.azure.net/";
const cryptoKey = "projects/shop/locations/europe-west1/keyRings/shop/cryptoKeys/data";

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
    type: "azure-native:storage:StorageAccount",
    terraform: "azurerm_storage_account",
    inputs: (id) => ({
      ...group,
      accountName: id,
      sku: { name: "Standard_ZRS" },
      kind: "StorageV2",
      minimumTlsVersion: "TLS1_2",
      allowBlobPublicAccess: false,
      allowSharedKeyAccess: false,
    }),
    inTerraform: (id) => ({
      ...group,
      name: id,
      accountTier: "Standard",
      accountReplicationType: "ZRS",
      minTlsVersion: "TLS1_2",
      allowNestedItemsToBePublic: false,
      sharedAccessKeyEnabled: false,
    }),
  },
  {
    type: "azure-native:servicebus:Namespace",
    terraform: "azurerm_servicebus_namespace",
    inputs: (id) => ({
      ...group,
      namespaceName: id,
      sku: { name: "Premium" },
      disableLocalAuth: true,
      minimumTlsVersion: "1.2",
      encryption: { keySource: "Microsoft.KeyVault", keyVaultProperties: [{ keyName: "data", keyVaultUri: vault }] },
    }),
    inTerraform: (id) => ({
      ...group,
      name: id,
      sku: "Premium",
      localAuthEnabled: false,
      minimumTlsVersion: "1.2",
      customerManagedKey: { keyVaultKeyId: `${vault}keys/data`, identityId: "bus" },
    }),
  },
  {
    type: "azure-native:keyvault:Vault",
    terraform: "azurerm_key_vault",
    inputs: (id) => ({
      ...group,
      vaultName: id,
      properties: {
        sku: { family: "A", name: "standard" },
        tenantId: "tenant",
        enableRbacAuthorization: true,
        enablePurgeProtection: true,
      },
    }),
    inTerraform: (id) => ({
      ...group,
      name: id,
      skuName: "standard",
      tenantId: "tenant",
      enableRbacAuthorization: true,
      purgeProtectionEnabled: true,
    }),
  },
  {
    type: "azure-native:web:WebApp",
    terraform: "azurerm_linux_function_app",
    inputs: (id) => ({
      ...group,
      name: id,
      kind: "functionapp,linux",
      httpsOnly: true,
      siteConfig: { minTlsVersion: "1.2", ftpsState: "Disabled" },
    }),
    inTerraform: (id) => ({
      ...group,
      name: id,
      httpsOnly: true,
      siteConfig: { minimumTlsVersion: "1.2", ftpsState: "Disabled" },
    }),
  },
  {
    type: "gcp:storage/bucket:Bucket",
    terraform: "google_storage_bucket",
    inputs: (id) => ({ name: id, location: "EU", publicAccessPrevention: "enforced", uniformBucketLevelAccess: true }),
  },
  {
    type: "gcp:pubsub/topic:Topic",
    terraform: "google_pubsub_topic",
    inputs: (id) => ({ name: id, kmsKeyName: cryptoKey }),
  },
  {
    type: "gcp:pubsub/topicIAMMember:TopicIAMMember",
    terraform: "google_pubsub_topic_iam_member",
    inputs: (id) => ({
      topic: id,
      role: "roles/pubsub.publisher",
      member: `serviceAccount:${id}@shop.iam.gserviceaccount.com`,
    }),
  },
  {
    type: "gcp:cloudfunctionsv2/function:Function",
    terraform: "google_cloudfunctions2_function",
    inputs: (id) => ({
      name: id,
      location: "europe-west1",
      kmsKeyName: cryptoKey,
      serviceConfig: { serviceAccountEmail: `${id}@shop.iam.gserviceaccount.com`, maxInstanceCount: 10 },
    }),
  },
  {
    type: "gcp:kms/cryptoKey:CryptoKey",
    terraform: "google_kms_crypto_key",
    inputs: (id) => ({ name: id, keyRing: "shop", rotationPeriod: "7776000s" }),
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
    const { terraform, inputs, inTerraform = inputs } = kindOf(index);
    return `resource "${terraform}" "${name(index)}" ${block(inTerraform(name(index)))}\n`;
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
