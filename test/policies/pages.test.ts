import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { controls } from "../../policies";
import { fixes, isStatement } from "../../policies/fixes";
import { codeFor, codesOf } from "../../policies/fixes/fix";
import { type Control, clouds, type Rule } from "../../policies/model";
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

  const anyFault = "a fault of any kind";

  it("code that mends is of controls and types that there are", () => {
    for (const [id, byType] of Object.entries(fixes)) {
      const control = controls.find((one) => one.id === id) ?? assert.fail(`there is no control ${id}`);
      for (const [type, fix] of Object.entries(byType)) {
        assert.equal(normalise(type), type);
        assert.ok(codeFor(fix, anyFault) !== undefined, `${id} has code for some faults of ${type} only`);
        const concerned = rulesOf(control).some(
          (rule) =>
            "judgeStack" in rule || (rule.types instanceof RegExp ? rule.types.test(type) : rule.types.includes(type)),
        );
        assert.ok(concerned, `${id} does not judge ${type}`);
      }
    }
  });

  it("every type that a control names has code that mends, whatever the fault", () => {
    const judged = controls.flatMap((control) =>
      rulesOf(control).flatMap((rule) =>
        "judgeStack" in rule || rule.types instanceof RegExp
          ? []
          : rule.types.map((type) => ({ id: control.id, type })),
      ),
    );
    assert.ok(judged.length > 400);
    const bare = judged.filter(({ id, type }) => codeFor(fixes[id]?.[type], anyFault) === undefined);
    assert.deepEqual(
      bare.map(({ id, type }) => `${id} ${type}`),
      [],
    );
  });

  it("code that mends is of members of an object, of statements, or a comment", () => {
    const codes = new Set(Object.values(fixes).flatMap((byType) => Object.values(byType).flatMap(codesOf)));
    const faults = [...codes].flatMap((code) => [
      ...syntaxFaults(code),
      // Pages put code between backticks, in one line.
      ...(/`|(^|\s)\/\/.*\n/.test(code) ? [code] : []),
    ]);
    assert.deepEqual(faults, []);
  });
});

const rulesOf = (control: Control): readonly Rule[] =>
  clouds.flatMap((cloud) => {
    const rules = control.clouds[cloud];
    return "notApplicable" in rules ? [] : rules;
  });

/** What is no TypeScript; `…` stands for the members that are there already. */
function syntaxFaults(code: string): string[] {
  const program = (isStatement(code) ? code : `({ ${code} })`).replaceAll("…", "...rest");
  const { diagnostics = [] } = ts.transpileModule(program, { reportDiagnostics: true });
  return diagnostics.map(({ messageText }) => `${ts.flattenDiagnosticMessageText(messageText, "\n")} in ${code}`);
}
