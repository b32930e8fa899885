import type { Fixes } from "./index";

const exact =
  'policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["sqs:SendMessage"], Resource: queue.arn }] })';
const remove = "// remove this resource: roles, managed identities and service accounts need no key";

export const iamFixes: Fixes = {
  "IAM-01": {
    "aws:lambda/permission:Permission": 'principal: "apigateway.amazonaws.com", sourceArn: api.executionArn',
    "aws:lambda/functionUrl:FunctionUrl": 'authorizationType: "AWS_IAM"',
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": "member: gateway.member",
    "gcp:cloudfunctionsv2/functionIamMember:FunctionIamMember": "member: gateway.member",
  },
  "IAM-02": {
    "aws:iam/rolePolicy:RolePolicy": exact,
    "aws:iam/policy:Policy": exact,
    "gcp:projects/iAMMember:IAMMember":
      'new gcp.pubsub.TopicIAMMember("send", { topic: topic.name, role: "roles/pubsub.publisher", member })',
  },
  "IAM-03": {
    "aws:iam/rolePolicy:RolePolicy": exact,
    "aws:iam/policy:Policy": exact,
    "azure-native:authorization:RoleAssignment": "scope: queue.id",
    "gcp:projects/iAMMember:IAMMember":
      'new gcp.pubsub.TopicIAMMember("send", { topic: topic.name, role: "roles/pubsub.publisher", member })',
  },
  "IAM-04": {
    "aws:lambda/function:Function": "role: ownRole.arn",
    "azure-native:web:WebApp": 'identity: { type: "UserAssigned", userAssignedIdentities: [own.id] }',
    "gcp:cloudfunctionsv2/function:Function": "serviceConfig: { …, serviceAccountEmail: own.email }",
    "gcp:cloudrunv2/service:Service": "template: { …, serviceAccount: own.email }",
  },
  "IAM-05": {
    "aws:iam/accessKey:AccessKey": remove,
    "gcp:serviceaccount/key:Key": remove,
    "gcp:storage/hmacKey:HmacKey": remove,
    "azure-native:servicebus:Namespace": "disableLocalAuth: true",
    "azure-native:eventhub:Namespace": "disableLocalAuth: true",
    "azure-native:eventgrid:Topic": "disableLocalAuth: true",
    "azure-native:eventgrid:Domain": "disableLocalAuth: true",
    "azure-native:cosmosdb:DatabaseAccount": "disableLocalAuth: true",
    "azure-native:appconfiguration:ConfigurationStore": "disableLocalAuth: true",
    "azure-native:storage:StorageAccount": "allowSharedKeyAccess: false",
  },
  "IAM-06": {
    "aws:lambda/permission:Permission": "sourceArn: source.arn",
    "azure-native:managedidentity:FederatedIdentityCredential":
      'issuer: "https://token.actions.githubusercontent.com", subject: "repo:acme/shop:ref:refs/heads/main"',
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider":
      "attributeCondition: 'assertion.repository_id == \"123456\"'",
    "gcp:pubsub/subscription:Subscription": "pushConfig: { …, oidcToken: { serviceAccountEmail: pusher.email } }",
  },
  "IAM-07": {
    "aws:s3/bucket:Bucket":
      'new aws.s3.BucketPublicAccessBlock("closed", { bucket: $.id,\n  blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true })',
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":
      "blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true",
    "azure-native:storage:StorageAccount": "allowBlobPublicAccess: false",
    "azure-native:storage:BlobContainer": 'publicAccess: "None"',
    "gcp:storage/bucket:Bucket": 'publicAccessPrevention: "enforced", uniformBucketLevelAccess: true',
  },
};
