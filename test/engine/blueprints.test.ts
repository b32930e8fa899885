import assert from "node:assert/strict";
import { portableClouds } from "../../components/core/clouds";
import { Cli, type Step, withCli } from "./cli";
import { LocalCloud } from "./local-cloud";
import { compareDeployed, comparePlan, compareUp } from "./plans";
import { ScmServer } from "./scm";
import { packs, savedOnce } from "./setup";

/** Per blueprint its outputs, the same on every cloud, and a path whose handler answers `status` where nothing is stored yet. */
const blueprints = {
  fulfilment: { outputs: ["bus", "url"], path: "/orders/none", status: 404 },
  clickstream: { outputs: ["deadLetters", "stream", "url"], path: "/windows/home/2026-01-31T12:05", status: 200 },
  "media-intake": { outputs: ["deadLetters", "derived", "uploads", "url"], path: "/media/none", status: 404 },
};

for (const [blueprint, { outputs }] of Object.entries(blueprints))
  for (const cloud of portableClouds) {
    const stack = `${blueprint}-${cloud}`;
    withCli(`${stack} under the real engine`, function () {
      this.timeout(300_000);
      let cli: Cli;
      let scm: ScmServer;
      let previewed: readonly Step[];
      before(async () => {
        scm = await ScmServer.start();
        cli = new Cli({ environment: { ...savedOnce, ...scm.environment } });
        await cli.init(stack);
      });
      after(async () => {
        cli.close();
        await scm.close();
      });

      it("previews with every policy pack, as it was planned in process", async () => {
        previewed = await cli.preview(stack, packs);
        assert.ok(previewed.length > 20);
        await comparePlan(cli, stack, previewed);
      });

      it("comes up as previewed, with the outputs of every cloud, and then expects no changes and passes every pack", async () => {
        compareUp(previewed, await cli.up(stack));
        assert.deepEqual(Object.keys(await cli.outputs(stack)).sort(), outputs);
        await cli.expectNoChanges(stack, packs);
        await compareDeployed(cli, stack);
      });

      it("leaves nothing when it is destroyed", async () => {
        await cli.unprotect(stack);
        await cli.destroy(stack);
        assert.deepEqual(cli.existing(), []);
      });
    });
  }

withCli("the other blueprints on local, in one running cloud, under the real engine", function () {
  this.timeout(300_000);
  let cli: Cli;
  let cloud: LocalCloud;
  before(async () => {
    cli = new Cli({ environment: savedOnce });
    cloud = await LocalCloud.start(cli);
  });
  after(async () => {
    await cloud.stop();
    cli.close();
  });

  for (const [blueprint, { outputs, path, status }] of Object.entries(blueprints)) {
    const stack = `${blueprint}-local`;
    it(`${stack} previews as planned, comes alive, expects no changes and leaves nothing`, async () => {
      await cli.init(stack);
      const previewed = await cli.preview(stack, packs);
      await comparePlan(cli, stack, previewed);
      compareUp(previewed, await cli.up(stack));
      const values = await cli.outputs(stack);
      assert.deepEqual(Object.keys(values).sort(), outputs);
      assert.equal((await fetch(`${values.url}${path}`)).status, status);
      await cli.expectNoChanges(stack);
      await cli.unprotect(stack);
      const made = await cli.stackExport(stack);
      assert.ok((await cloud.having(made)).length > 10);
      await cli.destroy(stack);
      assert.deepEqual(await cloud.having(made), []);
    });
  }
});
