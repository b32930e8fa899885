/** The settings of workloads, read from wherever they stand. */
import { hasUnknown, isObject, isUnknown, known, valueAt } from "../known";
import type { ResourceView } from "../model";
import { readDefinition } from "./definitions";
import { list } from "./expect";
import { leavesOf } from "./leaves";
import { type Place, places } from "./setting-places";

/** What CodeBuild looks up before it starts. */
const lookedUp = new Set<unknown>(["PARAMETER_STORE", "SECRETS_MANAGER"]);

export interface Setting {
  readonly name: string;
  readonly value: unknown;
  /** It is a secret, whatever its name. */
  readonly always: boolean;
}

interface Settings {
  readonly settings: readonly Setting[];
  /** Dotted paths of what is not known at all. */
  readonly unknown: readonly string[];
}

/** All settings of a workload. */
export function settingsOf({ type, props }: ResourceView): Settings {
  return together((places[type] ?? []).map((place) => settingsAt(props, place)));
}

const together = (all: readonly Settings[]): Settings => ({
  settings: all.flatMap((one) => one.settings),
  unknown: all.flatMap((one) => one.unknown),
});

function settingsAt(props: unknown, place: Place): Settings {
  const { path, always = false } = place;
  const [holders = "", inner] = path.split(".*.");
  if (inner !== undefined) {
    const outer = known(props, holders);
    const all = list(outer.state === "value" ? outer.value : undefined).map((one) =>
      isUnknown(one) ? { settings: [], unknown: [holders] } : settingsAt(one, { ...place, path: inner }),
    );
    // What lies in an entry of a list is told by the list.
    const { settings, unknown } = together(all);
    return { settings, unknown: outer.state === "unknown" || unknown.length > 0 ? [holders] : [] };
  }
  const found = known(props, path);
  if (found.state !== "value") return { settings: [], unknown: found.state === "unknown" ? [path] : [] };
  if (place.named !== undefined)
    return { settings: [{ name: labelled(valueAt(props, place.named)), value: found.value, always }], unknown: [] };
  const { entries, complete } = entriesOf(found.value, place);
  return {
    settings: entries.map(([name, value]): Setting => ({ name: String(name), value, always })),
    unknown: !complete || list(found.value).some(isUnknown) || hasUnknown(entries.map(([name]) => name)) ? [path] : [],
  };
}

/** App Configuration writes a label behind the name. */
const labelled = (name: unknown): string => String(name ?? "").split("$")[0] ?? "";

interface Entries {
  readonly entries: readonly (readonly [unknown, unknown])[];
  readonly complete: boolean;
}

function entriesOf(value: unknown, { path, value: member, read }: Place): Entries {
  const last = path.split(".").pop() ?? path;
  if (read === "value" || read === "definition") {
    const { leaves, complete } = leavesOf(read === "definition" ? readDefinition(String(value)) : value, last);
    return { entries: leaves, complete };
  }
  if (read !== undefined)
    return { entries: [["", read === "base64" ? decoded(String(value)) : value]], complete: true };
  const of = (one: unknown) => (member !== undefined && isObject(one) ? one[member] : one);
  const entries: Entries["entries"] = Array.isArray(value)
    ? value
        .filter((one) => !isObject(one) || !lookedUp.has(one.type))
        .map((one) => [isObject(one) ? one.name : "", of(one)])
    : Object.entries(isObject(value) ? value : {}).map(([name, one]) => [name, of(one)]);
  return { entries, complete: true };
}

const decoded = (text: string): string => Buffer.from(text, "base64").toString("utf8");
