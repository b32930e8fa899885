// What a provider's pinned package says of a resource type: whether it exists, its inputs, and which of them are required.
const { existsSync, readFileSync, readdirSync } = require("node:fs");
const { basename, dirname, join } = require("node:path");

const packages = { aws: "@pulumi/aws", "azure-native": "@pulumi/azure-native", gcp: "@pulumi/gcp" };
const known = new Map();

/** Undefined for a type that the package does not have. */
function schemaOf(provider, token) {
  if (!known.has(token)) known.set(token, read(provider, token));
  return known.get(token);
}

function read(provider, token) {
  const [, module, type] = token.split(":");
  const root = dirname(require.resolve(`${packages[provider]}/package.json`));
  const name = type.charAt(0).toLowerCase() + type.slice(1);
  const file = module.includes("/") ? join(root, `${module}.js`) : join(root, module, `${name}.js`);
  // Some files are named without regard to case: `iAMMember` is in `iammember.js`.
  const folder = dirname(file);
  const wanted = [basename(file), basename(file).replace(/\.js$/, "_.js")].map((one) => one.toLowerCase());
  const found = existsSync(folder) ? readdirSync(folder).find((one) => wanted.includes(one.toLowerCase())) : undefined;
  const path = found && join(folder, found);
  if (!path) return undefined;
  const text = readFileSync(path, "utf8");
  if (!text.includes(`__pulumiType = '${token}'`)) return undefined;
  const inputs = new Set();
  for (const [, property] of text.matchAll(/resourceInputs\["(\w+)"\] = (?!undefined|state)/g)) inputs.add(property);
  const required = [...text.matchAll(/Missing required property '(\w+)'/g)].map((match) => match[1]);
  return { inputs, required: [...new Set(required)] };
}

module.exports = { schemaOf };
