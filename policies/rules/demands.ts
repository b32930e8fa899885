import { known } from "../known";
import { type Finding, fail, pass, undetermined } from "../model";

export interface Demand {
  /** Dotted path of the property. */
  readonly path: string;
  /** Given undefined where the property is absent, so that the provider's default can count. */
  readonly accepts: (value: unknown) => boolean;
  /** What is wrong, and the property to set. */
  readonly unmet: string;
}

/** Holds several properties of one resource against their demands: a pass only where all are known and met. */
export function demands(props: unknown, met: string, all: readonly Demand[]): Finding[] {
  const findings = all.flatMap(({ path, accepts, unmet }) => {
    const found = known(props, path);
    if (found.state === "unknown") return [undetermined(`${path} is known after deployment only`)];
    return accepts(found.state === "value" ? found.value : undefined) ? [] : [fail(unmet)];
  });
  return findings.length > 0 ? findings : [pass(met)];
}

export const isTrue = (value: unknown): boolean => value === true;
export const isPositive = (value: unknown): boolean => typeof value === "number" && value > 0;
