/** A setting's name, for messages. In a list it is a value like any other: only what can be a variable's name is repeated. */
export const nameOf = (name: unknown): string => (typeof name === "string" && /^[A-Za-z]\w*$/.test(name) ? name : "…");
