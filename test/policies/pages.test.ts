import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { controls } from "../../policies";
import { fixes } from "../../policies/fixes";
import { clouds } from "../../policies/model";
import { normalise } from "../../policies/types";
import { declared, mutantsOf, names, pages } from "./pages";

const folder = join(__dirname, "../../docs/policies");

describe("docs/policies/", () => {
  it("says what the controls and their tests say now", () => {
    const files = pages();
    assert.deepEqual(readdirSync(folder).sort(), [...files.keys()].sort(), "npm run catalog");
    for (const [name, text] of files)
      assert.equal(
        readFileSync(join(folder, name), "utf8"),
        text,
        `docs/policies/${name} is out of date: npm run catalog`,
      );
  });

  for (const { id, clouds: cells } of controls)
    for (const cloud of clouds) {
      const rules = cells[cloud];
      if ("notApplicable" in rules)
        it(`${id} says why there is nothing to judge on ${names[cloud]}`, () =>
          assert.ok(rules.notApplicable.length > 20));
      else
        it(`${id} is proved to fire on ${names[cloud]}`, () =>
          assert.ok(mutantsOf(declared(), id, cloud).length >= 2, "a cell without mutants needs a reason"));
    }

  it("code that mends is of controls and types that there are", () => {
    for (const [id, byType] of Object.entries(fixes)) {
      const control = controls.find((one) => one.id === id) ?? assert.fail(`there is no control ${id}`);
      for (const type of Object.keys(byType)) {
        assert.equal(normalise(type), type);
        const rules = clouds.flatMap((cloud) => {
          const own = control.clouds[cloud];
          return "notApplicable" in own ? [] : own;
        });
        const concerned = rules.some(
          (rule) =>
            "judgeStack" in rule || (rule.types instanceof RegExp ? rule.types.test(type) : rule.types.includes(type)),
        );
        assert.ok(concerned, `${id} does not judge ${type}`);
      }
    }
  });
});
