import assert from "node:assert/strict";
import { type Cloud, controls } from "../../policies";
import { coverage, frameworks, requirementOf } from "../../policies/frameworks";

const framework = (name: string) => frameworks.find((one) => one.name === name) ?? assert.fail(`there is no ${name}`);
/** Benchmarks are of one cloud each. */
const benchmarks: Readonly<Record<string, Cloud>> = { "cis-aws": "aws", "cis-azure": "azure", "cis-gcp": "gcp" };

describe("frameworks", () => {
  for (const { name, paragraphs, requirements } of frameworks) {
    it(`${name}: every requirement once, with a title`, () => {
      assert.ok(requirements.length >= 20);
      assert.equal(new Set(requirements.map(({ id }) => id)).size, requirements.length);
      for (const { id, title } of requirements) assert.ok(id && title, `${id} has no title`);
    });

    if (paragraphs === undefined)
      it(`${name}: the controls that are named judge the benchmark's cloud`, () => {
        const cloud = benchmarks[name] ?? assert.fail(name);
        for (const requirement of requirements)
          for (const id of requirement.controls ?? []) {
            const control = controls.find((one) => one.id === id);
            assert.ok(control, `${requirement.id} names ${id}, which is no control`);
            assert.ok(
              !("notApplicable" in control.clouds[cloud]),
              `${requirement.id} names ${id}, which judges nothing`,
            );
          }
      });
    else
      it(`${name}: what controls name stands in it, once a control`, () => {
        for (const { id, frameworks: own } of controls) {
          assert.equal(new Set(own[paragraphs]).size, own[paragraphs].length, `${id} names a paragraph twice`);
          for (const paragraph of own[paragraphs]) {
            // Enhancements of NIST stand in the row of their control; everything else is a row.
            const row: string = name === "nist-800-53" ? paragraph.replace(/\(.*/, "") : paragraph;
            const found = requirementOf(framework(name), paragraph);
            assert.equal(found?.id, row, `${id} names ${paragraph}, which is no requirement`);
          }
        }
      });

    it(`${name}: some requirements are covered, and some are not for technology to cover`, () => {
      const covered = coverage(framework(name), controls).filter(({ by }) => by.length > 0).length;
      assert.ok(covered > 5 && covered < requirements.length, String(covered));
    });
  }

  for (const name of ["pci-dss", "soc2", "cis-controls", ...Object.keys(benchmarks)])
    it(`${name}: no number is left out between two that are listed`, () => {
      const ids = framework(name).requirements.map(({ id }) => id);
      const isListed = (id: string) => ids.some((one) => one === id || one.startsWith(`${id}.`));
      const gaps = ids.flatMap((id) => {
        const [, before = "", last = ""] = /^(.*?)(\d+)$/.exec(id) ?? [];
        return Array.from({ length: Number(last) - 1 }, (_, index) => `${before}${index + 1}`);
      });
      // Sections that a benchmark's scope leaves out have siblings that it lists.
      const left = { "cis-azure": ["8.1", "8.2"] }[name] ?? [];
      assert.deepEqual(
        [...new Set(gaps)].filter((id) => !isListed(id) && !left.includes(id)),
        [],
      );
    });

  it("PCI DSS has its 250 requirements, GDPR every paragraph of its articles", () => {
    assert.equal(framework("pci-dss").requirements.length, 250);
    const articles = framework("gdpr").requirements.map(({ id }) => id.replace(/\(.*/, ""));
    const counts = ["Art. 5", "Art. 25", "Art. 30", "Art. 32", "Art. 33"].map(
      (article) => articles.filter((one) => one === article).length,
    );
    assert.deepEqual(counts, [7, 3, 5, 7, 5]);
  });

  it("every control helps to meet a requirement of law and of a catalog of controls", () => {
    for (const { id, frameworks: own } of controls)
      for (const name of ["gdpr", "soc2", "nist80053"] as const)
        assert.ok(own[name].length > 0, `${id} has no ${name}`);
  });

  it("what no configuration shows is not claimed", () => {
    const claimed = (name: string, ...ids: readonly string[]) =>
      coverage(framework(name), controls)
        .filter(({ requirement, by }) => ids.includes(requirement.id) && by.length > 0)
        .map(({ requirement }) => `${name} ${requirement.id}`);
    assert.deepEqual(
      [
        // A year of logs is neither six years of documents nor an end of storage.
        ...claimed("hipaa", "164.316(b)(2)(i)"),
        ...claimed("gdpr", "Art. 5(1)(e)", "Art. 33(1)", "Art. 33(2)", "Art. 33(4)"),
        // Nobody tests, reviews, plans or contracts by configuration.
        ...claimed("gdpr", "Art. 32(1)(d)"),
        ...claimed("hipaa", "164.308(a)(3)(i)", "164.308(a)(7)(i)", "164.308(a)(7)(ii)(D)", "164.308(b)(1)"),
        ...claimed("soc2", "A1.3", "CC9.2", "P6.3"),
        ...claimed("pci-dss", "7.2.4", "7.2.5.1", "10.4.1.1", "12.10.1"),
        ...claimed("cis-controls", "8.11", "11.5", "15.4", "17.4"),
        // What is kept is not disposed of.
        ...claimed("soc2", "CC6.5", "C1.2", "P4.3"),
        // Properties that no rule reads.
        ...claimed("cis-aws", "3.4"),
        ...claimed("cis-azure", "9.3.2.3", "9.3.3.1", "6.1.1.6"),
        ...claimed("cis-gcp", "1.13", "1.14", "1.16", "2.3", "3.8"),
      ],
      [],
    );
  });

  it("a paragraph belongs to the requirement it is a part of, and to no other that begins alike", () => {
    const of = (name: string, paragraph: string) => requirementOf(framework(name), paragraph)?.id;
    assert.equal(of("pci-dss", "10.2.1.1"), "10.2.1.1");
    assert.equal(of("pci-dss", "12.10.5"), "12.10.5");
    assert.equal(of("pci-dss", "1.25"), undefined);
    assert.equal(of("nist-800-53", "AC-6(10)"), "AC-6");
    assert.equal(of("nist-800-53", "AC-2"), "AC-2");
    assert.equal(of("nist-800-53", "IA-13(2)"), "IA-13");
    assert.equal(of("hipaa", "164.312(a)(2)(iv)"), "164.312(a)(2)(iv)");
    assert.equal(of("cis-controls", "13.10"), "13.10");
    assert.equal(of("gdpr", "Art. 33(1)"), "Art. 33(1)");
  });
});
