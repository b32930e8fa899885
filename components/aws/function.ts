import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as iam from "@pulumi/aws/iam";
import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { IDEMPOTENCY, SETTINGS, useVariable } from "../../runtime/settings";
import type { Problem } from "../core/errors";
import type { shaper } from "../core/escape";
import type { GrantData, GrantRecord } from "../core/grant";
import type { HandlerSpec } from "../core/handler";
import type { Pattern } from "../core/pattern";
import { type AwsAccess, accessTo, policyDocument, record, type Statement } from "./access";
import { keyArn, logGroup } from "./foundation";

/** A function as its pattern uses it: event sources and permissions name the alias, never `$LATEST`. */
export interface ServerlessFunction {
  readonly function: lambda.Function;
  readonly alias: lambda.Alias;
  readonly role: iam.Role;
  readonly logGroup: cloudwatch.LogGroup;
  readonly grants: readonly GrantRecord[];
}

/** Parts that a transform can change. */
export interface FunctionParts {
  function: lambda.FunctionArgs;
  alias: lambda.AliasArgs;
  role: iam.RoleArgs;
  logGroup: cloudwatch.LogGroupArgs;
}

/** What a pattern's function needs of the pattern's own resources, beside what its handler `uses`. */
export interface OwnNeed {
  readonly operations: readonly string[];
  readonly statements: readonly Statement[];
}

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

export interface FunctionRequest {
  readonly name: string;
  readonly handler: HandlerSpec;
  readonly settings: pulumi.Input<unknown>;
  readonly own: readonly OwnNeed[];
  readonly shape: ReturnType<typeof shaper<FunctionParts>>;
}

/** A Lambda function with a role, a log group and permissions of its own. */
export function serverlessFunction(self: Pattern, request: FunctionRequest): ServerlessFunction {
  const { name, handler, settings, own, shape } = request;
  const { site } = self;
  const tags = { ...site.tags };
  const cmk = keyArn(site);
  const logs = logGroup(self, "lambda", name, (args) => shape("logGroup", args));
  const role = new iam.Role(name, shape("role", { assumeRolePolicy: trust, tags }), self.child());
  const uses: { policy: string; variable: string; access: AwsAccess; to: string; operations: readonly string[] }[] =
    Object.entries(handler.uses).map(([key, grant]) => ({
      policy: `use-${policyName(key)}`,
      variable: useVariable(key),
      access: accessTo(grant),
      to: grant.target.id,
      operations: grant.operations,
    }));
  if (handler.idempotency) {
    const { target, operations } = handler.idempotency;
    uses.push({
      policy: "idempotency",
      variable: IDEMPOTENCY,
      access: accessTo(handler.idempotency),
      to: target.id,
      operations,
    });
  }
  const policies = [
    new iam.RolePolicy(
      `${name}-platform`,
      { role: role.id, policy: policyDocument(platform(logs.arn, cmk)) },
      self.child(),
    ),
    ...own.map(
      ({ statements }, index) =>
        new iam.RolePolicy(
          `${name}-own${index || ""}`,
          { role: role.id, policy: policyDocument(statements) },
          self.child(),
        ),
    ),
    ...uses.map(
      ({ policy, access }) =>
        new iam.RolePolicy(
          `${name}-${policy}`,
          { role: role.id, policy: policyDocument(access.statements) },
          self.child(),
        ),
    ),
  ];
  const variables: Record<string, pulumi.Input<string>> = { [SETTINGS]: pulumi.jsonStringify(settings) };
  for (const { variable, access } of uses) variables[variable] = pulumi.jsonStringify(access.config);
  const args: lambda.FunctionArgs = {
    runtime: "nodejs22.x",
    architectures: ["arm64"],
    handler: "index.handler",
    code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(handler.bundle.text) }),
    role: role.arn,
    timeout: handler.timeoutSeconds,
    memorySize: handler.memoryMiB,
    environment: { variables },
    tracingConfig: { mode: "Active" },
    loggingConfig: { logFormat: "JSON", applicationLogLevel: "INFO", systemLogLevel: "WARN", logGroup: logs.name },
    publish: true,
    tags,
    ...(cmk ? { kmsKeyArn: cmk } : {}),
  };
  // Permissions first: a function that starts before them fails its first calls.
  const fn = new lambda.Function(name, shape("function", args), self.child({ dependsOn: policies }));
  const alias = new lambda.Alias(
    name,
    shape("alias", { name: "live", functionName: fn.name, functionVersion: fn.version }),
    self.child(),
  );
  const grants = [
    ...uses.map(({ to, operations, access }) => record(name, to, operations, access.statements)),
    ...own.map(({ operations, statements }) => record(name, self.id, operations, statements)),
  ];
  return { function: fn, alias, role, logGroup: logs, grants };
}

/** Part of the encryption context of a function's variables. */
const ofFunction = "kms:EncryptionContext:aws:lambda:FunctionArn";

/** Lambda quotas: names and values of all of a function's variables together. */
const maxVariableBytes = 4096;
/** Room for one client's configuration, whose names and addresses only the deployment knows. */
const configBytes = 240;

/** A publisher is told its types too, which are what its operations name. */
const roomFor = ({ operations }: GrantData) =>
  operations.reduce((total, operation) => total + (operation.includes(" ") ? operation.length : 0), configBytes);

/** What is wrong with a function whose configuration Lambda would not take; asked before anything is made. */
export function variableFaults(
  subject: string,
  handler: HandlerSpec,
  settings: unknown,
  wayOut: string,
): readonly Problem[] {
  const variables = Object.entries(handler.uses).map(([key, grant]) => ({ name: useVariable(key), grant }));
  if (handler.idempotency) variables.push({ name: IDEMPOTENCY, grant: handler.idempotency });
  const clients = variables.reduce((total, { name, grant }) => total + name.length + roomFor(grant), 0);
  const bytes = SETTINGS.length + Buffer.byteLength(JSON.stringify(settings)) + clients;
  if (bytes <= maxVariableBytes) return [];
  const fact = `the settings of ${subject} take about ${bytes} bytes, and Lambda has ${maxVariableBytes} for a function's environment variables`;
  return [{ code: "SB-C003", fact, wayOut }];
}

/** Logs into the function's own group, which it cannot create; traces, which have no resource to name; its variables' key. */
function platform(logGroupArn: pulumi.Output<string>, cmk: pulumi.Output<string> | undefined): Statement[] {
  return [
    { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [pulumi.interpolate`${logGroupArn}:*`] },
    // X-Ray knows no resource-level permissions: `*` is the only value that its API accepts.
    { actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources: ["*"] },
    // Only what Lambda has encrypted for a function, and not the data of queues and tables under the same key.
    ...(cmk ? [{ actions: ["kms:Decrypt"], resources: [cmk], conditions: { Null: { [ofFunction]: "false" } } }] : []),
  ];
}

/** A key of `uses` as the end of a resource name. */
function policyName(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
}
