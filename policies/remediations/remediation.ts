import { isObject, isUnknown, unknownValue } from "../known";
import type { Settings } from "../model";

/**
 * A property whose secure value breaks no program: nothing that worked before stops working, and nothing is lost. What
 * needs a resource beside it, what takes away access that somebody may use, and what cannot be taken back is not here.
 */
export interface Remediation {
  readonly control: string;
  readonly types: readonly string[];
  /** Dotted path. */
  readonly path: string;
  /** Given undefined where the property is absent. */
  readonly isMet: (value: unknown, settings: Settings) => boolean;
  readonly value: (settings: Settings) => unknown;
  /** Other properties by which it does not apply after all. */
  readonly unless?: (props: Readonly<Record<string, unknown>>) => boolean;
}

export const to = (value: unknown): Pick<Remediation, "isMet" | "value"> => ({
  isMet: (given) => given === value,
  value: () => value,
});

/** Where the provider's default is secure, only a value that says otherwise is changed. */
export const backTo = (value: unknown): Pick<Remediation, "isMet" | "value"> => ({
  isMet: (given) => given === undefined || given === null || given === value,
  value: () => value,
});

type Holder = Record<string, unknown>;

/** The engine's proxy throws for what is not known yet. */
function read(holder: Holder, key: string): unknown {
  try {
    return holder[key];
  } catch {
    return unknownValue;
  }
}

/** What an exception depends on may not be known yet: then it may hold. */
function excepted(unless: NonNullable<Remediation["unless"]>, props: Holder): boolean {
  try {
    return unless(props);
  } catch {
    return true;
  }
}

/**
 * Sets the property in place, so that the engine's proxy keeps secrets secret. False, and nothing is changed, where it is
 * met, not known yet, or lies in something of another shape.
 */
export function remedy(props: Holder, { path, isMet, value, unless }: Remediation, settings: Settings): boolean {
  if (unless && excepted(unless, props)) return false;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let holder: Holder = props;
  for (const [index, key] of keys.entries()) {
    const inner = read(holder, key);
    if (isUnknown(inner)) return false;
    if (inner === undefined || inner === null) {
      if (isMet(undefined, settings)) return false;
      const rest = [...keys.slice(index + 1), last];
      holder[key] = rest.reduceRight<unknown>((of, name) => ({ [name]: of }), value(settings));
      return true;
    }
    if (!isObject(inner)) return false;
    holder = inner as Holder;
  }
  const given = read(holder, last);
  if (isUnknown(given) || isMet(given, settings)) return false;
  holder[last] = value(settings);
  return true;
}
