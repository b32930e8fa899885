import assert from "node:assert/strict";
import { controls, normaliseType } from "../../policies";
import { clouds } from "../../policies/model";
import { declared } from "./pages";
import { judge } from "./support/judge";
import { modes } from "./support/stack";

/** Rules that can do nothing but pass, and why they are there. */
const passing: Readonly<Record<string, string>> = {
  "ENC-06 azure-native:operationalinsights:Workspace":
    "it says in the report that ENC-12 asks for the cluster a key needs",
};

/** Control and type of everything that some mutant makes fail. */
function fired(): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { control, make, dataClass, mutants } of declared()) {
    const held = controls.filter(({ id }) => id === control);
    for (const mutant of mutants)
      for (const mode of mutant.modes ?? modes) {
        const stack = make();
        mutant.change(stack);
        const types = new Map(stack.resources(mode).map(({ urn, type }) => [urn, normaliseType(type)]));
        for (const { verdict, urn } of judge(stack, mode, dataClass, held, [control]))
          if (verdict === "fail") found.add(`${control} ${types.get(urn)}`);
      }
  }
  return found;
}

describe("every type that a rule names", () => {
  it("is one that the rule has made fail in some mutant", () => {
    const found = fired();
    const named = controls.flatMap(({ id, clouds: cells }) =>
      clouds.flatMap((cloud) => {
        const rules = cells[cloud];
        if ("notApplicable" in rules) return [];
        return rules.flatMap((rule) =>
          "types" in rule && !(rule.types instanceof RegExp) ? rule.types.map((type) => `${id} ${type}`) : [],
        );
      }),
    );
    assert.ok(named.length > 400);
    assert.deepEqual(
      named.filter((one) => !found.has(one)),
      Object.keys(passing),
    );
  });
});
