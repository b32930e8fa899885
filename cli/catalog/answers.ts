/** What the clouds answer: to the stacks' own components, and to each feature by itself. */
import { cloudNames } from "../../components/core/clouds";
import { BlueprintError } from "../../components/core/errors";
import { display, type PlannedResource, plan } from "../engine";
import { type Project, programOf, readStack, runOptions, stackNames } from "../project";
import { type Feature, features } from "./features";

export interface Row {
  readonly property: string;
  readonly asked: string;
  readonly given: string;
  readonly how: string;
  readonly why: string;
}
/** Contract rows by property and cloud. */
export type Properties = ReadonlyMap<string, ReadonlyMap<string, Row>>;

/** What is known of one pattern. */
export interface KindAnswers {
  readonly properties: Map<string, Map<string, Row>>;
  /** Resources that the smallest of its components has on each cloud: how many of each type. */
  readonly made: Map<string, ReadonlyMap<string, number>>;
}

export interface StackAnswers {
  readonly answers: ReadonlyMap<string, KindAnswers>;
  /** Stacks with the number of their resources. */
  readonly counts: readonly (readonly string[])[];
}

/** Of all stacks; where several have a component of a kind, a row that asks for something goes before one that does not. */
export async function stackAnswers(project: Project): Promise<StackAnswers> {
  const answers = new Map<string, KindAnswers>();
  const counts: string[][] = [];
  for (const name of stackNames(project)) {
    const stack = readStack(project, name);
    const cloud = stack.config["serverless-blueprints:cloud"] ?? "";
    const result = await plan(programOf(project), runOptions(stack));
    counts.push([name, String(result.resources.filter(({ custom }) => custom).length)]);
    for (const { type, custom, outputs, urn } of result.resources) {
      const [, kind] = /^blueprints:index:(.+)$/.exec(type) ?? [];
      const rows = display(outputs.contract);
      if (custom || !kind || !Array.isArray(rows)) continue;
      const { properties, made } = answers.get(kind) ?? { properties: new Map(), made: new Map() };
      answers.set(kind, { properties, made });
      const types = below(urn, result.resources);
      const smallest = made.get(cloud);
      if (!smallest || sum(types) < sum(smallest)) made.set(cloud, types);
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

/** The resources under a component, by type. */
function below(component: string, resources: readonly PlannedResource[]): ReadonlyMap<string, number> {
  const inside = new Set([component]);
  const types = new Map<string, number>();
  for (const { urn, parent, custom, type } of resources) {
    if (!parent || !inside.has(parent)) continue;
    inside.add(urn);
    if (custom) types.set(type, (types.get(type) ?? 0) + 1);
  }
  return new Map([...types].sort(([a], [b]) => (a < b ? -1 : 1)));
}
const sum = (types: ReadonlyMap<string, number>) => [...types.values()].reduce((total, count) => total + count, 0);

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

export type Asked = ReadonlyMap<Feature, ReadonlyMap<string, FeatureAnswer>>;

export async function featureAnswers(): Promise<Asked> {
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
