import * as pulumi from "@pulumi/pulumi";
import * as z from "zod/mini";
import type { Cloud } from "./cloud";
import { type CloudName, cloudNames } from "./clouds";
import { loadCloud } from "./registry";
import { readSettings } from "./settings";

/** The configuration namespace of everything the catalog reads. */
export const configNamespace = "serverless-blueprints";

/**
 * How sensitive a stack's data is.
 * - `internal`: encrypted by the provider's own keys.
 * - `confidential` (the default): a customer-managed key with rotation, and `protect`.
 * - `regulated`: as confidential, with the longest retention.
 */
export const dataClasses = ["internal", "confidential", "regulated"] as const;
export type DataClass = (typeof dataClasses)[number];

/** What a component may know of the stack it stands in. One for each run. */
export interface Site {
  readonly cloud: CloudName;
  readonly project: string;
  readonly stack: string;
  readonly dataClass: DataClass;
  /** `strict` makes an error of what another cloud would refuse. */
  readonly portability: "warn" | "strict";
  /** Refuses the destruction of what holds data. True from `confidential` up unless configured. */
  readonly protect: boolean;
  /** Days that logs are kept. Default 365, the least that the audit controls accept. */
  readonly logRetentionDays: number;
  /** `existing` names the account's trail, with its data events; `create` makes one here (one stack an account). */
  readonly audit: { readonly existing: string } | { readonly create: true };
  /** On every resource that can carry tags or labels. */
  readonly tags: Readonly<Record<string, string>>;
  /** Azure: client id of the app registration that function apps ask callers to authenticate with. */
  readonly azureAppId: string | undefined;
  /** Who is written to when a message dies; undefined where nobody wants to be. */
  readonly alarmEmail: string | undefined;
  /** The selected cloud. */
  readonly realization: Cloud;
}

const Settings = z.object({
  cloud: z.enum(cloudNames),
  dataClass: z._default(z.enum(dataClasses), "confidential"),
  portability: z._default(z.enum(["warn", "strict"]), "warn"),
  protect: z.optional(z.boolean()),
  logRetentionDays: z._default(z.int().check(z.minimum(1), z.maximum(3653)), 365),
  auditTrail: z._default(z.string().check(z.minLength(1)), "account"),
  tags: z._default(z.record(z.string(), z.string()), {}),
  azureAppId: z.optional(z.guid()),
  alarmEmail: z.optional(z.email()),
});
/** Parses the stack's configuration; everything wrong with it is reported at once. */
function readSite(): Site {
  const { cloud, protect, auditTrail, dataClass, tags, azureAppId, alarmEmail, ...rest } = readSettings(
    configNamespace,
    Settings,
    ["blueprint"],
  );
  const project = pulumi.getProject();
  const stack = pulumi.getStack();
  return {
    ...rest,
    cloud,
    dataClass,
    project,
    stack,
    azureAppId,
    alarmEmail,
    protect: protect ?? dataClass !== "internal",
    audit: auditTrail === "create" ? { create: true } : { existing: auditTrail },
    tags: { project, stack, "data-class": dataClass, ...tags },
    realization: loadCloud(cloud),
  };
}

const sites = new WeakMap<object, Site>();
const withoutStack = {};

/** The site of the run that is under way. */
export function site(): Site {
  // The root stack resource tells runs apart: the command line plans several stacks in one process.
  const run = pulumi.runtime.getStackResource() ?? withoutStack;
  let found = sites.get(run);
  if (!found) {
    found = readSite();
    sites.set(run, found);
  }
  return found;
}
