/** What a run of the CLI finds in place: a checkout, the stand-ins where providers are installed, the built package. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { everyPack } from "../../policies";
import { temporary, transpileOnce } from "../support/transpiled";

const root = resolve(__dirname, "../..");
/** What a checkout is made of, as far as a deployment needs it. */
const parts = [
  "blueprints",
  "components",
  "runtime",
  "local",
  "cli",
  "policies",
  "stacks",
  "Pulumi.yaml",
  "package.json",
  "tsconfig.json",
  "tsconfig.build.json",
];
const providers = { aws: "@pulumi/aws", "azure-native": "@pulumi/azure-native", gcp: "@pulumi/gcp" };
/** Every policy, as flags. One process holds them: five take as long as all else in a preview. */
export const packs = ["--policy-pack", `policies/${everyPack.name}`];

/** The engine keeps its state once, at the end: after every step, that is most of the time of a large stack. */
export const savedOnce = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

/** A copy of a project's folder, by default of this repository as far as a deployment needs it. */
export function checkOut(folder: string, project?: string): void {
  mkdirSync(folder);
  if (project) cpSync(project, folder, { recursive: true });
  else {
    for (const part of parts)
      if (existsSync(join(root, part))) cpSync(join(root, part), join(folder, part), { recursive: true });
    transpileOnce(join(folder, "tsconfig.json"));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
}

/** Puts a stand-in where the CLI looks for each cloud's provider, at the version of its pinned package. */
export function installStandins(home: string): void {
  for (const [name, packageName] of Object.entries(providers)) install(home, name, packageName);
}

function install(home: string, name: string, packageName: string): void {
  const { version } = JSON.parse(readFileSync(join(root, "node_modules", packageName, "package.json"), "utf8")) as {
    version: string;
  };
  const folder = join(home, "plugins", `resource-${name}-v${version}`);
  mkdirSync(folder, { recursive: true });
  script(
    join(folder, `pulumi-resource-${name}`),
    `exec "${process.execPath}" "${join(__dirname, "standins/provider.js")}" ${name} ${version}`,
  );
}

export function script(file: string, body: string): void {
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}

/** The package, built once for all suites of a run. */
let built: Promise<string> | undefined;

/** The folder of the built package; whoever asks first gives the checkout. */
export function buildPackage(checkout: string): Promise<string> {
  built ??= compile(checkout);
  return built;
}

async function compile(checkout: string): Promise<string> {
  const folder = temporary("engine-dist-");
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const code = await new Promise<number>((done) => {
    const child = spawn(process.execPath, [compiler, "-p", "tsconfig.build.json", "--outDir", folder], {
      cwd: checkout,
      stdio: "inherit",
    });
    child.on("close", (exit) => done(exit ?? -1));
  });
  assert.equal(code, 0, "the package is built");
  return folder;
}
