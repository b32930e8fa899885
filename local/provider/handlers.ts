import { LocalCloudError } from "../errors";
import { type Failure, failures, immutable, type LocalResources, type ResourceType, resourceTypes } from "../resources";

type Properties = Readonly<Record<string, unknown>>;

/** Where resources are made: a `LocalCloud` in this process, or a running one over its admin API. */
export interface Target {
  readonly bootId: string;
  readonly create: (type: ResourceType, inputs: Properties) => Promise<State>;
  readonly update: (type: ResourceType, name: string, inputs: Properties) => Promise<State>;
  readonly delete: (type: ResourceType, name: string) => Promise<void>;
  readonly read: (type: ResourceType, name: string) => State | undefined | Promise<State | undefined>;
}

export interface State {
  readonly id: string;
  readonly outputs: Properties;
}

export interface Difference {
  /** Changed properties; none: nothing is to be done. */
  readonly changes: readonly string[];
  /** Those that need another resource in the old one's place. */
  readonly replaces: readonly string[];
}

/** Says whether a value is not known yet: only the engine's side knows how it marks one. */
export type IsUnknown = (value: unknown) => boolean;

const prefix = "localcloud:index:";

/** The resource type behind a Pulumi type token. */
export function typeOf(token: string): ResourceType {
  const found = resourceTypes.find((type) => token === prefix + type);
  if (!found)
    throw new LocalCloudError(
      "InvalidInput",
      `${token} is not a resource type of the local cloud; it has ${resourceTypes.join(", ")}`,
    );
  return found;
}

/** What is wrong with the inputs, as far as they are known. */
export function check(type: ResourceType, inputs: Properties, isUnknown: IsUnknown = () => false): readonly Failure[] {
  return failures(type, inputs, isUnknown);
}

/**
 * What differs between a resource's last outputs and its new inputs. A cloud of another boot is empty, which shows as a
 * change of `bootId`: an update, which makes the resource anew, so that `protect` does not stand in the way.
 * @param bootId of the cloud that runs now; undefined when none can be asked
 */
export function diff(
  type: ResourceType,
  outputs: Properties,
  inputs: Properties,
  bootId: string | undefined,
): Difference {
  const { bootId: madeIn, ...old } = withoutComputed(type, outputs);
  const names = [...new Set([...Object.keys(old), ...Object.keys(inputs)])].sort();
  const changed = names.filter((name) => canonical(old[name]) !== canonical(inputs[name]));
  const replaces = changed.filter((name) => (immutable[type] as readonly string[]).includes(name));
  return { changes: bootId !== undefined && madeIn !== bootId ? [...changed, "bootId"] : changed, replaces };
}

/** Outputs that an update will give a new value, and nobody knows which. */
export function unsettled(
  type: ResourceType,
  outputs: Properties,
  inputs: Properties,
  bootId: string | undefined,
): readonly string[] {
  const rebooted = bootId !== undefined && outputs.bootId !== bootId;
  const moved =
    type === "Api" && (rebooted || (outputs.port ?? 0) !== ((inputs as Partial<LocalResources["Api"]>).port ?? 0));
  return [...(rebooted ? ["bootId"] : []), ...(moved ? ["url"] : [])];
}

export function create(target: Target, type: ResourceType, inputs: Properties): Promise<State> {
  return target.create(type, inputs);
}

/** Changes a resource, or makes it anew where the cloud it was made in has ended. */
export async function update(target: Target, type: ResourceType, id: string, inputs: Properties): Promise<State> {
  const exists = (await target.read(type, id)) !== undefined;
  return exists ? target.update(type, id, inputs) : target.create(type, inputs);
}

/** Deletes a resource; one of an earlier boot is gone already, and its name may by now be another stack's. */
export async function remove(target: Target, type: ResourceType, id: string, outputs: Properties): Promise<void> {
  if (outputs.bootId === target.bootId) await target.delete(type, id);
}

/** A resource as it is now; undefined when it is gone. */
export async function read(target: Target, type: ResourceType, id: string): Promise<State | undefined> {
  return target.read(type, id);
}

/** Inputs as they can be read back from a resource's outputs. */
export function inputsOf(type: ResourceType, outputs: Properties): Properties {
  const { bootId: _, ...inputs } = withoutComputed(type, outputs);
  return inputs;
}

function withoutComputed(type: ResourceType, outputs: Properties): Properties {
  if (type !== "Api") return outputs;
  const { url: _, ...rest } = outputs;
  return rest;
}

/** The same text for values that are equal but for the order of their properties; absent is as undefined or null. */
function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([, v]) => v !== undefined && v !== null)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : inner,
  );
}
