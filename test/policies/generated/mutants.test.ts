/**
 * Every property of every compliant stack, changed in every small way: what the tables name is caught by exactly the
 * controls that they name, and what they do not name fails nothing. MUTANTS=survivors lists what no control has to catch.
 */
import assert from "node:assert/strict";
import { columns } from "../../../cli/table";
import { controls } from "../../../policies";
import { clouds } from "../../../policies/model";
import { suites } from "../support/mutants";
import { goldens } from "./golden";
import { scores } from "./score";
import { concerned, expected, label, tables } from "./tables";
import { mutantsOf } from "./tried";

/** Types that no table names at all are told with the score. */
const named = new Set(tables.flatMap(({ types }) => Object.keys(types)));
const unnamed = new Set<string>();

describe("generated mutants", () => {
  for (const golden of goldens)
    it(`of ${golden.name} are caught by exactly the controls that decide over the property`, function () {
      this.timeout(60_000);
      for (const [tried, resources] of mutantsOf(golden.name, golden.resources)) {
        const judged = (id: string) => golden.judged.includes(id);
        const wanted = expected(tried).filter(judged);
        const caught = [...new Set(golden.failed(resources).map(({ control }) => control))].filter(judged).sort();
        if (caught.length > 0 && !named.has(tried.type)) unnamed.add(`${caught.join()} ${tried.type}`);
        else assert.deepEqual(caught, wanted, `${label(tried)}: correct the tables beside this test`);
        for (const control of wanted) scores.killed(control, tried);
        for (const control of concerned(tried).filter(judged))
          if (!wanted.includes(control)) scores.survived(control, tried);
      }
    });

  it("every control has one table, which says why", () => {
    assert.deepEqual(tables.map(({ control }) => control).sort(), controls.map(({ id }) => id).sort());
    for (const { control, because } of tables) assert.ok(because.length > 20, control);
  });

  const least = 3;
  it(`every control has ${least} mutants or more on every cloud, by hand or generated`, function () {
    // Without the files beside this one the suites are not loaded.
    if (suites.length < 20) this.skip();
    const few = scores
      .all()
      .filter(({ killed, byHand }) => killed + byHand < least)
      .map(({ control, cloud, killed, byHand }) => `${control} ${cloud}: ${killed + byHand}`);
    assert.deepEqual(few, []);
  });

  after(() => {
    const cells = scores.all();
    const told = controls.map(({ id }) => [
      id,
      ...clouds.map((cloud) => {
        const cell = cells.find((one) => one.control === id && one.cloud === cloud);
        if (!cell) return `${cloud} -`;
        const tried = cell.killed + cell.survived.length;
        return `${cloud} ${cell.killed}/${tried} generated, ${cell.byHand} by hand`;
      }),
    ]);
    process.stdout.write(`\n    mutants killed of tried\n${columns(told, "    ")}\n`);
    for (const one of unnamed) process.stdout.write(`    in no table yet: ${one}\n`);
    if (process.env.MUTANTS === "survivors")
      for (const { control, survived } of cells)
        for (const { tried, reason } of survived)
          process.stdout.write(`    ${control} survived by ${label(tried)}: ${reason}\n`);
  });
});

/** Neighbours of an edit that no table may name: order and names of keys say nothing. */
describe("changes that mean nothing", () => {
  const reversed = (value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, one]) => [key, reversed(one)]),
        )
      : value;
  const noise: Readonly<Record<string, (inputs: object) => object>> = {
    "the order of keys": (inputs) => reversed(inputs) as object,
    "a property that no provider has": (inputs) => ({ ...inputs, unheardOf: { enabled: false, policy: "*" } }),
    tags: (inputs) => ({ ...inputs, tags: { team: "*" } }),
  };
  for (const [name, change] of Object.entries(noise))
    it(`${name} fails nothing`, () => {
      for (const golden of goldens)
        for (const [index, resource] of golden.resources.entries()) {
          if (!resource.custom) continue;
          const copy = [...golden.resources];
          copy[index] = { ...resource, inputs: change(resource.inputs) };
          assert.deepEqual(golden.failed(copy), [], `${golden.name}: ${resource.name}`);
        }
    });
});
