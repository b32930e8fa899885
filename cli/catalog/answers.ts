/** What the clouds answer: to the stacks' own components, and to each feature by itself. */
import { cloudNames } from "../../components/core/clouds";
import { BlueprintError } from "../../components/core/errors";
import { display, plan } from "../engine";
import { type Project, programOf, readStack, runOptions, stackNames } from "../project";
import { type Feature, features } from "./features";

export interface Row {
  readonly property: string;
  readonly asked: string;
  readonly given: string;
  readonly how: string;
  readonly why: string;
}
/** Contract rows by pattern, property and cloud. */
export type Answers = Map<string, Map<string, Map<string, Row>>>;

export interface StackAnswers {
  readonly answers: Answers;
  /** Stacks with the number of their resources. */
  readonly counts: readonly (readonly string[])[];
}

/** Of all stacks; where several have a component of a kind, a row that asks for something goes before one that does not. */
export async function stackAnswers(project: Project): Promise<StackAnswers> {
  const answers: Answers = new Map();
  const counts: string[][] = [];
  for (const name of stackNames(project)) {
    const stack = readStack(project, name);
    const cloud = stack.config["serverless-blueprints:cloud"] ?? "";
    const result = await plan(programOf(project), runOptions(stack));
    counts.push([name, String(result.resources.filter(({ custom }) => custom).length)]);
    for (const { type, custom, outputs } of result.resources) {
      const [, kind] = /^blueprints:index:(.+)$/.exec(type) ?? [];
      const rows = display(outputs.contract);
      if (custom || !kind || !Array.isArray(rows)) continue;
      const properties = answers.get(kind) ?? new Map<string, Map<string, Row>>();
      answers.set(kind, properties);
      for (const row of rows as Row[]) {
        const clouds = properties.get(row.property) ?? new Map<string, Row>();
        properties.set(row.property, clouds);
        const known = clouds.get(cloud);
        if (!known || (known.asked === "none asked" && row.asked !== "none asked")) clouds.set(cloud, row);
      }
    }
  }
  return { answers, counts };
}

/** How a cloud answers a feature: a contract row, or a refusal. */
export type FeatureAnswer = { readonly row: Row } | { readonly refused: string; readonly code: string };

/** What planning needs on each cloud; no account is asked. */
const settings: Readonly<Record<string, Record<string, string>>> = {
  aws: { "aws:region": "eu-central-1" },
  azure: {
    "azure-native:location": "germanywestcentral",
    "serverless-blueprints:azureAppId": "00000000-0000-0000-0000-000000000000",
  },
  gcp: { "gcp:project": "catalog", "gcp:region": "europe-west1" },
  local: {},
};

export async function featureAnswers(): Promise<ReadonlyMap<Feature, ReadonlyMap<string, FeatureAnswer>>> {
  const found = new Map<Feature, Map<string, FeatureAnswer>>();
  for (const feature of features) {
    const clouds = new Map<string, FeatureAnswer>();
    found.set(feature, clouds);
    for (const cloud of cloudNames) clouds.set(cloud, await ask(feature, cloud));
  }
  return found;
}

async function ask(feature: Feature, cloud: string): Promise<FeatureAnswer> {
  const config = { "serverless-blueprints:cloud": cloud, ...settings[cloud] };
  const program = () => {
    feature.program();
  };
  try {
    const { resources } = await plan(program, { project: "catalog", stack: cloud, config });
    const component = resources.find(
      ({ name, custom, type }) => name === "it" && !custom && type.endsWith(feature.kind),
    );
    const rows = display(component?.outputs.contract) as readonly Row[] | undefined;
    const row = rows?.find(({ property }) => property === feature.property);
    if (!row) throw new Error(`${feature.kind} on ${cloud} has no row for ${feature.property}`);
    return { row };
  } catch (error) {
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
      const [problem] = cause instanceof BlueprintError ? cause.problems : [];
      if (problem) return { refused: problem.fact, code: problem.code };
    }
    throw error;
  }
}
