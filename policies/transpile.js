/**
 * The host compiles TypeScript packs with full type checking at every start, which costs seconds and changes no verdict. In a
 * checkout the sources are transpiled instead; the published package holds JavaScript, and nothing happens here.
 */
const { existsSync } = require("node:fs");
const { join } = require("node:path");

if (existsSync(join(__dirname, "pack.ts"))) {
  // Compilers chain: the host's would still check what ours hands on.
  delete require.extensions[".ts"];
  require("ts-node").register({
    transpileOnly: true,
    skipProject: true,
    compilerOptions: { module: "commonjs", target: "es2022", esModuleInterop: true },
  });
}
