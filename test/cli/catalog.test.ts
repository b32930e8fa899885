import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { catalog } from "../../cli/catalog";
import { findProject } from "../../cli/project";

describe("docs/", () => {
  it("says what the plans of all stacks say now", async function () {
    this.timeout(60_000);
    const project = findProject(__dirname);
    for (const [name, text] of await catalog(project)) {
      assert.equal(
        readFileSync(join(project.root, "docs", name), "utf8"),
        text,
        `docs/${name} is out of date: npm run catalog`,
      );
    }
  });
});
