import { apply, display, type RunResult } from "../../../cli/engine";

type Computed = (
  token: string,
  name: string,
  inputs: Record<string, unknown>,
) => { id: string } & Record<string, unknown>;
const { computed } = require("../../engine/standins/outputs") as { computed: { aws: Computed } };

const arn = (service: string, resource: string) => `arn:aws:${service}:eu-central-1:123456789012:${resource}`;

/** What the services of the event patterns compute, where policies and patterns are built on it. */
function arns(type: string, name: string, { eventBusName }: Record<string, unknown>): Record<string, string> {
  const bus = eventBusName === undefined ? "" : `${String(eventBusName)}/`;
  const of: Record<string, Record<string, string>> = {
    "aws:cloudwatch/eventBus:EventBus": { arn: arn("events", `event-bus/${name}`) },
    "aws:cloudwatch/eventRule:EventRule": { arn: arn("events", `rule/${bus}${name}`) },
    "aws:dynamodb/table:Table": { streamArn: arn("dynamodb", `table/${name}/stream/1`) },
    "aws:kinesis/stream:Stream": { arn: arn("kinesis", `stream/${name}`) },
    "aws:kinesis/streamConsumer:StreamConsumer": { arn: arn("kinesis", `stream/clicks/consumer/${name}:1`) },
    "aws:s3/bucket:Bucket": { id: name, arn: `arn:aws:s3:::${name}`, bucket: name },
    "aws:sns/topic:Topic": { arn: arn("sns", name) },
  };
  return of[type] ?? {};
}

/** Deploys a program in process: the cloud answers with what AWS would compute. */
export function deployed(program: () => unknown, config: Record<string, string> = {}): Promise<RunResult> {
  const own = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `serverless-blueprints:${key}`, value]),
  );
  return apply(
    program,
    {
      project: "shop",
      stack: "test-aws",
      config: { "serverless-blueprints:cloud": "aws", "aws:region": "eu-central-1", ...own },
    },
    {
      register: async ({ type, name, inputs }) => {
        const called = typeof inputs.name === "string" ? inputs.name : name;
        const { id, ...outputs } = { ...computed.aws(type, called, inputs), ...arns(type, called, inputs) };
        return { id, outputs: { ...inputs, name: called, ...outputs } };
      },
    },
  );
}

/** The environment of a function, each variable parsed. */
export function environment(result: RunResult, name: string): Record<string, unknown> {
  const { environment } = inputs(result, "aws:lambda/function:Function", name) as {
    environment: { variables: Record<string, string> };
  };
  return Object.fromEntries(Object.entries(environment.variables).map(([key, value]) => [key, JSON.parse(value)]));
}

/** Inputs of one resource. */
export function inputs(result: RunResult, type: string, name: string): Record<string, unknown> {
  const found = result.resources.find((resource) => resource.type === type && resource.name === name);
  if (!found) throw new Error(`there is no ${type} ${name}`);
  return display(found.inputs) as Record<string, unknown>;
}

interface PolicyStatement {
  readonly Sid?: string;
  readonly Principal?: unknown;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

/** Statements of a policy document, whichever input holds it. */
export function statements(document: unknown): readonly PolicyStatement[] {
  return (JSON.parse(String(document)) as { Statement: readonly PolicyStatement[] }).Statement;
}

/** What each role may do: `role: action on the last part of the resource`, sorted. */
export function permissions(result: RunResult): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { type, inputs: given } of result.resources) {
    if (type !== "aws:iam/rolePolicy:RolePolicy") continue;
    const { role, policy } = display(given) as { role: string; policy: string };
    const lines = statements(policy).flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource].flat().map((resource) => `${action} ${resource.split(":").slice(5).join(":") || resource}`),
        ),
    );
    found[role] = [...(found[role] ?? []), ...lines].sort();
  }
  return found;
}
