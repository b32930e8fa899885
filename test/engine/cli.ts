/** The real Pulumi CLI on a file backend, with stand-ins for the clouds' providers. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { buildPackage, checkOut, installStandins, script } from "./setup";

export const hasCli = (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, "pulumi")));

/** Declares a suite that needs the CLI: left out with one visible line where it is missing, but never in CI. */
export function withCli(name: string, suite: (this: Mocha.Suite) => void): void {
  if (hasCli || process.env.CI === "true") describe(name, suite);
  else describe(name, () => it("needs the Pulumi CLI on PATH"));
}

/** How long a run may take before it is asked to stop. */
const patienceMs = 120_000;

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** One step of a preview or a deployment. */
export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly newState?: {
    readonly inputs?: Record<string, unknown>;
    readonly outputs?: Record<string, unknown>;
    readonly protect?: boolean;
    readonly parent?: string;
    readonly dependencies?: readonly string[];
  };
}

/** What a policy pack told of a resource, or of the stack. */
export interface PolicyFinding {
  readonly control: string;
  readonly urn: string;
  readonly level: string;
  readonly message: string;
}

/** A resource in the stand-ins' cloud. */
export interface Existing {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Record<string, unknown>;
}

/** A resource's state as `stack export` prints it. */
export interface StateOf {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly custom: boolean;
  readonly external?: boolean;
  readonly parent?: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

interface LoggedStep {
  readonly op: string;
  readonly urn: string;
  readonly new?: Step["newState"];
}

interface PolicyEvent {
  readonly policyName: string;
  readonly resourceUrn?: string;
  readonly enforcementLevel: string;
  readonly message: string;
}

/** A failure that a stand-in shows at an operation, `times` times. */
export interface FailureOrder {
  readonly type: string;
  readonly name?: string;
  readonly operation: "create" | "update" | "delete";
  readonly times: number;
  readonly message: string;
}

export interface CliOptions {
  /** Added to the environment of every run. */
  readonly environment?: NodeJS.ProcessEnv;
  /** A folder with a Pulumi project to run in place of this repository. */
  readonly project?: string;
}

/** A temporary home, backend, checkout and cloud. */
export class Cli {
  readonly folder = mkdtempSync(join(tmpdir(), "engine-"));
  /** The checkout in which the CLI runs: `stack init` writes a salt into the stack file, and the repository stays clean. */
  readonly work = join(this.folder, "checkout");
  readonly #cloud = join(this.folder, "cloud");
  /** The engine's events of the last preview or deployment, one a line. */
  readonly #events = join(this.folder, "events.json");
  readonly #environment: NodeJS.ProcessEnv;

  constructor({ environment = {}, project }: CliOptions = {}) {
    const home = join(this.folder, "home");
    mkdirSync(join(this.folder, "backend"));
    mkdirSync(this.#cloud);
    checkOut(this.work, project);
    installStandins(home);
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
      // Its previews print no findings of policies; what it logs of its events has them.
      PULUMI_DEBUG_COMMANDS: "true",
      SB_STANDIN_STATE: this.#cloud,
      XDG_RUNTIME_DIR: this.folder,
      ...environment,
    };
  }

  /** Runs to the end, whatever it is; after two minutes the CLI is asked to stop, and ten seconds later it is stopped. */
  async run(args: readonly string[], cwd = this.work): Promise<Outcome> {
    const started = Date.now();
    const child = spawn("pulumi", [...args, "--non-interactive"], {
      cwd,
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    // Interrupted, the CLI ends its plugins and the program; killed, it could not.
    const interrupt = setTimeout(() => child.kill("SIGINT"), patienceMs);
    const kill = setTimeout(() => child.kill("SIGKILL"), patienceMs + 10_000);
    const code = await new Promise<number>((done, failed) => {
      child.on("error", failed);
      child.on("close", (exit) => done(exit ?? -1));
    }).finally(() => {
      clearTimeout(interrupt);
      clearTimeout(kill);
    });
    const seconds = (Date.now() - started) / 1000;
    if (process.env.SB_ENGINE_TIMES) console.error(`      ${seconds.toFixed(1)} s  pulumi ${args.join(" ")}`);
    return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString(), seconds };
  }

  /** Runs and demands success. */
  async succeed(args: readonly string[], cwd?: string): Promise<Outcome> {
    const outcome = await this.run(args, cwd);
    assert.equal(
      outcome.code,
      0,
      `pulumi ${args.join(" ")} ended after ${outcome.seconds} s\n${outcome.stdout.slice(-4000)}\n${outcome.stderr.slice(-4000)}`,
    );
    return outcome;
  }

  /** Runs and demands failure; what it printed. */
  async refused(args: readonly string[]): Promise<string> {
    const outcome = await this.run(args);
    assert.notEqual(outcome.code, 0, `pulumi ${args.join(" ")} succeeded\n${outcome.stdout.slice(-4000)}`);
    return outcome.stdout + outcome.stderr;
  }

  init(stack: string): Promise<Outcome> {
    return this.succeed(["stack", "init", stack]);
  }

  async preview(stack: string, flags: readonly string[] = []): Promise<readonly Step[]> {
    const { stdout } = await this.succeed(["preview", "--json", ...this.#logged, "-s", stack, ...flags]);
    return (JSON.parse(stdout) as { steps: readonly Step[] }).steps;
  }

  /** A preview that must find everything as it is. */
  expectNoChanges(stack: string, flags: readonly string[] = []): Promise<Outcome> {
    return this.succeed(["preview", "--expect-no-changes", ...this.#logged, "-s", stack, ...flags]);
  }

  /** Deploys; the steps that were taken, in their order. */
  up(stack: string, flags: readonly string[] = []): Promise<readonly Step[]> {
    return this.#steps(["up", "--yes", "--skip-preview", ...this.#logged, "-s", stack, ...flags]);
  }

  get #logged(): readonly string[] {
    return ["--event-log", this.#events];
  }

  /** What the packs told in the last preview or deployment. */
  findings(): readonly PolicyFinding[] {
    return readFileSync(this.#events, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => (JSON.parse(line) as { policyEvent?: PolicyEvent }).policyEvent)
      .filter((event) => event !== undefined)
      .map(({ policyName, resourceUrn = "", enforcementLevel, message }) => ({
        control: policyName,
        urn: resourceUrn,
        level: enforcementLevel,
        message,
      }));
  }

  destroy(stack: string): Promise<readonly Step[]> {
    return this.#steps(["destroy", "--yes", "--skip-preview", "-s", stack]);
  }

  async #steps(args: readonly string[]): Promise<readonly Step[]> {
    const { stdout } = await this.succeed([...args, "--json"]);
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => (JSON.parse(line) as { resourcePreEvent?: { metadata: LoggedStep } }).resourcePreEvent?.metadata)
      .filter((step) => step !== undefined)
      .map(({ op, urn, new: newState }) => ({ op, urn, ...(newState && { newState }) }));
  }

  /** Lifts the protection in the state; what a provider itself protects is as it was. */
  unprotect(stack: string): Promise<Outcome> {
    return this.succeed(["state", "unprotect", "--all", "--yes", "-s", stack]);
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

  /** What the engine keeps of the stack. */
  async stackExport(stack: string): Promise<readonly StateOf[]> {
    const { stdout } = await this.succeed(["stack", "export", "-s", stack]);
    return (JSON.parse(stdout) as { deployment: { resources?: readonly StateOf[] } }).deployment.resources ?? [];
  }

  /** What exists in the stand-ins' clouds. */
  existing(): readonly Existing[] {
    return readdirSync(this.#cloud).map(
      (file) => JSON.parse(readFileSync(join(this.#cloud, file), "utf8")) as Existing,
    );
  }

  /** Puts the built package into the checkout, as it is where a maintainer has just published it. */
  async build(): Promise<void> {
    cpSync(await buildPackage(this.work), join(this.work, "dist"), { recursive: true });
  }

  /** Orders failures of the stand-ins. */
  fail(orders: readonly FailureOrder[]): void {
    writeFileSync(join(this.folder, "fail.json"), JSON.stringify(orders));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
