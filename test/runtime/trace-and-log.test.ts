import assert from "node:assert/strict";
import fc from "fast-check";
import { causeOf, causeText } from "../../runtime/errors";
import { createLog } from "../../runtime/log";
import { continueTrace, formatTraceparent, parseTraceparent } from "../../runtime/trace";
import { TRACE_ID, TRACEPARENT } from "./events";
import { recordingSink } from "./support";

describe("trace context", () => {
  it("continues a valid traceparent with a span of its own", () => {
    const trace = continueTrace(TRACEPARENT);
    assert.equal(trace.traceId, TRACE_ID);
    assert.notEqual(trace.spanId, parseTraceparent(TRACEPARENT)?.spanId);
    assert.deepEqual(parseTraceparent(formatTraceparent(trace)), trace);
    assert.equal(continueTrace(TRACEPARENT.replace(/01$/, "00")).flags, "00");
  });

  it("takes a later version's header, whatever follows", () => {
    assert.equal(parseTraceparent(TRACEPARENT.replace(/^00/, "01"))?.traceId, TRACE_ID);
    assert.equal(parseTraceparent(`${TRACEPARENT.replace(/^00/, "01")}-more`)?.traceId, TRACE_ID);
  });

  for (const bad of [
    undefined,
    "",
    "00",
    `${TRACEPARENT}-more`,
    ` ${TRACEPARENT}`,
    `${TRACEPARENT}\n`,
    TRACEPARENT.toUpperCase(),
    TRACEPARENT.replace(/^00/, "ff"),
    TRACEPARENT.replace(TRACE_ID, "0".repeat(32)),
    TRACEPARENT.replace("00f067aa0ba902b7", "0".repeat(16)),
    TRACEPARENT.replace("00f067aa0ba902b7", "00f067aa0ba902b"),
  ])
    it(`starts a new trace for ${JSON.stringify(bad)}`, () => {
      assert.equal(parseTraceparent(bad), undefined);
      assert.match(formatTraceparent(continueTrace(bad)), /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/);
    });
});

describe("causes and logs", () => {
  it("are one short line without what V8 quotes", () => {
    assert.equal(causeText(causeOf(new RangeError("too\nlong \u0000"))), "RangeError: too long");
    assert.equal(causeText(causeOf("plain")), "Error: plain");
    assert.equal(causeText(causeOf({ secret: 1 })), "Error: something that is not an Error was thrown");
    try {
      JSON.parse("MARKER");
    } catch (error) {
      assert.equal(causeText(causeOf(error)).includes("MARKER"), false);
    }
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 600 }), fc.string({ maxLength: 100 }), (message, name) => {
        const text = causeText(causeOf(Object.assign(new Error(message), { name })));
        assert.ok(text.length <= 256 && !/[\p{Cc}\p{Cs}]/u.test(text));
      }),
    );
  });

  it("keep the platform's fields and take no object", () => {
    const { sink, records } = recordingSink();
    createLog("fulfil", TRACE_ID, sink).error("m", {
      level: "forged",
      order: { name: "x" } as unknown as string,
      n: 1,
    });
    const { timestamp, ...rest } = records[0] ?? { timestamp: "" };
    assert.ok(Date.parse(timestamp) > 0);
    assert.deepEqual(rest, {
      level: "ERROR",
      message: "m",
      component: "fulfil",
      traceId: TRACE_ID,
      order: "[object]",
      n: 1,
    });
  });
});
