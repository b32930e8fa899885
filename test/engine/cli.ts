/** The real Pulumi CLI on a file backend, with stand-ins for the clouds' providers. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

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

export const hasCli = (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, "pulumi")));

/** Declares a suite that needs the CLI: left out with one visible line where it is missing, but never in CI. */
export function withCli(name: string, suite: (this: Mocha.Suite) => void): void {
  if (hasCli || process.env.CI === "true") describe(name, suite);
  else describe(name, () => it("needs the Pulumi CLI on PATH"));
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly newState?: {
    readonly inputs?: Record<string, unknown>;
    readonly protect?: boolean;
    readonly parent?: string;
    readonly dependencies?: readonly string[];
  };
}

/** A temporary home, backend, checkout and cloud. */
export class Cli {
  readonly folder = mkdtempSync(join(tmpdir(), "engine-"));
  /** The checkout in which the CLI runs; the repository itself stays clean. */
  readonly work = join(this.folder, "checkout");
  readonly #cloud = join(this.folder, "cloud");
  readonly #environment: NodeJS.ProcessEnv;

  constructor(environment: NodeJS.ProcessEnv = {}) {
    const home = join(this.folder, "home");
    mkdirSync(join(this.folder, "backend"));
    mkdirSync(this.#cloud);
    mkdirSync(this.work);
    for (const part of parts)
      if (existsSync(join(root, part))) cpSync(join(root, part), join(this.work, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(this.work, "node_modules"));
    for (const [name, packageName] of Object.entries(providers)) install(home, name, packageName);
    const bin = join(this.folder, "bin");
    mkdirSync(bin);
    // `az account get-access-token`, for whoever publishes code to Azure.
    script(join(bin, "az"), `echo '{"accessToken":"test-token","expires_on":4102444800}'`);
    this.#environment = {
      ...process.env,
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      PULUMI_HOME: home,
      PULUMI_BACKEND_URL: `file://${join(this.folder, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      SB_STANDIN_STATE: this.#cloud,
      XDG_RUNTIME_DIR: this.folder,
      ...environment,
    };
  }

  async run(args: readonly string[], cwd = this.work): Promise<Outcome> {
    const started = Date.now();
    const child = spawn("pulumi", [...args, "--non-interactive"], {
      cwd,
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const patience = setTimeout(() => child.kill("SIGKILL"), 120_000);
    const code = await new Promise<number>((done, failed) => {
      child.on("error", failed);
      child.on("close", (exit) => done(exit ?? -1));
    });
    clearTimeout(patience);
    return { code, stdout, stderr, seconds: (Date.now() - started) / 1000 };
  }

  /** Runs and demands success. */
  async succeed(args: readonly string[], cwd?: string): Promise<Outcome> {
    const outcome = await this.run(args, cwd);
    assert.equal(
      outcome.code,
      0,
      `pulumi ${args.join(" ")}\n${outcome.stdout.slice(-4000)}\n${outcome.stderr.slice(-4000)}`,
    );
    return outcome;
  }

  init(stack: string): Promise<Outcome> {
    return this.succeed(["stack", "init", stack]);
  }

  async preview(stack: string, flags: readonly string[] = []): Promise<readonly Step[]> {
    const { stdout } = await this.succeed(["preview", "--json", "-s", stack, ...flags]);
    return (JSON.parse(stdout) as { steps: readonly Step[] }).steps;
  }

  up(stack: string, flags: readonly string[] = []): Promise<Outcome> {
    return this.succeed(["up", "--yes", "--skip-preview", "-s", stack, ...flags]);
  }

  setConfig(stack: string, key: string, value: string): Promise<Outcome> {
    return this.succeed(["config", "set", key, value, "-s", stack]);
  }

  /** The stack's outputs. */
  async outputs(stack: string): Promise<Record<string, unknown>> {
    return JSON.parse((await this.succeed(["stack", "output", "--json", "-s", stack])).stdout) as Record<
      string,
      unknown
    >;
  }

  /** Types and names of what exists in the stand-ins' clouds. */
  existing(): { readonly type: string; readonly name: string; readonly inputs: Record<string, unknown> }[] {
    return readdirSync(this.#cloud).map(
      (file) => JSON.parse(readFileSync(join(this.#cloud, file), "utf8")) as ReturnType<Cli["existing"]>[number],
    );
  }

  /** Builds the package in the checkout, as a maintainer would before publishing it. */
  async build(): Promise<void> {
    const outcome = await new Promise<number>((done) => {
      const compiler = join(root, "node_modules/typescript/bin/tsc");
      const child = spawn(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
        cwd: this.work,
        stdio: "inherit",
      });
      child.on("close", (code) => done(code ?? -1));
    });
    assert.equal(outcome, 0, "the package is built");
  }

  /** Orders failures of the stand-ins. */
  fail(
    orders: readonly {
      readonly type: string;
      readonly name?: string;
      readonly operation: "create" | "update" | "delete";
      readonly times: number;
      readonly message: string;
    }[],
  ): void {
    writeFileSync(join(this.folder, "fail.json"), JSON.stringify(orders));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
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

function script(file: string, body: string): void {
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}
