import * as cloudtrail from "@pulumi/aws/cloudtrail";
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as kms from "@pulumi/aws/kms";
import * as s3 from "@pulumi/aws/s3";
import type { input as inputs } from "@pulumi/aws/types";
import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { clamped, native } from "../core/contract";
import { shaper } from "../core/escape";
import { physicalName } from "../core/names";
import type { Pattern } from "../core/pattern";
import type { Site } from "../core/site";
import type { FoundationOutputs, FoundationSpec } from "../foundation";
import type { Statement } from "./access";

/** What every realization on AWS stands on. */
interface AwsFoundation {
  /** The customer-managed key; undefined where the data class asks for none. */
  readonly key: UsableKey | undefined;
  readonly self: Pattern<"Foundation">;
  /** The key of the topic of alarms: the customer-managed one, or one of its own, since alarms cannot use SNS's. */
  readonly alarmKey: UsableKey | undefined;
}

interface UsableKey {
  readonly arn: pulumi.Output<string>;
  readonly usable: pulumi.Resource;
}
/** Parts that a transform can change. */
export interface FoundationParts {
  key: kms.KeyArgs;
  trail: cloudtrail.TrailArgs;
  trailBucket: s3.BucketArgs;
}

const foundations = new WeakMap<Site, AwsFoundation>();

/** Days that CloudWatch Logs accepts. */
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export function foundation(self: Pattern<"Foundation">, spec: FoundationSpec): Realization<FoundationOutputs> {
  const { site } = self;
  const shape = shaper(spec.transform?.aws);
  const creates = "create" in spec.audit;
  const alarms = site.alarmEmail !== undefined;
  // A trail and alarms are encrypted whatever the data class: without a customer-managed key for the data, the key is theirs alone.
  const key =
    spec.customerKey || creates || alarms
      ? new kms.Key(
          `${self.id}-key`,
          shape("key", {
            description: `${spec.customerKey ? "Data" : creates ? "Audit trail" : "Alarms"} of ${site.project}/${site.stack}`,
            enableKeyRotation: true,
            deletionWindowInDays: 30,
            tags: { ...site.tags },
          }),
          self.child({ stateful: true }),
        )
      : undefined;
  const made = key && creates ? auditTrail(self, key, shape, spec.customerKey) : undefined;
  const policy =
    key &&
    new kms.KeyPolicy(
      `${self.id}-key`,
      { keyId: key.keyId, policy: keyPolicy(key.arn, { data: spec.customerKey, alarms }, made?.arn) },
      self.child(),
    );
  const alias =
    key &&
    new kms.Alias(
      `${self.id}-key`,
      { name: `alias/${physicalName(site, [self.id], { max: 60 })}`, targetKeyId: key.keyId },
      self.child(),
    );
  const trail = policy && made?.start(policy);
  const usable = key && policy ? { arn: key.arn, usable: policy } : undefined;
  const dataKey = spec.customerKey ? usable : undefined;
  foundations.set(site, { key: dataKey, self, alarmKey: alarms ? usable : undefined });
  const days = logRetentionDays(site);
  return {
    contract: [
      native(
        "encryption",
        site.dataClass,
        dataKey ? "customer-managed KMS key" : "keys of the services",
        dataKey ? "one key a stack; $1 a month" : "SSE-SQS, DynamoDB's own key",
        "AWS KMS pricing",
      ),
      native(
        "keyRotation",
        dataKey ? "yes" : "none asked",
        dataKey ? "every year" : "by AWS",
        "KMS rotates the key material in place",
        "kms EnableKeyRotation",
      ),
      days === spec.logRetentionDays
        ? native(
            "logs",
            `${days} days`,
            `${days} days`,
            "a log group a function, made before it",
            "CloudWatch Logs PutRetentionPolicy",
          )
        : clamped(
            "logs",
            `${spec.logRetentionDays} days`,
            `${days} days`,
            "CloudWatch keeps logs for one of 22 periods: the next longer one",
            "CloudWatch Logs PutRetentionPolicy",
          ),
      native(
        "tracing",
        "W3C trace context",
        "X-Ray, active",
        "and the trace context goes through messages",
        "Lambda TracingConfig",
      ),
      native(
        "audit",
        "existing" in spec.audit ? `existing: ${spec.audit.existing}` : "create",
        trail ? "CloudTrail in all regions, validated" : "the account's own trail",
        trail
          ? `${dataKey ? "with who reads and writes data ($1 a million events), " : ""}kept for ${trailDays(site)} days in a bucket of its own, encrypted with ${dataKey ? "the stack's key" : "a key of its own; $1 a month"}`
          : "a trail belongs to the account",
        "CloudTrail user guide",
      ),
      native(
        "protect",
        String(site.protect),
        String(site.protect),
        "Pulumi refuses the destruction of protected resources",
        "Pulumi resource option protect",
      ),
    ],
    grants: [],
    nodes: { key, alias, trail, trailBucket: made?.bucket },
    outputs: {
      key: dataKey ? dataKey.arn : pulumi.output(""),
      logStore: pulumi.output(logPrefix(site, "lambda")),
    },
  };
}

export function foundationOf(site: Site): AwsFoundation {
  const found = foundations.get(site);
  if (!found) throw new Error("the foundation comes before every pattern");
  return found;
}

/** The stack's key, or undefined where AWS's own keys do. */
export function keyArn(site: Site): pulumi.Output<string> | undefined {
  return foundationOf(site).key?.arn;
}

/** What those wait for to whom the key's policy speaks: services that try the key at once, or lose what comes first. */
export function keyReady(site: Site): pulumi.Resource[] {
  const { key } = foundationOf(site);
  return key ? [key.usable] : [];
}

/** Use of the stack's key through one service only; no statement where there is no key. */
export function keyUse(site: Site, service: string, actions: readonly string[]): Statement[] {
  const arn = keyArn(site);
  if (!arn) return [];
  const via = arn.apply((text) => `${service}.${text.split(":")[3]}.amazonaws.com`);
  return [{ actions, resources: [arn], conditions: { StringEquals: { "kms:ViaService": via } } }];
}

/** The retention that is given: what is asked for, or the next longer period that CloudWatch has. */
function logRetentionDays(site: Site): number {
  return retentions.find((days) => days >= site.logRetentionDays) ?? site.logRetentionDays;
}

/**
 * Groups of functions are where everybody looks for them. Those that AWS itself delivers to are `vendedlogs`: all others are
 * listed one by one in a resource policy of the region that holds 5,120 characters, about thirty APIs.
 */
type LogSource = "lambda" | "vendedlogs";
const logPrefix = ({ project, stack }: Site, source: LogSource) => `/aws/${source}/${project}-${stack}`;

/** A log group of the stack's own, so that nothing ever makes one without retention. */
export function logGroup(
  self: Pattern,
  source: LogSource,
  name: string,
  shape: (args: cloudwatch.LogGroupArgs) => cloudwatch.LogGroupArgs,
): cloudwatch.LogGroup {
  const { key } = foundationOf(self.site);
  const args: cloudwatch.LogGroupArgs = {
    name: `${logPrefix(self.site, source)}/${name}`,
    retentionInDays: logRetentionDays(self.site),
    tags: { ...self.site.tags },
    ...(key ? { kmsKeyId: key.arn } : {}),
  };
  return new cloudwatch.LogGroup(name, shape(args), self.child({ dependsOn: keyReady(self.site) }));
}

/**
 * Who may use the key beside the roles that IAM lets: the account administers it, and services that have no role encrypt
 * with it what is the account's own: logs, events on buses and on their way into queues, the trail.
 */
function keyPolicy(
  keyArn: pulumi.Output<string>,
  use: { readonly data: boolean; readonly alarms: boolean },
  trailArn: pulumi.Output<string> | undefined,
): pulumi.Output<string> {
  return pulumi.all([keyArn, trailArn]).apply(([arn, trail]) => {
    const { partition, region, account } = placeOf(arn);
    const allow = (sid: string, principal: object, action: string | string[], condition?: object) => ({
      Sid: sid,
      Effect: "Allow",
      Principal: principal,
      Action: action,
      Resource: "*",
      ...(condition ? { Condition: condition } : {}),
    });
    const own = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${account}:${resource}`;
    const like = (name: string, service: string, resource: string) => ({ ArnLike: { [name]: own(service, resource) } });
    const data = [
      allow(
        "Logs",
        { Service: `logs.${region}.amazonaws.com` },
        logsUse,
        like("kms:EncryptionContext:aws:logs:arn", "logs", "log-group:*"),
      ),
      allow("BusKey", events, "kms:DescribeKey", { StringEquals: { "aws:SourceAccount": account } }),
      allow("Buses", events, busUse, like("kms:EncryptionContext:aws:events:event-bus:arn", "events", "event-bus/*")),
      allow("Rules", events, sendUse, like("aws:SourceArn", "events", "rule/*")),
      allow("Topics", { Service: "sns.amazonaws.com" }, sendUse, like("aws:SourceArn", "sns", "*")),
    ];
    return JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        allow("Account", { AWS: `arn:${partition}:iam::${account}:root` }, "kms:*"),
        ...(use.data ? data : []),
        ...(use.alarms
          ? [
              allow("Alarms", { Service: "cloudwatch.amazonaws.com" }, sendUse, {
                StringEquals: { "aws:SourceAccount": account },
              }),
            ]
          : []),
        ...(trail ? [allow("Trail", cloudTrail, trailUse, { StringEquals: { "aws:SourceArn": trail } })] : []),
      ],
    });
  });
}

const logsUse = [
  "kms:Encrypt",
  "kms:Decrypt",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:DescribeKey",
];
/** Buses and their archives: the encryption context is the bus's ARN in both, and archives send no source ARN. */
const busUse = ["kms:GenerateDataKey", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"];
/** Into an encrypted queue or topic. */
const sendUse = ["kms:GenerateDataKey", "kms:Decrypt"];
const events = { Service: "events.amazonaws.com" };
/** Decrypt: CloudTrail asks for it where the bucket has a bucket key. */
const trailUse = ["kms:GenerateDataKey", "kms:Decrypt", "kms:DescribeKey"];
const cloudTrail = { Service: "cloudtrail.amazonaws.com" };

/** Account and region, read off an ARN instead of asked for. */
function placeOf(arn: string): { partition: string; region: string; account: string } {
  const [, partition = "", , region = "", account = ""] = arn.split(":");
  return { partition, region, account };
}

/** Days that the audit trail is kept: as long as logs are, and at least the year that the audit controls ask for. */
const trailDays = (site: Site) => Math.max(365, site.logRetentionDays);

const managementEvents = { fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] };

/** Who reads and writes what the components keep; a trail that recorded its own deliveries would never come to rest. */
const dataEvents = (trailBucket: s3.Bucket) =>
  ["S3::Object", "DynamoDB::Table", "Lambda::Function", "SQS::Queue", "SNS::Topic", "Kinesis::Stream"].map((kind) => ({
    fieldSelectors: [
      { field: "eventCategory", equals: ["Data"] },
      { field: "resources.type", equals: [`AWS::${kind}`] },
      ...(kind === "S3::Object"
        ? [{ field: "resources.ARN", notStartsWiths: [pulumi.interpolate`${trailBucket.arn}/`] }]
        : []),
    ],
  }));

interface AuditTrail {
  readonly arn: pulumi.Output<string>;
  readonly bucket: s3.Bucket;
  /** Makes the trail, once the key's policy lets CloudTrail use it: CloudTrail tries both key and bucket at once. */
  readonly start: (keyPolicy: kms.KeyPolicy) => cloudtrail.Trail;
}

/** The account's trail: all regions, validated, in a bucket that only this trail writes to. */
function auditTrail(
  self: Pattern<"Foundation">,
  key: kms.Key,
  shape: ReturnType<typeof shaper<FoundationParts>>,
  withData: boolean,
): AuditTrail {
  const { site } = self;
  const name = `${self.id}-trail`;
  // Object lock is for ever: what is locked outlives the stack.
  const locked = site.dataClass === "regulated";
  const bucket = new s3.Bucket(
    name,
    shape("trailBucket", { tags: { ...site.tags }, ...(locked && { objectLockEnabled: true }) }),
    self.child({ stateful: true }),
  );
  const trailName = physicalName(site, [self.id, "trail"], { max: 60 });
  const args = shape("trail", {
    name: trailName,
    s3BucketName: bucket.id,
    kmsKeyId: key.arn,
    isMultiRegionTrail: true,
    includeGlobalServiceEvents: true,
    enableLogFileValidation: true,
    enableLogging: true,
    advancedEventSelectors: [managementEvents, ...(withData ? dataEvents(bucket) : [])],
    tags: { ...site.tags },
  });
  const place = key.arn.apply(placeOf);
  const arn = pulumi
    .all([place, args.name])
    .apply(
      ([{ partition, region, account }, called]) => `arn:${partition}:cloudtrail:${region}:${account}:trail/${called}`,
    );
  const byTrail = { StringEquals: { "aws:SourceArn": arn } };
  // Overwritten and deleted entries are kept as long as the others: nobody shortens the trail by deleting from it.
  const days = trailDays(site);
  if (locked) {
    const rule = { defaultRetention: { mode: "COMPLIANCE", days } };
    new s3.BucketObjectLockConfiguration(name, { bucket: bucket.id, rule }, self.child());
  }
  const policy = closeBucket(self, name, bucket, {
    key: key.arn,
    rules: [
      { id: "retention", expiration: { days }, noncurrentVersionExpiration: { noncurrentDays: days }, ...abandoned },
    ],
    allow: [
      {
        Effect: "Allow",
        Principal: cloudTrail,
        Action: "s3:GetBucketAcl",
        Resource: bucket.arn,
        Condition: byTrail,
      },
      {
        Effect: "Allow",
        Principal: cloudTrail,
        Action: "s3:PutObject",
        Resource: pulumi.interpolate`${bucket.arn}/AWSLogs/${place.account}/*`,
        Condition: byTrail,
      },
    ],
  });
  const start = (keyPolicy: kms.KeyPolicy) =>
    new cloudtrail.Trail(name, args, self.child({ stateful: true, dependsOn: [policy, keyPolicy] }));
  return { arn, bucket, start };
}

type LifecycleRule = Omit<inputs.s3.BucketLifecycleConfigurationRule, "status" | "filter">;

/** Parts of uploads that never ended cost as much as objects, and no listing shows them. */
export const abandoned = {
  abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
} satisfies Partial<LifecycleRule>;

export interface BucketCare {
  /** Undefined: S3's own keys. */
  readonly key: pulumi.Output<string> | undefined;
  readonly rules: readonly LifecycleRule[];
  /** Statements for whoever has no role. */
  readonly allow?: readonly object[];
}

/** What makes a bucket private: its owner alone, encrypted, versioned, by TLS, with nothing that opens it to the public. */
export function closeBucket(self: Pattern, name: string, bucket: s3.Bucket, care: BucketCare): s3.BucketPolicy {
  const on = { bucket: bucket.id };
  const algorithm = care.key ? { sseAlgorithm: "aws:kms", kmsMasterKeyId: care.key } : { sseAlgorithm: "AES256" };
  const side = [
    new s3.BucketOwnershipControls(name, { ...on, rule: { objectOwnership: "BucketOwnerEnforced" } }, self.child()),
    new s3.BucketPublicAccessBlock(
      name,
      { ...on, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      self.child(),
    ),
    new s3.BucketServerSideEncryptionConfiguration(
      name,
      { ...on, rules: [{ applyServerSideEncryptionByDefault: algorithm, bucketKeyEnabled: care.key !== undefined }] },
      self.child(),
    ),
  ];
  const versioning = new s3.BucketVersioning(
    name,
    { ...on, versioningConfiguration: { status: "Enabled" } },
    self.child(),
  );
  new s3.BucketLifecycleConfiguration(
    name,
    { ...on, rules: care.rules.map((rule) => ({ ...rule, status: "Enabled", filter: { prefix: "" } })) },
    self.child({ dependsOn: versioning }),
  );
  const tlsOnly = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  const document = { Version: "2012-10-17", Statement: [...(care.allow ?? []), tlsOnly] };
  return new s3.BucketPolicy(
    name,
    { ...on, policy: pulumi.jsonStringify(document) },
    self.child({ dependsOn: [...side, versioning] }),
  );
}
