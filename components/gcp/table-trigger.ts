import * as eventarc from "@pulumi/gcp/eventarc";
import * as projects from "@pulumi/gcp/projects";
import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { native, unsupported } from "../core/contract";
import { BlueprintError } from "../core/errors";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { TableTriggerOutputs, TableTriggerSpec } from "../table-trigger";
import { groundOf, nameFor } from "./access";
import { makeAccount } from "./function";
import { feedRows } from "./stream-processor";
import { keyOf } from "./table";
import { encryptionRow, handlerRows, publisher, type WorkedQueueParts, workedQueue } from "./worked-queue";

/** Parts that a transform can change. */
export interface TableTriggerParts extends WorkedQueueParts {
  trigger: eventarc.TriggerArgs;
}
export interface TableTriggerFront {
  triggers: readonly eventarc.Trigger[];
}

/** Firestore's events by what they tell of. */
const eventTypes = { written: ["created", "updated"], deleted: ["deleted"] } as const;
/** Eventarc tries for so long, and is not to be told otherwise. */
const longestAge = 86_400;

/**
 * Eventarc tells the function of a document's change, and the function puts it on its own queue, whose deliveries are
 * counted. One trigger a type of event: Eventarc takes one each.
 */
export function tableTrigger(self: Pattern<"TableTrigger">, spec: TableTriggerSpec): Realization<TableTriggerOutputs> {
  const { on, table } = spec;
  const { database } = table.nodes.gcp ?? {};
  if (!database) throw new Error(`the table "${table.id}" is not one of gcp`);
  if (spec.from === "oldest") {
    const fact = "from=oldest: Firestore tells of changes from the moment the trigger stands";
    throw new BlueprintError(self.subject, [
      { code: "SB-C003", fact, wayOut: "leave from out, and query the table once" },
    ]);
  }
  const key = keyOf(table);
  const ground = groundOf(self.site);
  const { labels, project } = ground;
  const shape = shaper(spec.transform?.gcp);
  const worked = workedQueue(self, {
    spec: { ...spec, retentionSeconds: Math.max(longestAge, spec.maxRecordAgeSeconds) },
    settings: (queue) => ({
      bisect: spec.bisect,
      maxRecordAgeSeconds: spec.maxRecordAgeSeconds,
      on,
      table: key,
      queue,
    }),
    own: (topic) => [{ name: "enqueue", permission: publisher(topic) }],
    shape,
  });
  const account = makeAccount(self, `${self.id}-changes`, `Tells ${self.id} of changes`);
  const ready = [
    worked.worker.admit(`${self.id}-changes`, account.member),
    new projects.IAMMember(
      `${self.id}-changes-receive`,
      // Eventarc knows no smaller place for this role than the project.
      { project, role: "roles/eventarc.eventReceiver", member: account.member },
      self.child({ dependsOn: ground.enabled("cloudresourcemanager") }),
    ),
  ];
  const rows = key.sort ? `${table.id}/{partition}/${table.id}/{sort}` : `${table.id}/{partition}`;
  const service = pulumi
    .all([worked.worker.resource.serviceConfig, worked.worker.resource.name])
    .apply(([config, name]) => config?.service?.split("/").pop() ?? name);
  const triggers = on
    .flatMap((one) => eventTypes[one])
    .map(
      (event) =>
        new eventarc.Trigger(
          `${self.id}-${event}`,
          shape("trigger", {
            project,
            labels,
            name: nameFor(self, `${self.id}-${event}`, 63),
            location: database.locationId,
            eventDataContentType: "application/protobuf",
            matchingCriterias: [
              { attribute: "type", value: `google.cloud.firestore.document.v1.${event}` },
              { attribute: "database", value: database.name },
              { attribute: "document", value: rows, operator: "match-path-pattern" },
            ],
            destination: { cloudRunService: { service, region: ground.region } },
            serviceAccount: account.email,
          }),
          self.child({ dependsOn: [...ground.enabled("eventarc"), ...ready] }),
        ),
    );
  const asked = (needed: boolean) => (needed ? "required" : "none asked");
  const docs = "cloud.google.com/firestore/docs/eventarc";
  const start = typeof spec.from === "string" ? spec.from : spec.from.at;
  return {
    contract: [
      ...handlerRows(self, spec),
      ...feedRows(spec),
      native("from", start, "when it is made", "Firestore tells of changes from then on", docs),
      native("batch", "1 in 0 seconds", "1 in 0 seconds", "an event tells of one document", docs),
      native("on", on.join(", "), on.join(", "), "a trigger for each type of event", docs),
      native("deletes", asked(spec.require.deletes), "told", "expiry counts as a deletion", docs),
      native("beforeImage", asked(spec.require.beforeImage), "told", "with every change", docs),
      unsupported("order", "none asked", "none", "Firestore's events come in no order", docs),
      encryptionRow(
        self,
        "the queue of changes; on their way to it, Eventarc keeps them under the project's own channel key, Google's unless it has one",
        "Eventarc API v1, GoogleChannelConfig.cryptoKeyName",
      ),
    ],
    grants: worked.grants,
    nodes: { ...worked.nodes, triggers },
    outputs: worked.outputs,
  };
}
