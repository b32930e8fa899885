import assert from "node:assert/strict";
import { Foundation, Table } from "../../../components";
import { site } from "../../../components/core/site";
import type { Note } from "../../fixtures/contracts";
import { planned, registered } from "../../support/plan";
import { refusal } from "../../support/refusal";

const table = () => void new Table<Note>("notes", { key: "id" });

describe("the stack's configuration", () => {
  it("has its faults reported all at once, each with a way out", async () => {
    const { message: text } = await refusal(
      planned("local", table, { dataClass: "secret", logRetentionDays: "0", portabilty: "strict" }),
    );
    assert.match(text, /SB-C008 the configuration serverless-blueprints:dataClass="secret" is wrong/);
    assert.match(text, /serverless-blueprints:logRetentionDays=0 is wrong/);
    assert.match(text, /serverless-blueprints:portabilty is not known/);
    assert.equal(text.match(/Way out: /g)?.length, 3);
  });

  it("must name a cloud that exists", async () => {
    assert.match((await refusal(planned("local", table, { cloud: "mars" }))).message, /SB-C008 .*cloud="mars"/);
  });

  it("protects what holds data from confidential up, unless told otherwise", async () => {
    const protectedTables = async (config: Record<string, string>) =>
      (await planned("local", table, config)).resources.filter(
        ({ type, protect }) => type === "localcloud:index:Table" && protect,
      ).length;
    assert.equal(await protectedTables({}), 1);
    assert.equal(await protectedTables({ dataClass: "regulated" }), 1);
    assert.equal(await protectedTables({ dataClass: "internal" }), 0);
    assert.equal(await protectedTables({ protect: "false" }), 0);
    assert.equal(await protectedTables({ dataClass: "internal", protect: "true" }), 1);
  });

  it("is read anew in each run, also in runs at the same time", async () => {
    const seen = await Promise.all(
      ["internal", "regulated"].map(
        async (dataClass) =>
          (await planned("local", () => ({ dataClass: site().dataClass }), { dataClass })).outputs.dataClass,
      ),
    );
    assert.deepEqual(seen, ["internal", "regulated"]);
  });
});

describe("the foundation", () => {
  it("is made once, by whoever needs it first", async () => {
    const result = await planned("local", () => {
      new Table<Note>("notes", { key: "id" });
      new Table<Note>("others", { key: "id" });
    });
    assert.equal(result.resources.filter(({ type }) => type === "blueprints:index:Foundation").length, 1);
  });

  it("refuses a second one by name", async () => {
    const { message: text } = await refusal(
      planned("local", () => {
        table();
        new Foundation("base");
      }),
    );
    assert.match(text, /SB-C004 Foundation "base" on local: the stack has a foundation already: "foundation"/);
  });

  it("registers data class and audit trail, for the policies", async () => {
    const result = await planned("local", table, { auditTrail: "org-trail" });
    assert.deepEqual(registered(result, "foundation").outputs.audit, { existing: "org-trail" });
    assert.equal(registered(result, "foundation").outputs.dataClass, "confidential");
  });
});
