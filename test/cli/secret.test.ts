import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { deploy } from "../../cli/local-stack";
import type { Stack } from "../../cli/project";
import { setSecret } from "../../cli/secret";
import { LocalCloud } from "../../local";
import { AdminServer } from "../../local/server";

describe("a secret of the local cloud", () => {
  const before_ = process.env.XDG_RUNTIME_DIR;
  const folder = mkdtempSync(join(tmpdir(), "secret-"));
  const main = join(__dirname, "../fixtures/secret-program.ts");
  const stack: Stack = {
    project: { name: "shop", root: join(__dirname, "../.."), main, stackFolder: folder },
    name: "dev",
    file: "Pulumi.dev.yaml",
    config: { "serverless-blueprints:cloud": "local" },
    withheld: [],
  };
  let cloud: LocalCloud;
  let server: AdminServer;
  before(async () => {
    process.env.XDG_RUNTIME_DIR = folder;
    cloud = new LocalCloud();
    server = await AdminServer.start(cloud);
  });
  after(async () => {
    await server.close();
    await cloud.close();
    if (before_ === undefined) delete process.env.XDG_RUNTIME_DIR;
    else process.env.XDG_RUNTIME_DIR = before_;
    rmSync(folder, { recursive: true });
  });
  const piped = (text: string) => Readable.from([text]) as unknown as NodeJS.ReadStream;

  it("is read by the function that was granted it, once it is set from standard input", async () => {
    const { url } = await deploy(cloud, stack);
    assert.equal((await fetch(`${url}/length`)).status, 500, "it has no value yet");
    assert.equal(await setSecret(stack, "key", piped("twelve chars")), "key is set.");
    const answer = (await (await fetch(`${url}/length`)).json()) as { length: number };
    assert.equal(answer.length, 12);
    const logs = cloud.find("LogStore", "dev-foundation")?.read({ limit: 1000 });
    assert.doesNotMatch(JSON.stringify(logs), /twelve chars/);
  });

  it("is not set by nothing", () => assert.rejects(setSecret(stack, "key", piped("")), /the value is empty/));
});
