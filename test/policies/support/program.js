/** A Pulumi program that registers the resources of a `Stack`, read from the file that DECLARATIONS names. */
const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");

const made = new Map();

/** An output is derived from its resource's id: unknown in a preview, the literal once deployed. */
function decode(value) {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== "object" || value === null) return value;
  if ("$of" in value) return made.get(value.$of).id.apply(() => value.literal);
  if ("$text" in value) return pulumi.concat(...value.$text.map(decode));
  if ("$json" in value) return pulumi.jsonStringify(decode(value.$json));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, decode(one)]));
}

/** Registers what it has once all resources are there, as catalog components do. */
class Component extends pulumi.ComponentResource {
  constructor(type, name) {
    super(type, name, {});
  }
}

/** As an SDK has it: a class of its own, from whose caller on the engine is told where a resource is made. */
class Custom extends pulumi.CustomResource {
  // biome-ignore lint/complexity/noUselessConstructor: a call of its own on the stack
  constructor(type, name, inputs, options) {
    super(type, name, inputs, options);
  }
}

const declarations = JSON.parse(readFileSync(process.env.DECLARATIONS, "utf8"));
for (const { type, name, parent, component, inputs } of declarations) {
  const options = parent === undefined ? {} : { parent: made.get(parent) };
  made.set(name, component ? new Component(type, name) : new Custom(type, name, decode(inputs), options));
}
for (const { name, component, inputs } of declarations) if (component) made.get(name).registerOutputs(decode(inputs));
