// Judges a resource's inputs by what its package declares: unknown and missing properties, wrong kinds, values outside a closed
// enumeration. A compiler says the same of literals; this also sees what comes through transforms, casts and configuration.
const { objectOf, schemaOf, valuesOf } = require("./schema");
const { isUnknown, opened } = require("./values");

/** What is wrong, as `{ property, reason }`; undefined for a type that the package does not have. */
function validate(provider, token, inputs) {
  const schema = schemaOf(provider, token);
  return schema && object(provider, token, schema, inputs, "");
}

function object(provider, owner, schema, value, path) {
  const failures = [];
  for (const [name, inner] of Object.entries(value)) {
    if (name.startsWith("__")) continue;
    const at = path ? `${path}.${name}` : name;
    if (schema[name]) failures.push(...judge(provider, schema[name].type, inner, at));
    else failures.push({ property: at, reason: `${owner} has no property ${name}` });
  }
  for (const [name, { required }] of Object.entries(schema))
    if (required && (value[name] === undefined || value[name] === null))
      failures.push({ property: path ? `${path}.${name}` : name, reason: `${owner} needs the property ${name}` });
  return failures;
}

function judge(provider, type, given, path) {
  const value = opened(given);
  if (value === undefined || value === null || isUnknown(value) || type.any) return [];
  const kind = Array.isArray(value) ? "list" : typeof value;
  const wrong = (wanted) => [{ property: path, reason: `a ${kind} stands where ${wanted} is wanted` }];
  if (type.oneOf) {
    const all = type.oneOf.map((one) => judge(provider, one, value, path));
    // Of several shapes that all refuse it, the one that it comes closest to says why.
    return all.reduce((best, one) => (one.length < best.length ? one : best));
  }
  if (type.list)
    return kind === "list"
      ? value.flatMap((one, index) => judge(provider, type.list, one, `${path}[${index}]`))
      : wrong("a list");
  if (type.map)
    return kind === "object"
      ? Object.entries(value).flatMap(([key, one]) => judge(provider, type.map, one, `${path}.${key}`))
      : wrong("a map");
  if (type.ref) {
    if (kind !== "object") return wrong("an object");
    const schema = objectOf(provider, type.ref);
    return schema ? object(provider, type.ref, schema, value, path) : [];
  }
  const values = type.values ?? (type.enumeration && valuesOf(provider, type.enumeration));
  if (values)
    return values.includes(value) ? [] : [{ property: path, reason: `is none of ${values.slice(0, 12).join(", ")}` }];
  return !type.is || kind === type.is ? [] : wrong(`a ${type.is}`);
}

module.exports = { validate };
