import * as firestore from "@pulumi/gcp/firestore";
import * as projects from "@pulumi/gcp/projects";
import * as pulumi from "@pulumi/pulumi";
import type { TableTriggerSettings } from "../../runtime/settings";
import type { Realization } from "../core/cloud";
import { emulated, native } from "../core/contract";
import { shaper } from "../core/escape";
import { physicalName } from "../core/names";
import type { Pattern } from "../core/pattern";
import { backupAsked, type TableOutputs, type TableSpec } from "../table";
import { groundOf, provide } from "./access";

/** Days that daily backups are kept; Firestore keeps them 14 weeks at most. None for internal data. */
const backupDays = { internal: 0, confidential: 7, regulated: 98 } as const;

const keys = new WeakMap<Pattern, TableTriggerSettings["table"]>();

/** The attributes that are a table's key. */
export function keyOf(table: Pattern): TableTriggerSettings["table"] {
  const found = keys.get(table);
  if (!found) throw new Error(`the table "${table.id}" is not one of gcp`);
  return found;
}

/** A database of its own: Firestore's permissions reach no further down than a database. */
export function table(self: Pattern<"Table">, spec: TableSpec): Realization<TableOutputs> {
  const { site } = self;
  const ground = groundOf(site);
  const { project } = ground;
  const shape = shaper(spec.transform?.gcp);
  const key = ground.keyFor("firestore");
  const database = new firestore.Database(
    self.id,
    shape("database", {
      project,
      // Named here and not by Pulumi: grants are conditions on the name, and a reviewer should read it in them.
      name: physicalName(site, [self.id], { max: 63 }),
      locationId: ground.region,
      type: "FIRESTORE_NATIVE",
      pointInTimeRecoveryEnablement: "POINT_IN_TIME_RECOVERY_ENABLED",
      deleteProtectionState: site.protect ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED",
      // The provider's default abandons the database, data and bill included, when the stack is destroyed.
      deletionPolicy: "DELETE",
      ...(key.name && { cmekConfig: { kmsKeyName: key.name } }),
    }),
    self.child({ stateful: true, dependsOn: [...ground.enabled("firestore"), ...key.ready] }),
  );
  const collection = self.id;
  const field = (name: string, args: Partial<firestore.FieldArgs>, after: pulumi.Resource) =>
    new firestore.Field(
      `${self.id}-${name}`,
      shape("field", { project, database: database.name, collection, field: name, indexConfig: {}, ...args }),
      self.child({ dependsOn: [after] }),
    );
  // One at a time: Firestore refuses two changes of a collection's fields at once.
  const item = field("item", {}, database);
  const expires = spec.expires ? field("expires", { ttlConfig: {} }, item) : undefined;
  const days = backupDays[site.dataClass];
  const backup = days
    ? new firestore.BackupSchedule(
        `${self.id}-backup`,
        shape("backup", { project, database: database.name, dailyRecurrence: {}, retention: `${days * 86_400}s` }),
        self.child({ dependsOn: [database] }),
      )
    : undefined;
  const resource = pulumi.interpolate`projects/${project}/databases/${database.name}`;
  const { key: partition, sort, version } = spec;
  keys.set(self, { key: partition, ...(sort ? { sort } : {}) });
  provide(self, ({ role: access }) => {
    const role = access === "reader" ? "roles/datastore.viewer" : "roles/datastore.user";
    const condition = pulumi.interpolate`resource.name == "${resource}"`;
    return {
      config: {
        project,
        database: database.name,
        collection,
        key: partition,
        ...(sort && { sort }),
        ...(spec.expires && { expires: spec.expires }),
        ...(version && { version }),
      },
      permission: {
        rendered: { role, on: "project", resource, condition },
        bind: (name, member, options) =>
          new projects.IAMMember(
            name,
            { project, role, member, condition: { title: `database ${self.id}`, expression: condition } },
            pulumi.mergeOptions(options, { dependsOn: ground.enabled("cloudresourcemanager") }),
          ),
      },
    };
  });
  return {
    contract: contractOf(self, spec, days),
    grants: [],
    nodes: { database, item, expires, backup },
    outputs: { table: database.name },
  };
}

function contractOf({ site }: Pattern, spec: TableSpec, days: number) {
  const asked = (attribute: string | undefined) => attribute ?? "none asked";
  const runtime = "runtime/gcp/table.ts";
  const recovery = `${spec.pointInTimeRecoveryDays} days`;
  const encryption = site.dataClass === "internal" ? "Google's own key" : "customer-managed key";
  return [
    native("key", spec.key, spec.key, "a document for each partition", "firebase.google.com/docs/firestore/data-model"),
    native(
      "sort",
      asked(spec.sort),
      spec.sort ?? "none",
      "documents below the partition's, ordered by Firestore's own index",
      "firebase.google.com/docs/firestore/query-data/order-limit-data",
    ),
    native(
      "expires",
      asked(spec.expires),
      spec.expires ?? "never",
      "reads stop at the second, by the client; Firestore deletes within 24 hours",
      "firebase.google.com/docs/firestore/ttl",
    ),
    emulated(
      "version",
      asked(spec.version),
      spec.version ?? "last write wins",
      "read, compared, and written on the condition that the document is still the one read",
      runtime,
    ),
    native(
      "pointInTimeRecovery",
      recovery,
      recovery,
      "to any whole minute, into another database",
      "firebase.google.com/docs/firestore/pitr",
    ),
    native(
      "changes",
      "told",
      "as they happen",
      "before and after, to triggers; Eventarc keeps what cannot be delivered for 24 hours",
      "cloud.google.com/firestore/docs/eventarc",
    ),
    native(
      "maxItemBytes",
      "409600 bytes",
      "1048487 bytes",
      "a document's field; the portable size is 409600",
      "firebase.google.com/docs/firestore/quotas",
    ),
    native(
      "consistency",
      "read your writes",
      "strong",
      "reads and queries alike",
      "firebase.google.com/docs/firestore/understand-reads-writes-scale",
    ),
    native(
      "encryption",
      encryption,
      encryption,
      site.dataClass === "internal"
        ? "internal data asks for no key of its own; another data class later replaces the database by an empty one"
        : "set when the database is made, and never changed; a project must have been admitted to the feature by Google",
      "firebase.google.com/docs/firestore/use-cmek",
    ),
    native(
      "backup",
      backupAsked(site),
      days ? `daily, kept ${days} days` : "none",
      days ? "outlives the database; billed by size" : "internal data has point-in-time recovery only",
      "firebase.google.com/docs/firestore/backups",
    ),
  ];
}
