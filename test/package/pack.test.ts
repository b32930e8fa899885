/** The package as another Pulumi program gets it: packed, unpacked, with one provider beside it, or with none. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = resolve(__dirname, "../..");
const compiler = join(root, "node_modules/typescript/bin/tsc");

const providers = {
  none: undefined,
  aws: {
    package: "@pulumi/aws",
    transform: "aws: { queue: (args) => ({ ...args, delaySeconds: 5 }) }",
    node: "worker.nodes.aws?.queue.arn",
  },
  azure: {
    package: "@pulumi/azure-native",
    transform: 'azure: { queue: (args) => ({ ...args, lockDuration: "PT1M" }) }',
    node: "worker.nodes.azure?.queue?.id",
  },
  gcp: {
    package: "@pulumi/gcp",
    transform: "gcp: { topic: (args) => ({ ...args, messageRetentionDuration: '600s' }) }",
    node: "worker.nodes.gcp?.topic.id",
  },
};
type Provider = keyof typeof providers;

const handler = `import * as z from "zod/mini";
import type { Context, Message, TableReadWriter } from "serverless-blueprints/handler";
export const schema = z.strictObject({ id: z.string() });
export async function handler(messages: readonly Message<z.output<typeof schema>>[], ctx: Context<{ store: TableReadWriter<{ id: string }> }>): Promise<void> {
  for (const { body } of messages) await ctx.uses.store.put(body);
}
`;
/** Uses the package as its README says; what must not compile is marked. */
function program(provider: Provider): string {
  const chosen = providers[provider];
  const transform = chosen ? `transform: { ${chosen.transform} },` : "";
  return `import { code, QueueWorker, Table } from "serverless-blueprints";
${chosen ? `import type {} from "serverless-blueprints/${provider}";` : ""}
import { schema } from "./handler";
const store = new Table<{ id: string }>("store", { key: "id" });
const worker = new QueueWorker("work", {
  message: schema,
  handler: code<typeof import("./handler")>(__dirname, "handler"),
  uses: { store: store.readWriter() },
  ${transform}
});
export const queue = worker.queue;
export const native = ${chosen ? chosen.node : "undefined"};
// @ts-expect-error a weaker grant than the handler asks for
new QueueWorker("weak", { message: schema, handler: code<typeof import("./handler")>(__dirname, "handler"), uses: { store: store.reader() } });
// @ts-expect-error ${chosen ? "no such child" : "with no cloud in sight there is nothing to transform"}
new QueueWorker("wrong", { message: schema, handler: code<typeof import("./handler")>(__dirname, "handler"), uses: { store: store.readWriter() }, transform: { ${chosen ? provider : "aws"}: { nothing: (args: object) => args } } });
`;
}

const { dependencies: own } = require(join(root, "package.json")) as { dependencies: Readonly<Record<string, string>> };
/** What comes with the package, whatever the program installs. */
const dependencies = Object.keys(own);

describe("the package", function () {
  this.timeout(240_000);
  let folder: string;
  let unpacked: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "package-"));
    await run("npm", ["run", "--silent", "build"], { cwd: root });
    const { stdout } = await run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], {
      cwd: root,
    });
    await run("tar", ["-xzf", join(folder, stdout.trim().split("\n").pop() ?? ""), "-C", folder]);
    unpacked = join(folder, "package");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** A program's folder in which only the named packages can be found. */
  function consumer(name: string, packages: readonly string[]): string {
    const home = join(folder, name);
    const modules = join(home, "node_modules");
    for (const one of packages) {
      mkdirSync(dirname(join(modules, one)), { recursive: true });
      symlinkSync(join(root, "node_modules", one), join(modules, one));
    }
    // Unpacked for itself: seen from its own place, the package finds what the program has and nothing else.
    mkdirSync(join(modules, "serverless-blueprints"), { recursive: true });
    return home;
  }
  async function install(home: string): Promise<void> {
    await run("cp", ["-R", `${unpacked}/.`, join(home, "node_modules/serverless-blueprints")]);
  }
  const base = ["@pulumi/pulumi", "zod", "@types/node"];

  for (const provider of Object.keys(providers) as Provider[]) {
    for (const moduleResolution of ["node", "node16"]) {
      it(`type-checks with ${provider === "none" ? "no provider" : `${provider} alone`}, moduleResolution ${moduleResolution}, libraries included`, async () => {
        const home = consumer(`${provider}-${moduleResolution}`, [
          ...base,
          ...(providers[provider] ? [providers[provider].package] : []),
        ]);
        await install(home);
        writeFileSync(join(home, "package.json"), '{ "name": "consumer" }');
        writeFileSync(join(home, "handler.ts"), handler);
        writeFileSync(join(home, "index.ts"), program(provider));
        const module = moduleResolution === "node" ? "commonjs" : "node16";
        const options = {
          module,
          moduleResolution,
          target: "ES2022",
          lib: ["ES2023"],
          strict: true,
          noEmit: true,
          skipLibCheck: false,
          // zod asks for it.
          esModuleInterop: true,
          types: ["node"],
        };
        writeFileSync(join(home, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["index.ts"] }));
        const { stdout } = await run(process.execPath, [compiler, "-p", home]).catch(
          (error: { stdout: string }) => error,
        );
        assert.equal(stdout.slice(0, 1500), "");
      });
    }
  }

  it("plans, checks and runs a program of one's own, from its bin", async () => {
    const home = consumer("program", ["@pulumi/pulumi", ...dependencies]);
    await install(home);
    writeFileSync(join(home, "package.json"), '{ "name": "consumer" }');
    writeFileSync(join(home, "Pulumi.yaml"), "name: consumer\nruntime: nodejs\nmain: index.js\n");
    writeFileSync(join(home, "Pulumi.dev.yaml"), "config:\n  serverless-blueprints:cloud: local\n");
    writeFileSync(
      join(home, "handler.js"),
      'const z = require("zod/mini");\nexports.schema = z.strictObject({ id: z.string() });\nexports.handler = async (messages, ctx) => { for (const { body } of messages) await ctx.uses.store.put(body); };\n',
    );
    writeFileSync(
      join(home, "index.js"),
      'const { code, QueueWorker, Table } = require("serverless-blueprints");\nconst { schema } = require("./handler");\nconst store = new Table("store", { key: "id" });\nexports.queue = new QueueWorker("work", { message: schema, handler: code(__dirname, "handler"), uses: { store: store.readWriter() } }).queue;\n',
    );
    const bin = (...args: string[]) =>
      run(process.execPath, [join(home, "node_modules/serverless-blueprints/dist/cli/main.js"), ...args], {
        cwd: home,
      });
    const report = JSON.parse((await bin("plan", "dev", "--format", "json")).stdout) as {
      cloud: string;
      resources: { type: string }[];
      grants: { from: string; to: string }[];
    };
    assert.equal(report.cloud, "local");
    assert.ok(report.resources.some(({ type }) => type === "localcloud:index:Queue"));
    assert.deepEqual(
      report.grants.map(({ from, to }) => `${from} ${to}`),
      ["work-fn store"],
    );
    assert.match((await bin("check", "dev")).stdout, /0 failed/);
    await assert.rejects(
      bin("plan", "nothing"),
      (error: { code: number; stderr: string }) => error.code === 2 && /there is no stack "nothing"/.test(error.stderr),
    );
  });

  it("says which package is missing when the stack's provider is not installed", async () => {
    const home = consumer("missing", ["@pulumi/pulumi", ...dependencies]);
    await install(home);
    writeFileSync(join(home, "Pulumi.yaml"), "name: consumer\nruntime: nodejs\nmain: index.js\n");
    writeFileSync(
      join(home, "Pulumi.dev.yaml"),
      "config:\n  serverless-blueprints:cloud: aws\n  aws:region: eu-central-1\n",
    );
    writeFileSync(
      join(home, "index.js"),
      'const { Table } = require("serverless-blueprints");\nnew Table("store", { key: "id" });\n',
    );
    const plan = run(
      process.execPath,
      [join(home, "node_modules/serverless-blueprints/dist/cli/main.js"), "plan", "dev"],
      { cwd: home },
    );
    await assert.rejects(plan, (error: { code: number; stderr: string }) => {
      assert.equal(error.code, 2);
      assert.match(
        error.stderr,
        /SB-C008 the stack is for aws, but the package @pulumi\/aws is not installed\.\n {2}Way out: npm install @pulumi\/aws\./,
      );
      return true;
    });
  });
});
