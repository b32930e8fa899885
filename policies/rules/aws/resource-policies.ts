/** Where resources of AWS carry policies that say who may use them. */
import type { ResourceView } from "../../model";
import { documentAt } from "./policies";

/** Types by the property that holds the document. */
const carriers: Readonly<Record<string, readonly string[]>> = {
  policy: [
    "acmpca/policy:Policy",
    "apigateway/domainName:DomainName",
    "apigateway/restApi:RestApi",
    "apigateway/restApiPolicy:RestApiPolicy",
    "backup/vaultPolicy:VaultPolicy",
    "bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy",
    "cloudwatch/eventBusPolicy:EventBusPolicy",
    "codebuild/resourcePolicy:ResourcePolicy",
    "dsql/clusterPolicy:ClusterPolicy",
    "dynamodb/resourcePolicy:ResourcePolicy",
    "ecr/registryPolicy:RegistryPolicy",
    "ecr/repositoryPolicy:RepositoryPolicy",
    "ecrpublic/repositoryPolicy:RepositoryPolicy",
    "efs/fileSystemPolicy:FileSystemPolicy",
    "glacier/vaultLock:VaultLock",
    "glue/resourcePolicy:ResourcePolicy",
    "kinesis/resourcePolicy:ResourcePolicy",
    "kms/externalKey:ExternalKey",
    "kms/key:Key",
    "kms/keyPolicy:KeyPolicy",
    "kms/replicaExternalKey:ReplicaExternalKey",
    "kms/replicaKey:ReplicaKey",
    "lambda/resourcePolicy:ResourcePolicy",
    "mediastore/containerPolicy:ContainerPolicy",
    "msk/clusterPolicy:ClusterPolicy",
    "networkfirewall/resourcePolicy:ResourcePolicy",
    "oam/sinkPolicy:SinkPolicy",
    "opensearchingest/resourcePolicy:ResourcePolicy",
    "pinpoint/smsvoicev2ResourcePolicy:Smsvoicev2ResourcePolicy",
    "redshift/resourcePolicy:ResourcePolicy",
    "redshiftserverless/resourcePolicy:ResourcePolicy",
    "s3/accessPoint:AccessPoint",
    "s3/bucket:Bucket",
    "s3/bucketPolicy:BucketPolicy",
    "s3/filesFileSystemPolicy:FilesFileSystemPolicy",
    "s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy",
    "s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy",
    "s3control/accessPointPolicy:AccessPointPolicy",
    "s3control/bucketPolicy:BucketPolicy",
    "s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy",
    "schemas/registryPolicy:RegistryPolicy",
    "secretsmanager/secret:Secret",
    "secretsmanager/secretPolicy:SecretPolicy",
    "ses/identityPolicy:IdentityPolicy",
    "sesv2/emailIdentityPolicy:EmailIdentityPolicy",
    "sns/topic:Topic",
    "sns/topicPolicy:TopicPolicy",
    "sqs/queue:Queue",
    "sqs/queuePolicy:QueuePolicy",
    "vpclattice/authPolicy:AuthPolicy",
    "vpclattice/resourcePolicy:ResourcePolicy",
  ],
  policyDocument: [
    "amp/resourcePolicy:ResourcePolicy",
    "cloudwatch/logResourcePolicy:LogResourcePolicy",
    "codeartifact/domainPermissions:DomainPermissions",
    "codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy",
    "xray/resourcePolicy:ResourcePolicy",
  ],
  accessPolicy: [
    "cloudsearch/domainServiceAccessPolicy:DomainServiceAccessPolicy",
    "cloudwatch/logDestinationPolicy:LogDestinationPolicy",
    "glacier/vault:Vault",
  ],
  accessPolicies: [
    "elasticsearch/domain:Domain",
    "elasticsearch/domainPolicy:DomainPolicy",
    "opensearch/domain:Domain",
    "opensearch/domainPolicy:DomainPolicy",
  ],
  resourcePolicy: [
    "s3tables/tableBucketPolicy:TableBucketPolicy",
    "s3tables/tablePolicy:TablePolicy",
    "sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy",
  ],
  repositoryPolicy: ["ecr/repositoryCreationTemplate:RepositoryCreationTemplate"],
  deliveryDestinationPolicy: ["cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy"],
  "details.policy": ["s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy"],
};
const paths: ReadonlyMap<string, string> = new Map(
  Object.entries(carriers).flatMap(([path, types]) => types.map((type) => [`aws:${type}`, path] as const)),
);
export const resourcePolicyTypes: readonly string[] = [...paths.keys()];
/** The property that holds a type's document. */
export const resourcePolicyPath = (type: string): string => paths.get(type) ?? "policy";

/** Types that are nothing but a policy, and so must have one. */
const ownPolicy = /(Policy|Permissions|Lock)$/;

/** Documents that say who may use the resource that carries them. */
export function resourceDocuments({ type, props }: ResourceView): readonly unknown[] {
  const content = documentAt(props, resourcePolicyPath(type));
  if (content === undefined || content === "") return ownPolicy.test(type) ? [""] : [];
  return [content];
}
