import { normaliseType, type Problem } from "../../policies";
import { holders } from "./holders";
import type { Step } from "./preview";

const holdsData: ReadonlySet<string> = new Set(
  Object.entries(holders).flatMap(([provider, types]) => types.map((type) => `${provider}:${type}`)),
);

const replaces: ReadonlySet<string> = new Set([
  "replace",
  "create-replacement",
  "delete-replaced",
  "import-replacement",
]);

/** SB-C005 for every replacement that loses data, unless the resource's name is among those allowed; and what was allowed for nothing. */
export function lossesOf(steps: readonly Step[], allowed: readonly string[]): readonly Problem[] {
  const found = new Map<string, Problem>();
  const used = new Set<string>();
  for (const { op, urn, oldState, newState, replaceReasons } of steps) {
    const [, , types = "", ...names] = urn.split("::");
    const type = withoutVersion(normaliseType(types.split("$").pop() ?? ""));
    const name = names.join("::");
    if (!replaces.has(op) || !holdsData.has(type)) continue;
    if (allowed.includes(name)) used.add(name);
    if (allowed.includes(name) || (oldState ?? newState)?.retainOnDelete) continue;
    const because = replaceReasons?.length ? ` (because of ${replaceReasons.join(", ")})` : "";
    const message = `SB-C005 ${name} (${type}) would be replaced${because}, and what it holds would be lost.\nWay out: keep what cannot be changed in place, or allow it by name: --allow-replace ${quoted(name)}`;
    // Several steps make one replacement; the one that knows the reason tells it.
    if (because !== "" || !found.has(urn)) found.set(urn, { code: "SB-C005", urn, message });
  }
  const idle = allowed.filter((name) => !used.has(name));
  return [
    ...found.values(),
    ...idle.map((name) => ({
      message: `--allow-replace ${quoted(name)} allows nothing: nothing of that name that holds data would be replaced`,
    })),
  ];
}

/** `google-native:pubsub/v1:Topic` has its API's version too. */
const withoutVersion = (type: string): string => type.replace(/^(google-native:\w+)\/v\w+:/, "$1:");

/** As a shell takes it for one word. */
const quoted = (name: string): string => (/^[\w.:/@-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`);
