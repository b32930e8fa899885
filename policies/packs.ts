import { accessLog } from "./controls/access-log";
import { auditTrail } from "./controls/audit-trail";
import { codeEncryption } from "./controls/code-encryption";
import { dataAudit } from "./controls/data-audit";
import { deadLetterAlarms } from "./controls/dead-letter-alarms";
import { declaredEdges } from "./controls/declared-edges";
import { edgeTls } from "./controls/edge-tls";
import { escalation } from "./controls/escalation";
import { eventDeadLetters } from "./controls/event-dead-letters";
import { exactTrust } from "./controls/exact-trust";
import { immutableAudit } from "./controls/immutable-audit";
import { keyDeletion } from "./controls/key-deletion";
import { keyRotation } from "./controls/key-rotation";
import { logEncryption } from "./controls/log-encryption";
import { logRetention } from "./controls/log-retention";
import { objectEncryption } from "./controls/object-encryption";
import { orchestrationEncryption } from "./controls/orchestration-encryption";
import { ownIdentity } from "./controls/own-identity";
import { privatePlane } from "./controls/private-plane";
import { publicInvoke } from "./controls/public-invoke";
import { publicStores } from "./controls/public-stores";
import { queueDeadLetters } from "./controls/queue-dead-letters";
import { queueEncryption } from "./controls/queue-encryption";
import { resourceScope } from "./controls/resource-scope";
import { sameKeyPerClass } from "./controls/same-key";
import { secretEncryption } from "./controls/secret-encryption";
import { sharedSecrets } from "./controls/shared-secrets";
import { streamEncryption } from "./controls/stream-encryption";
import { tableEncryption } from "./controls/table-encryption";
import { tableRecovery } from "./controls/table-recovery";
import { throttling } from "./controls/throttling";
import { transport } from "./controls/transport";
import { versionedStores } from "./controls/versioned-stores";
import { wildcards } from "./controls/wildcards";
import { workspaceCluster } from "./controls/workspace-cluster";
import type { Control } from "./model";

export interface Pack {
  /** The pack's folder. */
  readonly name: string;
  readonly title: string;
  readonly controls: readonly Control[];
}

/** A further control is a file in `controls/` and a line here. */
export const packs: readonly Pack[] = [
  {
    name: "encryption",
    title: "Encryption at rest by keys of one's own, and in transit",
    controls: [
      queueEncryption,
      streamEncryption,
      tableEncryption,
      objectEncryption,
      codeEncryption,
      logEncryption,
      keyRotation,
      keyDeletion,
      orchestrationEncryption,
      secretEncryption,
      sameKeyPerClass,
      workspaceCluster,
      transport,
      edgeTls,
    ],
  },
  {
    name: "iam",
    title: "Identities and least privilege",
    controls: [
      publicInvoke,
      wildcards,
      resourceScope,
      ownIdentity,
      sharedSecrets,
      exactTrust,
      publicStores,
      escalation,
      declaredEdges,
    ],
  },
  {
    name: "audit-logging",
    title: "Audit trail and logs",
    controls: [auditTrail, dataAudit, accessLog, logRetention, immutableAudit],
  },
  {
    name: "resilience",
    title: "Queues, stores and limits that survive failure",
    controls: [queueDeadLetters, deadLetterAlarms, eventDeadLetters, tableRecovery, throttling, versionedStores],
  },
  {
    name: "network",
    title: "Private plane",
    controls: [privatePlane],
  },
];

export const controls: readonly Control[] = packs.flatMap((pack) => pack.controls);

/** All of them for one process instead of five: most of a pack's time goes into its start. */
export const everyPack: Pack = { name: "all", title: "Every control of every pack, in one process", controls };
