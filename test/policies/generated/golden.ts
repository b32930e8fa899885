/** The compliant stacks that mutants are made of. */
import { type Control, controls, evaluate, type ResourceInput, type Verdict, viewOf } from "../../../policies";
import { activityStack, auditConfigStack, trailStack } from "../support/audit";
import { archivedActivity, keptAudit, lockedTrail } from "../support/audit-store";
import { awsStack } from "../support/aws";
import { azureStack } from "../support/azure";
import { gcpStack } from "../support/gcp";
import { clusteredAzureStack, taggedAwsStack, taggedAzureStack, taggedGcpStack } from "../support/keyed";
import { privateAwsStack, privateAzureStack, privateGcpStack } from "../support/private";
import type { Stack } from "../support/stack";

export interface Golden {
  readonly name: string;
  readonly resources: readonly ResourceInput[];
  /** Controls that the stack has something for. */
  readonly judged: readonly string[];
  readonly failed: (resources: readonly ResourceInput[]) => Verdict[];
}

const ids = (wanted: (control: Control) => boolean) => controls.filter(wanted).map(({ id }) => id);
const optIn = ids((control) => control.optIn !== undefined);
const usual = ids((control) => control.optIn === undefined);

function golden(name: string, make: () => Stack, judged: readonly string[]): Golden {
  const held = controls.filter(({ id }) => judged.includes(id));
  const failed = (resources: readonly ResourceInput[]) =>
    evaluate(held, viewOf(resources), { enabled: optIn, dataClass: "regulated" }).filter(
      ({ verdict }) => verdict === "fail",
    );
  return { name, resources: make().resources("deployed"), judged, failed };
}

const trails = ["AUD-01", "AUD-02"];

export const goldens: readonly Golden[] = [
  golden("aws", awsStack, usual),
  golden("azure", azureStack, usual),
  golden("gcp", gcpStack, usual),
  golden("aws with a trail", trailStack, trails),
  golden("azure with a trail", activityStack, trails),
  golden("gcp with a trail", auditConfigStack, trails),
  golden("aws with a locked trail", lockedTrail, ["AUD-05"]),
  golden("azure with a locked trail", archivedActivity, ["AUD-05"]),
  golden("gcp with a locked trail", keptAudit, ["AUD-05"]),
  golden("private aws", privateAwsStack, ["NET-01"]),
  golden("private azure", privateAzureStack, ["NET-01"]),
  golden("private gcp", privateGcpStack, ["NET-01"]),
  golden("tagged aws", taggedAwsStack, ["ENC-08", "ENC-11"]),
  golden("tagged azure", taggedAzureStack, ["ENC-11"]),
  golden("tagged gcp", taggedGcpStack, ["ENC-08", "ENC-11"]),
  golden("azure with a cluster", clusteredAzureStack, ["ENC-05", "ENC-06", "ENC-12"]),
];
