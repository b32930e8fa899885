import type { Control } from "../model";
import { sqsQueue } from "../rules/aws/dead-letters";
import { eventSourceMapping, mapping, sourceOf, splits } from "../rules/aws/event-source-mapping";
import { redriveAllowed, sqsRedrive } from "../rules/aws/sqs-redrive";
import { busEntities, busRedrive } from "../rules/azure/service-bus";
import { pubsubRedrive, subscriptionType } from "../rules/gcp/pubsub-dead-letters";

export const queueDeadLetters: Control = {
  id: "RES-01",
  title: "What nobody can handle is kept as a dead letter",
  why: "A message that fails for good either blocks those behind it and costs money without end, or expires and is lost without a trace.",
  fix: "Give it a place for dead letters: aws redrivePolicy (streams: destinationConfig.onFailure), azure deadLetteringOnMessageExpiration, gcp deadLetterPolicy with the service agent's grants.",
  severity: "high",
  frameworks: {
    gdpr: ["Art. 5(1)(f)", "Art. 32(1)(b)"],
    hipaa: ["164.312(c)(1)"],
    pciDss: [],
    soc2: ["PI1.3"],
    cis: [],
    nist80053: ["SI-17"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [
      { types: [sqsQueue], judge: sqsRedrive },
      { types: [sqsQueue], judge: redriveAllowed },
      { types: [eventSourceMapping], judge: mapping },
      {
        types: [eventSourceMapping],
        judge: (resource, stack) => (sourceOf(resource, stack) === "stream" ? splits(resource) : undefined),
      },
    ],
    azure: [{ types: busEntities, judge: busRedrive }],
    gcp: [{ types: [subscriptionType], judge: pubsubRedrive }],
  },
};
