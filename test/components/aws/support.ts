import { apply, display, type RunResult } from "../../../cli/engine";

type Computed = (
  token: string,
  name: string,
  inputs: Record<string, unknown>,
  context: { readonly settings: Record<string, unknown> },
) => { id: string } & Record<string, unknown>;
const { computed, names } = require("../../engine/standins/aws") as {
  computed: Computed;
  names: Readonly<Record<string, string>>;
};

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
        const naming = names[type] ?? "name";
        const called = typeof inputs[naming] === "string" ? inputs[naming] : name;
        const { id, ...outputs } = computed(type, called, inputs, { settings: {} });
        return { id, outputs: { ...inputs, [naming]: called, ...outputs } };
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
