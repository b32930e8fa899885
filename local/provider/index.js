// The Pulumi provider "localcloud", as the CLI starts it. TypeScript is compiled without checking types: that would cost
// seconds at every start. In the published package the sources are JavaScript already.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

if (existsSync(join(__dirname, "main.ts"))) {
  const options = { module: "Node16", moduleResolution: "Node16", target: "ES2022", esModuleInterop: true };
  const { REGISTER_INSTANCE, register } = require("ts-node");
  // Pulumi's host has registered one that checks types, and both would compile every file.
  process[REGISTER_INSTANCE]?.enabled(false);
  register({ transpileOnly: true, skipProject: true, compilerOptions: options });
}
require("./main").serve();
