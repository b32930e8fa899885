import type { Control } from "../model";
import { sqsAlarm } from "../rules/aws/alarms";
import { sqsQueue } from "../rules/aws/dead-letters";
import { busAlarm } from "../rules/azure/alarms";
import { busEntities } from "../rules/azure/service-bus";
import { pubsubAlarm } from "../rules/gcp/pubsub-alarms";
import { subscriptionType } from "../rules/gcp/pubsub-dead-letters";

/** Queues of Azure Storage are not judged: the metrics of an account do not tell one of its queues from another. */
export const deadLetterAlarms: Control = {
  id: "RES-02",
  title: "Somebody is told of dead letters",
  why: "A dead letter is work that was accepted and not done. It waits for days, and is then deleted, unless somebody knows of it.",
  fix: "Watch every dead-letter queue by an alarm with an action; in the catalog's stacks: pulumi config set serverless-blueprints:alarmEmail <address>.",
  severity: "medium",
  frameworks: {
    gdpr: ["Art. 32(1)(b)"],
    hipaa: ["164.312(c)(1)"],
    pciDss: [],
    soc2: ["CC7.2", "PI1.3"],
    cis: [],
    nist80053: ["SI-17"],
  },
  appliesFrom: "confidential",
  clouds: {
    aws: [{ types: [sqsQueue], judge: sqsAlarm }],
    azure: [{ types: busEntities, judge: busAlarm }],
    gcp: [{ types: [subscriptionType], judge: pubsubAlarm }],
  },
};
