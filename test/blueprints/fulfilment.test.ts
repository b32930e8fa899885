import assert from "node:assert/strict";
import { once } from "../../cli/once";
import { planStack } from "../../cli/plan";
import { findProject, readStack } from "../../cli/project";
import { cloudNames } from "../../components/core/clouds";
import { LocalCloud } from "../../local";

const project = findProject();
const contexts = ["orders", "payment", "stock", "shipping"];
const contextOf = (name: string) => contexts.find((context) => name.startsWith(`${context}-`));

describe("fulfilment", function () {
  this.timeout(120_000);

  for (const seed of [1, 2, 3]) {
    it(`ends a thousand orders shipped or fully compensated under faults, and replays without effect (seed ${seed})`, async () => {
      const faults = {
        seed,
        duplicate: 0.1,
        delay: 0.1,
        delaySeconds: 0.2,
        reorder: 0.5,
        crash: 0.005,
        throttle: 0.02,
      };
      const cloud = new LocalCloud({ faults });
      try {
        const { text, balanced } = await once(cloud, readStack(project, "fulfilment-local"), seed);
        assert.ok(balanced, `${cloud.faults.describe()}\n${text}`);
      } finally {
        await cloud.close();
      }
    });
  }

  for (const cloud of cloudNames) {
    it(`on ${cloud} lets no context touch another's table`, async () => {
      const { grants } = await planStack(readStack(project, `fulfilment-${cloud}`));
      const tables = grants.filter(({ to }) => to.endsWith("-store"));
      assert.ok(tables.length >= contexts.length);
      for (const { from, to } of tables) assert.equal(contextOf(from), contextOf(to), `${from} uses ${to}`);
    });

    it(`on ${cloud} lets each context publish its own events only`, async () => {
      const { grants } = await planStack(readStack(project, `fulfilment-${cloud}`));
      const published = grants.filter(({ from, to }) => to === "shop" && from !== to);
      assert.ok(published.length >= contexts.length);
      for (const { from, operations } of published)
        for (const operation of operations)
          assert.match(
            operation,
            new RegExp(`^publish com\\.shop\\.${contextOf(from)}\\.`),
            `${from} may ${operation}`,
          );
    });
  }
});
