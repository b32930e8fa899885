/** What tells people of dead letters: what the alarms of every cloud have in common. */
import { hasUnknown, known } from "../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { isName } from "../names";
import { numberOf } from "./numbers";

/** What an alarm lacks; undefined where that is known after deployment only. */
export type Lacks = readonly string[] | undefined;

/** The best of the alarms that watch a queue decides. */
export function told(watching: readonly Lacks[], vague: boolean, missing: string): Finding {
  if (watching.some((lacks) => lacks?.length === 0)) return pass("somebody is told of its dead letters");
  if (vague || watching.includes(undefined)) return undetermined("what watches it is known after deployment only");
  const [lacks] = watching;
  return fail(lacks ? `its alarm tells nobody: set ${lacks.join(" and ")}` : missing);
}

/** Lacks, of what each property must be; an unknown property counts as set where it comes from somewhere. */
export function lacking(
  alarm: ResourceView,
  stack: StackView,
  wanted: Readonly<Record<string, (value: unknown) => boolean>>,
): Lacks {
  let vague = false;
  const lacks = Object.entries(wanted).flatMap(([path, accepts]) => {
    const found = known(alarm.props, path);
    if (found.state === "unknown") {
      vague ||= stack.dependencies(alarm, path.split(".")[0] ?? path).length === 0;
      return [];
    }
    return accepts(found.state === "value" ? found.value : undefined) ? [] : [path];
  });
  return lacks.length > 0 ? lacks : vague ? undefined : [];
}

export const isOn = (value: unknown) => value === undefined || value === true;
export const isFilled = (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isName);

/** True where some of these alarms may watch anything: what it watches is unknown, and comes from nowhere. */
export const vagueIn = (alarms: readonly ResourceView[], property: string, stack: StackView) =>
  alarms.some(({ props, ...alarm }) => {
    const found = known(props, property);
    const open = found.state === "unknown" || (found.state === "value" && hasUnknown(found.value));
    return open && stack.dependencies({ props, ...alarm }, property).length === 0;
  });

/** Dead letters are rare: whoever waits for more of them than this hears of none. */
export const mostDeadLetters = 100;
export const isReached = (value: unknown) => {
  const threshold = numberOf(value);
  return threshold !== undefined && threshold <= mostDeadLetters;
};
