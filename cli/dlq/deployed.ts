/** Where a deployed component keeps its dead letters: the stack's state says so. */
import { execFile } from "node:child_process";
import { UsageError } from "../failure";
import type { Stack } from "../project";

export interface Deployed {
  readonly component: string;
  /** Outputs of the component: where dead letters wait, and where they go when they are sent back. */
  readonly deadLetters: string;
  readonly queue: string;
  /** The provider's resources of the component, by type token and name. */
  readonly resource: (type: string, name: string) => Readonly<Record<string, unknown>> | undefined;
}

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Asks the Pulumi CLI for the stack's state, which needs no credentials of the cloud. */
export async function deployed(stack: Stack, component: string): Promise<Deployed> {
  const state = await exported(stack);
  const resources = state.filter(({ type }) => type !== "pulumi:pulumi:Stack");
  const name = ({ urn }: StateResource) => urn.split("::").pop() ?? "";
  const boxes = resources.filter(
    ({ type, outputs }) => type.startsWith("blueprints:index:") && typeof outputs?.deadLetters === "string",
  );
  const box = boxes.find((one) => name(one) === component);
  if (!box) {
    const known = boxes.map(name).sort().join(", ");
    throw new UsageError(
      `${stack.name} has no component ${JSON.stringify(component)} with dead letters`,
      known ? `choose one of ${known}` : `deploy it first: pulumi up -s ${stack.name}`,
    );
  }
  return {
    component,
    deadLetters: String(box.outputs?.deadLetters),
    queue: String(box.outputs?.queue ?? ""),
    resource: (type, wanted) => resources.find((one) => one.type === type && name(one) === wanted)?.outputs,
  };
}

async function exported({ name, project }: Stack): Promise<readonly StateResource[]> {
  const text = await run("pulumi", ["stack", "export", "--stack", name], project.root, {
    missing: "the state of a deployed stack is read by the Pulumi CLI, and there is none",
    install: "install it (https://www.pulumi.com/docs/install/)",
    failed: `pulumi stack export --stack ${name} failed`,
    wayOut: `deploy it first: pulumi up -s ${name}`,
  });
  const { deployment } = JSON.parse(text) as { deployment?: { resources?: readonly StateResource[] } };
  const resources = deployment?.resources ?? [];
  if (resources.length === 0)
    throw new UsageError(`nothing is deployed in ${name}`, `deploy it first: pulumi up -s ${name}`);
  return resources;
}

export interface Explained {
  readonly missing: string;
  readonly install: string;
  readonly failed: string;
  readonly wayOut: string;
}

/** A command's output; its failures in the words of whoever needs it. */
export function run(command: string, args: readonly string[], cwd: string, words: Explained): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, [...args], { cwd, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if (error.code === "ENOENT") return reject(new UsageError(words.missing, words.install));
      const said = stderr.trim().split("\n")[0] ?? "";
      reject(new UsageError(said ? `${words.failed}: ${said}` : words.failed, words.wayOut));
    });
  });
}
