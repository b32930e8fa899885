/** Texts that stand where a name is asked for, and name nothing. */
import { trailStack } from "../support/audit";
import { awsStack } from "../support/aws";
import { azureStack } from "../support/azure";
import { gcpStack } from "../support/gcp";
import { killed } from "../support/mutants";
import type { Stack } from "../support/stack";

const noNames: readonly unknown[] = ["  ", "null", "undefined", "[object Object]", {}, [], 7];

/** A property, and how it fails of whichever control it is. */
function nameless(
  control: string,
  make: () => Stack,
  at: string,
  name: string,
  path: string,
  also: string[] = [],
): void {
  killed(
    control,
    make,
    at,
    noNames.map((value) => ({
      name: `${name}.${path} of ${JSON.stringify(value)}`,
      change: (stack) => stack.set(name, { [path]: value }),
      also,
    })),
  );
}

describe("mutants of names", () => {
  nameless("ENC-01", awsStack, "queue", "queue", "kmsMasterKeyId");
  nameless("ENC-06", awsStack, "front-logs", "front-logs", "kmsKeyId");
  nameless("AUD-03", awsStack, "stage", "stage", "accessLogSettings.destinationArn");
  nameless("RES-02", awsStack, "dead", "alarm", "alarmActions.0");
  nameless("AUD-01", trailStack, "trail", "trail", "kmsKeyId");
  nameless("AUD-02", azureStack, "bus", "bus-audit", "workspaceId");
  nameless("AUD-04", azureStack, "insights", "insights", "workspaceResourceId");
  nameless("ENC-01", azureStack, "bus", "bus", "encryption.keyVaultProperties.0.keyName");
  nameless("ENC-01", gcpStack, "topic", "topic", "kmsKeyName");
  nameless("RES-01", gcpStack, "work", "work", "deadLetterPolicy.deadLetterTopic", ["RES-01 graves"]);
  nameless("RES-02", gcpStack, "graves", "alarm", "notificationChannels.0");

  killed("ENC-01", awsStack, "queue", [
    ...["other", "alias/", "alias", "arn:aws:kms", "arn:aws:iam::111122223333:role/key", "mrk-1"].map((value) => ({
      name: `a name that no key has, ${value}`,
      change: (stack: Stack) => stack.set("queue", { kmsMasterKeyId: value }),
    })),
  ]);
  killed("AUD-01", trailStack, "trail", [
    { name: "AWS's own key", change: (stack) => stack.set("trail", { kmsKeyId: "alias/aws/cloudtrail" }) },
  ]);
});
