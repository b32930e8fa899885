/** The rules of the house that no compiler holds: which way imports go, which files stand where, what may not be said. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { cloudNames } from "../components/core/clouds";

const root = resolve(__dirname, "..");

function sources(folder: string): string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.ts$/.test(file) && !file.includes("node_modules"))
    .map((file) => join(path, file))
    .filter((file) => statSync(file).isFile());
}

interface Import {
  readonly file: string;
  readonly line: number;
  /** A package, or a path relative to the project. */
  readonly target: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, "utf8");
  const found: Import[] = [];
  const statement =
    /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\b(?:require|import)\("([^"]+)"\)/g;
  for (const match of text.matchAll(statement)) {
    const named = match[2] ?? match[3] ?? "";
    const target = named.startsWith(".") ? relative(root, resolve(dirname(file), named)) : named;
    const typeOnly =
      Boolean(match[1]) ||
      /typeof import\($/.test(text.slice(0, (match.index ?? 0) + match[0].indexOf("import(") + 7)) ||
      isTypeof(text, match.index ?? 0);
    found.push({
      file: relative(root, file),
      line: text.slice(0, (match.index ?? 0) + 1).split("\n").length,
      target,
      typeOnly,
    });
  }
  return found;
}

function isTypeof(text: string, index: number): boolean {
  return /typeof\s+$/.test(text.slice(Math.max(0, index - 10), index));
}

/** Refuses every import of `folder` that `allowed` does not admit. */
function holds(folder: string, allowed: (target: string, of: Import) => boolean): void {
  const files = sources(folder);
  assert.ok(files.length > 0, `${folder} has no sources`);
  const wrong = files
    .flatMap(importsOf)
    .filter((one) => !builtinModules.includes(one.target.replace(/^node:/, "")) && !allowed(one.target, one));
  assert.deepEqual(
    wrong.map(({ file, line, target }) => `${file}:${line} imports ${target}`),
    [],
  );
}
const inside = (target: string, ...folders: string[]) =>
  folders.some((folder) => target === folder || target.startsWith(`${folder}/`));
const isProvider = (target: string) => /^@pulumi\/(aws|azure-native|gcp)(\/|$)/.test(target);

describe("the house", () => {
  it("runtime imports no Pulumi and nothing of deployment", () => {
    holds("runtime", (target) => inside(target, "runtime") || /^(@aws-sdk\/|@azure\/functions$|croner$)/.test(target));
  });

  it("local imports no component; Pulumi only in its provider", () => {
    holds(
      "local",
      (target, { file }) =>
        inside(target, "local", "runtime", "package.json") ||
        (file.startsWith("local/provider/")
          ? true
          : !target.startsWith("@pulumi/") && !inside(target, "components", "blueprints", "cli", "policies")),
    );
  });

  it("neutral components import no provider and no cloud's folder, but for the registry", () => {
    const neutral = (target: string, { file }: Import) =>
      !isProvider(target) &&
      (file === "components/core/registry.ts" || !cloudNames.some((cloud) => inside(target, `components/${cloud}`))) &&
      !inside(target, "cli", "blueprints", "policies", "local", "test");
    holds("components/core", neutral);
    for (const file of readdirSync(join(root, "components")).filter((name) => name.endsWith(".ts"))) {
      const wrong = importsOf(join(root, "components", file)).filter((one) => !neutral(one.target, one));
      assert.deepEqual(wrong, []);
    }
  });

  for (const cloud of cloudNames) {
    it(`components/${cloud} imports its own provider's sub-modules, and no other cloud`, () => {
      const own = { aws: "@pulumi/aws", azure: "@pulumi/azure-native", gcp: "@pulumi/gcp", local: "" }[cloud];
      holds(`components/${cloud}`, (target) => {
        if (isProvider(target)) return own !== "" && target.startsWith(`${own}/`);
        return (
          !cloudNames.some((other) => other !== cloud && inside(target, `components/${other}`)) &&
          !inside(target, "cli", "blueprints", "policies", "test")
        );
      });
    });
  }

  it("every cloud has the same files", () => {
    const own: Record<string, string[]> = { azure: ["publish.ts"], local: ["resource.ts"] };
    const filesOf = (cloud: string) =>
      readdirSync(join(root, "components", cloud))
        .filter((file) => file.endsWith(".ts") && !(own[cloud] ?? []).includes(file))
        .sort();
    // The console shows dead letters as they come; no mail is sent.
    const lacking: Record<string, string[]> = { local: ["alarm.ts"] };
    for (const cloud of cloudNames) {
      const expected = filesOf("aws").filter((file) => !(lacking[cloud] ?? []).includes(file));
      assert.deepEqual(filesOf(cloud), expected, cloud);
    }
  });

  it("policies import no component, no provider code and no command", () => {
    holds(
      "policies",
      (target, { typeOnly }) =>
        (typeOnly || !isProvider(target)) && !inside(target, "components", "blueprints", "cli", "local", "runtime"),
    );
  });

  it("only the engine and the local provider touch Pulumi's protocol", () => {
    for (const folder of ["components", "blueprints", "policies", "runtime", "cli", "local"]) {
      for (const one of sources(folder).flatMap(importsOf)) {
        const free = one.file.startsWith("cli/engine/") || one.file.startsWith("local/provider/");
        assert.ok(
          free || !/^@pulumi\/pulumi\/(proto|runtime)/.test(one.target),
          `${one.file}:${one.line} imports ${one.target}`,
        );
      }
    }
  });

  it("handlers import no cloud, no Pulumi and no zod but zod/mini", () => {
    for (const one of sources("blueprints")
      .filter((file) => /\/(handlers\/|contracts\.ts)/.test(file))
      .flatMap(importsOf)) {
      const free =
        inside(one.target, "blueprints", "runtime") || one.target.startsWith("node:") || one.target === "zod/mini";
      assert.ok(free, `${one.file}:${one.line} imports ${one.target}`);
    }
  });

  it("code() names the same module as its type import", () => {
    const calls = sources("blueprints").flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/code<typeof import\("([^"]+)"\)>\(\s*__dirname,\s*"([^"]+)"/g)].map(
        (match) => ({ file, typed: match[1] ?? "", path: match[2] ?? "" }),
      ),
    );
    assert.ok(calls.length >= 3, "the blueprints have handlers");
    for (const { file, typed, path } of calls)
      assert.equal(resolve(dirname(file), typed), resolve(dirname(file), path), relative(root, file));
  });

  it("no file names a machine's path or a package registry's host", () => {
    const files = ["blueprints", "components", "runtime", "local", "policies", "cli", "test", "bench"]
      .flatMap(sources)
      .concat(["README.md", "package-lock.json"].map((file) => join(root, file)).filter(existsSync));
    const forbidden = new RegExp(["/wo" + "rk/(main|shared)", "/ro" + "ot/", "registry\\.npm" + "js"].join("|"));
    for (const file of files) assert.doesNotMatch(readFileSync(file, "utf8"), forbidden, relative(root, file));
  });
});
