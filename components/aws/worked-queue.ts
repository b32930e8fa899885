import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as iam from "@pulumi/aws/iam";
import * as lambda from "@pulumi/aws/lambda";
import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import type { QueueWorkerSettings } from "../../runtime/settings";
import { type ContractRow, emulated, native } from "../core/contract";
import { formatDuration } from "../core/duration";
import { BlueprintError } from "../core/errors";
import type { shaper } from "../core/escape";
import type { GrantRecord } from "../core/grant";
import { physicalName } from "../core/names";
import type { Pattern } from "../core/pattern";
import { alarmRow, type DeliverySpec, idempotencyRow } from "../delivery";
import { deadLetterAlarm } from "./alarm";
import { keyArn, keyReady, keyUse } from "./foundation";
import { type FunctionParts, type OwnNeed, serverlessFunction, variableFaults } from "./function";

/** Parts that a transform can change. */
export interface WorkedQueueParts extends FunctionParts {
  queue: sqs.QueueArgs;
  queuePolicy: sqs.QueuePolicyArgs;
  deadLetterQueue: sqs.QueueArgs;
  eventSource: lambda.EventSourceMappingArgs;
  alarm: cloudwatch.MetricAlarmArgs;
}

/** The provider's resources behind every pattern that has a queue. */
export interface WorkedQueueNodes {
  queue: sqs.Queue;
  deadLetterQueue: sqs.Queue;
  function: lambda.Function;
  alias: lambda.Alias;
  role: iam.Role;
  logGroup: cloudwatch.LogGroup;
  eventSource: lambda.EventSourceMapping;
  /** Undefined where nobody wants to be told. */
  alarm: cloudwatch.MetricAlarm | undefined;
}

export interface WorkedQueue {
  readonly nodes: WorkedQueueNodes;
  /** What a source waits for: the policies without which its first messages are lost. */
  readonly open: readonly pulumi.Resource[];
  readonly grants: readonly GrantRecord[];
  readonly outputs: { readonly queue: pulumi.Output<string>; readonly deadLetters: pulumi.Output<string> };
}

/** A service that sends to the queue, and to the dead-letter queue what it cannot deliver. */
export interface QueueSource {
  readonly service: "events" | "sns";
  /** The one rule or topic that may. */
  readonly arn: pulumi.Input<string>;
}

export interface WorkedQueueRequest {
  readonly spec: DeliverySpec;
  /** What the adapter is told beside what every queue's is. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Order by message group. `deduplicates`: repeats are looked for in the whole queue, which costs the throughput of single groups. */
  readonly fifo?: { readonly deduplicates: boolean } | undefined;
  /** Largest message with what the source wraps around it; default the spec's. */
  readonly maxMessageBytes?: number;
  readonly source?: QueueSource;
  /** What the function needs of another source beside its queue. */
  readonly own?: readonly OwnNeed[];
  readonly shape: ReturnType<typeof shaper<WorkedQueueParts>>;
}

/** SQS quotas: a message with its attributes. */
export const largestMessage = 1_048_576;

/** Calls at once where no limit is asked for: as on the other clouds, and no backlog takes all that the account has. */
const defaultConcurrency = 100;

const longestUrl = "x".repeat(160);

/** AWS asks for six times the function's timeout, so that a throttled batch is not delivered twice at once. */
const visibility = ({ handler, batch }: DeliverySpec) =>
  Math.min(43_200, Math.max(30, 6 * handler.timeoutSeconds + batch.windowSeconds));

/** Throws where the function's variables would not hold what its adapter is told. For those who make something in front of the queue. */
export function refuseUnfit(self: Pattern, request: Pick<WorkedQueueRequest, "spec" | "settings">): void {
  const wayOut = "use fewer components in one handler, or a shorter filter";
  const settings = settingsOf(self, request, longestUrl);
  const problems = variableFaults(`"${self.id}"`, request.spec.handler, settings, wayOut);
  if (problems.length > 0) throw new BlueprintError(self.subject, problems);
}

/** A queue with its dead-letter queue, and the function that works it off: what stands behind every pattern that calls a handler. */
export function workedQueue(self: Pattern, request: WorkedQueueRequest): WorkedQueue {
  const { spec, fifo, shape } = request;
  const settings = (deadLetter: string) => settingsOf(self, request, deadLetter);
  refuseUnfit(self, request);
  const { site } = self;
  const tags = { ...site.tags };
  const cmk = keyArn(site);
  const common = {
    maxMessageSize: request.maxMessageBytes ?? spec.maxMessageBytes,
    receiveWaitTimeSeconds: 20,
    ...(cmk ? { kmsMasterKeyId: cmk, kmsDataKeyReusePeriodSeconds: 300 } : { sqsManagedSseEnabled: true }),
    tags,
  };
  const { source } = request;
  const deadLetterQueue = new sqs.Queue(
    `${self.id}-dlq`,
    shape("deadLetterQueue", {
      ...common,
      messageRetentionSeconds: spec.deadLetterRetentionSeconds,
      ...(fifo ? { name: fifoName(self, "dlq"), fifoQueue: true } : {}),
    }),
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
      ...(fifo ? { name: fifoName(self), ...fifoArgs(fifo.deduplicates) } : {}),
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
  const policy = new sqs.QueuePolicy(
    self.id,
    shape("queuePolicy", { queueUrl: queue.id, policy: queuePolicy(queue.arn, source) }),
    self.child(),
  );
  const deadLetterPolicy = new sqs.QueuePolicy(
    `${self.id}-dlq`,
    { queueUrl: deadLetterQueue.id, policy: queuePolicy(deadLetterQueue.arn, source) },
    self.child(),
  );
  const worker = serverlessFunction(self, {
    name: `${self.id}-fn`,
    handler: spec.handler,
    settings: deadLetterQueue.id.apply(settings),
    own: [receive(self, queue, deadLetterQueue), ...(request.own ?? [])],
    shape,
  });
  const eventSource = new lambda.EventSourceMapping(
    self.id,
    shape("eventSource", {
      eventSourceArn: queue.arn,
      functionName: worker.alias.arn,
      ...batchArgs(request),
      functionResponseTypes: ["ReportBatchItemFailures"],
      metricsConfig: { metrics: ["EventCount"] },
      tags,
      scalingConfig: { maximumConcurrency: spec.maxConcurrency ?? defaultConcurrency },
    }),
    self.child(),
  );
  const alarm = deadLetterAlarm(self, deadLetterQueue, (args) => shape("alarm", args));
  const { grants, ...made } = worker;
  return {
    open: [policy, deadLetterPolicy, ...keyReady(site)],
    nodes: { queue, deadLetterQueue, ...made, eventSource, alarm },
    grants,
    outputs: { queue: queue.id, deadLetters: deadLetterQueue.id },
  };
}

/** SQS wants this ending. */
const fifoName = ({ site, id }: Pattern, ...more: string[]) => `${physicalName(site, [id, ...more], { max: 75 })}.fifo`;

/** By message group each has its own throughput, and its own memory of repeats. */
function fifoArgs(deduplicates: boolean): Partial<sqs.QueueArgs> {
  const scope = deduplicates
    ? { deduplicationScope: "queue", fifoThroughputLimit: "perQueue" }
    : { deduplicationScope: "messageGroup", fifoThroughputLimit: "perMessageGroupId" };
  return { fifoQueue: true, contentBasedDeduplication: false, ...scope };
}

/** Lambda takes no window on a FIFO queue. */
function batchArgs({ spec: { batch }, fifo }: WorkedQueueRequest) {
  return fifo
    ? { batchSize: batch.size }
    : { batchSize: batch.size, maximumBatchingWindowInSeconds: batch.windowSeconds };
}

function settingsOf(
  self: Pattern,
  { spec, settings }: Pick<WorkedQueueRequest, "spec" | "settings">,
  deadLetter: string,
): QueueWorkerSettings {
  return {
    component: self.id,
    timeoutSeconds: spec.handler.timeoutSeconds,
    maxDeliveries: spec.maxDeliveries,
    backoff: spec.backoff,
    deadLetter,
    ...(spec.idempotency ? { idempotency: spec.idempotency } : {}),
    ...settings,
  };
}

/** The function works the queue off, hides what failed for a while, and buries the rest with its cause. */
function receive({ site }: Pattern, queue: sqs.Queue, deadLetterQueue: sqs.Queue): OwnNeed {
  return {
    operations: ["receive"],
    statements: [
      {
        actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"],
        resources: [queue.arn],
      },
      { actions: ["sqs:SendMessage"], resources: [deadLetterQueue.arn] },
      ...keyUse(site, "sqs", ["kms:Decrypt", "kms:GenerateDataKey"]),
    ],
  };
}

/** TLS only, for whomever IAM lets; and the one source, which has no role. */
function queuePolicy(arn: pulumi.Output<string>, source: QueueSource | undefined): pulumi.Output<string> {
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
      ...(source
        ? [
            {
              Effect: "Allow",
              Principal: { Service: `${source.service}.amazonaws.com` },
              Action: "sqs:SendMessage",
              Resource: arn,
              Condition: { ArnEquals: { "aws:SourceArn": source.arn } },
            },
          ]
        : []),
    ],
  });
}

const time = formatDuration;

const alarmDelay = "within minutes of the first, once the address has confirmed the subscription";

/**
 * What every pattern with a handler promises.
 * @param service where its own guarantee is read
 * @param span what the timeout is the time of
 */
export function handlerRows(
  { site }: Pattern,
  spec: DeliverySpec,
  service: string,
  span: string,
): readonly ContractRow[] {
  const { timeoutSeconds, memoryMiB } = spec.handler;
  return [
    native("timeout", time(timeoutSeconds), time(timeoutSeconds), span, "Lambda CreateFunction.Timeout"),
    native(
      "memory",
      `${memoryMiB} MiB`,
      `${memoryMiB} MiB`,
      "arm64; CPU grows with it",
      "Lambda CreateFunction.MemorySize",
    ),
    native(
      "deadLetter.retention",
      time(spec.deadLetterRetentionSeconds),
      time(spec.deadLetterRetentionSeconds),
      "counted from the first sending where the queue buries, after a crash",
      "SQS dead-letter queues",
    ),
    emulated(
      "deadLetter.cause",
      "error, attempts, trace",
      "error, attempts, trace",
      "the adapter sends the last failure itself, with attributes; a crash leaves the message without them",
      "SQS dead-letter queues",
    ),
    alarmRow(site, "a CloudWatch alarm by e-mail", alarmDelay, "CloudWatch metrics of SQS"),
    idempotencyRow(spec, service),
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

/** What every pattern with a queue promises. */
export function deliveryRows(self: Pattern, spec: DeliverySpec, service: string): readonly ContractRow[] {
  const { backoff, maxConcurrency, maxDeliveries, retentionSeconds } = spec;
  return [
    ...handlerRows(self, spec, service, `hidden from others for ${time(visibility(spec))}`),
    native(
      "maxDeliveries",
      String(maxDeliveries),
      `about ${maxDeliveries}`,
      "throttled receives count too",
      "SQS RedrivePolicy.maxReceiveCount",
    ),
    emulated(
      "backoff",
      `${time(backoff.minSeconds)} to ${time(backoff.maxSeconds)}`,
      "doubles with every delivery",
      "the adapter sets each failed message's visibility",
      "SQS ChangeMessageVisibility",
    ),
    native(
      "retention",
      time(retentionSeconds),
      time(retentionSeconds),
      "then the message is dropped",
      "SQS MessageRetentionPeriod",
    ),
    native(
      "maxConcurrency",
      maxConcurrency === undefined ? "none asked" : String(maxConcurrency),
      String(maxConcurrency ?? defaultConcurrency),
      "limits the poller, so that throttling burns no deliveries",
      "Lambda ScalingConfig.MaximumConcurrency",
    ),
    encryptionRow(self),
  ];
}

function encryptionRow({ site }: Pattern): ContractRow {
  const given = keyArn(site) ? "the stack's KMS key" : "SSE-SQS";
  return native("encryption", site.dataClass, given, "at rest; TLS only by queue policy", "SQS server-side encryption");
}
