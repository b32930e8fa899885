import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as fc from "fast-check";
import { containsUnknown, display, unknown } from "../../../cli/engine";
import { named, planned, Queue } from "./resources";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const signatureKey = "4dabf18193072939515e22adb298388d";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";

async function shown(inputs: Record<string, unknown>, rootDirectory?: string): Promise<Record<string, unknown>> {
  const result = await planned(() => void new Queue("queue", inputs), rootDirectory ? { rootDirectory } : {});
  return display(named(result, "queue").inputs) as Record<string, unknown>;
}

describe("display", () => {
  it("leaves plain JSON as it is", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.deepEqual(display(value), value)));
  });

  it("shows a text by its hash only", async () => {
    const { code } = await shown({ code: new pulumi.asset.StringAsset("export const key = 1;") });
    assert.deepEqual(code, { [signatureKey]: assetSignature, hash: sha256("export const key = 1;") });
  });

  it("finds files from the project's folder and hashes what is in them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "engine-assets-"));
    try {
      writeFileSync(join(folder, "a.txt"), "one");
      const asset = () =>
        shown({ code: new pulumi.asset.FileAsset("a.txt"), all: new pulumi.asset.FileArchive(".") }, folder);
      const first = await asset();
      assert.deepEqual(first.code, { [signatureKey]: assetSignature, hash: sha256("one"), path: "a.txt" });
      assert.deepEqual(await asset(), first);
      writeFileSync(join(folder, "a.txt"), "two");
      const second = await asset();
      assert.notDeepEqual(second.code, first.code);
      assert.notDeepEqual(second.all, first.all);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("hashes an archive by its members, whatever their order", async () => {
    const text = (content: string) => new pulumi.asset.StringAsset(content);
    const archive = (members: pulumi.asset.AssetMap) => shown({ code: new pulumi.asset.AssetArchive(members) });
    const hash = async (members: pulumi.asset.AssetMap) =>
      ((await archive(members)).code as Record<string, unknown>).hash;
    const original = await hash({ a: text("1"), b: text("2") });
    assert.equal(await hash({ b: text("2"), a: text("1") }), original);
    assert.notEqual(await hash({ a: text("2"), b: text("1") }), original);
    assert.notEqual(await hash({ a: text("1"), c: text("2") }), original);
  });

  it("shows the code of a dynamic provider as a digest that changes with it", async () => {
    const first = await shown({ __provider: "exports.a = 1" });
    assert.match(String(first.__provider), /^sha256:[0-9a-f]{16}$/);
    assert.notDeepEqual(await shown({ __provider: "exports.a = 2" }), first);
  });

  it("knows what is not known", () => {
    assert.equal(containsUnknown({ a: [1, { b: unknown }] }), true);
    assert.equal(containsUnknown({ a: [1, { b: "x" }] }), false);
  });
});
