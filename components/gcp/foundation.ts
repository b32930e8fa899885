import * as config from "@pulumi/gcp/config";
import * as kms from "@pulumi/gcp/kms";
import * as logging from "@pulumi/gcp/logging";
import * as projects from "@pulumi/gcp/projects";
import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { native } from "../core/contract";
import { BlueprintError } from "../core/errors";
import type { Pattern } from "../core/pattern";
import type { FoundationOutputs, FoundationSpec } from "../foundation";
import { Ground, lay } from "./access";

export function foundation(self: Pattern<"Foundation">, spec: FoundationSpec): Realization<FoundationOutputs> {
  const { project, region } = config;
  if (!project || !region) {
    const missing = [...(project ? [] : ["gcp:project"]), ...(region ? [] : ["gcp:region"])];
    throw new BlueprintError(
      self.subject,
      missing.map((key) => ({
        code: "SB-C008",
        fact: `the configuration ${key} is not set`,
        wayOut: `pulumi config set ${key} <value>`,
      })),
    );
  }
  const ground = new Ground(self, project, region, spec.transform);
  lay(ground);
  const { shape } = ground;
  const key = spec.customerKey ? makeKey(self, ground) : undefined;
  ground.key = key?.key;
  const logKey = keyOfLogs(ground);
  const logBucket = new logging.ProjectBucketConfig(
    `${self.id}-logs`,
    shape("logBucket", {
      project,
      location: region,
      // A deleted log bucket keeps its name for seven days; with the end of a name that Pulumi has chosen, a stack made again gets another.
      bucketId: ground.codeBucket.name.apply((name) => `${ground.mark}-logs-${name.split("-").pop()}`),
      retentionDays: spec.logRetentionDays,
      description: `Logs of ${self.site.project}/${self.site.stack}`,
      ...logKey.settings,
    }),
    self.child({ stateful: true, dependsOn: [...ground.enabled("logging"), ...logKey.ready] }),
  );
  const logSink = new logging.ProjectSink(
    `${self.id}-logs`,
    shape("logSink", {
      project,
      name: ground.marked(self, "logs", 100),
      destination: pulumi.interpolate`logging.googleapis.com/${logBucket.id}`,
      filter: [
        `(resource.type="cloud_run_revision" AND resource.labels.service_name=~"^${ground.mark}-")`,
        `(resource.type="apigateway.googleapis.com/Gateway" AND resource.labels.gateway_id=~"^${ground.mark}-")`,
      ].join(" OR "),
      uniqueWriterIdentity: true,
    }),
    self.child(),
  );
  ground.enabled("cloudtrace");
  const auditConfig = "create" in spec.audit ? makeAudit(self, ground) : undefined;
  return {
    contract: contractOf(self, spec),
    grants: [],
    nodes: { keyRing: key?.keyRing, key: key?.key, logBucket, logSink, auditConfig },
    outputs: { key: key?.key.id ?? pulumi.output(""), logStore: logBucket.id },
  };
}

/** A key ring can never be deleted, so its name is Pulumi's own: a stack made again gets another. */
function makeKey(self: Pattern<"Foundation">, ground: Ground): { keyRing: kms.KeyRing; key: kms.CryptoKey } {
  const { project, region, shape } = ground;
  const keyRing = new kms.KeyRing(
    `${self.id}-keys`,
    shape("keyRing", { project, location: region }),
    self.child({ stateful: true, dependsOn: ground.enabled("cloudkms") }),
  );
  const key = new kms.CryptoKey(
    `${self.id}-key`,
    shape("key", {
      keyRing: keyRing.id,
      purpose: "ENCRYPT_DECRYPT",
      rotationPeriod: `${rotationDays * 86_400}s`,
      destroyScheduledDuration: `${destroyDays * 86_400}s`,
      labels: ground.labels,
    }),
    self.child({ stateful: true }),
  );
  return { keyRing, key };
}

/** CIS Google Cloud 1.11: keys are rotated within 90 days. */
const rotationDays = 90;
/** A version waits this long before it is gone for good. */
const destroyDays = 30;

/** A log bucket takes a key only when it is made, so that it is asked for where the data class cannot do without. */
function keyOfLogs(ground: Ground) {
  if (ground.component.site.dataClass !== "regulated") return { settings: {}, ready: [] };
  const { name, ready } = ground.keyFor("logging");
  return { settings: name ? { cmekSettings: { kmsKeyName: name } } : {}, ready };
}

/** What is audited goes to `_Default` for 30 days: here it is kept like logs, and under lock for regulated data. */
function keepAudit(self: Pattern<"Foundation">, ground: Ground): void {
  const { project, region, shape } = ground;
  const name = `${self.id}-audit`;
  const key = keyOfLogs(ground);
  const bucket = new logging.ProjectBucketConfig(
    name,
    shape("auditBucket", {
      project,
      location: region,
      bucketId: ground.codeBucket.name.apply((code) => `${ground.mark}-audit-${code.split("-").pop()}`),
      retentionDays: Math.max(365, self.site.logRetentionDays),
      // A lock is for ever.
      locked: self.site.dataClass === "regulated",
      description: `Audit logs of the project, by ${self.site.project}/${self.site.stack}`,
      ...key.settings,
    }),
    self.child({ stateful: true, dependsOn: [...ground.enabled("logging"), ...key.ready] }),
  );
  new logging.ProjectSink(
    name,
    shape("auditSink", {
      project,
      name: ground.marked(self, "audit", 100),
      destination: pulumi.interpolate`logging.googleapis.com/${bucket.id}`,
      filter: 'logName:"cloudaudit.googleapis.com"',
      uniqueWriterIdentity: true,
    }),
    self.child(),
  );
}

function makeAudit(self: Pattern<"Foundation">, ground: Ground): projects.IAMAuditConfig {
  keepAudit(self, ground);
  const auditLogConfigs = ["ADMIN_READ", "DATA_READ", "DATA_WRITE"].map((logType) => ({ logType }));
  return new projects.IAMAuditConfig(
    `${self.id}-audit`,
    ground.shape("auditConfig", { project: ground.project, service: "allServices", auditLogConfigs }),
    self.child({ dependsOn: ground.enabled("cloudresourcemanager") }),
  );
}

function contractOf({ site }: Pattern, spec: FoundationSpec) {
  const same = (property: string, value: string, why: string, source: string) =>
    native(property, value, value, why, source);
  const days = `${spec.logRetentionDays} days`;
  const protect = String(site.protect);
  return [
    spec.customerKey
      ? same(
          "encryption",
          "customer-managed key",
          site.dataClass === "regulated"
            ? "a Cloud KMS key for topics, tables, secrets, code, images and logs"
            : "a Cloud KMS key for topics, tables, secrets, code and images; the log bucket keeps Google's own key",
          "cloud.google.com/kms/docs/cmek",
        )
      : same(
          "encryption",
          "Google's own keys",
          "nothing is stored in clear; internal data asks for no key of its own",
          "cloud.google.com/docs/security/encryption/default-encryption",
        ),
    spec.customerKey
      ? same(
          "keyRotation",
          `every ${rotationDays} days`,
          `old versions stay for what they encrypted; destroying one takes ${destroyDays} days`,
          "cloud.google.com/kms/docs/key-rotation",
        )
      : native(
          "keyRotation",
          "none asked",
          "by Google",
          "Google rotates its own keys",
          "cloud.google.com/docs/security/encryption/default-encryption",
        ),
    same(
      "logs",
      days,
      "a log bucket of its own, fed by a sink that knows this stack's functions and gateways by name",
      "cloud.google.com/logging/docs/routing/overview",
    ),
    native(
      "tracing",
      "W3C trace context",
      "W3C trace context",
      "through HTTP calls and message attributes; Cloud Run samples requests into Cloud Trace, logs name the trace",
      "cloud.google.com/run/docs/trace",
    ),
    "create" in spec.audit
      ? native(
          "audit",
          "create",
          "all services: admin reads, data reads, data writes",
          `no exemptions; admin writes are always recorded; kept in a log bucket of its own${site.dataClass === "regulated" ? ", locked" : ""}; one stack a project`,
          "cloud.google.com/logging/docs/audit/configure-data-access",
        )
      : native(
          "audit",
          spec.audit.existing,
          spec.audit.existing,
          "the trail belongs to the project and is made elsewhere",
          "cloud.google.com/logging/docs/audit",
        ),
    same(
      "protect",
      protect,
      "Pulumi refuses the destruction of protected resources; databases and secrets refuse it themselves too",
      "Pulumi resource option protect",
    ),
  ];
}
