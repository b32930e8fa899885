import * as config from "@pulumi/gcp/config";
import * as kms from "@pulumi/gcp/kms";
import * as logging from "@pulumi/gcp/logging";
import * as projects from "@pulumi/gcp/projects";
import * as storage from "@pulumi/gcp/storage";
import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { native } from "../core/contract";
import { BlueprintError } from "../core/errors";
import { shaper, type Transforms } from "../core/escape";
import { physicalName } from "../core/names";
import type { Pattern } from "../core/pattern";
import type { Site } from "../core/site";
import type { FoundationOutputs, FoundationSpec } from "../foundation";

/** APIs by the first part of their host. */
type Api =
  | "apigateway"
  | "artifactregistry"
  | "cloudbuild"
  | "cloudfunctions"
  | "cloudkms"
  | "cloudresourcemanager"
  | "cloudtrace"
  | "firestore"
  | "iam"
  | "logging"
  | "pubsub"
  | "run"
  | "secretmanager"
  | "servicecontrol"
  | "servicemanagement"
  | "storage";

/** Services that keep data for the stack; each uses the stack's key through an account of its own, the service agent. */
type Keeper = "artifactregistry" | "cloudfunctions" | "firestore" | "pubsub" | "run" | "secretmanager" | "storage";

/** Agents that stand as soon as their API is enabled, and that no API call returns: their names follow a pattern. */
const agentDomains: Partial<Record<Keeper, string>> = {
  cloudfunctions: "gcf-admin-robot",
  run: "serverless-robot-prod",
};

/** What a resource needs of the stack's key before it can be made. */
export interface KeyUse {
  /** Undefined where the data class asks for no key of its own. */
  readonly name: pulumi.Output<string> | undefined;
  /** Key and grants to wait for. */
  readonly ready: readonly pulumi.Resource[];
}

/** The stack's ground on Google Cloud: project, region, and what is made once and on demand. */
export class Ground {
  private readonly apis = new Map<Api, projects.Service>();
  private readonly agents = new Map<Keeper, pulumi.Output<string>>();
  private readonly keyUsers = new Map<Keeper, kms.CryptoKeyIAMMember>();
  readonly shape;
  key: kms.CryptoKey | undefined;

  constructor(
    readonly component: Pattern<"Foundation">,
    readonly project: string,
    readonly region: string,
    transform: Transforms<"Foundation"> | undefined,
  ) {
    this.shape = shaper(transform?.gcp);
  }

  /** A name that starts with this stack's own mark, so that one filter finds all of its functions and gateways in the logs. */
  marked(part: string, max: number): string {
    return `${this.mark}-${physicalName(this.component.site, [part], { max: max - this.mark.length - 1 })}`;
  }

  get mark(): string {
    return physicalName(this.component.site, ["sb"], { max: 11 });
  }

  /** Labels hold lower-case letters, digits, `_` and `-`, at most 63 of them, and a key starts with a letter. */
  get labels(): Record<string, string> {
    const fitted = (text: string) => text.toLowerCase().replace(/[^a-z0-9_-]/g, "_");
    return Object.fromEntries(
      Object.entries(this.component.site.tags).map(([key, value]) => [
        fitted(key)
          .replace(/^(?![a-z])/, "k")
          .slice(0, 63),
        fitted(value).slice(0, 63),
      ]),
    );
  }

  /** The APIs that a resource needs enabled first. They stay enabled when the stack goes: others may use them. */
  enabled(...apis: readonly Api[]): projects.Service[] {
    return apis.map((api) => {
      let service = this.apis.get(api);
      if (!service) {
        const args = { project: this.project, service: `${api}.googleapis.com`, disableOnDestroy: false };
        service = new projects.Service(
          `${this.component.id}-${api}`,
          this.shape("service", args),
          this.component.child(),
        );
        this.apis.set(api, service);
      }
      return service;
    });
  }

  /** The account that a service acts by, as an IAM member. */
  agent(api: Keeper): pulumi.Output<string> {
    let member = this.agents.get(api);
    if (!member) {
      member = this.findAgent(api);
      this.agents.set(api, member);
    }
    return member;
  }

  private findAgent(api: Keeper): pulumi.Output<string> {
    const dependsOn = this.enabled(api);
    // Cloud Storage makes its agent when somebody asks for it, and only this call asks; it waits for the API, so no first preview makes it.
    if (api === "storage")
      return storage.getProjectServiceAccountOutput({ project: this.project }, { parent: this.component, dependsOn })
        .member;
    const domain = agentDomains[api];
    if (domain) return this.agent("artifactregistry").apply((member) => member.replace(/@[^.]+/, `@${domain}`));
    return new projects.ServiceIdentity(
      `${this.component.id}-agent-${api}`,
      { project: this.project, service: `${api}.googleapis.com` },
      this.component.child({ dependsOn }),
    ).member;
  }

  /** Lets services use the stack's key. */
  keyFor(...apis: readonly Keeper[]): KeyUse {
    const { key } = this;
    if (!key) return { name: undefined, ready: [] };
    const ready = apis.map((api) => {
      let grant = this.keyUsers.get(api);
      if (!grant) {
        grant = new kms.CryptoKeyIAMMember(
          `${this.component.id}-key-${api}`,
          { cryptoKeyId: key.id, role: "roles/cloudkms.cryptoKeyEncrypterDecrypter", member: this.agent(api) },
          this.component.child({ dependsOn: this.enabled(api) }),
        );
        this.keyUsers.set(api, grant);
      }
      return grant;
    });
    return { name: key.id, ready };
  }
}

const grounds = new WeakMap<Site, Ground>();

/** What the foundation of the stack has laid. */
export function groundOf(site: Site): Ground {
  const found = grounds.get(site);
  if (!found) throw new Error("the foundation comes before every pattern");
  return found;
}

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
  grounds.set(self.site, ground);
  const { shape } = ground;
  const key = spec.customerKey ? makeKey(self, ground) : undefined;
  ground.key = key?.key;
  const logBucket = new logging.ProjectBucketConfig(
    `${self.id}-logs`,
    shape("logBucket", {
      project,
      location: region,
      bucketId: ground.marked("logs", 100),
      retentionDays: spec.logRetentionDays,
      description: `Logs of ${self.site.project}/${self.site.stack}`,
    }),
    self.child({ stateful: true, dependsOn: ground.enabled("logging") }),
  );
  const logSink = new logging.ProjectSink(
    `${self.id}-logs`,
    shape("logSink", {
      project,
      name: ground.marked("logs", 100),
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

/** CIS Google Cloud 1.10: keys are rotated within 90 days. */
const rotationDays = 90;
/** A version waits this long before it is gone for good. */
const destroyDays = 30;

function makeAudit(self: Pattern<"Foundation">, ground: Ground): projects.IAMAuditConfig {
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
          "a Cloud KMS key for topics, tables, secrets, code and images; the log bucket keeps Google's own key",
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
          "no exemptions; admin writes are always recorded; one stack a project",
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
