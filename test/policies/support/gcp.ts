import { Stack, text } from "./stack";

/** The smallest stack on Google Cloud that has something for every control and satisfies them all. */
export function gcpStack(): Stack {
  const stack = new Stack();
  stack.component("Foundation", "foundation", { audit: { existing: "organization" } });
  const key = stack.add("gcp:kms/cryptoKey:CryptoKey", "key", { rotationPeriod: "7776000s" })(
    "projects/shop/locations/europe-west3/keyRings/shop/cryptoKeys/shop",
  );
  const topic = stack.add("gcp:pubsub/topic:Topic", "topic", { kmsKeyName: key });
  stack.add("gcp:firestore/database:Database", "database", { cmekConfig: { kmsKeyName: key } });
  const bucket = stack.add("gcp:logging/projectBucketConfig:ProjectBucketConfig", "logs", {
    bucketId: "shop",
    retentionDays: 365,
  });
  stack.add("gcp:logging/projectSink:ProjectSink", "sink", {
    destination: text("logging.googleapis.com/", bucket("projects/shop/locations/europe-west3/buckets/shop")),
  });
  const gateway = stack.add("gcp:serviceaccount/account:Account", "gateway", { accountId: "gateway" })(
    "gateway@shop.iam.gserviceaccount.com",
  );
  const accounts = ["fulfil", "front"].map((name) =>
    stack.add("gcp:serviceaccount/account:Account", `${name}-account`, { accountId: name })(
      `${name}@shop.iam.gserviceaccount.com`,
    ),
  );
  const service = stack.add("gcp:cloudrunv2/service:Service", "fulfil", {
    invokerIamDisabled: false,
    template: {
      serviceAccount: accounts[0],
      containers: [{ image: "image", envs: [{ name: "CALLER", value: gateway }] }],
    },
  })("fulfil");
  stack.add("gcp:cloudfunctionsv2/function:Function", "front", {
    serviceConfig: { serviceAccountEmail: accounts[1], environmentVariables: { CALLER: gateway } },
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
  stack.add("gcp:projects/iAMMember:IAMMember", "data", {
    project: "shop",
    role: "roles/datastore.user",
    condition: { title: "one database", expression: 'resource.name == "projects/shop/databases/shop"' },
    member: text("serviceAccount:", accounts[0]),
  });
  stack.add("gcp:projects/iAMCustomRole:IAMCustomRole", "redriver", { permissions: ["pubsub.topics.publish"] });
  return stack;
}
