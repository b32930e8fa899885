import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { display, type PlannedResource, plan, type RunResult } from "../../../cli/engine";
import { previewed } from "./previewed";

interface State {
  urn: string;
  type: string;
  custom: boolean;
  parent?: string;
  provider?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[] | null>;
  protect?: boolean;
  retainOnDelete?: boolean;
  deletedWith?: string;
  ignoreChanges?: string[];
  replaceOnChanges?: string[];
  additionalSecretOutputs?: string[];
}

interface Preview {
  steps: { op: string; newState: State }[];
  /** What resources gave and components registered: the JSON of a preview leaves it out, its events have it. */
  outputs: Map<string, Record<string, unknown>>;
  diagnostics?: { urn?: string; severity: string; message: string }[];
}

const config = { "shop:password": "hunter2" };

function onPath(): boolean {
  try {
    execFileSync("pulumi", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A project in a folder of its own, with a backend, a home and a provider of its own. */
async function previewByCli(folder: string): Promise<Preview> {
  const sdk = dirname(require.resolve("@pulumi/pulumi/package.json"));
  mkdirSync(join(folder, "node_modules/@pulumi"), { recursive: true });
  symlinkSync(sdk, join(folder, "node_modules/@pulumi/pulumi"));
  mkdirSync(join(folder, "provider"));
  mkdirSync(join(folder, "state"));
  const provider = join(__dirname, "standin-provider.js");
  const binary = `#!/bin/sh\nexec "${process.execPath}" "${provider}" "$@"\n`;
  writeFileSync(join(folder, "provider/pulumi-resource-standin"), binary, { mode: 0o755 });
  const register = require.resolve("ts-node/register/transpile-only");
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    JSON.stringify({
      name: "shop",
      main: "index.js",
      runtime: { name: "nodejs", options: { typescript: false, nodeargs: `-r ${register}` } },
      plugins: { providers: [{ name: "standin", path: "./provider" }] },
    }),
  );
  writeFileSync(join(folder, "package.json"), "{}");
  const program = JSON.stringify(join(__dirname, "previewed"));
  writeFileSync(join(folder, "index.js"), `module.exports = require(${program}).previewed();\n`);

  const env = {
    ...process.env,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "comparison",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DEBUG_COMMANDS: "true", // for --event-log
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    TS_NODE_PROJECT: join(__dirname, "../../../tsconfig.json"),
  };
  const pulumi = async (...args: string[]) => {
    const run = promisify(execFile)("pulumi", [...args, "--non-interactive"], { cwd: folder, env, maxBuffer: 1 << 26 });
    return (
      await run.catch((error: { stdout: string; stderr: string }) => assert.fail(`${error.stdout}${error.stderr}`))
    ).stdout;
  };
  await pulumi("stack", "init", "dev");
  await pulumi("config", "set", "--secret", "shop:password", config["shop:password"]);
  const events = join(folder, "events.jsonl");
  const digest = await pulumi("preview", "--json", "--event-log", events);
  return { ...JSON.parse(digest), outputs: outputsIn(readFileSync(events, "utf8")) };
}

/** Events come one a line; the last about a resource has everything. */
function outputsIn(events: string): Map<string, Record<string, unknown>> {
  const outputs = new Map<string, Record<string, unknown>>();
  for (const line of events.split("\n").filter((text) => text.includes("resOutputsEvent"))) {
    const { urn, outputs: registered = {} } = JSON.parse(line).resOutputsEvent.metadata.new as State;
    outputs.set(urn, registered);
  }
  return outputs;
}

const sorted = (list: readonly string[] | undefined) => [...(list ?? [])].sort();

/** Order of dependencies, absent against empty, and what only one side can know say nothing. */
function comparable(state: State | PlannedResource) {
  const dependencies = Object.entries(state.propertyDependencies ?? {}).map(([key, urns]) => [key, sorted(urns ?? [])]);
  return {
    urn: state.urn,
    type: state.type,
    custom: state.custom,
    parent: state.parent,
    inputs: comparableArchives(display(state.inputs ?? {})),
    dependencies: sorted(state.dependencies),
    propertyDependencies: Object.fromEntries(dependencies),
    protect: state.protect === true,
    retainOnDelete: state.retainOnDelete === true,
    deletedWith: state.deletedWith,
    ignoreChanges: sorted(state.ignoreChanges),
    replaceOnChanges: sorted(state.replaceOnChanges),
    additionalSecretOutputs: sorted(state.additionalSecretOutputs),
    provider: state.provider?.includes("::default") ? undefined : state.provider,
  };
}

/** The engine hashes archives in Go's archive format; ours goes over the members. */
function comparableArchives(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, member) => {
    const isArchive = member?.["4dabf18193072939515e22adb298388d"] === "0def7320c3a5731c473e5ecbe6d01bc7";
    return isArchive ? { ...member, hash: "of an archive" } : member;
  });
}

const byUrn = (list: State[] | PlannedResource[]) =>
  new Map([...list].sort((a, b) => (a.urn < b.urn ? -1 : 1)).map((state) => [state.urn, comparable(state)]));

describe("a plan beside `pulumi preview --json`", function () {
  this.timeout(120_000);
  let folder = "";
  let cli: Preview;
  let ours: RunResult;

  before(async function () {
    if (!onPath()) {
      assert.notEqual(process.env.CI, "true", "the Pulumi CLI is not on PATH, and CI must have it");
      console.log("    skipped: the Pulumi CLI is not on PATH, nothing to compare the in-process engine with");
      return this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), "engine-preview-"));
    cli = await previewByCli(folder);
    ours = await plan(previewed, { project: "shop", stack: "dev", config, secretKeys: Object.keys(config) });
  });

  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it("has the same resources, inputs, parents, dependencies and options", () => {
    const states = cli.steps.map((step) => step.newState);
    const declared = states.filter(({ urn }) => !/::pulumi:providers:[^:]+::default/.test(urn));
    const expected = byUrn(declared);
    const actual = byUrn(ours.resources);
    assert.deepEqual([...actual.keys()], [...expected.keys()]);
    for (const [urn, resource] of actual) assert.deepEqual(resource, expected.get(urn), urn);
  });

  it("has the same outputs", () => {
    for (const { urn, outputs } of ours.resources) {
      assert.deepEqual(comparableArchives(display(outputs)), comparableArchives(display(cli.outputs.get(urn))), urn);
    }
    assert.equal(ours.outputs.label, "orders");
  });

  it("has the same messages", () => {
    const warnings = (cli.diagnostics ?? []).filter(({ severity }) => severity === "warning");
    assert.deepEqual(
      ours.logs.map(({ urn, message, severity }) => ({ urn, message, severity })),
      warnings.map(({ urn, message, severity }) => ({
        urn,
        message: message.replace(/^warning: /, "").trim(),
        severity,
      })),
    );
  });
});
