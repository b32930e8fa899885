import * as pulumi from "@pulumi/pulumi";
import { type PlannedResource, plan, type RunOptions, type RunResult } from "../../../cli/engine";

/** A package that no provider knows: what the engine is asked is all that counts here. */
export class Queue extends pulumi.CustomResource {
  declare readonly url: pulumi.Output<string>;
  declare readonly label: pulumi.Output<string | undefined>;

  constructor(name: string, args: Record<string, unknown> = {}, opts?: pulumi.CustomResourceOptions) {
    super("standin:index:Queue", name, { url: undefined, label: undefined, ...args }, opts);
  }
}

export class Provider extends pulumi.ProviderResource {
  constructor(name: string, opts?: pulumi.ResourceOptions) {
    super("standin", name, {}, opts);
  }
}

export class Worker extends pulumi.ComponentResource {
  readonly queue: Queue;
  readonly reader: Queue;

  constructor(name: string, args: pulumi.Inputs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("test:index:Worker", name, args, opts);
    this.queue = new Queue(`${name}-queue`, { label: "orders" }, { parent: this });
    this.reader = new Queue(`${name}-reader`, { source: this.queue.url }, { parent: this });
    this.registerOutputs({ url: this.queue.url, label: "orders" });
  }
}

export const options: RunOptions = { project: "shop", stack: "dev", config: {} };

export function planned(program: () => unknown, changes: Partial<RunOptions> = {}): Promise<RunResult> {
  return plan(program, { ...options, ...changes });
}

export function named(result: RunResult, name: string): PlannedResource {
  const resource = result.resources.find((candidate) => candidate.name === name);
  if (!resource) throw new Error(`${name} was not registered`);
  return resource;
}
