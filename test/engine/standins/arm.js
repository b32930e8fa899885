// What Azure Resource Manager itself says of a resource's values: closed enumerations, lengths, ranges, patterns, what is read-only.
// Read from `azure-types.json.gz` in the folder that SB_ORACLE names; without it nothing is said here.
const { existsSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const { gunzipSync } = require("node:zlib");
const { isUnknown, opened } = require("./values");

const readOnly = 2;
let loaded;

function oracle() {
  const file = process.env.SB_ORACLE && join(process.env.SB_ORACLE, "azure-types.json.gz");
  loaded ??=
    file && existsSync(file) ? JSON.parse(gunzipSync(readFileSync(file)).toString()) : { tokens: {}, types: [] };
  return loaded;
}

/** What is wrong with a resource's inputs, as `{ property, reason }`. */
function judgeArm(token, inputs) {
  const { tokens, types } = oracle();
  const entry = tokens[token];
  if (!entry) return [];
  const [, body] = types[entry.body];
  // The provider lays what ARM calls `properties` flat beside the rest.
  const inner = body.properties && types[body.properties[0]][0] === "o" ? types[body.properties[0]][1] : {};
  const own = inputs[entry.name] === undefined || !body.name ? [] : judge(body.name[0], inputs[entry.name], entry.name);
  // What stands in the address is no part of the body, even where the body repeats it.
  const rest = Object.entries(inputs).filter(([name]) => name !== "scope" && !entry.params.includes(name));
  return [...own, ...members({ ...body, ...inner }, Object.fromEntries(rest), "")];
}

function members(schema, value, path) {
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = path ? `${path}.${name}` : name;
    // What the provider names otherwise than ARM does is not judged.
    if (!schema[name]) return [];
    const [type, flags] = schema[name];
    if (flags & readOnly) return [{ property: at, reason: "is read-only in Azure" }];
    return judge(type, inner, at);
  });
}

/** `odata.type` as programs write it: `odataType`. */
const inSdk = (name) => name.replace(/\W+(\w)/g, (_, letter) => letter.toUpperCase());

function judge(index, given, path) {
  const value = opened(given);
  if (value === undefined || value === null || isUnknown(value)) return [];
  const wrong = (reason) => [{ property: path, reason }];
  const [kind, rule, more, variants] = oracle().types[index];
  const isObject = typeof value === "object" && !Array.isArray(value);
  switch (kind) {
    case "c":
      return value === rule ? [] : wrong(`is none of ${rule}`);
    case "u": {
      if (rule.some((one) => judge(one, value, path).length === 0)) return [];
      const constants = rule.map((one) => oracle().types[one]).filter(([inner]) => inner === "c");
      return wrong(`is none of ${constants.map(([, one]) => one).join(", ")}`);
    }
    case "s":
      if (typeof value !== "string") return wrong("is no string");
      if (value.length < (rule?.min ?? 0)) return wrong(`is shorter than ${rule.min}`);
      if (value.length > (rule?.max ?? Number.POSITIVE_INFINITY)) return wrong(`is longer than ${rule.max}`);
      return rule?.re && !new RegExp(rule.re).test(value) ? wrong(`does not match ${rule.re}`) : [];
    case "n":
      if (typeof value !== "number") return wrong("is no number");
      if (value < (rule?.min ?? Number.NEGATIVE_INFINITY)) return wrong(`is less than ${rule.min}`);
      return value > (rule?.max ?? Number.POSITIVE_INFINITY) ? wrong(`is more than ${rule.max}`) : [];
    case "b":
      return typeof value === "boolean" ? [] : wrong("is no boolean");
    case "l":
      return Array.isArray(value)
        ? value.flatMap((one, at) => judge(rule, one, `${path}[${at}]`))
        : wrong("is no list");
    case "o":
      // Maps of identities are lists in the provider.
      if (!isObject) return [];
      if (typeof more !== "number") return members(rule, value, path);
      return Object.entries(value).flatMap(([key, one]) => judge(rule[key]?.[0] ?? more, one, `${path}.${key}`));
    // An object whose `rule` property says which of the variants it is.
    case "d": {
      const which = isObject && opened(value[rule] ?? value[inSdk(rule)]);
      if (!isObject || isUnknown(which)) return [];
      const variant = variants[which];
      if (variant === undefined) return wrong(`has a ${rule} that is none of ${Object.keys(variants).join(", ")}`);
      return [...members(more, value, path), ...judge(variant, value, path)];
    }
    default:
      return [];
  }
}

module.exports = { judgeArm };
