/** A planned stack as somebody without components would write it: each resource by its provider's own class, flat. */
import * as pulumi from "@pulumi/pulumi";
import { containsUnknown, type PlannedResource, unknown } from "../cli/engine";
import { plain } from "../cli/engine/plain";

type Class = new (name: string, args: unknown, opts: pulumi.CustomResourceOptions) => pulumi.CustomResource;

const packages: Readonly<Record<string, string>> = { aws: "aws", gcp: "gcp", "azure-native": "azure-native" };

/** `aws:sqs/queue:Queue` is `Queue` of `@pulumi/aws/sqs`; undefined where no package has the type. */
function classOf(type: string): Class | undefined {
  const [own = "", module = "", name = ""] = type.split(":");
  const found = packages[own];
  if (found === undefined) return undefined;
  return (require(`@pulumi/${found}/${module.split("/")[0]}`) as Record<string, Class>)[name];
}

/** Of a type that no package has: a dynamic resource, whose code is taken over as text. */
class Other extends pulumi.CustomResource {}

/** The program that makes the same resources, with what they take from each other as outputs. */
export function byHand(planned: readonly PlannedResource[]): () => void {
  const resources = planned.filter(({ custom, external }) => custom && !external);
  // What a plan holds in wire form is opened once, before anything is measured.
  const steps = resources.map((resource) => ({
    ...resource,
    class: classOf(resource.type),
    inputs: Object.entries(resource.inputs).map(([key, value]) => [key, plain(value)] as const),
  }));
  return () => {
    const made = new Map<string, pulumi.CustomResource>();
    const named = (urns: readonly string[]) => urns.flatMap((urn) => made.get(urn) ?? []);
    for (const { urn, type, name, class: Resource, inputs, dependencies, propertyDependencies, protect } of steps) {
      const viaInputs = new Set<string>();
      const args = Object.fromEntries(
        inputs.map(([key, value]) => {
          if (!containsUnknown(value)) return [key, value];
          const own = propertyDependencies[key] ?? [];
          const from = own.length > 0 ? own : dependencies;
          for (const dependency of from) viaInputs.add(dependency);
          return [key, linked(value, pulumi.all(named(from).map(({ id }) => id)))];
        }),
      );
      const dependsOn = named(dependencies.filter((dependency) => !viaInputs.has(dependency)));
      const opts = { protect, dependsOn };
      made.set(urn, Resource ? new Resource(name, args, opts) : new Other(type, name, args, opts));
    }
  };
}

/** The value with this output in the place of each thing that is not known yet. */
function linked(value: unknown, from: pulumi.Output<unknown>): unknown {
  if (value === unknown) return from;
  if (Array.isArray(value)) return value.map((member) => linked(member, from));
  if (typeof value !== "object" || value === null || pulumi.asset.Asset.isInstance(value)) return value;
  if (pulumi.asset.Archive.isInstance(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, linked(member, from)]));
}
