import assert from "node:assert/strict";
import type { CloudName } from "../../components/core/clouds";
import { Cli, withCli } from "./cli";
import { LocalCloud } from "./local-cloud";
import { changes, compareDeployed, comparePlan } from "./plans";
import { ScmServer } from "./scm";
import { packs } from "./setup";

/** Per cloud: what a changed setting must update, and a resource whose failure comes in the middle of an up. */
const clouds: Record<
  Exclude<CloudName, "local">,
  { readonly changed: readonly string[]; readonly failing: { readonly type: string; readonly name: string } }
> = {
  aws: {
    changed: ["aws:lambda/function:Function fulfil-fn", "aws:sqs/queue:Queue fulfil"],
    failing: { type: "aws:lambda/function:Function", name: "fulfil-fn" },
  },
  azure: {
    changed: ["azure-native:servicebus:Queue fulfil", "azure-native:web:WebApp fulfil-fn"],
    failing: { type: "azure-native:web:WebApp", name: "fulfil-fn" },
  },
  gcp: {
    changed: ["gcp:cloudfunctionsv2/function:Function fulfil-fn", "gcp:pubsub/subscription:Subscription fulfil"],
    failing: { type: "gcp:cloudfunctionsv2/function:Function", name: "fulfil-fn" },
  },
};

for (const [cloud, { changed, failing }] of Object.entries(clouds)) {
  const stack = `orders-${cloud}`;
  withCli(`${stack} under the real engine`, function () {
    this.timeout(300_000);
    let cli: Cli;
    let scm: ScmServer;
    before(async () => {
      scm = await ScmServer.start();
      cli = new Cli({ environment: scm.environment });
      await cli.init(stack);
    });
    after(async () => {
      cli.close();
      await scm.close();
    });

    it("previews with every policy pack, as it was planned in process", async () => {
      const steps = await cli.preview(stack, packs);
      assert.ok(steps.length > 20);
      assert.ok(steps.every(({ op }) => op === "create"));
      await comparePlan(cli, stack, steps);
    });

    it("fails in the middle when a provider fails, and finishes at the next up", async () => {
      cli.fail([{ ...failing, operation: "create", times: 1, message: "the cloud is out of order" }]);
      const broken = await cli.refused(["up", "--yes", "--skip-preview", "-s", stack]);
      assert.match(broken, /the cloud is out of order/);
      assert.ok(!cli.existing().some(({ type, name }) => type === failing.type && name === failing.name));
      await cli.up(stack, packs);
      await compareDeployed(cli, stack);
      assert.ok(cli.existing().some(({ type, name }) => type === failing.type && name === failing.name));
    });

    it("has the same outputs as on every cloud", async () => {
      const outputs = await cli.outputs(stack);
      assert.deepEqual(Object.keys(outputs).sort(), ["deadLetters", "queue", "table", "url"]);
      assert.match(String(outputs.url), /^https:\/\//);
    });

    it("expects no changes after an up, and none after the package has been built", async () => {
      await cli.expectNoChanges(stack, packs);
      await cli.build();
      await cli.expectNoChanges(stack);
    });

    it("updates exactly what a changed setting touches", async () => {
      await cli.setConfig(stack, "orders:maxDeliveries", "7");
      const steps = await cli.preview(stack);
      const updated = changes(steps).filter((change) => !/blueprints:index:/.test(change));
      assert.deepEqual(
        updated.filter((change) => !/Alias|Permission/.test(change)),
        changed.map((one) => `update ${one}`).sort(),
      );
      assert.deepEqual(changes(await cli.up(stack)), changes(steps), "the up does what the preview said");
      await cli.expectNoChanges(stack);
    });

    it("refuses to be destroyed while it is protected, and then leaves nothing", async () => {
      const before = cli.existing().length;
      assert.match(await cli.refused(["destroy", "--yes", "-s", stack]), /protect/);
      assert.equal(cli.existing().length, before);
      await cli.setConfig(stack, "serverless-blueprints:protect", "false");
      await cli.up(stack);
      await cli.destroy(stack);
      assert.deepEqual(cli.existing(), []);
    });
  });
}

withCli("orders-local under the real engine", function () {
  this.timeout(300_000);
  let cli: Cli;
  let cloud: LocalCloud;
  before(async () => {
    cli = new Cli();
    await cli.init("orders-local");
  });
  after(async () => {
    await cloud.stop();
    cli.close();
  });

  it("previews without a running cloud, as it was planned in process; an up says how to start one", async () => {
    await comparePlan(cli, "orders-local", await cli.preview("orders-local", packs));
    const refused = await cli.refused(["up", "--yes", "--skip-preview", "-s", "orders-local"]);
    assert.match(refused, /npm start -- --serve/);
  });

  it("comes alive in a running cloud and answers HTTP", async () => {
    cloud = await LocalCloud.start(cli);
    await cli.up("orders-local", packs);
    const { url } = await cli.outputs("orders-local");
    const body = JSON.stringify({ sku: "MUG-01", quantity: 1, customer: "Ada" });
    const placed = await fetch(`${url}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    assert.equal(placed.status, 202);
    const { id } = (await placed.json()) as { id: string };
    let status = 0;
    for (let tries = 0; tries < 100 && status !== 200; tries++) {
      status = (await fetch(`${url}/orders/${id}`)).status;
      if (status !== 200) await new Promise((next) => setTimeout(next, 50));
    }
    assert.equal(status, 200);
    await cli.expectNoChanges("orders-local");
  });

  it("updates exactly what a changed setting touches", async () => {
    await cli.setConfig("orders-local", "orders:maxDeliveries", "7");
    const updated = changes(await cli.preview("orders-local")).filter((change) => !/blueprints:index:/.test(change));
    assert.deepEqual(updated, ["update localcloud:index:Function fulfil-fn", "update localcloud:index:Queue fulfil"]);
    await cli.up("orders-local");
  });

  it("shows a restarted, empty cloud as a change, and fills it again", async () => {
    await cloud.stop();
    cloud = await LocalCloud.start(cli);
    const changed = changes(await cli.preview("orders-local"));
    assert.ok(changed.length >= 9, changed.join());
    await cli.up("orders-local");
    const { url } = await cli.outputs("orders-local");
    assert.equal((await fetch(`${url}/orders/none`)).status, 404);
  });

  it("refuses to be destroyed while it is protected, and then leaves nothing", async () => {
    assert.match(await cli.refused(["destroy", "--yes", "-s", "orders-local"]), /protect/);
    await cli.setConfig("orders-local", "serverless-blueprints:protect", "false");
    await cli.up("orders-local");
    const { url } = await cli.outputs("orders-local");
    await cli.destroy("orders-local");
    await assert.rejects(fetch(`${url}/orders/none`), "the API is gone");
  });
});
