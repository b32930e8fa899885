import { Stack, text } from "./stack";

/** The smallest stack on Google Cloud that has something for every control and satisfies them all. */
export function gcpStack(): Stack {
  const stack = new Stack();
  stack.component("Foundation", "foundation", { audit: { existing: "organization" } });
  const key = stack.add("gcp:kms/cryptoKey:CryptoKey", "key", { rotationPeriod: "7776000s" })(
    "projects/shop/locations/europe-west3/keyRings/shop/cryptoKeys/shop",
  );
  const topic = stack.add("gcp:pubsub/topic:Topic", "topic", { kmsKeyName: key });
  const database = stack.add("gcp:firestore/database:Database", "database", {
    cmekConfig: { kmsKeyName: key },
    pointInTimeRecoveryEnablement: "POINT_IN_TIME_RECOVERY_ENABLED",
    deleteProtectionState: "DELETE_PROTECTION_ENABLED",
  });
  stack.add("gcp:firestore/backupSchedule:BackupSchedule", "database-backup", { database: database("shop") });
  stack.add("gcp:storage/bucket:Bucket", "objects", {
    versioning: { enabled: true },
    publicAccessPrevention: "enforced",
    uniformBucketLevelAccess: true,
    encryption: { defaultKmsKeyName: key },
  });
  stack.add("gcp:secretmanager/secret:Secret", "secret", {
    replication: { auto: { customerManagedEncryption: { kmsKeyName: key } } },
  });
  stack.add("gcp:managedkafka/cluster:Cluster", "kafka", { gcpConfig: { kmsKey: key } });
  stack.add("gcp:eventarc/channel:Channel", "channel", { cryptoKeyName: key });
  const dead = stack.add("gcp:pubsub/topic:Topic", "dead", { kmsKeyName: key });
  const graves = stack.add("gcp:pubsub/subscription:Subscription", "graves", {
    topic: dead("projects/shop/topics/dead"),
    expirationPolicy: { ttl: "" },
  });
  const channel = stack.add("gcp:monitoring/notificationChannel:NotificationChannel", "operations", { type: "email" });
  stack.add("gcp:monitoring/alertPolicy:AlertPolicy", "alarm", {
    conditions: [
      {
        conditionThreshold: {
          filter: text(
            'metric.type="pubsub.googleapis.com/subscription/num_undelivered_messages" AND resource.labels.subscription_id="',
            graves("graves"),
            '"',
          ),
        },
      },
    ],
    notificationChannels: [channel("projects/shop/notificationChannels/1")],
  });
  const worked = stack.add("gcp:pubsub/subscription:Subscription", "work", {
    topic: topic("projects/shop/topics/topic"),
    deadLetterPolicy: { deadLetterTopic: dead("projects/shop/topics/dead"), maxDeliveryAttempts: 5 },
  });
  const agent = stack.add("gcp:projects/serviceIdentity:ServiceIdentity", "agent", {
    service: "pubsub.googleapis.com",
  })("serviceAccount:service-42@gcp-sa-pubsub.iam.gserviceaccount.com");
  stack.add("gcp:pubsub/topicIAMMember:TopicIAMMember", "bury", {
    topic: dead("dead"),
    role: "roles/pubsub.publisher",
    member: agent,
  });
  stack.add("gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember", "forward", {
    subscription: worked("work"),
    role: "roles/pubsub.subscriber",
    member: agent,
  });
  stack.add("gcp:cloudscheduler/job:Job", "job", {
    retryConfig: { retryCount: 3 },
    httpTarget: {
      uri: "https://shop.example.com",
      oidcToken: { serviceAccountEmail: "clock@shop.iam.gserviceaccount.com" },
    },
  });
  const bucket = stack.add("gcp:logging/projectBucketConfig:ProjectBucketConfig", "logs", {
    bucketId: "shop",
    retentionDays: 365,
    cmekSettings: { kmsKeyName: key },
  });
  stack.add("gcp:logging/projectSink:ProjectSink", "sink", {
    destination: text("logging.googleapis.com/", bucket("projects/shop/locations/europe-west3/buckets/shop")),
  });
  const gateway = stack.add("gcp:serviceaccount/account:Account", "gateway", { accountId: "gateway" })(
    "gateway@shop.iam.gserviceaccount.com",
  );
  const worker = stack.component("QueueWorker", "worker", {
    grants: [
      {
        from: "worker",
        to: "database",
        operations: ["get", "put"],
        rendered: [{ role: "roles/datastore.user", on: "project", resource: "shop" }],
      },
    ],
  });
  const accounts = ["fulfil", "front"].map((name) =>
    stack.add(
      "gcp:serviceaccount/account:Account",
      `${name}-account`,
      { accountId: name },
      name === "fulfil" ? worker : undefined,
    )(`${name}@shop.iam.gserviceaccount.com`),
  );
  const service = stack.add("gcp:cloudrunv2/service:Service", "fulfil", {
    invokerIamDisabled: false,
    template: {
      serviceAccount: accounts[0],
      encryptionKey: key,
      scaling: { maxInstanceCount: 10 },
      containers: [{ image: "image", envs: [{ name: "CALLER", value: gateway }] }],
    },
  })("fulfil");
  stack.add("gcp:cloudfunctionsv2/function:Function", "front", {
    kmsKeyName: key,
    serviceConfig: {
      maxInstanceCount: 10,
      serviceAccountEmail: accounts[1],
      environmentVariables: { CALLER: gateway },
    },
  });
  stack.add("gcp:cloudrunv2/serviceIamMember:ServiceIamMember", "invoke", {
    name: service,
    role: "roles/run.servicesInvoker",
    member: text("serviceAccount:", gateway),
  });
  stack.add("gcp:pubsub/topicIAMMember:TopicIAMMember", "publish", {
    topic: topic("topic"),
    role: "roles/pubsub.publisher",
    member: text("serviceAccount:", accounts[1]),
  });
  stack.add("gcp:projects/iAMMember:IAMMember", "trace", {
    project: "shop",
    role: "roles/cloudtrace.agent",
    member: text("serviceAccount:", accounts[0]),
  });
  stack.add(
    "gcp:projects/iAMMember:IAMMember",
    "data",
    {
      project: "shop",
      role: "roles/datastore.user",
      condition: { title: "one database", expression: 'resource.name == "projects/shop/databases/shop"' },
      member: text("serviceAccount:", accounts[0]),
    },
    worker,
  );
  stack.add("gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider", "pipeline", {
    attributeCondition: "assertion.repository == 'shop/orders'",
  });
  stack.add("gcp:projects/iAMCustomRole:IAMCustomRole", "redriver", { permissions: ["pubsub.topics.publish"] });
  const tls = stack.add("gcp:compute/sSLPolicy:SSLPolicy", "tls", { minTlsVersion: "TLS_1_2", profile: "MODERN" });
  stack.add("gcp:compute/targetHttpsProxy:TargetHttpsProxy", "proxy", { sslPolicy: tls("tls") });
  stack.add("gcp:apigateway/gateway:Gateway", "edge", { gatewayId: "edge" });
  return stack;
}
