import { dataClassOf } from "./data-class";
import { isObject, plainProperties } from "./known";
import { componentPrefix, type DataClass, type ResourceView, type StackView } from "./model";
import { normalise } from "./types";

/** A resource as planning knows it; its properties may be in the engine's wire form or printable. */
export interface ResourceInput {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent?: string;
  readonly custom: boolean;
  readonly external?: boolean;
  readonly inputs: object;
  readonly outputs?: object;
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

/** What controls see of a resource: the inputs of a custom one, the inputs and registered outputs of a component. */
function resourceView(resource: ResourceInput): ResourceView {
  const { urn, type, name, parent, custom, external = false, inputs, outputs = {} } = resource;
  const props =
    custom && !external ? plainProperties(inputs) : { ...plainProperties(inputs), ...plainProperties(outputs) };
  const propertyDependencies = isObject(resource.propertyDependencies) ? resource.propertyDependencies : {};
  return {
    urn,
    type: normalise(type),
    name,
    parent: parent || undefined,
    custom,
    external,
    props,
    propertyDependencies,
  };
}

/** The graph of a stack's resources, ready for `evaluate`. */
export function viewOf(resources: readonly ResourceInput[], options: { dataClass?: DataClass } = {}): StackView {
  return new Graph(resources.map(resourceView), options.dataClass);
}

class Graph implements StackView {
  readonly urn: string;
  readonly dataClass: DataClass;
  readonly settings = {};
  private readonly byUrn = new Map<string, ResourceView>();
  private readonly byType = new Map<string, ResourceView[]>();

  constructor(
    readonly resources: readonly ResourceView[],
    dataClass: DataClass | undefined,
  ) {
    for (const resource of resources) {
      this.byUrn.set(resource.urn, resource);
      const same = this.byType.get(resource.type);
      if (same) same.push(resource);
      else this.byType.set(resource.type, [resource]);
    }
    this.dataClass = dataClass ?? dataClassOf(resources) ?? "confidential";
    this.urn = stackUrn(resources);
  }

  get(urn: string): ResourceView | undefined {
    return this.byUrn.get(urn);
  }

  ofType(...types: readonly string[]): readonly ResourceView[] {
    return types.flatMap((type) => this.byType.get(type) ?? []);
  }

  dependencies(of: ResourceView, property: string): readonly ResourceView[] {
    const urns: unknown = of.propertyDependencies[property];
    return Array.isArray(urns) ? urns.flatMap((urn) => this.byUrn.get(urn) ?? []) : [];
  }

  owner(of: ResourceView): ResourceView | undefined {
    const seen = new Set<string>();
    let above = of.parent;
    while (above !== undefined && !seen.has(above)) {
      seen.add(above);
      const resource = this.byUrn.get(above);
      if (resource?.type.startsWith(componentPrefix)) return resource;
      above = resource?.parent;
    }
    return undefined;
  }
}

const stackType = "pulumi:pulumi:Stack";

/** The stack resource's URN; where it was not handed over, it follows from any other URN. */
function stackUrn(resources: readonly ResourceView[]): string {
  const stack = resources.find(({ type }) => type === stackType);
  if (stack) return stack.urn;
  const [, name = "stack", project = "project"] = /^urn:pulumi:([^:]*)::([^:]*)::/.exec(resources[0]?.urn ?? "") ?? [];
  return `urn:pulumi:${name}::${project}::${stackType}::${project}-${name}`;
}
