/** What is deployed of a stack, by its state. */
import { UsageError } from "../failure";
import type { Stack } from "../project";
import { run } from "./run";

type Values = Readonly<Record<string, unknown>>;

/** A component of the catalog. */
export interface DeployedComponent {
  readonly kind: string;
  readonly name: string;
  readonly outputs: Values;
}

export interface State {
  readonly stack: string;
  readonly components: readonly DeployedComponent[];
  /** Outputs of one of the provider's resources. */
  readonly resource: (type: string, name: string) => Values | undefined;
}

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly outputs?: Values;
}

const componentType = "blueprints:index:";

/** Asks the Pulumi CLI, which needs no credentials of the cloud for it. */
export async function stateOf({ name: stack, project }: Stack): Promise<State> {
  const text = await run("pulumi", ["stack", "export", "--stack", stack], project.root, {
    missing: "the state of a deployed stack is read by the Pulumi CLI, and there is none",
    install: "install it (https://www.pulumi.com/docs/install/)",
    failed: `pulumi stack export --stack ${stack} failed`,
    wayOut: `deploy it first: pulumi up -s ${stack}`,
  });
  const { deployment } = JSON.parse(text) as { deployment?: { resources?: readonly StateResource[] } };
  const resources = deployment?.resources ?? [];
  if (resources.length === 0)
    throw new UsageError(`nothing is deployed in ${stack}`, `deploy it first: pulumi up -s ${stack}`);
  const nameOf = ({ urn }: StateResource) => urn.split("::").pop() ?? "";
  return {
    stack,
    components: resources
      .filter(({ type }) => type.startsWith(componentType))
      .map((one) => ({ kind: one.type.slice(componentType.length), name: nameOf(one), outputs: one.outputs ?? {} })),
    resource: (type, wanted) => resources.find((one) => one.type === type && nameOf(one) === wanted)?.outputs,
  };
}

/** One of the components that qualify, by its name. `what`: what they have in common, for the error. */
export function componentOf(
  { stack, components }: State,
  wanted: string,
  what: string,
  qualifies: (component: DeployedComponent) => boolean,
): DeployedComponent {
  const found = components.filter(qualifies);
  const one = found.find(({ name }) => name === wanted);
  if (one) return one;
  const known = found.map(({ name }) => name).sort();
  throw new UsageError(
    `${stack} has no ${what} ${JSON.stringify(wanted)}`,
    known.length > 0 ? `choose one of ${known.join(", ")}` : `deploy one first: pulumi up -s ${stack}`,
  );
}
