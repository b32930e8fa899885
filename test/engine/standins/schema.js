// What a provider's pinned package says of a resource type, read from its declarations: inputs, nested ones included, which
// of them are required, and the values of closed enumerations. Loading the SDK itself would take seconds.
const { existsSync, readFileSync, readdirSync } = require("node:fs");
const { basename, dirname, join } = require("node:path");

const packages = { aws: "@pulumi/aws", "azure-native": "@pulumi/azure-native", gcp: "@pulumi/gcp" };
const once = (make, seen = new Map()) => {
  return (...key) => {
    const name = key.join(" ");
    if (!seen.has(name)) seen.set(name, make(...key));
    return seen.get(name);
  };
};
const folderOf = (provider) => dirname(require.resolve(`${packages[provider]}/package.json`));
const textOf = once((file) => (existsSync(file) ? readFileSync(file, "utf8") : ""));

/**
 * The inputs of a resource type: `{ property: { required, type } }`. Undefined for a type that the package does not have.
 * A type is one of `{ list }`, `{ map }`, `{ oneOf }`, `{ ref }` (an object, see `objectOf`), `{ values }` (closed),
 * `{ is: "string" | "number" | "boolean" }`, `{ any: true }`.
 */
const schemaOf = once((provider, token) => {
  const [, module, type] = token.split(":");
  const root = folderOf(provider);
  const name = type.charAt(0).toLowerCase() + type.slice(1);
  const file = module.includes("/") ? join(root, module) : join(root, module, name);
  // Some files are named without regard to case (`iAMMember` is in `iammember.js`), some have `_` after a reserved word.
  const folder = dirname(file);
  const wanted = [`${basename(file)}.js`, `${basename(file)}_.js`].map((one) => one.toLowerCase());
  const found = existsSync(folder) ? readdirSync(folder).find((one) => wanted.includes(one.toLowerCase())) : undefined;
  if (!found || !textOf(join(folder, found)).includes(`__pulumiType = '${token}'`)) return undefined;
  const declarations = textOf(join(folder, found.replace(/\.js$/, ".d.ts")));
  return members(between(declarations, `export interface ${type}Args {`, "\n}"), 4);
});

/** The properties of a nested object, named as in `inputs.lambda.FunctionEnvironment`. */
const objectOf = once((provider, reference) => {
  const [module, name] = reference.split(".");
  const text = textOf(join(folderOf(provider), "types/input.d.ts"));
  const namespace = text.indexOf(`export declare namespace ${module} {`);
  if (namespace < 0) return undefined;
  return members(between(text.slice(namespace), `\n    interface ${name} {`, "\n    }"), 8);
});

/** The values of an enumeration, named as in `enums.web.RuntimeName`; undefined where it is not found. */
const valuesOf = once((provider, reference) => {
  const [module, name] = reference.split(".");
  const text = textOf(join(folderOf(provider), "types/enums", module, "index.d.ts"));
  const body = between(text, `export declare const ${name}: {`, "\n};");
  return body && [...body.matchAll(/readonly \w+: ("[^"]*"|-?[\d.]+);/g)].map((match) => JSON.parse(match[1]));
});

function between(text, start, end) {
  const from = text.indexOf(start);
  if (from < 0) return undefined;
  return text.slice(from + start.length, text.indexOf(end, from));
}

function members(body, indent) {
  if (body === undefined) return undefined;
  const found = {};
  const code = `${body.replace(/\/\*[\s\S]*?\*\//g, "")}\n`;
  for (const [, name, optional, type] of code.matchAll(
    new RegExp(`^ {${indent}}"?(\\w+)"?(\\??): ([\\s\\S]*?);\\n(?! {${indent}}[} ])`, "gm"),
  ))
    found[name] = { required: optional === "", type: parse(type) };
  return found;
}

function parse(text) {
  const options = alternatives(text.replace(/\s+/g, " ").trim()).filter((one) => one !== "undefined");
  if (options.length > 1) return { oneOf: options.map(parse) };
  const [type] = options;
  if (type.endsWith("[]")) return { list: parse(type.slice(0, -2).replace(/^\((.*)\)$/, "$1")) };
  if (type.startsWith("pulumi.Input<")) return parse(type.slice("pulumi.Input<".length, -1));
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map) return { map: parse(map[1]) };
  if (type.startsWith("inputs.")) return { ref: type.slice("inputs.".length) };
  if (type.startsWith("enums.")) return { enumeration: type.slice("enums.".length) };
  if (/^"[^"]*"$/.test(type)) return { values: [JSON.parse(type)] };
  return ["string", "number", "boolean"].includes(type) ? { is: type } : { any: true };
}

/** The members of a union, by the bars that stand outside every bracket. */
function alternatives(type) {
  const parts = [""];
  let depth = 0;
  for (const sign of type) {
    if ("<{([".includes(sign)) depth++;
    if (">})]".includes(sign)) depth--;
    if (sign === "|" && depth === 0) parts.push("");
    else parts[parts.length - 1] += sign;
  }
  return parts.map((part) => part.trim());
}

module.exports = { objectOf, schemaOf, valuesOf };
