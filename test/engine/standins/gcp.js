// What Google Cloud makes of a resource beyond its inputs: identifiers, addresses, service agents.
const { guid, hex } = require("./identifiers");

const defaults = { project: "shop-test", region: "europe-west3" };
const number = "424242424242";

/** What gives a member a role, by the input that says on which resource. */
const grants = {
  "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": "repository",
  "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": "name",
  "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": "cryptoKeyId",
  "gcp:projects/iAMMember:IAMMember": "project",
  "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember": "subscription",
  "gcp:pubsub/topicIAMMember:TopicIAMMember": "topic",
  "gcp:secretmanager/secretIamMember:SecretIamMember": "secretId",
  "gcp:serviceaccount/iAMMember:IAMMember": "serviceAccountId",
  "gcp:storage/bucketIAMMember:BucketIAMMember": "bucket",
};
const perGrant = (make) => Object.fromEntries(Object.entries(grants).map(([type, resource]) => [type, make(resource)]));

/** Properties whose change needs another resource. */
const immutable = {
  ...perGrant((resource) => [resource, "role", "member"]),
  "gcp:apigateway/api:Api": ["apiId"],
  "gcp:apigateway/apiConfig:ApiConfig": ["apiConfigId", "openapiDocuments", "gatewayConfig", "api"],
  "gcp:apigateway/gateway:Gateway": ["gatewayId", "region"],
  "gcp:artifactregistry/repository:Repository": ["repositoryId", "location", "format", "kmsKeyName"],
  "gcp:cloudfunctionsv2/function:Function": ["name", "location"],
  "gcp:cloudscheduler/job:Job": ["name", "region"],
  "gcp:eventarc/trigger:Trigger": ["name", "location", "transport"],
  "gcp:firestore/backupSchedule:BackupSchedule": ["database", "dailyRecurrence", "weeklyRecurrence"],
  "gcp:firestore/database:Database": ["name", "locationId", "cmekConfig"],
  "gcp:firestore/field:Field": ["database", "collection", "field"],
  "gcp:kms/cryptoKey:CryptoKey": ["name", "keyRing", "purpose"],
  "gcp:kms/keyRing:KeyRing": ["name", "location"],
  "gcp:logging/projectBucketConfig:ProjectBucketConfig": ["project", "location", "bucketId"],
  "gcp:logging/projectSink:ProjectSink": ["name"],
  "gcp:projects/service:Service": ["project", "service"],
  "gcp:projects/serviceIdentity:ServiceIdentity": ["project", "service"],
  "gcp:pubsub/subscription:Subscription": ["name", "topic", "enableMessageOrdering", "filter"],
  "gcp:pubsub/topic:Topic": ["name"],
  "gcp:secretmanager/secret:Secret": ["secretId", "replication"],
  "gcp:serviceaccount/account:Account": ["accountId"],
  "gcp:storage/bucket:Bucket": ["name", "location"],
  "gcp:storage/bucketObject:BucketObject": ["name", "bucket", "source"],
  "gcp:storage/notification:Notification": ["bucket", "topic", "eventTypes", "objectNamePrefix", "payloadFormat"],
};

const named = (path) => ({ id: path, name: path });
const member = (email) => ({ email, member: `serviceAccount:${email}` });

/** Per type, of its `inputs`, its `name`, the `project`, and the path of what it is `at` a location of it. */
const types = {
  ...perGrant((resource) => (inputs) => ({ id: `${inputs[resource]}/${inputs.role}/${inputs.member}`, etag: "BwX0" })),
  "gcp:apigateway/api:Api": (inputs, { name, project }) => ({
    ...named(`projects/${project}/locations/global/apis/${inputs.apiId}`),
    managedService: `${inputs.apiId}-${hex(name, 12)}.apigateway.${project}.cloud.goog`,
  }),
  "gcp:apigateway/apiConfig:ApiConfig": (inputs, { project }) =>
    named(`projects/${project}/locations/global/apis/${inputs.api}/configs/${inputs.apiConfigId}`),
  "gcp:apigateway/gateway:Gateway": (inputs, { name, at }) => ({
    ...named(at("gateways", inputs.gatewayId)),
    defaultHostname: `${inputs.gatewayId}-${hex(name, 8)}.ew.gateway.dev`,
  }),
  "gcp:artifactregistry/repository:Repository": (inputs, { project, at }) => ({
    id: at("repositories", inputs.repositoryId),
    name: inputs.repositoryId,
    registryUri: `${inputs.location}-docker.pkg.dev/${project}/${inputs.repositoryId}`,
  }),
  "gcp:cloudfunctionsv2/function:Function": (inputs, { name, at }) => {
    const uri = `https://${name}-${hex(name, 10)}-ey.a.run.app`;
    const serviceConfig = { ...inputs.serviceConfig, service: at("services", name), uri };
    return { id: at("functions", name), url: uri, serviceConfig, environment: "GEN_2", state: "ACTIVE" };
  },
  "gcp:cloudscheduler/job:Job": (_inputs, { name, at }) => ({ id: at("jobs", name), state: "ENABLED" }),
  "gcp:eventarc/trigger:Trigger": (inputs, { name, project, at }) => {
    const channel = `projects/${project}/subscriptions/eventarc-${inputs.location}-${name}-sub`;
    return {
      id: at("triggers", name),
      uid: guid(name),
      transport: { pubsub: { ...inputs.transport?.pubsub, subscription: channel } },
    };
  },
  "gcp:firestore/backupSchedule:BackupSchedule": (inputs, { name, project }) =>
    named(`projects/${project}/databases/${inputs.database}/backupSchedules/${guid(name)}`),
  "gcp:firestore/database:Database": (_inputs, { name, project }) => ({
    id: `projects/${project}/databases/${name}`,
    uid: guid(name),
  }),
  "gcp:firestore/field:Field": (inputs, { project }) =>
    named(
      `projects/${project}/databases/${inputs.database}/collectionGroups/${inputs.collection}/fields/${inputs.field}`,
    ),
  "gcp:kms/cryptoKey:CryptoKey": (inputs, { name }) => ({ id: `${inputs.keyRing}/cryptoKeys/${name}` }),
  "gcp:kms/keyRing:KeyRing": (_inputs, { name, at }) => ({ id: at("keyRings", name) }),
  "gcp:logging/projectBucketConfig:ProjectBucketConfig": (inputs, { at }) => named(at("buckets", inputs.bucketId)),
  "gcp:logging/projectSink:ProjectSink": (_inputs, { name, project }) => ({
    id: `projects/${project}/sinks/${name}`,
    writerIdentity: member(`service-${number}@gcp-sa-logging.iam.gserviceaccount.com`).member,
  }),
  "gcp:monitoring/alertPolicy:AlertPolicy": (_inputs, { name, project }) =>
    named(`projects/${project}/alertPolicies/${guid(name)}`),
  "gcp:monitoring/notificationChannel:NotificationChannel": (_inputs, { name, project }) =>
    named(`projects/${project}/notificationChannels/${guid(name)}`),
  "gcp:projects/service:Service": (inputs, { project }) => ({ id: `${project}/${inputs.service}` }),
  "gcp:projects/serviceIdentity:ServiceIdentity": (inputs, { project }) => ({
    id: `projects/${project}/services/${inputs.service}`,
    ...member(`service-${number}@gcp-sa-${String(inputs.service).split(".")[0]}.iam.gserviceaccount.com`),
  }),
  "gcp:pubsub/subscription:Subscription": (_inputs, { name, project }) => ({
    id: `projects/${project}/subscriptions/${name}`,
  }),
  "gcp:pubsub/topic:Topic": (_inputs, { name, project }) => ({ id: `projects/${project}/topics/${name}` }),
  "gcp:secretmanager/secret:Secret": (inputs, { project }) => ({
    id: `projects/${project}/secrets/${inputs.secretId}`,
    name: `projects/${number}/secrets/${inputs.secretId}`,
  }),
  "gcp:serviceaccount/account:Account": (inputs, { name, project }) => {
    const email = `${inputs.accountId ?? name}@${project}.iam.gserviceaccount.com`;
    const uniqueId = String(Number.parseInt(hex(name, 12), 16));
    return { ...named(`projects/${project}/serviceAccounts/${email}`), ...member(email), uniqueId };
  },
  "gcp:storage/bucket:Bucket": (_inputs, { name }) => ({
    id: name,
    url: `gs://${name}`,
    selfLink: `https://www.googleapis.com/storage/v1/b/${name}`,
    projectNumber: Number(number),
  }),
  "gcp:storage/bucketObject:BucketObject": (inputs, { name }) => ({ id: `${inputs.bucket}-${name}`, outputName: name }),
  "gcp:storage/notification:Notification": (inputs, { name }) => {
    const notificationId = String(Number.parseInt(hex(name, 6), 16));
    const id = `${inputs.bucket}/notificationConfigs/${notificationId}`;
    return { id, notificationId, selfLink: `https://www.googleapis.com/storage/v1/b/${id}` };
  },
};

function computed(token, name, inputs, { settings }) {
  const project = inputs.project ?? settings.project ?? defaults.project;
  const location = inputs.location ?? inputs.region ?? settings.region ?? defaults.region;
  const at = (kind, one) => `projects/${project}/locations/${location}/${kind}/${one}`;
  const fallback = `projects/${project}/${token.split(":")[1]}/${name}`;
  return { id: fallback, project, ...types[token]?.(inputs, { name, project, at }) };
}

/** Answers of the provider's functions that a program may ask. */
const functions = {
  "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": (_args, { project = defaults.project }) => {
    const emailAddress = `service-${number}@gs-project-accounts.iam.gserviceaccount.com`;
    return { emailAddress, member: `serviceAccount:${emailAddress}`, id: emailAddress, project };
  },
  "gcp:logging/getProjectCmekSettings:getProjectCmekSettings": (_args, { project = defaults.project }) => ({
    serviceAccountId: `cmek-p${number}@gcp-sa-logging.iam.gserviceaccount.com`,
    id: `projects/${project}/cmekSettings`,
    project,
  }),
  "gcp:organizations/getProject:getProject": (_args, { project = defaults.project }) => ({
    projectId: project,
    number,
    id: `projects/${project}`,
  }),
  "gcp:organizations/getClientConfig:getClientConfig": (_args, settings) => ({
    ...defaults,
    ...settings,
    accessToken: "",
    id: "client",
  }),
};

module.exports = { computed, functions, immutable, names: {}, unknownInPreview: {} };
