import type { Fixes } from "./index";

const limit = "serviceConfig: { …, maxInstanceCount: 100 }";

export const resilienceFixes: Fixes = {
  "RES-01": {
    "aws:sqs/queue:Queue":
      "redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 5 })",
    "aws:lambda/eventSourceMapping:EventSourceMapping":
      "destinationConfig: { onFailure: { destinationArn: deadLetters.arn } }, maximumRetryAttempts: 5",
    "azure-native:servicebus:Queue": "maxDeliveryCount: 5, deadLetteringOnMessageExpiration: true",
    "azure-native:servicebus:Subscription": "maxDeliveryCount: 5, deadLetteringOnMessageExpiration: true",
    "gcp:pubsub/subscription:Subscription":
      "deadLetterPolicy: { deadLetterTopic: deadLetters.id, maxDeliveryAttempts: 5 }",
  },
  "RES-02": {
    "aws:sqs/queue:Queue":
      'new aws.cloudwatch.MetricAlarm("dead-letters", { namespace: "AWS/SQS", metricName: "ApproximateNumberOfMessagesVisible",\n  dimensions: { QueueName: $.name }, statistic: "Maximum", period: 300, evaluationPeriods: 1,\n  comparisonOperator: "GreaterThanThreshold", threshold: 0, alarmActions: [operations.arn] })',
  },
  "RES-03": {
    "aws:cloudwatch/eventTarget:EventTarget": "deadLetterConfig: { arn: undelivered.arn }",
    "aws:scheduler/schedule:Schedule": "target: { …, deadLetterConfig: { arn: undelivered.arn } }",
    "aws:sns/topicSubscription:TopicSubscription":
      "redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: undelivered.arn })",
    "azure-native:eventgrid:EventSubscription":
      'deadLetterDestination: { endpointType: "StorageBlob", resourceId: account.id, blobContainerName: "undelivered" }',
    "azure-native:eventgrid:SystemTopicEventSubscription":
      'deadLetterDestination: { endpointType: "StorageBlob", resourceId: account.id, blobContainerName: "undelivered" }',
  },
  "RES-04": {
    "aws:dynamodb/table:Table": "pointInTimeRecovery: { enabled: true }, deletionProtectionEnabled: true",
    "azure-native:cosmosdb:DatabaseAccount": 'backupPolicy: { type: "Continuous" }',
    "gcp:firestore/database:Database":
      'pointInTimeRecoveryEnablement: "POINT_IN_TIME_RECOVERY_ENABLED", deleteProtectionState: "DELETE_PROTECTION_ENABLED"',
  },
  "RES-05": {
    "aws:lambda/eventSourceMapping:EventSourceMapping": "scalingConfig: { maximumConcurrency: 100 }",
    "aws:apigatewayv2/stage:Stage": "defaultRouteSettings: { throttlingBurstLimit: 100, throttlingRateLimit: 50 }",
    "azure-native:web:WebApp": "siteConfig: { …, functionAppScaleLimit: 100 }",
    "gcp:cloudfunctionsv2/function:Function": limit,
    "gcp:cloudrunv2/service:Service": "template: { …, scaling: { maxInstanceCount: 100 } }",
    "gcp:cloudtasks/queue:Queue": "rateLimits: { maxDispatchesPerSecond: 50, maxConcurrentDispatches: 100 }",
  },
  "RES-06": {
    "aws:s3/bucket:Bucket":
      'new aws.s3.BucketVersioning("versions", { bucket: $.id, versioningConfiguration: { status: "Enabled" } })',
    "azure-native:storage:StorageAccount":
      'new azure.storage.BlobServiceProperties("versions", { resourceGroupName, accountName: $.name, blobServicesName: "default",\n  isVersioningEnabled: true, deleteRetentionPolicy: { enabled: true, days: 30 } })',
    "gcp:storage/bucket:Bucket":
      "versioning: { enabled: true }, softDeletePolicy: { retentionDurationSeconds: 2592000 }",
  },
};
