import { known } from "../known";
import { type Control, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { demands, isTrue } from "../rules/demands";
import { pointingAt, pointsAnywhere } from "../rules/referred";

const restorable = "it can be restored to any second, and is protected from deletion";

function awsTable(resource: ResourceView): Finding[] {
  return [
    ...demands(resource.props, restorable, [
      {
        path: "pointInTimeRecovery.enabled",
        accepts: isTrue,
        unmet: "it cannot be restored to a point in time: set pointInTimeRecovery.enabled to true",
      },
      {
        path: "deletionProtectionEnabled",
        accepts: isTrue,
        unmet: "it can be deleted by one call: set deletionProtectionEnabled to true",
      },
    ]),
    ...replicas(resource),
  ];
}

/** A replica has its own recovery: the table's covers the table's region alone. */
function replicas({ props }: ResourceView): Finding[] {
  const found = known(props, "replicas");
  if (found.state === "unknown") return [undetermined("replicas are known after deployment only")];
  const all = found.state === "value" && Array.isArray(found.value) ? found.value : [];
  return all.flatMap((replica) =>
    demands(replica, "its replicas can be restored, and are protected from deletion", [
      {
        path: "pointInTimeRecovery",
        accepts: isTrue,
        unmet: "a replica cannot be restored to a point in time: set replicas[].pointInTimeRecovery to true",
      },
      {
        path: "deletionProtectionEnabled",
        accepts: isTrue,
        unmet: "a replica may be deleted by one call: set replicas[].deletionProtectionEnabled to true",
      },
    ]),
  );
}

const cosmos = (resource: ResourceView) =>
  demands(resource.props, "it can be restored to a point in time", [
    {
      path: "backupPolicy.type",
      accepts: (value) => value === "Continuous",
      unmet: "it has periodic copies only, which support restores on request: set backupPolicy.type to Continuous",
    },
  ]);

const backupSchedule = "gcp:firestore/backupSchedule:BackupSchedule";

function firestore(resource: ResourceView, stack: StackView): Finding[] {
  return [
    ...demands(resource.props, restorable, [
      {
        path: "pointInTimeRecoveryEnablement",
        accepts: (value) => value === "POINT_IN_TIME_RECOVERY_ENABLED",
        unmet:
          "it cannot be restored to a point in time: set pointInTimeRecoveryEnablement to POINT_IN_TIME_RECOVERY_ENABLED",
      },
      {
        path: "deleteProtectionState",
        accepts: (value) => value === "DELETE_PROTECTION_ENABLED",
        unmet: "it can be deleted by one call: set deleteProtectionState to DELETE_PROTECTION_ENABLED",
      },
    ]),
    backedUp(resource, stack),
  ];
}

function backedUp(resource: ResourceView, stack: StackView): Finding {
  if (pointingAt(resource, "database", stack, [backupSchedule]).length > 0) return pass("it is backed up on schedule");
  const vague = stack.ofType(backupSchedule).some((one) => pointsAnywhere(one, "database", stack));
  return vague
    ? undetermined("which database a backup schedule is for is known after deployment only")
    : fail("it is never backed up: give it a gcp.firestore.BackupSchedule");
}

export const tableRecovery: Control = {
  id: "RES-04",
  title: "Tables can be restored, and not deleted in passing",
  why: "A wrong write reaches every copy within seconds. Only a history that is kept apart brings back what was there, and only while the table stands.",
  fix: "Switch on recovery and protection: aws pointInTimeRecovery and deletionProtectionEnabled, azure backupPolicy of type Continuous, gcp point-in-time recovery, delete protection and a backup schedule.",
  severity: "high",
  frameworks: {
    gdpr: ["Art. 5(1)(f)", "Art. 32(1)(b)", "Art. 32(1)(c)"],
    hipaa: ["164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)"],
    pciDss: [],
    soc2: ["A1.2", "C1.1"],
    cis: ["11.2"],
    nist80053: ["CP-9", "CP-10"],
  },
  appliesFrom: "confidential",
  clouds: {
    aws: [
      { types: ["aws:dynamodb/table:Table"], judge: awsTable },
      {
        types: ["aws:dynamodb/tableReplica:TableReplica"],
        judge: ({ props }) =>
          demands(props, restorable, [
            {
              path: "pointInTimeRecovery",
              accepts: isTrue,
              unmet: "it cannot be restored to a point in time: set pointInTimeRecovery to true",
            },
            {
              path: "deletionProtectionEnabled",
              accepts: isTrue,
              unmet: "it can be deleted by one call: set deletionProtectionEnabled to true",
            },
          ]),
      },
    ],
    azure: [{ types: ["azure-native:cosmosdb:DatabaseAccount"], judge: cosmos }],
    gcp: [{ types: ["gcp:firestore/database:Database"], judge: firestore }],
  },
};
