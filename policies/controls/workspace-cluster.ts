import { atRest } from "../frameworks/at-rest";
import type { Control } from "../model";
import { workspaceKey, workspaceType } from "../rules/azure/log-keys";

const elsewhere = { notApplicable: "logs take a key by themselves: ENC-06 judges it" };

export const workspaceCluster: Control = {
  id: "ENC-12",
  title: "Log Analytics workspaces stand in a cluster with a customer-managed key",
  why: "Only in a dedicated cluster do logs on Azure have a key that can be taken away.",
  fix: "Declare a Cluster with keyVaultProperties, and link the workspace to it by a LinkedService.",
  severity: "low",
  frameworks: atRest,
  appliesFrom: "confidential",
  optIn: "a dedicated cluster is billed for at least 100 GB of logs a day, many times what a serverless stack writes",
  clouds: { aws: elsewhere, azure: [{ types: [workspaceType], judge: workspaceKey }], gcp: elsewhere },
};
