/** The packs under the real Pulumi CLI: the verdicts of `evaluate`, at a preview and after an update. */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPreview } from "../../cli/check";
import { controls, evaluate, everyPack, packs, type Verdict, viewOf } from "../../policies";
import { awsStack } from "./support/aws";
import { azureStack, group } from "./support/azure";
import { gcpStack } from "./support/gcp";
import { judge } from "./support/judge";
import { json, type Mode, Out, type Stack, unknown } from "./support/stack";

const root = join(__dirname, "../..");

function hasPulumi(): boolean {
  try {
    execFileSync("pulumi", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const faulty: Record<"aws" | "azure" | "gcp", () => Stack> = {
  aws() {
    const stack = awsStack();
    const elsewhere = stack.add("aws:ssm/parameter:Parameter", "parameter", { name: "key" })(
      "arn:aws:kms:eu-central-1:111122223333:key/9z",
    );
    stack.add("aws:sqs/queue:Queue", "vague", { kmsMasterKeyId: elsewhere });
    stack.add("aws:sqs/queue:Queue", "open", {});
    stack.add("aws:iam/accessKey:AccessKey", "access-key", { user: "ci" });
    stack.add("aws:iam/rolePolicy:RolePolicy", "orphan", {
      policy: json({
        Statement: [
          {
            Effect: "Allow",
            Action: "sqs:*",
            Resource: new Out("queue", "arn:aws:sqs:eu-central-1:111122223333:queue"),
          },
        ],
      }),
    });
    stack
      .set("fulfil-logs", { retentionInDays: 30 })
      .set("front", { role: new Out("fulfil-role", "arn:aws:iam::111122223333:role/fulfil") });
    return stack.remove("foundation");
  },
  azure() {
    const stack = azureStack();
    stack.set("front-receive", { scope: new Out("group", group) });
    stack.set("bus", { disableLocalAuth: false, sku: { name: "Standard" } });
    return stack.remove("front-auth");
  },
  gcp() {
    const stack = gcpStack();
    return stack
      .set("invoke", { member: "allAuthenticatedUsers" })
      .set("trace", { role: "roles/editor" })
      .set("topic", { kmsKeyName: undefined })
      .remove("sink");
  },
};

describe("packs under the real Pulumi CLI", function () {
  this.timeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), "policy-packs-"));
  const pulumi = (...args: string[]) =>
    new Promise<{ code: number; text: string }>((resolve) => {
      const env = {
        ...process.env,
        DECLARATIONS: join(folder, "declarations.json"),
        PULUMI_BACKEND_URL: `file://${folder}/state`,
        PULUMI_HOME: `${folder}/home`,
        PULUMI_CONFIG_PASSPHRASE: "x",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      };
      const options = { cwd: `${folder}/project`, env, timeout: 120_000 };
      execFile("pulumi", [...args, "--non-interactive", "--color", "never"], options, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : -1, text: stdout + stderr });
      });
    });
  const withPacks = (config?: string, held: readonly { readonly name: string }[] = packs) =>
    held.flatMap(({ name }) => [
      "--policy-pack",
      join(root, "policies", name),
      ...(config ? ["--policy-pack-config", config] : []),
    ]);

  before(async function () {
    if (!hasPulumi()) {
      process.stdout.write("    skipped: the Pulumi CLI is not on PATH\n");
      this.skip();
    }
    for (const name of ["state", "project", "provider"]) mkdirSync(join(folder, name));
    symlinkSync(join(root, "node_modules"), join(folder, "project", "node_modules"));
    copyFileSync(join(__dirname, "support/program.js"), join(folder, "project", "index.js"));
    const providers = ["aws", "azure-native", "gcp"].map((name) => {
      const path = join(folder, "provider", name);
      mkdirSync(path);
      const start = join(path, `pulumi-resource-${name}`);
      writeFileSync(
        start,
        `#!/bin/sh\ncd '${root}' && exec node -r ts-node/register/transpile-only '${join(__dirname, "support/echo-provider.ts")}' "$@"\n`,
      );
      chmodSync(start, 0o755);
      return `{ name: ${name}, path: "${path}" }`;
    });
    const write = (name: string, text: string) => writeFileSync(join(folder, "project", name), text);
    write("package.json", `{"name":"shop","private":true}`);
    write(
      "Pulumi.yaml",
      `name: shop\nmain: index.js\nruntime: { name: nodejs, options: { typescript: false } }\nplugins: { providers: [${providers.join(", ")}] }\n`,
    );
    writeFileSync(join(folder, "advisory.json"), JSON.stringify({ all: "advisory" }));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Findings as the CLI lists them under "Policies". */
  const listed = (text: string) => {
    const found = [...text.matchAll(/- \[(\w+)\]\s+([A-Z]+-\d\d)\s+\(([^ ]+): ([^)]+)\)\n\s+(.*)/g)];
    return found
      .map(
        ([, , control, , name, message]) =>
          `${message?.includes(": undetermined, ") ? "undetermined" : "fail"} ${control} ${name}`,
      )
      .sort();
  };
  const expected = (stack: Stack, mode: Mode) => open(judge(stack, mode));
  const open = (verdicts: readonly Verdict[]) =>
    verdicts
      .filter(({ verdict }) => verdict !== "pass")
      .map(
        ({ verdict, control, urn }) =>
          `${verdict} ${control} ${urn.split("::").pop()?.replace("shop-test", "shop-dev")}`,
      )
      .sort();

  for (const cloud of ["aws", "azure", "gcp"] as const) {
    it(`${cloud}: refuses a faulty stack at preview, for the reasons that evaluate gives`, async () => {
      const stack = faulty[cloud]();
      writeFileSync(join(folder, "declarations.json"), JSON.stringify(stack.declarations()));
      await pulumi("stack", "init", "dev");
      const { code, text } = await pulumi("preview", "-s", "dev", ...withPacks());
      assert.notEqual(code, 0);
      assert.ok(expected(stack, "preview").length >= 4);
      assert.deepEqual(listed(text), expected(stack, "preview"), text);
    });

    it(`${cloud}: check judges the printed preview as the packs do, and tells the sources' lines`, async () => {
      const { code, text } = await pulumi("preview", "-s", "dev", "--json", "--show-sames");
      assert.equal(code, 0, text);
      const file = join(folder, "preview.json");
      writeFileSync(file, text);
      const all = { packs: [], enable: [], frameworks: [], allowReplace: [] };
      const report = JSON.parse((await checkPreview(file, { ...all, format: "json" }, folder)).text);
      const found = report.verdicts.filter(({ verdict }: Verdict) => verdict !== "pass");
      // The CLI prints a component before it has registered anything.
      const later = { audit: unknown, grants: unknown, routes: unknown };
      const resources = faulty[cloud]()
        .resources("preview")
        .map((one) => (one.custom ? one : { ...one, outputs: later }));
      assert.deepEqual(
        found.map(({ verdict, control, urn }: Verdict) => `${verdict} ${control} ${urn.split("::").pop()}`).sort(),
        open(evaluate(controls, viewOf(resources))),
      );
      assert.ok(found.some(({ file, line }: { file: string; line: number }) => file === "index.js" && line > 1));
    });

    it(`${cloud}: judges what is deployed the same, and lets it pass where the levels say advisory`, async () => {
      const stack = faulty[cloud]();
      const { code, text } = await pulumi(
        "up",
        "-s",
        "dev",
        "--yes",
        "--skip-preview",
        ...withPacks(join(folder, "advisory.json")),
      );
      assert.equal(code, 0, text);
      assert.deepEqual(listed(text), expected(stack, "deployed"), text);
      await pulumi("stack", "rm", "dev", "--force", "--yes");
    });
  }

  it("passes a compliant stack, before and after", async () => {
    writeFileSync(join(folder, "declarations.json"), JSON.stringify(awsStack().declarations()));
    await pulumi("stack", "init", "dev");
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const { code, text } = await pulumi(...command, "-s", "dev", ...withPacks());
      assert.equal(code, 0, text);
      assert.deepEqual(listed(text), [], text);
      for (const { name } of packs) assert.match(text, new RegExp(`serverless-blueprints-${name}@v0\\.1\\.0`));
    }
  });

  const configured = (content: object) => {
    const file = join(folder, "configured.json");
    writeFileSync(file, JSON.stringify(content));
    return withPacks(file, [everyPack]);
  };

  it("remediates what is safe, where the level says so, and nothing where it does not", async () => {
    const stack = awsStack()
      .set("table", { pointInTimeRecovery: undefined, deletionProtectionEnabled: false })
      .set("bucket-block", { blockPublicAcls: false })
      .set("fulfil-logs", { retentionInDays: 30 });
    writeFileSync(join(folder, "declarations.json"), JSON.stringify(stack.declarations()));
    await pulumi("stack", "init", "mended");
    assert.notEqual((await pulumi("preview", "-s", "mended", ...withPacks())).code, 0);
    const mended = await pulumi("up", "-s", "mended", "--yes", "--skip-preview", ...configured({ all: "remediate" }));
    assert.equal(mended.code, 0, mended.text);
    const { text } = await pulumi("stack", "export", "-s", "mended");
    const inputs = (name: string) =>
      JSON.parse(text).deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith(`::${name}`)).inputs;
    assert.equal(inputs("table").pointInTimeRecovery.enabled, true);
    assert.equal(inputs("table").deletionProtectionEnabled, true);
    assert.equal(inputs("bucket-block").blockPublicAcls, true);
    assert.equal(inputs("fulfil-logs").retentionInDays, 365);
    assert.equal(inputs("front-logs").name, "/shop/front");
  });

  it("refuses a configuration of wrong types, and one of unknown properties", async () => {
    writeFileSync(join(folder, "declarations.json"), JSON.stringify(awsStack().declarations()));
    await pulumi("stack", "init", "configured");
    const preview = (content: object) => pulumi("preview", "-s", "configured", ...configured(content));
    const advisory = { enforcementLevel: "advisory" };
    const typed = await preview({ "AUD-04": { ...advisory, minimumRetentionDays: "many" } });
    assert.notEqual(typed.code, 0, typed.text);
    assert.match(typed.text, /minimumRetentionDays/);
    const unheard = await preview({ "AUD-04": { ...advisory, days: 400 } });
    assert.notEqual(unheard.code, 0, unheard.text);
    assert.match(unheard.text, /AUD-04 has no property "days"/);
    assert.equal(unheard.text.split("has no property").length, 2, unheard.text);
    const longer = await preview({ "AUD-04": { ...advisory, minimumRetentionDays: 400 } });
    assert.deepEqual(listed(longer.text), ["fail AUD-04 front-logs", "fail AUD-04 fulfil-logs"], longer.text);
  });
});
