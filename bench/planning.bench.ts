/**
 * Planning through components beside the same raw resources written by hand: queue workers on AWS, a hundred and a
 * thousand of them, and the largest blueprint on every cloud, where its time goes.
 */
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as iam from "@pulumi/aws/iam";
import * as lambda from "@pulumi/aws/lambda";
import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import { display, type PlannedResource, type Program, plan } from "../cli/engine";
import { findProject, programOf, readStack, runOptions } from "../cli/project";
import { code, foundation, QueueWorker } from "../components";
import { bundle, forgetBundles } from "../components/core/bundle";
import type { CloudName } from "../components/core/clouds";
import { Note } from "../test/fixtures/contracts";
import { apart } from "./apart";
import { byHand as byHandOf } from "./by-hand";
import { type Figure, inTurn, median, time } from "./figure";

const quiet = code<typeof import("../test/fixtures/quiet-worker")>(__dirname, "../test/fixtures/quiet-worker");
const config = {
  "serverless-blueprints:cloud": "aws",
  "serverless-blueprints:dataClass": "internal",
  "aws:region": "eu-central-1",
};
const options = { project: "bench", stack: "bench", config };

const components = (count: number) => () => {
  for (let index = 0; index < count; index++) new QueueWorker(`worker-${index}`, { message: Note, handler: quiet });
};

/** What `components/aws/queue-worker.ts` makes, by hand and without a component: the same types, the same values. */
const byHand = (count: number) => () => {
  foundation();
  const made = bundle({
    cloud: "aws",
    adapter: "queue-worker",
    code: quiet,
    exports: ["schema"],
    uses: {},
    idempotency: false,
  });
  if ("problems" in made) throw new Error("the handler is not bundled");
  for (let index = 0; index < count; index++) rawWorker(`worker-${index}`, made.text);
};
const document = (statements: object[]) => pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });

function rawWorker(id: string, text: string): void {
  const tags = { project: "bench", stack: "bench", "data-class": "internal" };
  const common = { maxMessageSize: 262_144, receiveWaitTimeSeconds: 20, sqsManagedSseEnabled: true, tags };
  const dead = new sqs.Queue(`${id}-dlq`, { ...common, messageRetentionSeconds: 1_209_600 });
  const queue = new sqs.Queue(id, {
    ...common,
    messageRetentionSeconds: 345_600,
    visibilityTimeoutSeconds: 180,
    redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 }),
  });
  new sqs.RedriveAllowPolicy(`${id}-dlq`, {
    queueUrl: dead.id,
    redriveAllowPolicy: pulumi.jsonStringify({ redrivePermission: "byQueue", sourceQueueArns: [queue.arn] }),
  });
  for (const [name, of] of [
    [id, queue],
    [`${id}-dlq`, dead],
  ] as const) {
    const deny = {
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: of.arn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    };
    new sqs.QueuePolicy(name, { queueUrl: of.id, policy: document([deny]) });
  }
  const logs = new cloudwatch.LogGroup(`${id}-fn`, {
    name: `/aws/lambda/bench-bench/${id}-fn`,
    retentionInDays: 365,
    tags,
  });
  const role = new iam.Role(`${id}-fn`, {
    assumeRolePolicy:
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}',
    tags,
  });
  const policies = [
    new iam.RolePolicy(`${id}-fn-platform`, {
      role: role.id,
      policy: document([
        {
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: pulumi.interpolate`${logs.arn}:*`,
        },
        { Effect: "Allow", Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], Resource: "*" },
      ]),
    }),
    new iam.RolePolicy(`${id}-fn-own`, {
      role: role.id,
      policy: document([
        {
          Effect: "Allow",
          Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"],
          Resource: queue.arn,
        },
        { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: dead.arn },
      ]),
    }),
  ];
  const settings = dead.id.apply((deadLetter) => ({
    component: id,
    timeoutSeconds: 30,
    maxDeliveries: 5,
    backoff: { minSeconds: 10, maxSeconds: 600 },
    deadLetter,
  }));
  const fn = new lambda.Function(
    `${id}-fn`,
    {
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
      code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(text) }),
      role: role.arn,
      timeout: 30,
      memorySize: 512,
      environment: { variables: { SB_SETTINGS: pulumi.jsonStringify(settings) } },
      tracingConfig: { mode: "Active" },
      loggingConfig: { logFormat: "JSON", applicationLogLevel: "INFO", systemLogLevel: "WARN", logGroup: logs.name },
      publish: true,
      tags,
    },
    { dependsOn: policies },
  );
  const alias = new lambda.Alias(`${id}-fn`, { name: "live", functionName: fn.name, functionVersion: fn.version });
  new lambda.EventSourceMapping(id, {
    eventSourceArn: queue.arn,
    functionName: alias.arn,
    batchSize: 1,
    maximumBatchingWindowInSeconds: 0,
    functionResponseTypes: ["ReportBatchItemFailures"],
    metricsConfig: { metrics: ["EventCount"] },
    tags,
  });
}

/** ms of one plan of a stack, by part. */
interface Parts {
  readonly resources: number;
  /** In a fresh process: everything. */
  readonly first: number;
  readonly loading: number;
  readonly bundling: number;
  readonly registering: number;
  readonly byHand: number;
}

/** For a fresh process: modules are loaded once, and what the first plan takes longer than one that bundles anew is theirs. */
export async function planParts(name: string): Promise<Parts> {
  const project = findProject(__dirname);
  const stack = readStack(project, name);
  const own = programOf(project);
  const run = (program: Program) => time(() => plan(program, runOptions(stack)));
  const first = await run(own);
  const { resources } = await plan(own, runOptions(stack));
  const hand = byHandOf(resources);
  const again = await plan(hand, runOptions(stack));
  if (customOf(again.resources) !== customOf(resources)) throw new Error(`${name} by hand has other resources`);
  const anew = () => {
    forgetBundles();
    return run(own);
  };
  const [bundled = 0, registering = 0, byHand = 0] = await inTurn(5, [anew, () => run(own), () => run(hand)]);
  const bundling = bundled - registering;
  return { resources: resources.length, first, loading: first - bundled, bundling, registering, byHand };
}

/** Types, names and inputs of what a provider would be asked for. */
function customOf(resources: readonly PlannedResource[]): string {
  return resources
    .filter(({ custom }) => custom)
    .map(({ type, name, inputs }) => `${type} ${name} ${JSON.stringify(display(inputs))}`)
    .sort()
    .join("\n");
}

const largest = "fulfilment";

async function blueprintFigures(cloud: CloudName): Promise<readonly Figure[]> {
  const runs: Parts[] = [];
  for (let round = 0; round < 3; round++) runs.push(await apart<Parts>(__filename, "planParts", `${largest}-${cloud}`));
  const of = (key: keyof Parts) => median(runs.map((run) => run[key]));
  const parts = (["loading", "bundling", "registering"] as const).map((key) => `${key} ${Math.round(of(key))}`);
  return [
    {
      what: `${largest} on ${cloud}, ${of("resources")} resources, in a fresh process`,
      unit: "ms",
      ours: of("first"),
      note: parts.join(", "),
    },
    {
      what: "the same, its code loaded and bundled",
      unit: "ms",
      ours: of("registering"),
      peer: { name: "raw resources by hand", value: of("byHand") },
    },
  ];
}

export async function measure(): Promise<readonly Figure[]> {
  const run = (program: () => void) => time(() => plan(program, options));
  await run(components(5));
  await run(byHand(5));
  const custom = async (program: () => void) =>
    (await plan(program, options)).resources
      .filter((resource) => resource.custom)
      .map(({ type }) => type)
      .sort();
  const [ours, raw] = [await custom(components(3)), await custom(byHand(3))];
  if (ours.join() !== raw.join())
    throw new Error(`the two do not make the same resources:\n${ours.join()}\n${raw.join()}`);
  const rounds: { component: number; hand: number }[] = [];
  for (let round = 0; round < 5; round++)
    rounds.push({ component: await run(components(100)), hand: await run(byHand(100)) });
  const component = median(rounds.map((round) => round.component));
  const hand = median(rounds.map((round) => round.hand));
  const thousand = await withMemory(() => run(components(1000)));
  const thousandByHand = await run(byHand(1000));
  const blueprints: Figure[] = [];
  for (const cloud of ["aws", "azure", "gcp"] as const) blueprints.push(...(await blueprintFigures(cloud)));
  return [
    {
      what: "100 queue workers planned",
      unit: "ms",
      ours: component,
      peer: { name: "raw resources by hand", value: hand },
      aim: 1.25,
      note: "median of 5, taking turns",
    },
    {
      what: "1,000 queue workers planned",
      unit: "ms",
      ours: thousand.took,
      peer: { name: "100 of them", value: component },
      aim: 12,
    },
    {
      what: "the same beside 1,000 by hand",
      unit: "ms",
      ours: thousand.took,
      peer: { name: "raw resources by hand", value: thousandByHand },
    },
    {
      what: "growth of resident memory for 1,000",
      unit: "MiB",
      ours: thousand.growth,
      note: "the SDK keeps every resource's outputs until the run ends",
    },
    ...blueprints,
  ];
}

/** Milliseconds, and MiB that resident memory grew by. */
async function withMemory(work: () => Promise<number>): Promise<{ took: number; growth: number }> {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const took = await work();
  return { took, growth: (process.memoryUsage().rss - before) / 2 ** 20 };
}
