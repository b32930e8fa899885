import * as cloudtrail from "@pulumi/aws/cloudtrail";
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as kms from "@pulumi/aws/kms";
import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { emulated, native } from "../core/contract";
import { shaper } from "../core/escape";
import { physicalName } from "../core/names";
import type { Pattern } from "../core/pattern";
import type { Site } from "../core/site";
import type { FoundationOutputs, FoundationSpec } from "../foundation";
import type { Statement } from "./access";

/** What every realization on AWS stands on. */
interface AwsFoundation {
  /** The customer-managed key; undefined where the data class asks for none. */
  readonly key: { readonly arn: pulumi.Output<string>; readonly usable: pulumi.Resource } | undefined;
}
const foundations = new WeakMap<Site, AwsFoundation>();

/** Days that CloudWatch Logs accepts. */
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export function foundation(self: Pattern<"Foundation">, spec: FoundationSpec): Realization<FoundationOutputs> {
  const { site } = self;
  const shape = shaper(spec.transform?.aws);
  const tags = { ...site.tags };
  const key = spec.customerKey
    ? new kms.Key(
        `${self.id}-key`,
        shape("key", {
          description: `Data of ${site.project}/${site.stack}`,
          enableKeyRotation: true,
          deletionWindowInDays: 30,
          tags,
        }),
        self.child({ stateful: true }),
      )
    : undefined;
  const policy =
    key && new kms.KeyPolicy(`${self.id}-key`, { keyId: key.keyId, policy: keyPolicy(key.arn) }, self.child());
  const alias =
    key &&
    new kms.Alias(
      `${self.id}-key`,
      { name: `alias/${physicalName(site, [self.id], { max: 60 })}`, targetKeyId: key.keyId },
      self.child(),
    );
  foundations.set(site, { key: key && policy && { arn: key.arn, usable: policy } });
  const trail = "create" in spec.audit ? auditTrail(self, key?.arn, policy) : undefined;
  const days = logRetentionDays(site);
  return {
    contract: [
      native(
        "encryption",
        site.dataClass,
        key ? "customer-managed KMS key" : "keys of the services",
        key ? "one key a stack; $1 a month" : "SSE-SQS, DynamoDB's own key",
        "AWS KMS pricing",
      ),
      native(
        "keyRotation",
        key ? "yes" : "none asked",
        key ? "every year" : "by AWS",
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
        : emulated(
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
        "a trail belongs to the account",
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
    nodes: { key, alias, trail },
    outputs: {
      key: key ? key.arn : pulumi.output(""),
      logStore: pulumi.output(`/aws/lambda/${site.project}-${site.stack}`),
    },
  };
}

function of(site: Site): AwsFoundation {
  const found = foundations.get(site);
  if (!found) throw new Error("the foundation comes before every pattern");
  return found;
}

/** The stack's key, or undefined where AWS's own keys do. */
export function keyArn(site: Site): pulumi.Output<string> | undefined {
  return of(site).key?.arn;
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

/** A log group of the stack's own, so that nothing ever makes one without retention. */
export function logGroup(
  self: Pattern,
  name: string,
  shape: (args: cloudwatch.LogGroupArgs) => cloudwatch.LogGroupArgs,
): cloudwatch.LogGroup {
  const { key } = of(self.site);
  const args: cloudwatch.LogGroupArgs = {
    name: `/aws/lambda/${self.site.project}-${self.site.stack}/${name}`,
    retentionInDays: logRetentionDays(self.site),
    tags: { ...self.site.tags },
    ...(key ? { kmsKeyId: key.arn } : {}),
  };
  return new cloudwatch.LogGroup(name, shape(args), self.child(key ? { dependsOn: key.usable } : {}));
}

/** The account administers the key; CloudWatch Logs and CloudTrail of the account may use it. Account and region are read off its ARN. */
function keyPolicy(arn: pulumi.Output<string>): pulumi.Output<string> {
  return arn.apply((text) => {
    const [, partition, , region, account] = text.split(":");
    const use = [
      "kms:Encrypt",
      "kms:Decrypt",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
      "kms:GenerateDataKey",
      "kms:GenerateDataKeyWithoutPlaintext",
      "kms:DescribeKey",
    ];
    return JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Account",
          Effect: "Allow",
          Principal: { AWS: `arn:${partition}:iam::${account}:root` },
          Action: "kms:*",
          Resource: "*",
        },
        {
          Sid: "Logs",
          Effect: "Allow",
          Principal: { Service: `logs.${region}.amazonaws.com` },
          Action: use,
          Resource: "*",
          Condition: {
            ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${account}:log-group:*` },
          },
        },
        {
          Sid: "Trail",
          Effect: "Allow",
          Principal: { Service: "cloudtrail.amazonaws.com" },
          Action: ["kms:GenerateDataKey", "kms:DescribeKey"],
          Resource: "*",
          Condition: { StringEquals: { "aws:SourceAccount": account } },
        },
      ],
    });
  });
}

/** The account's trail: all regions, validated, in a bucket that only CloudTrail writes to. */
function auditTrail(
  self: Pattern<"Foundation">,
  key: pulumi.Output<string> | undefined,
  keyReady: pulumi.Resource | undefined,
): cloudtrail.Trail {
  const { site } = self;
  const name = `${self.id}-trail`;
  const trailName = physicalName(site, [self.id, "trail"], { max: 60 });
  const bucket = new s3.Bucket(name, { tags: { ...site.tags } }, self.child({ stateful: true }));
  const on = { bucket: bucket.id };
  new s3.BucketOwnershipControls(name, { ...on, rule: { objectOwnership: "BucketOwnerEnforced" } }, self.child());
  new s3.BucketVersioning(name, { ...on, versioningConfiguration: { status: "Enabled" } }, self.child());
  new s3.BucketServerSideEncryptionConfiguration(
    name,
    {
      ...on,
      rules: [
        {
          applyServerSideEncryptionByDefault: key
            ? { sseAlgorithm: "aws:kms", kmsMasterKeyId: key }
            : { sseAlgorithm: "AES256" },
          bucketKeyEnabled: true,
        },
      ],
    },
    self.child(),
  );
  const block = new s3.BucketPublicAccessBlock(
    name,
    { ...on, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    self.child(),
  );
  const writer = { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" } };
  const policy = new s3.BucketPolicy(
    name,
    {
      ...on,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            ...writer,
            Action: "s3:GetBucketAcl",
            Resource: bucket.arn,
            Condition: { StringLike: { "aws:SourceArn": `arn:*:cloudtrail:*:*:trail/${trailName}` } },
          },
          {
            ...writer,
            Action: "s3:PutObject",
            Resource: pulumi.interpolate`${bucket.arn}/AWSLogs/*`,
            Condition: { StringLike: { "aws:SourceArn": `arn:*:cloudtrail:*:*:trail/${trailName}` } },
          },
          {
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      }),
    },
    self.child({ dependsOn: block }),
  );
  return new cloudtrail.Trail(
    name,
    {
      name: trailName,
      s3BucketName: bucket.id,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      enableLogging: true,
      tags: { ...site.tags },
      ...(key ? { kmsKeyId: key } : {}),
    },
    self.child({ stateful: true, dependsOn: keyReady ? [policy, keyReady] : [policy] }),
  );
}
