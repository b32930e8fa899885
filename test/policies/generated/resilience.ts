import { atLeast, exact, flag, number, others, part, row, type Table, unreadable } from "./matters";

export const resilience: readonly Table[] = [
  {
    control: "RES-01",
    because:
      "A message survives what fails on it if it has somewhere to go, the right to go there, and time until then.",
    types: {
      "aws:lambda/function:Function": [row("timeout", ["raised"], /: fulfil\b/)],
      "aws:sqs/queue:Queue": [
        row("messageRetentionSeconds", ["lowered"]),
        row("visibilityTimeoutSeconds", atLeast),
        row("redrivePolicy", exact),
        row("redrivePolicy.{}.deadLetterTargetArn", part),
        row("redrivePolicy.{}.maxReceiveCount", atLeast),
      ],
      "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": [
        row("", ["dropped"]),
        row("queueUrl", exact),
        row("redriveAllowPolicy", exact),
        row("redriveAllowPolicy.{}.redrivePermission", exact),
      ],
      "azure-native:servicebus:Queue": [
        row("", ["dropped"], /: queue\b/),
        row("deadLetteringOnMessageExpiration", flag),
        row("forwardDeadLetteredMessagesTo", exact),
      ],
      "gcp:pubsub/subscription:Subscription": [
        row("messageRetentionDuration", others),
        row("", ["dropped"]),
        row("topic", exact, /: graves\b/),
        row("expirationPolicy", part),
        row("expirationPolicy.ttl", ["removed", "wrong type", "the provider's key"]),
        row("deadLetterPolicy", part),
        row("deadLetterPolicy.deadLetterTopic", exact),
        row("deadLetterPolicy.maxDeliveryAttempts", ["wrong type", "lowered", "raised"]),
        // Pub/Sub has a number of its own where none is said; here the topic is found by the rest of the policy only.
        row("deadLetterPolicy.maxDeliveryAttempts", ["removed"], /^gcp: work\b/),
      ],
      "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember": [
        row("", ["dropped"]),
        row("subscription", exact),
        row("role", exact),
        row("member", exact),
      ],
      "gcp:pubsub/topic:Topic": [row("", ["dropped"], /: dead\b/)],
      "gcp:pubsub/topicIAMMember:TopicIAMMember": [
        row("", ["dropped"], /: bury\b/),
        row("topic", exact, /: bury\b/),
        row("role", exact, /: bury\b/),
        row("member", exact, /: bury\b/),
      ],
      "aws:lambda/eventSourceMapping:EventSourceMapping": [
        row("destinationConfig", part),
        row("destinationConfig.onFailure", part),
        row("destinationConfig.onFailure.destinationArn", part),
        row("maximumRetryAttempts", number),
      ],
    },
  },
  {
    control: "RES-03",
    because: "An event that cannot be delivered is kept only where its route names a place for it.",
    types: {
      // The dead-letter queue's policy lets the service send to it.
      "aws:sqs/queuePolicy:QueuePolicy": [
        row("", ["dropped"]),
        row("queueUrl", exact),
        row("policy", exact),
        row("policy.{}.Statement", part),
        ...unreadable,
        row("policy.{}.Statement.*", ["removed"], / 1$/),
        row("policy.{}.Statement.*.Principal", part, / 1$/),
        row("policy.{}.Statement.*.Principal.Service", exact),
      ].map(({ only = /: dead-policy/, ...rest }) => ({ ...rest, only })),
      "aws:cloudwatch/eventTarget:EventTarget": [row("deadLetterConfig", part), row("deadLetterConfig.arn", part)],
      "azure-native:eventgrid:EventSubscription": [
        row("deadLetterWithResourceIdentity", part),
        row("deadLetterWithResourceIdentity.deadLetterDestination", ["removed"]),
      ],
      "gcp:cloudscheduler/job:Job": [row("retryConfig", part), row("retryConfig.retryCount", number)],
      "aws:sns/topicSubscription:TopicSubscription": [row("protocol", exact)],
      "aws:scheduler/schedule:Schedule": [
        row("target", part),
        row("target.deadLetterConfig", part),
        row("target.deadLetterConfig.arn", part),
      ],
      "azure-native:eventgrid:SystemTopicEventSubscription": [
        row("deadLetterWithResourceIdentity", part),
        row("deadLetterWithResourceIdentity.deadLetterDestination", ["removed"]),
        row("retryPolicy.eventTimeToLiveInMinutes", ["wrong type", "lowered"]),
        row("retryPolicy.maxDeliveryAttempts", ["wrong type", "lowered"]),
      ],
      "azure-native:eventgrid:TopicEventSubscription": [
        row("deadLetterWithResourceIdentity", part),
        row("deadLetterWithResourceIdentity.deadLetterDestination", ["removed"]),
        row("retryPolicy.eventTimeToLiveInMinutes", ["wrong type", "lowered"]),
        row("retryPolicy.maxDeliveryAttempts", ["wrong type", "lowered"]),
      ],
    },
  },
  {
    control: "RES-04",
    because: "A history and a protection that are not switched on are not there when a table is lost.",
    types: {
      "aws:dynamodb/table:Table": [
        row("pointInTimeRecovery", part),
        row("pointInTimeRecovery.enabled", flag),
        row("deletionProtectionEnabled", flag),
      ],
      "azure-native:cosmosdb:DatabaseAccount": [row("backupPolicy", part), row("backupPolicy.type", exact)],
      "gcp:firestore/backupSchedule:BackupSchedule": [row("", ["dropped"]), row("database", exact)],
      "gcp:firestore/database:Database": [
        row("pointInTimeRecoveryEnablement", exact),
        row("deleteProtectionState", exact),
      ],
    },
  },
  {
    control: "RES-05",
    because: "Without a number there is no limit but the account's.",
    types: {
      "aws:apigatewayv2/stage:Stage": [
        row("defaultRouteSettings", part),
        row("defaultRouteSettings.throttlingRateLimit", number),
        row("defaultRouteSettings.throttlingBurstLimit", number),
      ],
      "aws:lambda/eventSourceMapping:EventSourceMapping": [
        row("scalingConfig", part),
        row("scalingConfig.maximumConcurrency", number),
      ],
      "azure-native:apimanagement:ApiManagementService": [row("sku", part), row("sku.name", exact)],
      "azure-native:web:WebApp": [
        row("functionAppConfig", part),
        row("functionAppConfig.scaleAndConcurrency", part),
        row("functionAppConfig.scaleAndConcurrency.maximumInstanceCount", number),
      ],
      "gcp:cloudfunctionsv2/function:Function": [
        row("serviceConfig", part),
        row("serviceConfig.maxInstanceCount", number),
      ],
      "gcp:cloudrunv2/service:Service": [
        row("template", part),
        row("template.scaling", part),
        row("template.scaling.maxInstanceCount", number),
      ],
    },
  },
  {
    control: "RES-06",
    because: "An object that is overwritten or deleted is kept only under versioning that is switched on.",
    types: {
      "aws:s3/bucketVersioning:BucketVersioning": [
        row("", ["dropped"]),
        row("bucket", exact),
        row("versioningConfiguration", part),
        row("versioningConfiguration.status", exact),
      ],
      "azure-native:storage:BlobServiceProperties": [
        row("", ["dropped"]),
        row("accountName", exact),
        row("isVersioningEnabled", flag),
        row("deleteRetentionPolicy", part),
        row("deleteRetentionPolicy.enabled", flag),
        row("deleteRetentionPolicy.days", number),
        row("deleteRetentionPolicy.allowPermanentDelete", ["flipped", "wrong type"]),
        row("containerDeleteRetentionPolicy", part),
        row("containerDeleteRetentionPolicy.enabled", flag),
        row("containerDeleteRetentionPolicy.days", number),
      ],
      "gcp:storage/bucket:Bucket": [row("versioning", part), row("versioning.enabled", flag)],
      "azure-native:web:WebApp": [
        // What holds nothing but an app's code need not be kept.
        row("", ["dropped"], /-azure: /),
        row("functionAppConfig", part, /-azure: /),
        row("functionAppConfig.deployment", part, /-azure: /),
        row("functionAppConfig.deployment.storage", part, /-azure: /),
      ],
    },
  },
  {
    control: "RES-02",
    because:
      "An alarm tells somebody only if it watches the queue, of all metrics the one that grows, and has somewhere to tell it.",
    types: {
      "aws:cloudwatch/metricAlarm:MetricAlarm": [
        row("", ["dropped"]),
        row("namespace", exact),
        row("metricName", exact),
        row("threshold", part),
        row("dimensions", part),
        row("dimensions.QueueName", exact),
        row("comparisonOperator", exact),
        row("alarmActions", part),
        row("alarmActions.*", exact),
      ],
      "azure-native:monitor:MetricAlert": [
        row("", ["dropped"]),
        row("criteria", part),
        row("criteria.allOf", part),
        row("criteria.allOf.*", part),
        row("criteria.allOf.*.metricName", exact),
        row("criteria.allOf.*.metricNamespace", others),
        row("criteria.allOf.*.operator", others),
        row("criteria.allOf.*.threshold", ["wrong type"]),
        row("criteria.allOf.*.dimensions", part),
        row("criteria.allOf.*.dimensions.*", part),
        row("criteria.allOf.*.dimensions.*.name", exact),
        row("criteria.allOf.*.dimensions.*.values", part),
        row("criteria.allOf.*.dimensions.*.values.*", exact),
        row("actions", part),
        row("actions.*", part),
        row("actions.*.actionGroupId", part),
        row("enabled", ["flipped", "wrong type"]),
      ],
      "azure-native:servicebus:Queue": [
        row("queueName", exact, /: dead\b/),
        row("", ["dropped"], /: queue\b/),
        row("forwardDeadLetteredMessagesTo", exact),
      ],
      "gcp:monitoring/alertPolicy:AlertPolicy": [
        row("conditions.*.conditionThreshold.comparison", others),
        row("conditions.*.conditionThreshold.duration", others),
        row("conditions.*.conditionThreshold.thresholdValue", ["wrong type"]),
        row("enabled", ["flipped", "wrong type"]),
        row("", ["dropped"]),
        row("conditions", part),
        row("conditions.*", part),
        row("conditions.*.conditionThreshold", part),
        row("conditions.*.conditionThreshold.filter", exact),
        row("notificationChannels", part),
        row("notificationChannels.*", part),
      ],
    },
  },
];
