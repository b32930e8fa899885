import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalCloud } from "../../local/cloud";
import { AdminServer } from "../../local/server";
import { send } from "./support";

const root = join(__dirname, "../..");

/** A program with one API, whose function answers with the text of the setting `answer`. */
const program = `
const pulumi = require("@pulumi/pulumi");
const { answer, oops } = JSON.parse(process.env.SETTINGS);
const make = (type, name, args, opts) => new (class extends pulumi.CustomResource {
  constructor() { super("localcloud:index:" + type, name, type === "Api" ? { url: undefined, ...args } : args, opts); }
})();
const logs = make("LogStore", "logs", { name: "logs", retentionDays: 7, ...oops });
const code = \`exports.handler = async ({ path }) => ({ status: 200, headers: {}, body: "\${answer} " + path });\`;
const hello = make("Function", "hello", { name: "hello", code, codeHash: answer, environment: {}, timeoutSeconds: 5, memoryMiB: 64, permissions: [], logStore: logs.id });
const routes = [{ method: "GET", path: "/{who}", function: hello.id, auth: { kind: "none" } }];
const api = make("Api", "api", { name: "api", routes, maxBodyBytes: 1000, timeoutSeconds: 5, logStore: logs.id }, { protect: true });
exports.url = api.url;
`;

function hasPulumi(): boolean {
  try {
    execFileSync("pulumi", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("local provider under the real Pulumi CLI", function () {
  this.timeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), "local-provider-"));
  const before_ = process.env.XDG_RUNTIME_DIR;
  let settings: Record<string, unknown> = { answer: "hello" };
  let cloud: LocalCloud;
  let server: AdminServer | undefined;

  const start = async () => {
    cloud = new LocalCloud();
    server = await AdminServer.start(cloud);
  };
  const stop = async () => {
    await server?.close();
    await cloud.close();
  };

  /** Runs the CLI; resolves to what it printed and its exit code. */
  const pulumi = (...args: string[]) =>
    new Promise<{ code: number; text: string }>((resolve) => {
      const env = {
        ...process.env,
        PULUMI_BACKEND_URL: `file://${folder}/state`,
        PULUMI_HOME: `${folder}/home`,
        PULUMI_CONFIG_PASSPHRASE: "x",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        SETTINGS: JSON.stringify(settings),
      };
      const options = { cwd: `${folder}/project`, env, timeout: 120_000 };
      execFile("pulumi", [...args, "--non-interactive", "--color", "never"], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ code, text: stdout + stderr });
      });
    });
  const url = async () => (await pulumi("stack", "output", "url")).text.trim();
  const ok = async (...args: string[]) => {
    const { code, text } = await pulumi(...args);
    assert.equal(code, 0, text);
    return text;
  };

  before(async function () {
    if (!hasPulumi()) {
      process.stdout.write("    skipped: the Pulumi CLI is not on PATH\n");
      this.skip();
    }
    for (const name of ["state", "project", "run"]) mkdirSync(join(folder, name));
    process.env.XDG_RUNTIME_DIR = join(folder, "run");
    symlinkSync(join(root, "node_modules"), join(folder, "project", "node_modules"));
    const write = (name: string, text: string) => writeFileSync(join(folder, "project", name), text);
    write("package.json", `{"name":"hello","private":true}`);
    write("index.js", program);
    const provider = `{ name: localcloud, path: "${join(root, "local/provider")}" }`;
    write(
      "Pulumi.yaml",
      `name: hello\nmain: index.js\nruntime: { name: nodejs, options: { typescript: false } }\nplugins: { providers: [${provider}] }\n`,
    );
    await ok("stack", "init", "dev");
  });
  after(async () => {
    if (server) await stop(); // also when a test failed half-way
    rmSync(folder, { recursive: true });
    if (before_ === undefined) delete process.env.XDG_RUNTIME_DIR;
    else process.env.XDG_RUNTIME_DIR = before_;
  });

  it("previews without a cloud, and refuses to go further with the command that starts one", async () => {
    assert.match(await ok("preview"), /\+ 4 to create/);
    const { code, text } = await pulumi("up", "--yes", "--skip-preview");
    assert.notEqual(code, 0);
    assert.match(text, /no local cloud is running; start one with: npm start -- --serve/);
  });

  it("names a property that has no meaning, at preview", async () => {
    settings = { answer: "hello", oops: { retention: 1 } };
    const { code, text } = await pulumi("preview");
    settings = { answer: "hello" };
    assert.notEqual(code, 0);
    assert.match(text, /property retention .*is not a property of this type/);
  });

  it("deploys what then answers, sees no changes, and changes in place", async () => {
    await start();
    await ok("up", "--yes", "--skip-preview");
    const address = await url();
    assert.equal((await send(`${address}/you`)).text, "hello /you");
    assert.match(await ok("preview", "--expect-no-changes"), /4 unchanged/);
    settings = { answer: "good day" };
    assert.match(await ok("up", "--yes", "--skip-preview"), /~ 1 updated/);
    assert.equal((await send(`${address}/you`)).text, "good day /you");
  });

  it("shows a restarted, empty cloud as changes, and fills it again although protected", async () => {
    await stop();
    await start();
    const diff = await ok("preview", "--diff");
    assert.match(diff, /bootId/);
    assert.match(diff, /~ 3 to update/);
    await ok("up", "--yes", "--skip-preview");
    assert.equal((await send(`${await url()}/you`)).text, "good day /you");
    await ok("preview", "--expect-no-changes");
  });

  it("refuses to destroy while protected, then leaves nothing", async () => {
    const { code, text } = await pulumi("destroy", "--yes", "--skip-preview");
    assert.notEqual(code, 0);
    assert.match(text, /protect/);
    await ok("state", "unprotect", "--all", "--yes");
    await ok("destroy", "--yes", "--skip-preview");
    const { apis, functions } = cloud.stats();
    assert.deepEqual([apis, functions, cloud.list("LogStore")], [[], [], []]);
    await stop();
  });
});
