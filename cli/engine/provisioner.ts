import { randomUUID } from "node:crypto";
import { keepSecrets, markSecret, plainProperties } from "./plain";
import type { Backing, PlannedResource } from "./types";
import { isProviderType } from "./urn";
import { type Properties, unknown } from "./values";

/** What becomes of a custom resource once the monitor has admitted it. */
export interface Provisioner {
  create(resource: PlannedResource): Promise<{ id?: string; outputs: Properties }>;
  read(resource: PlannedResource & { id: string }): Promise<Properties>;
  invoke(token: string, args: Properties): Promise<Properties>;
  /** Resolves when nothing that was begun is still running. */
  settled(): Promise<void>;
}

/**
 * The result of a function that was not called. The SDK takes an object with this mark for an unknown as a whole, so
 * that whatever is read from it, through an output, is unknown too; the other member serves functions of one value.
 */
const unknownResult: Properties = { value: unknown, __pulumiUnknown: true };

/** Preview: a resource gives back its inputs, all else is unknown; functions that need a cloud are named, not called. */
export function planner(unknownInvokes: Set<string>): Provisioner {
  return {
    async create({ type, inputs, importId, additionalSecretOutputs = [] }) {
      const outputs = markSecret(inputs, additionalSecretOutputs);
      if (isProviderType(type)) return { id: unknown, outputs };
      return { outputs, ...(importId ? { id: importId } : {}) };
    },
    async read() {
      return {};
    },
    async invoke(token) {
      unknownInvokes.add(token);
      return unknownResult;
    },
    async settled() {},
  };
}

/** Update: what the backing answers, with secrets kept secret. */
export function applier(backing: Backing): Provisioner {
  const running = new Set<Promise<unknown>>();
  function track<T>(work: Promise<T>): Promise<T> {
    running.add(work);
    const forget = () => running.delete(work);
    work.then(forget, forget);
    return work;
  }
  const open = <R extends PlannedResource>(resource: R): R => ({
    ...resource,
    inputs: plainProperties(resource.inputs),
  });
  const close = ({ inputs, additionalSecretOutputs = [] }: PlannedResource, outputs: Properties) =>
    markSecret(keepSecrets(outputs, inputs) as Properties, additionalSecretOutputs);

  return {
    async create(resource) {
      if (isProviderType(resource.type)) return { id: randomUUID(), outputs: resource.inputs };
      const { id, outputs } = await track(backing.register(open(resource)));
      if (!id) throw new Error("the provider gave the new resource no id");
      return { id, outputs: close(resource, outputs) };
    },
    async read(resource) {
      if (!backing.read) throw new Error("existing resources cannot be looked up here");
      const { outputs } = await track(backing.read(open(resource)));
      return close(resource, outputs);
    },
    async invoke(token, args) {
      if (!backing.invoke) throw new Error(`there is no function ${token} here`);
      return track(backing.invoke(token, plainProperties(args)));
    },
    async settled() {
      await Promise.allSettled(running);
    },
  };
}
