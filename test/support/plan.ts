import { display, plan, type RunResult } from "../../cli/engine";
import type { CloudName } from "../../components/core/clouds";
import type { ContractRow } from "../../components/core/contract";
import type { GrantRecord } from "../../components/core/grant";

/** What each cloud needs to know before anything can be planned on it. */
const clouds: Record<CloudName, Record<string, string>> = {
  aws: { "aws:region": "eu-central-1" },
  azure: {
    "azure-native:location": "germanywestcentral",
    "serverless-blueprints:azureAppId": "5f1f6a3e-6f0e-4c1e-9a55-1b0f3a6f2c11",
  },
  gcp: { "gcp:project": "shop-test", "gcp:region": "europe-west1" },
  local: {},
};

/** Plans a program in process on one cloud. */
export async function planned(
  cloud: CloudName,
  program: () => unknown,
  config: Record<string, string> = {},
): Promise<RunResult> {
  const own = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `serverless-blueprints:${key}`, value]),
  );
  return plan(program, {
    project: "shop",
    stack: `test-${cloud}`,
    config: {
      "serverless-blueprints:cloud": cloud,
      "serverless-blueprints:alarmEmail": "operations@example.com",
      ...clouds[cloud],
      ...own,
    },
  });
}

/** What a component registered. */
export function registered(
  result: RunResult,
  name: string,
): { contract: ContractRow[]; grants: GrantRecord[]; outputs: Record<string, unknown> } {
  const component = result.resources.find((resource) => !resource.custom && resource.name === name);
  if (!component) throw new Error(`no component ${name} was planned`);
  const outputs = display(component.outputs) as Record<string, unknown>;
  return {
    contract: (outputs.contract ?? []) as ContractRow[],
    grants: (outputs.grants ?? []) as GrantRecord[],
    outputs,
  };
}

/** Inputs of all resources of a type, for people. */
export function inputsOf(result: RunResult, type: string): Record<string, unknown>[] {
  return result.resources
    .filter((resource) => resource.type === type)
    .map(({ inputs }) => display(inputs) as Record<string, unknown>);
}
