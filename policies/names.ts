import type { Known } from "./known";

/** What a program writes where it meant a name and had none: empty, spaces, or a missing value made into text. */
const missing = /^(?:null|undefined|none|nil|nan|\[object object\])?$/i;

/** True where a value is a text that can name something; the engine's sentinel stands for a name that is not known yet. */
export const isName = (value: unknown): value is string => typeof value === "string" && !missing.test(value.trim());

/** True where a property is set to a name, or to one that is known after deployment. */
export const hasName = (found: Known): boolean =>
  found.state === "unknown" || (found.state === "value" && isName(found.value));
