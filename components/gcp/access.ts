import * as kms from "@pulumi/gcp/kms";
import * as logging from "@pulumi/gcp/logging";
import * as projects from "@pulumi/gcp/projects";
import * as storage from "@pulumi/gcp/storage";
import type * as pulumi from "@pulumi/pulumi";
import { shaper, type Transforms } from "../core/escape";
import type { GrantData, GrantRecord, Target } from "../core/grant";
import { physicalName } from "../core/names";
import type { Pattern } from "../core/pattern";
import type { Site } from "../core/site";

/** One role of one member on exactly one resource. */
export interface Permission {
  /** As the grant is registered and printed. */
  readonly rendered: {
    readonly role: string;
    /** Which kind of resource has the policy that the role is added to. */
    readonly on: string;
    readonly resource: pulumi.Input<string>;
    readonly condition?: pulumi.Input<string>;
  };
  /** Adds the member; never replaces others' grants. */
  readonly bind: (name: string, member: pulumi.Input<string>, options: pulumi.CustomResourceOptions) => pulumi.Resource;
}

/** What a grant becomes: the client's configuration (see `runtime/gcp`), and the permission behind it. */
export interface Access {
  readonly config: Readonly<Record<string, pulumi.Input<string | number | readonly string[]>>>;
  readonly permission: Permission;
}

const offers = new WeakMap<Target, (grant: GrantData) => Access>();

/** Says how a component can be used. */
export function provide(target: Target, offer: (grant: GrantData) => Access): void {
  offers.set(target, offer);
}

export function accessTo(grant: GrantData): Access {
  const offer = offers.get(grant.target);
  if (!offer) throw new Error(`${grant.target.kind} "${grant.target.id}" cannot be used on gcp`);
  return offer(grant);
}

export function record(from: string, { target, operations }: GrantData, { permission }: Access): GrantRecord {
  return { from, to: target.id, operations, rendered: [permission.rendered] };
}

/** APIs by the first part of their host. */
type Api =
  | "apigateway"
  | "artifactregistry"
  | "cloudbuild"
  | "cloudfunctions"
  | "cloudkms"
  | "cloudresourcemanager"
  | "cloudscheduler"
  | "cloudtrace"
  | "eventarc"
  | "firestore"
  | "iam"
  | "logging"
  | "monitoring"
  | "pubsub"
  | "run"
  | "secretmanager"
  | "servicecontrol"
  | "servicemanagement"
  | "storage";

/** Services that keep data for the stack; each uses the stack's key through an account of its own, the service agent. */
type Keeper =
  | "artifactregistry"
  | "cloudfunctions"
  | "firestore"
  | "logging"
  | "pubsub"
  | "run"
  | "secretmanager"
  | "storage";

/** Agents that stand as soon as their API is enabled, and that no API call returns: their names follow a pattern. */
const agentDomains: Partial<Record<Keeper, string>> = {
  cloudfunctions: "gcf-admin-robot",
  run: "serverless-robot-prod",
};

/** Days that code is kept after other code has replaced it. */
const replacedCodeDays = 30;

/** What a resource needs of the stack's key before it can be made. */
export interface KeyUse {
  /** Undefined where the data class asks for no key of its own. */
  readonly name: pulumi.Output<string> | undefined;
  /** Key and grants to wait for. */
  readonly ready: readonly pulumi.Resource[];
}

/** A name in the project. Components of different kinds may be called the same, so the kind is in the name's hash. */
export function nameFor({ site, kind }: Pattern, part: string, max: number): string {
  return physicalName({ project: site.project, stack: `${site.stack}/${kind}` }, [part], { max });
}

/** The stack's ground on Google Cloud: project, region, and what is made once and on demand. */
export class Ground {
  private readonly apis = new Map<Api, projects.Service>();
  private readonly agents = new Map<Keeper, pulumi.Output<string>>();
  private readonly keyUsers = new Map<Keeper, kms.CryptoKeyIAMMember>();
  private bucket: storage.Bucket | undefined;
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
  marked(self: Pattern, part: string, max: number): string {
    return `${this.mark}-${nameFor(self, part, max - this.mark.length - 1)}`;
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

  /** Where the stack's code lies before it is built. */
  get codeBucket(): storage.Bucket {
    this.bucket ??= this.makeCodeBucket();
    return this.bucket;
  }

  private makeCodeBucket(): storage.Bucket {
    const key = this.keyFor("storage");
    return new storage.Bucket(
      `${this.component.id}-code`,
      this.shape("codeBucket", {
        project: this.project,
        location: this.region.toUpperCase(),
        uniformBucketLevelAccess: true,
        publicAccessPrevention: "enforced",
        versioning: { enabled: true },
        lifecycleRules: [{ action: { type: "Delete" }, condition: { daysSinceNoncurrentTime: replacedCodeDays } }],
        // Bundles come from the sources again: nothing is lost with the bucket.
        forceDestroy: true,
        labels: this.labels,
        ...(key.name && { encryption: { defaultKmsKeyName: key.name } }),
      }),
      this.component.child({ dependsOn: [...this.enabled("storage"), ...key.ready] }),
    );
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
    // Log buckets are encrypted by an account that only their settings name.
    if (api === "logging")
      return logging
        .getProjectCmekSettingsOutput({ project: this.project }, { parent: this.component, dependsOn })
        .serviceAccountId.apply((email) => `serviceAccount:${email}`);
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

/** Lays the stack's ground; every pattern stands on it. */
export function lay(ground: Ground): void {
  grounds.set(ground.component.site, ground);
}

/** What the foundation of the stack has laid. */
export function groundOf(site: Site): Ground {
  const found = grounds.get(site);
  if (!found) throw new Error("the foundation comes before every pattern");
  return found;
}
