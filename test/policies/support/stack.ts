/** Stacks for judging: built once, seen as at a first preview (outputs unknown) or as deployed (outputs known). */
import type { ResourceInput } from "../../../policies";

export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export type Mode = "preview" | "deployed";
export const modes: readonly Mode[] = ["preview", "deployed"];

/** An output of a resource: unknown at a preview, and known to come from that resource. */
export class Out {
  constructor(
    readonly of: string,
    readonly literal: string,
  ) {}
}

/** Text put together of parts; unknown as soon as one part is. */
export class Text {
  constructor(readonly parts: readonly unknown[]) {}
}
/** JSON text of a value. */
export class Json {
  constructor(readonly value: unknown) {}
}
export const text = (...parts: unknown[]) => new Text(parts);
export const json = (value: unknown) => new Json(value);

type Inputs = Record<string, unknown>;
interface Declared {
  type: string;
  inputs: Inputs;
  parent: string | undefined;
  component: boolean;
}

export class Stack {
  private readonly declared = new Map<string, Declared>();

  /** A resource, whose outputs are made by the function that comes back. */
  add(type: string, name: string, inputs: Inputs, parent?: string): (literal: string) => Out {
    this.declared.set(name, { type, inputs, parent, component: false });
    return (literal) => new Out(name, literal);
  }

  component(kind: string, name: string, outputs: Inputs): string {
    this.declared.set(name, { type: `blueprints:index:${kind}`, inputs: outputs, parent: undefined, component: true });
    return name;
  }

  /** Changes one resource's properties: dotted paths to new values; undefined removes. */
  set(name: string, changes: Inputs): this {
    const resource = this.of(name);
    resource.inputs = Object.entries(changes).reduce(
      (inputs, [path, value]) => put(inputs, path.split("."), value),
      resource.inputs,
    );
    return this;
  }

  retype(name: string, type: string): this {
    this.of(name).type = type;
    return this;
  }

  remove(name: string): this {
    this.declared.delete(name);
    return this;
  }

  resources(mode: Mode): ResourceInput[] {
    const stack: ResourceInput = {
      urn: urnOf("pulumi:pulumi:Stack", "shop-test"),
      type: "pulumi:pulumi:Stack",
      name: "shop-test",
      custom: false,
      inputs: {},
    };
    return [
      stack,
      ...[...this.declared].map(([name, { type, inputs, parent, component }]): ResourceInput => {
        const plain = Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, resolve(value, mode)]));
        const above = parent === undefined ? stack.urn : this.urn(parent);
        const shared = { urn: urnOf(type, name), type, name, parent: above, custom: !component };
        if (component) return { ...shared, inputs: {}, outputs: plain };
        const propertyDependencies = Object.fromEntries(
          Object.entries(inputs).map(([key, value]) => [
            key,
            [...new Set(sources(value))].filter((one) => this.declared.has(one)).map((one) => this.urn(one)),
          ]),
        );
        return { ...shared, inputs: plain, outputs: mode === "deployed" ? plain : {}, propertyDependencies };
      }),
    ];
  }

  /** The stack as data for `program`, outputs still in place: each resource after its parent and those whose outputs it takes. */
  declarations(): Declaration[] {
    const ordered = new Map<string, Declaration>();
    const declare = (name: string, { type, inputs, parent, component }: Declared) => {
      const before = [...(parent === undefined ? [] : [parent]), ...(component ? [] : sources(inputs))];
      for (const source of before) {
        const found = this.declared.get(source);
        if (found && source !== name && !ordered.has(source)) declare(source, found);
      }
      ordered.set(name, { name, type, parent, component, inputs: encode(inputs) });
    };
    for (const [name, declared] of this.declared) if (!ordered.has(name)) declare(name, declared);
    return [...ordered.values()];
  }

  urn(name: string): string {
    return urnOf(this.of(name).type, name);
  }

  private of(name: string): Declared {
    const found = this.declared.get(name);
    if (!found) throw new Error(`the stack has no ${name}`);
    return found;
  }
}

export interface Declaration {
  readonly name: string;
  readonly type: string;
  readonly parent: string | undefined;
  readonly component: boolean;
  readonly inputs: unknown;
}

function encode(value: unknown): unknown {
  if (value instanceof Out) return { $of: value.of, literal: value.literal };
  if (value instanceof Text) return { $text: value.parts.map(encode) };
  if (value instanceof Json) return { $json: encode(value.value) };
  if (Array.isArray(value)) return value.map(encode);
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, encode(one)]))
    : value;
}

const urnOf = (type: string, name: string) => `urn:pulumi:test::shop::${type}::${name}`;

function put(of: unknown, [key = "", ...rest]: readonly string[], value: unknown): Inputs {
  const base: Inputs = Array.isArray(of) ? ([...of] as unknown as Inputs) : { ...(of as Inputs) };
  if (rest.length > 0) base[key] = put(base[key] ?? {}, rest, value);
  else if (value === undefined) delete base[key];
  else base[key] = value;
  return base;
}

function resolve(value: unknown, mode: Mode): unknown {
  if (value instanceof Out) return mode === "preview" ? unknown : value.literal;
  if (value instanceof Text || value instanceof Json) {
    if (mode === "preview" && sources(value).length > 0) return unknown;
    return value instanceof Text
      ? value.parts.map((part) => resolve(part, mode)).join("")
      : JSON.stringify(resolve(value.value, mode));
  }
  if (Array.isArray(value)) return value.map((one) => resolve(one, mode));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolve(one, mode)]));
  return value;
}

function sources(value: unknown): string[] {
  if (value instanceof Out) return [value.of];
  if (value instanceof Text) return value.parts.flatMap(sources);
  if (value instanceof Json) return sources(value.value);
  if (Array.isArray(value)) return value.flatMap(sources);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(sources) : [];
}
