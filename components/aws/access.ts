import * as pulumi from "@pulumi/pulumi";
import type { GrantData, GrantRecord, Target } from "../core/grant";

/** One statement of an IAM policy: what it allows on exactly which resources. */
export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly pulumi.Input<string>[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, pulumi.Input<string> | readonly string[]>>>>;
}

/** What a grant becomes: the client's configuration, and the statements for the caller's role. */
export interface AwsAccess {
  readonly config: Readonly<Record<string, pulumi.Input<unknown>>>;
  readonly statements: readonly Statement[];
}

const offers = new WeakMap<Target, (operations: readonly string[]) => AwsAccess>();

/** Says how a component can be used. */
export function provide(target: Target, offer: (operations: readonly string[]) => AwsAccess): void {
  offers.set(target, offer);
}

export function accessTo({ target, operations }: GrantData): AwsAccess {
  const offer = offers.get(target);
  if (!offer) throw new Error(`${target.kind} "${target.id}" cannot be used on aws`);
  return offer(operations);
}

/** The edge as it is registered: an action list for each resource, without the document around it. */
export function record(
  from: string,
  to: string,
  operations: readonly string[],
  statements: readonly Statement[],
): GrantRecord {
  const rendered = statements.flatMap(({ actions, resources, conditions }) =>
    resources.map((resource) => ({ actions, resource, ...(conditions ? { conditions } : {}) })),
  );
  return { from, to, operations, rendered };
}

/** An IAM policy document. */
export function policyDocument(statements: readonly Statement[]): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: statements.map(({ actions, resources, conditions }) => ({
      Effect: "Allow",
      Action: actions,
      Resource: resources.length === 1 ? resources[0] : resources,
      ...(conditions ? { Condition: conditions } : {}),
    })),
  });
}
