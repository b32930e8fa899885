// A transpiler for ts-node that keeps in `folder` what a file became: every run of the CLI starts the same program anew, and would spend
// most of its time on this.
const { createHash } = require("node:crypto");
const { existsSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { basename, join } = require("node:path");

function create({ service: { config }, folder }) {
  return {
    transpile(text, { fileName }) {
      // Checkouts come and go: where a file lies is no part of what it becomes.
      const key = createHash("sha256")
        .update(`${basename(fileName)}\0${text}`)
        .digest("hex");
      const file = join(folder, `${key}.json`);
      if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
      const compilerOptions = config.options;
      const made = require("typescript").transpileModule(text, { fileName, compilerOptions, reportDiagnostics: true });
      // What is wrong with a file is said by the compiler's own objects, which no file can keep.
      if (made.diagnostics.length > 0) return made;
      // Whole or not at all, whoever else is at the same file.
      const unfinished = `${file}.${process.pid}`;
      writeFileSync(unfinished, JSON.stringify(made));
      renameSync(unfinished, file);
      return made;
    },
  };
}

module.exports = { create };
