import assert from "node:assert/strict";
import { controls } from "../../policies";
import { coverage, frameworks, requirementOf } from "../../policies/frameworks";

describe("frameworks", () => {
  for (const framework of frameworks) {
    const { name, paragraphs, requirements } = framework;

    it(`${name}: every requirement once, with a title`, () => {
      assert.ok(requirements.length >= 20);
      assert.equal(new Set(requirements.map(({ id }) => id)).size, requirements.length);
      for (const { id, title } of requirements) assert.ok(id && title, `${id} has no title`);
    });

    it(`${name}: what controls name stands in it`, () => {
      if (paragraphs === undefined) {
        const ids = new Set(controls.map(({ id }) => id));
        for (const one of requirements)
          for (const id of one.controls ?? []) assert.ok(ids.has(id), `${one.id} names ${id}, which is no control`);
      } else
        for (const control of controls)
          for (const paragraph of control.frameworks[paragraphs])
            assert.ok(requirementOf(framework, paragraph), `${control.id} names ${paragraph}, which is no requirement`);
    });

    it(`${name}: some requirements are covered, and some are not for technology to cover`, () => {
      const covered = coverage(framework, controls).filter(({ by }) => by.length > 0).length;
      assert.ok(covered > 5 && covered < requirements.length, String(covered));
    });
  }

  it("every control helps to meet a requirement of every framework that names paragraphs", () => {
    for (const { id, frameworks: own } of controls)
      for (const [name, paragraphs] of Object.entries(own)) assert.ok(paragraphs.length > 0, `${id} has no ${name}`);
  });

  it("a paragraph belongs to the requirement it is a part of, and to no other that begins alike", () => {
    const of = (name: string, paragraph: string) => {
      const framework = frameworks.find((one) => one.name === name) ?? assert.fail();
      return requirementOf(framework, paragraph)?.id;
    };
    assert.equal(of("pci-dss", "10.2.1.1"), "10.2");
    assert.equal(of("pci-dss", "12.10.5"), "12.10");
    assert.equal(of("pci-dss", "1.25"), undefined);
    assert.equal(of("nist-800-53", "AC-6(10)"), "AC-6");
    assert.equal(of("nist-800-53", "AC-2"), "AC-2");
    assert.equal(of("hipaa", "164.312(a)(2)(iv)"), "164.312(a)(2)(iv)");
    assert.equal(of("cis-controls", "13.10"), "13.10");
    assert.equal(of("gdpr", "Art. 33(1)"), "Art. 33");
  });
});
