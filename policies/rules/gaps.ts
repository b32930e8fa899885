import { hasUnknown, known } from "../known";
import type { ResourceView } from "../model";
import type { Gaps } from "./account-trail";

export const unlessOff = (value: unknown): boolean => value === undefined || value === true;

/** The paths whose values are not as demanded; a value that is unknown in part counts where what is known suffices. */
export function missing(
  resource: ResourceView,
  demands: Readonly<Record<string, (value: unknown) => boolean>>,
): readonly string[] | "unknown" {
  const gaps: string[] = [];
  let unknown = false;
  for (const [path, accepts] of Object.entries(demands)) {
    const found = known(resource.props, path);
    const value = found.state === "value" ? found.value : undefined;
    if (found.state !== "unknown" && accepts(value)) continue;
    if (found.state === "unknown" || hasUnknown(value)) unknown = true;
    else gaps.push(path);
  }
  return gaps.length > 0 ? gaps : unknown ? "unknown" : [];
}

/** What is certainly missing first, and after it what is not known. */
export function together(...all: readonly Gaps[]): Gaps {
  const gaps = all.flatMap((one) => (one === "unknown" ? [] : one));
  return gaps.length === 0 && all.includes("unknown") ? "unknown" : gaps;
}
