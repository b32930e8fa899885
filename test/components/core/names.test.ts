import assert from "node:assert/strict";
import * as fc from "fast-check";
import { alphanumeric, longestComponentName, nameFault, physicalName } from "../../../components/core/names";

const scope = { project: "shop", stack: "prod" };
const part = fc.stringMatching(/^[a-z][a-z0-9-]{0,39}$/);

describe("names", () => {
  it("fit their rule, keep the hash and stay the same", () => {
    fc.assert(
      fc.property(part, part, fc.integer({ min: 16, max: 64 }), fc.boolean(), (component, child, max, plain) => {
        const rule = plain ? { max, allowed: alphanumeric } : { max };
        const name = physicalName(scope, [component, child], rule);
        assert.ok(name.length <= max, name);
        assert.match(name, plain ? /^[a-z][a-z0-9]*[0-9a-f]{8}$/ : /^[a-z][a-z0-9-]*-[0-9a-f]{8}$/);
        assert.doesNotMatch(name, /--[0-9a-f]{8}$/);
        assert.equal(physicalName(scope, [component, child], rule), name);
      }),
    );
  });

  it("differ for other components, parts, stacks and projects, however short", () => {
    const long = "a".repeat(60);
    const names = [
      physicalName(scope, [`${long}x`, "sa"], { max: 24 }),
      physicalName(scope, [`${long}y`, "sa"], { max: 24 }),
      physicalName(scope, [`${long}x`, "sb"], { max: 24 }),
      physicalName({ ...scope, stack: "test" }, [`${long}x`, "sa"], { max: 24 }),
      physicalName({ ...scope, project: "other" }, [`${long}x`, "sa"], { max: 24 }),
      physicalName(scope, ["ab", "c"], { max: 24 }),
      physicalName(scope, ["a", "bc"], { max: 24 }),
    ];
    assert.equal(new Set(names).size, names.length);
  });

  it("of components are refused when a service could not carry them", () => {
    assert.equal(nameFault("order-intake"), undefined);
    assert.equal(nameFault("a".repeat(longestComponentName)), undefined);
    assert.match(nameFault("a".repeat(longestComponentName + 1)) ?? "", /41 characters; at most 40/);
    for (const name of ["", "Orders", "1st", "a_b", "a-", "ä", "a b"]) assert.ok(nameFault(name), name);
  });
});
