/** Every small change of every property of a stack. */
import { normaliseType, type ResourceInput } from "../../../policies";
import { edits, mutated, pathsOf } from "./edits";
import { keyOf, type Tried } from "./tables";

/** @param seen keys of those that were tried: what is like them is left out, and what comes is added */
export function* mutantsOf(
  name: string,
  resources: readonly ResourceInput[],
  seen?: Set<string>,
): Generator<[Tried, readonly ResourceInput[]]> {
  for (const [index, resource] of resources.entries()) {
    if (!resource.custom) continue;
    const of = { at: `${name}: ${resource.name}`, type: normaliseType(resource.type) };
    const all: Tried[] = [
      { ...of, path: [], change: "dropped" },
      ...pathsOf(resource.inputs).flatMap((path) => edits.map((change) => ({ ...of, path, change }))),
    ];
    for (const tried of all) {
      const key = keyOf(tried);
      if (seen?.has(key)) continue;
      const changed =
        tried.change === "dropped"
          ? resources.filter((one) => one !== resource)
          : mutated(resources, index, tried.path, tried.change);
      if (!changed) continue;
      seen?.add(key);
      yield [tried, changed];
    }
  }
}
