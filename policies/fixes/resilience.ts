import { each, type Fixes, otherwise } from "./fix";

const agent =
  'member: pulumi.concat("serviceAccount:service-", project.number, "@gcp-sa-pubsub.iam.gserviceaccount.com")';
const publishes = `new gcp.pubsub.TopicIAMMember("$-bury", { topic: deadLetters.name, role: "roles/pubsub.publisher",\n  ${agent} })`;
const takes = `new gcp.pubsub.SubscriptionIAMMember("$-take", { subscription: $.name, role: "roles/pubsub.subscriber",\n  ${agent} })`;

const sqsAlarm =
  'new aws.cloudwatch.MetricAlarm("$-dead-letters", { namespace: "AWS/SQS", metricName: "ApproximateNumberOfMessagesVisible",\n  dimensions: { QueueName: $.name }, statistic: "Maximum", period: 300, evaluationPeriods: 1,\n  comparisonOperator: "GreaterThanThreshold", threshold: 0, alarmActions: [operations.arn] })';
const busAlert = (metric: string) =>
  `new azure.monitor.MetricAlert("$-${metric}", { resourceGroupName, location: "global", enabled: true, severity: 2,\n  scopes: [namespace.id], evaluationFrequency: "PT5M", windowSize: "PT5M", actions: [{ actionGroupId: operations.id }],\n  criteria: { odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria", allOf: [{ criterionType: "StaticThresholdCriterion",\n    name: "any", metricNamespace: "Microsoft.ServiceBus/namespaces", metricName: "${metric}", timeAggregation: "Maximum", operator: "GreaterThan", threshold: 0,\n    dimensions: [{ name: "EntityName", operator: "Include", values: [$.name] }] }] } })`;
const pubsubPolicy =
  'new gcp.monitoring.AlertPolicy("$-dead-letters", { displayName: "dead letters", combiner: "OR", notificationChannels: [operations.name],\n  conditions: [{ displayName: "any", conditionThreshold: { comparison: "COMPARISON_GT", thresholdValue: 0, duration: "0s",\n    filter: pulumi.concat(\'metric.type="pubsub.googleapis.com/subscription/num_undelivered_messages" AND resource.type="pubsub_subscription"\',\n      \' AND resource.label.subscription_id="\', $.name, \'"\') } }] })';

const admits = (service: string, source: string) =>
  `new aws.sqs.QueuePolicy("$-undelivered", { queueUrl: undelivered.id, policy: pulumi.jsonStringify({ Statement: [{\n  Effect: "Allow", Principal: { Service: "${service}.amazonaws.com" }, Action: "sqs:SendMessage", Resource: undelivered.arn,\n  Condition: { ArnEquals: { "aws:SourceArn": ${source} } } }] }) }) // or the statement in the policy that it has`;
const pipe = (source: string) =>
  `sourceParameters: { …, ${source}StreamParameters: { …, deadLetterConfig: { arn: undelivered.arn } } }`;

const limit = "serviceConfig: { …, maxInstanceCount: 100 }";
const appLimit = "siteConfig: { …, functionAppScaleLimit: 100 }";

export const resilienceFixes: Fixes = {
  "RES-01": {
    "aws:sqs/queue:Queue": [
      [
        /redrivePolicy|deadLetterTargetArn/,
        "redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 5 })",
      ],
      [
        /redriveAllowPolicy/,
        'new aws.sqs.RedriveAllowPolicy("$-sources", { queueUrl: $.id,\n  redriveAllowPolicy: pulumi.jsonStringify({ redrivePermission: "byQueue", sourceQueueArns: [queue.arn] }) })',
      ],
      [otherwise, 'new aws.sqs.Queue("dead-letters", { …, messageRetentionSeconds: 1209600 })'],
    ],
    "aws:lambda/eventSourceMapping:EventSourceMapping": [
      [/visibilityTimeoutSeconds/, 'new aws.sqs.Queue("queue", { …, visibilityTimeoutSeconds: 6 * timeout })'],
      [
        otherwise,
        "destinationConfig: { onFailure: { destinationArn: deadLetters.arn } }, maximumRetryAttempts: 5, bisectBatchOnFunctionError: true",
      ],
    ],
    ...each(
      ["azure-native:servicebus:Queue", "azure-native:servicebus:Subscription"],
      "maxDeliveryCount: 5, deadLetteringOnMessageExpiration: true",
    ),
    "gcp:pubsub/subscription:Subscription": [
      [/roles\/pubsub\.publisher.*roles\/pubsub\.subscriber/, `${publishes};\n${takes}`],
      [/roles\/pubsub\.publisher/, publishes],
      [/roles\/pubsub\.subscriber/, takes],
      [/expirationPolicy/, 'expirationPolicy: { ttl: "" }'],
      [/messageRetentionDuration/, 'messageRetentionDuration: "1209600s"'],
      [/leave out filter/, "filter: undefined"],
      [
        /are gone as they are published/,
        'new gcp.pubsub.Subscription("$-dead-letters", { topic: deadLetters.id, expirationPolicy: { ttl: "" } })',
      ],
      [otherwise, "deadLetterPolicy: { deadLetterTopic: deadLetters.id, maxDeliveryAttempts: 5 }"],
    ],
  },
  "RES-02": {
    "aws:sqs/queue:Queue": [
      [
        /its alarm tells nobody/,
        'new aws.cloudwatch.MetricAlarm("dead-letters", { …, namespace: "AWS/SQS", statistic: "Maximum", comparisonOperator: "GreaterThanThreshold", threshold: 0, actionsEnabled: true, alarmActions: [operations.arn] })',
      ],
      [otherwise, sqsAlarm],
    ],
    "azure-native:servicebus:Queue": [
      [
        /its alarm tells nobody/,
        'new azure.monitor.MetricAlert("dead-letters", { …, enabled: true, actions: [{ actionGroupId: operations.id }] })',
      ],
      [/ActiveMessages/, busAlert("ActiveMessages")],
      [otherwise, busAlert("DeadletteredMessages")],
    ],
    "azure-native:servicebus:Subscription": [
      [
        /its alarm tells nobody/,
        'new azure.monitor.MetricAlert("dead-letters", { …, enabled: true, actions: [{ actionGroupId: operations.id }] })',
      ],
      [otherwise, busAlert("DeadletteredMessages").replace("$.name", "topic.name")],
    ],
    "gcp:pubsub/subscription:Subscription": [
      [
        /its alarm tells nobody/,
        'new gcp.monitoring.AlertPolicy("dead-letters", { …, enabled: true, combiner: "OR", notificationChannels: [operations.name],\n  conditions: [{ …, conditionThreshold: { …, comparison: "COMPARISON_GT", thresholdValue: 0, duration: "0s" } }] })',
      ],
      [otherwise, pubsubPolicy],
    ],
  },
  "RES-03": {
    "aws:cloudwatch/eventTarget:EventTarget": [
      [/refused/, admits("events", "rule.arn")],
      [otherwise, "deadLetterConfig: { arn: undelivered.arn }"],
    ],
    "aws:scheduler/schedule:Schedule": "target: { …, deadLetterConfig: { arn: undelivered.arn } }",
    "aws:sns/topicSubscription:TopicSubscription": [
      [/refused/, admits("sns", "topic.arn")],
      [otherwise, "redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: undelivered.arn })"],
    ],
    "aws:pipes/pipe:Pipe": [
      [/dynamodbStream/, pipe("dynamodb")],
      [otherwise, pipe("kinesis")],
    ],
    "aws:lambda/function:Function": "deadLetterConfig: { targetArn: undelivered.arn }",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig":
      "maximumRetryAttempts: 2, destinationConfig: { onFailure: { destination: undelivered.arn } }",
    ...each(
      ["", "Topic", "SystemTopic", "Domain", "DomainTopic", "PartnerTopic"].map(
        (of) => `azure-native:eventgrid:${of}EventSubscription`,
      ),
      [
        [
          /cannot be delivered/,
          'deadLetterDestination: { endpointType: "StorageBlob", resourceId: account.id, blobContainerName: "undelivered" }',
        ],
        [otherwise, "retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }"],
      ],
    ),
    "azure-native:eventgrid:NamespaceTopicEventSubscription":
      'deliveryConfiguration: { …, queue: { …, maxDeliveryCount: 10, deadLetterDestinationWithResourceIdentity: { identity: { type: "SystemAssigned" },\n  deadLetterDestination: { endpointType: "StorageBlob", resourceId: account.id, blobContainerName: "undelivered" } } } }',
    "gcp:cloudfunctionsv2/function:Function": 'eventTrigger: { …, retryPolicy: "RETRY_POLICY_RETRY" }',
    "gcp:cloudfunctions/function:Function": "eventTrigger: { …, failurePolicy: { retry: true } }",
    "gcp:eventarc/trigger:Trigger": "retryPolicy: undefined",
    "gcp:cloudscheduler/job:Job": "retryConfig: { …, retryCount: 3 }",
    "gcp:cloudtasks/queue:Queue": "retryConfig: { …, maxAttempts: 5 }",
  },
  "RES-04": {
    "aws:dynamodb/table:Table": [
      [/it can/, "pointInTimeRecovery: { enabled: true }, deletionProtectionEnabled: true"],
      [otherwise, "replicas: [{ …, pointInTimeRecovery: true, deletionProtectionEnabled: true }]"],
    ],
    "aws:dynamodb/tableReplica:TableReplica": "pointInTimeRecovery: true, deletionProtectionEnabled: true",
    "azure-native:cosmosdb:DatabaseAccount": 'backupPolicy: { type: "Continuous" }',
    "gcp:firestore/database:Database": [
      [
        /it can/,
        'pointInTimeRecoveryEnablement: "POINT_IN_TIME_RECOVERY_ENABLED", deleteProtectionState: "DELETE_PROTECTION_ENABLED"',
      ],
      [
        otherwise,
        'new gcp.firestore.BackupSchedule("$-daily", { database: $.name, retention: "1209600s", dailyRecurrence: {} })',
      ],
    ],
  },
  "RES-05": {
    "aws:lambda/eventSourceMapping:EventSourceMapping": "scalingConfig: { maximumConcurrency: 100 }",
    "aws:lambda/functionUrl:FunctionUrl":
      'new aws.lambda.Function("function", { …, reservedConcurrentExecutions: 100 })',
    "aws:apigatewayv2/stage:Stage": "defaultRouteSettings: { …, throttlingBurstLimit: 100, throttlingRateLimit: 50 }",
    "aws:apigateway/stage:Stage": [
      [
        /of each method/,
        'new aws.apigateway.MethodSettings("method", { …, settings: { …, throttlingBurstLimit: 100, throttlingRateLimit: 50 } })',
      ],
      [
        otherwise,
        'new aws.apigateway.MethodSettings("$-limits", { restApi: api.id, stageName: $.stageName, methodPath: "*/*",\n  settings: { throttlingBurstLimit: 100, throttlingRateLimit: 50 } })',
      ],
    ],
    "azure-native:web:WebApp": `${appLimit} /* on Flex Consumption: functionAppConfig.scaleAndConcurrency.maximumInstanceCount */`,
    "azure-native:web:WebAppSlot": appLimit,
    "azure-native:apimanagement:ApiManagementService":
      'new azure.apimanagement.Policy("$-limits", { resourceGroupName, serviceName: $.name, policyId: "policy", format: "rawxml",\n  value: \'<policies><inbound><rate-limit-by-key calls="50" renewal-period="1" counter-key="@(context.Request.IpAddress)" /></inbound>\' +\n    "<backend><forward-request /></backend><outbound /><on-error /></policies>" })',
    "gcp:cloudfunctionsv2/function:Function": limit,
    "gcp:cloudfunctions/function:Function": "maxInstances: 100",
    "gcp:cloudrunv2/service:Service": "template: { …, scaling: { …, maxInstanceCount: 100 } }",
    "gcp:cloudrun/service:Service":
      'template: { …, metadata: { …, annotations: { …, "autoscaling.knative.dev/maxScale": "100" } } }',
    "gcp:cloudtasks/queue:Queue": "rateLimits: { maxDispatchesPerSecond: 50, maxConcurrentDispatches: 100 }",
  },
  "RES-06": {
    "aws:s3/bucket:Bucket":
      'new aws.s3.BucketVersioning("$-versions", { bucket: $.id, versioningConfiguration: { status: "Enabled" } })',
    "azure-native:storage:StorageAccount":
      'new azure.storage.BlobServiceProperties("$-versions", { resourceGroupName, accountName: $.name, blobServicesName: "default",\n  isVersioningEnabled: true, deleteRetentionPolicy: { enabled: true, days: 30 }, containerDeleteRetentionPolicy: { enabled: true, days: 30 } })',
    "gcp:storage/bucket:Bucket":
      "versioning: { enabled: true }, softDeletePolicy: { retentionDurationSeconds: 2592000 }",
  },
};
