import { atRest } from "../frameworks/at-rest";
import type { Control } from "../model";
import { stateMachineKey } from "../rules/aws/state-machine-keys";
import { awsKey, gcpKey } from "../rules/customer-key";

export const orchestrationEncryption: Control = {
  id: "ENC-09",
  title: "Event buses, schedules and workflows are encrypted by a customer-managed key",
  why: "Events on their way, archives of them, and the input and state of workflows hold the same data as the stores they come from.",
  fix: "aws kmsKeyIdentifier of buses, archives and pipes, kmsKeyArn of schedules, encryptionConfiguration of state machines; gcp cryptoKeyName.",
  severity: "medium",
  frameworks: atRest,
  appliesFrom: "confidential",
  clouds: {
    aws: [
      {
        types: ["aws:cloudwatch/eventBus:EventBus", "aws:cloudwatch/eventArchive:EventArchive", "aws:pipes/pipe:Pipe"],
        judge: awsKey("kmsKeyIdentifier"),
      },
      { types: ["aws:scheduler/schedule:Schedule"], judge: awsKey("kmsKeyArn") },
      { types: ["aws:sfn/stateMachine:StateMachine", "aws:sfn/activity:Activity"], judge: stateMachineKey },
    ],
    azure: {
      notApplicable:
        "Event Grid and Logic Apps take no customer-managed key; what functions remember of a workflow lies in storage accounts, which ENC-04 judges",
    },
    gcp: [
      {
        types:
          /^gcp:(workflows\/workflow|eventarc\/(channel|googleChannelConfig|googleApiSource|messageBus|pipeline)):/,
        judge: gcpKey("cryptoKeyName"),
      },
    ],
  },
};
