import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Bundle, type BundleRequest, bundle, forgetBundles } from "../../../components/core/bundle";
import { cloudNames } from "../../../components/core/clouds";
import { code } from "../../../components/core/code";

const root = resolve(__dirname, "../../..");
const request = (file: string, name = "handler"): BundleRequest => ({
  cloud: "aws",
  adapter: "queue-worker",
  code: code<{ handler: () => void }>(root, file, name as "handler"),
  exports: ["schema"],
  uses: {},
  idempotency: false,
});
function made(asked: BundleRequest): Bundle {
  const result = bundle(asked);
  if ("problems" in result) assert.fail(result.problems.map(({ fact }) => fact).join("\n"));
  return result;
}
function problems(asked: BundleRequest): string {
  const result = bundle(asked);
  if (!("problems" in result)) assert.fail("it was bundled");
  return result.problems.map(({ code, fact, wayOut }) => `${code} ${fact}; ${wayOut}`).join("\n");
}

describe("bundling a handler", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "bundle-"));
  });
  after(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name.replace(/\.ts$/, ""));
  };
  const from = (file: string, name = "handler"): BundleRequest => ({
    ...request("", name),
    code: code<{ handler: () => void }>("", file, name as "handler"),
  });

  it("gives the same bytes again, and in another folder", () => {
    const asked = request("test/fixtures/quiet-worker");
    const first = made(asked);
    forgetBundles();
    assert.equal(made(asked).text, first.text);
    const copy = join(folder, "copy");
    mkdirSync(copy);
    for (const part of ["components", "runtime", "test/fixtures", "package.json", "tsconfig.json"])
      cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    const elsewhere = (
      require(join(copy, "components/core/bundle")) as typeof import("../../../components/core/bundle")
    ).bundle({
      ...asked,
      code: code<{ handler: () => void }>(copy, "test/fixtures/quiet-worker"),
    });
    assert.ok("hash" in elsewhere);
    assert.equal(elsewhere.hash, first.hash);
    assert.ok(!first.text.includes(root), "no path of this machine is in the bundle");
  });

  it("changes with the handler, and with nothing else", () => {
    const text = (word: string) => `export const schema = {}; export async function handler() { return "${word}"; }`;
    const file = write("changing.ts", text("one"));
    const before = made(from(file)).hash;
    forgetBundles();
    write("changing.ts", `${text("one")} // a comment`);
    assert.equal(made(from(file)).hash, before);
    forgetBundles();
    write("changing.ts", text("two"));
    assert.notEqual(made(from(file)).hash, before);
  });

  it("names a missing file", () => {
    assert.match(
      problems(from(join(folder, "absent"))),
      /^SB-C006 the handler file .*absent does not exist; create it/,
    );
  });

  it("names a missing export, by file", () => {
    const file = write("other.ts", "export const schema = {}; export const somethingElse = 1;");
    assert.match(problems(from(file)), /SB-C006 .*No matching export in ".*other\.ts" for import "handler"/);
  });

  it("names a missing schema", () => {
    const file = write("bare.ts", "export async function handler() {}");
    assert.match(problems(from(file)), /No matching export in ".*bare\.ts" for import "schema"/);
  });

  it("names file and line of a syntax error", () => {
    const file = write("broken.ts", "export const schema = {};\nexport const handler = ( => 1;\n");
    assert.match(problems(from(file)), /SB-C006 the handler cannot be bundled: .*broken\.ts:2:\d+: /);
  });

  it("names the import that cannot be found", () => {
    const file = write(
      "lost.ts",
      'import { x } from "./nowhere";\nexport const schema = {};\nexport const handler = () => x;\n',
    );
    assert.match(problems(from(file)), /lost\.ts:1:\d+: Could not resolve "\.\/nowhere"/);
  });

  for (const cloud of cloudNames) {
    it(`holds on ${cloud} the clients that are used, and no other`, () => {
      const parts = (capability?: string) =>
        Object.keys(
          made({
            ...request("test/fixtures/quiet-worker"),
            cloud,
            uses: capability ? { it: { capability, role: "reader" } } : {},
          }).parts,
        );
      const module = (capability: string) => `runtime/${cloud}/${capability}.ts`;
      assert.ok(!parts().includes(module("table")));
      assert.ok(parts("table").includes(module("table")));
      assert.ok(!parts("table").includes(module("secret")));
      const others = cloudNames.filter((other) => other !== cloud);
      for (const other of others)
        assert.ok(!parts("table").some((part) => part.startsWith(`runtime/${other}/`)), `nothing of ${other}`);
    });
  }
});
