import * as lambda from "@pulumi/aws/lambda";
import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import type { QueueWorkerSettings } from "../../runtime/settings";
import type { Realization } from "../core/cloud";
import { emulated, native } from "../core/contract";
import { formatDuration } from "../core/duration";
import { BlueprintError } from "../core/errors";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import { idempotencyRow } from "../delivery";
import type { QueueWorkerOutputs, QueueWorkerSpec } from "../queue-worker";
import { provide, type Statement } from "./access";
import { keyArn, keyUse } from "./foundation";
import { type OwnNeed, serverlessFunction, variableFaults } from "./function";

/** AWS asks for six times the function's timeout, so that a throttled batch is not delivered twice at once. */
const visibility = ({ handler, batch }: QueueWorkerSpec) =>
  Math.min(43_200, Math.max(30, 6 * handler.timeoutSeconds + batch.windowSeconds));

export function queueWorker(self: Pattern<"QueueWorker">, spec: QueueWorkerSpec): Realization<QueueWorkerOutputs> {
  const longestUrl = "x".repeat(160);
  const problems = variableFaults(
    `"${self.id}"`,
    spec.handler,
    settingsOf(self, spec, longestUrl),
    "use fewer components in one handler",
  );
  if (problems.length > 0) throw new BlueprintError(self.subject, problems);
  const { site } = self;
  const shape = shaper(spec.transform?.aws);
  const tags = { ...site.tags };
  const cmk = keyArn(site);
  const encryption = cmk ? { kmsMasterKeyId: cmk, kmsDataKeyReusePeriodSeconds: 300 } : { sqsManagedSseEnabled: true };
  const common = { maxMessageSize: spec.maxMessageBytes, receiveWaitTimeSeconds: 20, ...encryption, tags };
  const deadLetterQueue = new sqs.Queue(
    `${self.id}-dlq`,
    shape("deadLetterQueue", { ...common, messageRetentionSeconds: spec.deadLetterRetentionSeconds }),
    self.child({ stateful: true }),
  );
  const queue = new sqs.Queue(
    self.id,
    shape("queue", {
      ...common,
      messageRetentionSeconds: spec.retentionSeconds,
      visibilityTimeoutSeconds: visibility(spec),
      redrivePolicy: pulumi.jsonStringify({
        deadLetterTargetArn: deadLetterQueue.arn,
        maxReceiveCount: spec.maxDeliveries,
      }),
    }),
    self.child({ stateful: true }),
  );
  new sqs.RedriveAllowPolicy(
    `${self.id}-dlq`,
    {
      queueUrl: deadLetterQueue.id,
      redriveAllowPolicy: pulumi.jsonStringify({ redrivePermission: "byQueue", sourceQueueArns: [queue.arn] }),
    },
    self.child(),
  );
  new sqs.QueuePolicy(self.id, shape("queuePolicy", { queueUrl: queue.id, policy: tlsOnly(queue.arn) }), self.child());
  new sqs.QueuePolicy(
    `${self.id}-dlq`,
    { queueUrl: deadLetterQueue.id, policy: tlsOnly(deadLetterQueue.arn) },
    self.child(),
  );
  const send: Statement[] = [
    { actions: ["sqs:SendMessage"], resources: [queue.arn] },
    ...keyUse(site, "sqs", ["kms:GenerateDataKey", "kms:Decrypt"]),
  ];
  provide(self, () => ({ config: { url: queue.id, maxMessageBytes: spec.maxMessageBytes }, statements: send }));

  const settings = deadLetterQueue.id.apply((url) => settingsOf(self, spec, url));
  const own: OwnNeed[] = [
    {
      operations: ["receive"],
      statements: [
        {
          actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"],
          resources: [queue.arn],
        },
        { actions: ["sqs:SendMessage"], resources: [deadLetterQueue.arn] },
        ...keyUse(site, "sqs", ["kms:Decrypt", "kms:GenerateDataKey"]),
      ],
    },
  ];
  const worker = serverlessFunction(self, { name: `${self.id}-fn`, handler: spec.handler, settings, own, shape });
  const eventSource = new lambda.EventSourceMapping(
    self.id,
    shape("eventSource", {
      eventSourceArn: queue.arn,
      functionName: worker.alias.arn,
      batchSize: spec.batch.size,
      maximumBatchingWindowInSeconds: spec.batch.windowSeconds,
      functionResponseTypes: ["ReportBatchItemFailures"],
      metricsConfig: { metrics: ["EventCount"] },
      tags,
      ...(spec.maxConcurrency === undefined ? {} : { scalingConfig: { maximumConcurrency: spec.maxConcurrency } }),
    }),
    self.child(),
  );
  return {
    contract: contractOf(self, spec, cmk !== undefined),
    grants: worker.grants,
    nodes: {
      queue,
      deadLetterQueue,
      function: worker.function,
      alias: worker.alias,
      role: worker.role,
      logGroup: worker.logGroup,
      eventSource,
    },
    outputs: { queue: queue.id, deadLetters: deadLetterQueue.id },
  };
}

function settingsOf(self: Pattern, spec: QueueWorkerSpec, deadLetter: string): QueueWorkerSettings {
  return {
    component: self.id,
    timeoutSeconds: spec.handler.timeoutSeconds,
    maxDeliveries: spec.maxDeliveries,
    backoff: spec.backoff,
    deadLetter,
    ...(spec.idempotency ? { idempotency: spec.idempotency } : {}),
  };
}

function tlsOnly(arn: pulumi.Output<string>): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Deny",
        Principal: "*",
        Action: "sqs:*",
        Resource: arn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}

function contractOf({ site }: Pattern, spec: QueueWorkerSpec, customerKey: boolean) {
  const { handler, batch, backoff } = spec;
  const time = formatDuration;
  const concurrency = spec.maxConcurrency === undefined ? "none asked" : String(spec.maxConcurrency);
  return [
    native(
      "timeout",
      time(handler.timeoutSeconds),
      time(handler.timeoutSeconds),
      `hidden from others for ${time(visibility(spec))}`,
      "Lambda CreateFunction.Timeout",
    ),
    native(
      "memory",
      `${handler.memoryMiB} MiB`,
      `${handler.memoryMiB} MiB`,
      "arm64; CPU grows with it",
      "Lambda CreateFunction.MemorySize",
    ),
    native(
      "maxDeliveries",
      String(spec.maxDeliveries),
      `about ${spec.maxDeliveries}`,
      "throttled receives count too",
      "SQS RedrivePolicy.maxReceiveCount",
    ),
    native(
      "retention",
      time(spec.retentionSeconds),
      time(spec.retentionSeconds),
      "then the message is dropped",
      "SQS MessageRetentionPeriod",
    ),
    native(
      "maxMessageBytes",
      `${spec.maxMessageBytes} bytes`,
      `${spec.maxMessageBytes} bytes`,
      "attributes count",
      "SQS MaximumMessageSize",
    ),
    emulated(
      "backoff",
      `${time(backoff.minSeconds)} to ${time(backoff.maxSeconds)}`,
      "doubles with every delivery",
      "the adapter sets each failed message's visibility",
      "SQS ChangeMessageVisibility",
    ),
    native(
      "batch",
      `${batch.size} in ${time(batch.windowSeconds)}`,
      `${batch.size} in ${time(batch.windowSeconds)}`,
      "failures are reported message by message",
      "Lambda ReportBatchItemFailures",
    ),
    native(
      "maxConcurrency",
      concurrency,
      concurrency === "none asked" ? "up to the account's quota" : concurrency,
      "limits the poller, so that throttling burns no deliveries",
      "Lambda ScalingConfig.MaximumConcurrency",
    ),
    native(
      "deadLetter.retention",
      time(spec.deadLetterRetentionSeconds),
      time(spec.deadLetterRetentionSeconds),
      "counted from the first sending",
      "SQS dead-letter queues",
    ),
    emulated(
      "deadLetter.cause",
      "error, attempts, trace",
      "error, attempts, trace",
      "the adapter sends the last failure itself, with attributes; a crash leaves the message without them",
      "SQS dead-letter queues",
    ),
    idempotencyRow(spec, "SQS standard queues"),
    native("ordering", "none asked", "best effort", "standard queue", "SQS standard queues"),
    native(
      "encryption",
      site.dataClass,
      customerKey ? "the stack's KMS key" : "SSE-SQS",
      "at rest; TLS only by queue policy",
      "SQS server-side encryption",
    ),
    native(
      "tracing",
      "W3C trace context",
      "W3C trace context and X-Ray",
      "the sender's trace goes on in the worker",
      "Lambda TracingConfig",
    ),
    native(
      "logs",
      `${site.logRetentionDays} days`,
      "a log group of its own",
      "made before the function, which cannot make one",
      "CloudWatch Logs",
    ),
  ];
}
