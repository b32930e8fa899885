import { atRest } from "../frameworks/at-rest";
import type { Control } from "../model";
import { logGroup } from "../rules/aws/log-groups";
import { clusterType, logBucket, logCluster, workspaceKeyIfAny, workspaceType } from "../rules/azure/log-keys";
import { awsKey } from "../rules/customer-key";
import { bucketTypes } from "../rules/gcp/log-buckets";

export const logEncryption: Control = {
  id: "ENC-06",
  title: "Logs are encrypted by a customer-managed key",
  why: "Logs say who did what, and errors quote what they stumbled over. They are kept longer than most data, and read by more people.",
  fix: "aws kmsKeyId of log groups; azure keyVaultProperties of Log Analytics clusters; gcp cmekSettings of log buckets, when they are made.",
  severity: "medium",
  frameworks: atRest,
  appliesFrom: "confidential",
  clouds: {
    aws: [{ types: [logGroup], judge: awsKey("kmsKeyId", "encrypted by CloudWatch's own key") }],
    azure: [
      { types: [clusterType], judge: logCluster },
      { types: [workspaceType], judge: workspaceKeyIfAny },
    ],
    gcp: [{ types: bucketTypes, judge: logBucket }],
  },
};
