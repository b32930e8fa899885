/** What a program writes where it meant a name and had none: empty, spaces, or a missing value made into text. */
const missing = /^(?:null|undefined|none|nil|nan|\[object object\])?$/i;

/** True where a value is a text that can name something; a name that is not known yet is one. */
export const isName = (value: unknown): value is string => typeof value === "string" && !missing.test(value.trim());
