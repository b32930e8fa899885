import assert from "node:assert/strict";
import * as fc from "fast-check";
import { formatDuration, parseDuration } from "../../../components/core/duration";

describe("durations", () => {
  it("are whole seconds", () => {
    assert.equal(parseDuration("30 seconds"), 30);
    assert.equal(parseDuration("1 minute"), 60);
    assert.equal(parseDuration("1.5 hours"), 5400);
    assert.equal(parseDuration("14 days"), 1_209_600);
  });

  for (const text of [
    "",
    "30",
    "seconds",
    "x seconds",
    "-1 seconds",
    "1e3 seconds",
    "0.5 seconds",
    "1 month",
    "1  day",
    "Infinity days",
    "99999999999999999999 days",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseDuration(text), undefined));
  }

  it("are written so that they read back", () => {
    fc.assert(fc.property(fc.nat(1e9), (seconds) => assert.equal(parseDuration(formatDuration(seconds)), seconds)));
  });
});
