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

class Component extends pulumi.ComponentResource {
  constructor(type, name, outputs) {
    super(type, name, {});
    this.registerOutputs(outputs);
  }
}

for (const { type, name, parent, component, inputs } of JSON.parse(readFileSync(process.env.DECLARATIONS, "utf8"))) {
  const options = parent === undefined ? {} : { parent: made.get(parent) };
  made.set(
    name,
    component
      ? new Component(type, name, decode(inputs))
      : new pulumi.CustomResource(type, name, decode(inputs), options),
  );
}
