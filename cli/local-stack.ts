/** Brings a stack to life in a local cloud of this process, without the Pulumi CLI. */
import { type LocalCloud, LocalCloudError } from "../local";
import { type ResourceType, resourceTypes } from "../local/resources";
import { apply, type Backing, display } from "./engine";
import { UsageError } from "./failure";
import { programOf, runOptions, type Stack } from "./project";

const prefix = "localcloud:index:";

function backing(cloud: LocalCloud): Backing {
  return {
    register: async ({ type, inputs }) => {
      const name = resourceTypes.find((known) => type === prefix + known);
      if (!name) throw new LocalCloudError("InvalidInput", `${type} is no resource of the local cloud`);
      return cloud.create<ResourceType>(name, inputs);
    },
  };
}

/** Deploys the stack and returns its outputs. */
export async function deploy(cloud: LocalCloud, stack: Stack): Promise<Record<string, unknown>> {
  const chosen = stack.config["serverless-blueprints:cloud"];
  if (chosen !== "local") {
    throw new UsageError(
      `the stack ${stack.name} is for ${chosen}, not for the local cloud`,
      `npm run plan -- ${stack.name} shows it; pulumi up -s ${stack.name} deploys it`,
    );
  }
  const result = await apply(programOf(stack.project), runOptions(stack), backing(cloud));
  for (const { severity, message } of result.logs)
    if (severity === "warning") process.stderr.write(`warning: ${message}\n`);
  return display(result.outputs) as Record<string, unknown>;
}
