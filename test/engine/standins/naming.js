// What a provider's Check adds to what the program says: the name of a resource that has none, and Azure's location.
const { guid, hex } = require("./identifiers");
const clouds = require("./outputs");
const { schemaOf } = require("./schema");

/** Which input names the resource, if one does. */
function nameProperty(provider, token) {
  const schema = schemaOf(provider, token) ?? {};
  return [clouds[provider].names[token], "name"].find((property) => property && schema[property]);
}

/**
 * Fills the name where the program leaves it to the provider: the one that the resource has already, or the logical name and a
 * suffix that is the same in every run, so that a preview names what the deployment makes. `taken` counts what already exists under
 * this URN: a replacement lives beside what it replaces. The property is noted under `__defaults`, as bridged providers do.
 */
function named(provider, token, urn, given, before, taken) {
  const property = nameProperty(provider, token);
  if (!property || given[property] !== undefined || given[`${property}Prefix`] !== undefined) return given;
  const kept = before?.__defaults?.includes(property) ? before[property] : undefined;
  const seed = `${urn} ${taken}`;
  const suffixed = `${urn.split("::")[3]}${provider === "azure-native" ? "" : "-"}${hex(seed, 7)}`;
  // Azure knows assignments of roles by a GUID.
  const own = property.startsWith("roleAssignment") ? guid(seed) : suffixed;
  return { ...given, [property]: kept ?? own, __defaults: [property] };
}

/** Azure's provider puts its own location where a resource names none. */
function located(provider, token, given, location = "germanywestcentral") {
  if (provider !== "azure-native" || given.location !== undefined || !schemaOf(provider, token)?.location) return given;
  return { ...given, location };
}

/** The name that the cloud knows the resource by; undefined where the type has none. */
function physicalName(provider, token, inputs) {
  const property = nameProperty(provider, token);
  if (property && inputs[property] !== undefined) return inputs[property];
  return inputs.namePrefix === undefined ? undefined : `${inputs.namePrefix}20250101`;
}

/**
 * Whether the provider must delete before it replaces: a name that the program gives cannot be had twice. Bridged providers look
 * whether it changes; Azure's does not.
 */
function oneAtATime(provider, token, before, after) {
  const property = nameProperty(provider, token);
  if (!property || after[property] === undefined || after.__defaults?.includes(property)) return false;
  return provider === "azure-native" || before[property] === after[property];
}

module.exports = { located, named, oneAtATime, physicalName };
