/** What stands in for each service when its client and adapter are tested, and what of it nobody but the vendor can show. */
export const peers: readonly (readonly [cloud: string, service: string, peer: string])[] = [
  ["aws", "SQS, SNS, EventBridge, Kinesis, DynamoDB, S3, Secrets Manager", "moto server"],
  ["aws", "Lambda's calls", "recorded event shapes of AWS' documentation"],
  ["aws", "Scheduler, API Gateway", "recorded event shapes of AWS' documentation"],
  ["azure", "Blob and Queue Storage", "Azurite"],
  [
    "azure",
    "Service Bus, Event Hubs, Event Grid, Cosmos DB",
    "loopback servers after the REST references; recorded shapes",
  ],
  ["azure", "the Functions host", "recorded event shapes and the types of @azure/functions"],
  ["gcp", "Pub/Sub, Firestore", "Google's emulators"],
  ["gcp", "Cloud Storage, Secret Manager", "loopback servers after the REST references"],
  ["gcp", "Eventarc", "Firestore's own events from its emulator; recorded bytes"],
  ["local", "everything", "itself: the same code runs in tests and in use"],
];
