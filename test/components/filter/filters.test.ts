import assert from "node:assert/strict";
import fc from "fast-check";
import { checkFilter } from "../../../components/filter/check";
import * as eventBridge from "../../../components/filter/event-bridge";
import * as eventGrid from "../../../components/filter/event-grid";
import * as pubsub from "../../../components/filter/pubsub";
import { type Filter, matches } from "../../../runtime/filter";
import { aCase, type Given, onEventBridge, onPubsub, types } from "../../support/filter-cases";
import { matchesPattern } from "../../support/filter-languages/event-bridge";
import { matchesEventGrid } from "../../support/filter-languages/event-grid";
import { matchesPubsub } from "../../support/filter-languages/pubsub";

interface Evaluated {
  readonly passes: boolean;
  readonly exact: boolean;
  readonly why?: string;
}

const clouds: Record<string, (filter: Filter, given: Given) => Evaluated> = {
  EventBridge: (filter, given) => {
    const made = eventBridge.compile(filter, types);
    return { ...made, passes: matchesPattern(made.pattern, onEventBridge(given)) };
  },
  "Event Grid": (filter, given) => {
    const made = eventGrid.compile(filter, types);
    return { ...made, passes: matchesEventGrid(made, { ...given }) };
  },
  "Pub/Sub": (filter, given) => {
    const made = pubsub.compile(filter, types);
    return { ...made, passes: matchesPubsub(made.filter, onPubsub(given)) };
  },
};
const filters = 5000;

describe("event filters", () => {
  it("Event Grid: is as sound and as exact, however it reads what its documentation leaves open", () => {
    fc.assert(
      fc.property(aCase, ({ filter, events }) => {
        const made = eventGrid.compile(filter, types);
        for (const given of events)
          for (const numbersAsTexts of [false, true]) {
            const passes = matchesEventGrid(made, { ...given }, { numbersAsTexts, keysIgnoreCase: false });
            if (made.exact) assert.equal(passes, matches(filter, given), JSON.stringify([given, made]));
            // A name that differs in case only, beside nothing of that name.
            const { a = 5, ...others } = given.data;
            const other = { ...given, data: { ...others, A: a } };
            if (matches(filter, other))
              assert.ok(matchesEventGrid(made, other, { numbersAsTexts, keysIgnoreCase: true }), JSON.stringify(made));
          }
      }),
      { numRuns: 1000 },
    );
  });

  for (const [cloud, evaluate] of Object.entries(clouds)) {
    it(`${cloud}: never drops an event that is wanted, and where it is exact lets no other through`, function () {
      this.timeout(60_000);
      let [tried, wanted, exact, dropped] = [0, 0, 0, 0];
      fc.assert(
        fc.property(aCase, ({ filter, events }) => {
          for (const given of events) {
            const reference = matches(filter, given);
            const made = evaluate(filter, given);
            tried++;
            if (reference) wanted++;
            if (made.exact) exact++;
            if (!made.passes) dropped++;
            if (reference) assert.ok(made.passes, `dropped: ${JSON.stringify([given, made])}`);
            if (made.exact) assert.equal(made.passes, reference, `not exact: ${JSON.stringify([given, made])}`);
            assert.equal(made.why === undefined, made.exact, "what is not exact says why");
          }
        }),
        { numRuns: filters },
      );
      console.log(
        `      ${cloud}: ${tried} cases, ${wanted} wanted, ${exact} exact, ${dropped} dropped by the service`,
      );
      // A property that hardly ever meets its cases proves nothing, nor does a compiler that lets everything through.
      assert.ok(tried >= 2000);
      for (const count of [wanted, exact, dropped]) assert.ok(count > tried / 20, `only ${count}`);
    });
  }

  const order = (data: Readonly<Record<string, unknown>>): Given => ({
    type: types[0] ?? "",
    source: "/services/orders",
    subject: "order-1",
    data,
  });
  const reasons: readonly (readonly [string, Filter, Readonly<Record<string, unknown>>, boolean])[] = [
    ["a missing field is none of the values", { field: "data.a", in: ["x"] }, {}, false],
    ["a missing field is not `notIn` either", { field: "data.a", notIn: ["x"] }, {}, false],
    ["null counts as missing", { field: "data.a", exists: false }, { a: null }, true],
    ["a list is no value", { field: "data.a", in: ["x"] }, { a: ["x"] }, false],
    ["an object is no value", { field: "data.a", exists: true }, { a: { b: 1 } }, false],
    ["case counts", { field: "data.a", in: ["red"] }, { a: "Red" }, false],
    ["a numeric text is no number", { field: "data.a", min: 1 }, { a: "5" }, false],
    ["a number is no text", { field: "data.a", prefix: "5" }, { a: 55 }, false],
    ["bounds are part of the range", { field: "data.a", min: 5, max: 5 }, { a: 5 }, true],
    ["dots descend", { field: "data.a.b", in: [true] }, { a: { b: true } }, true],
  ];
  for (const [reason, filter, data, expected] of reasons)
    it(`reference: ${reason}`, () => assert.equal(matches(filter, order(data)), expected));

  it("takes type and source out of the filter", () => {
    const filter: Filter = {
      all: [
        { field: "source", in: ["/services/stock"] },
        { field: "data.a", in: ["x"] },
      ],
    };
    assert.deepEqual(eventGrid.compile(filter, types).includedEventTypes, ["com.shop.stock.StockReserved.v1"]);
    assert.deepEqual(eventBridge.compile(filter, types).pattern["detail-type"], ["com.shop.stock.StockReserved.v1"]);
  });

  it("wants nothing where no type can meet the filter", () => {
    const never: Filter = { field: "type", in: ["com.shop.other.ThingDone.v1"] };
    for (const [cloud, evaluate] of Object.entries(clouds))
      assert.equal(evaluate(never, order({})).passes, false, cloud);
  });

  it("falls back to the types where a cloud takes no filter of this size", () => {
    const long: Filter = {
      field: "data.a",
      in: Array.from({ length: 20 }, (_, index) => `a rather long value number ${index}`),
    };
    assert.match(pubsub.compile(long, types.slice(0, 1)).why ?? "", /256 bytes/);
    assert.equal(pubsub.compile(long, types.slice(0, 1)).filter, 'attributes.ce-type="com.shop.orders.OrderPlaced.v1"');
  });

  const wrong: readonly (readonly [string, unknown, RegExp, RegExp])[] = [
    ["an empty group", { all: [] }, /SB-C404/, /at least one/],
    ["a field of no event", { field: "detail.x", in: ["x"] }, /SB-C404/, /data\.<path>/],
    ["no condition", { field: "data.a" }, /SB-C404/, /ask one of/],
    ["two conditions at once", { field: "data.a", in: ["x"], prefix: "x" }, /SB-C404/, /ask one of/],
    ["no values", { field: "data.a", in: [] }, /SB-C404/, /at least one value/],
    ["bounds that are exchanged", { field: "data.a", min: 2, max: 1 }, /SB-C404/, /exchange/],
    ["a bound that is no number", { field: "data.a", min: Number.NaN }, /SB-C404/, /finite/],
    ["too many values", { field: "data.a", in: Array.from({ length: 26 }, (_, index) => index) }, /SB-C404/, /twice/],
    ["a bound that is not there", { field: "data.a", min: undefined }, /SB-C404/, /finite/],
    ["half a character", { field: "data.a", prefix: "\ud83d" }, /SB-C404/, /whole characters/],
    ["half a character in a list", { field: "data.a", in: ["x", "\ude00"] }, /SB-C404/, /whole characters/],
    ["the prototype", { field: "data.__proto__.a", in: ["x"] }, /SB-C404/, /data\.<path>/],
    ["a list that is no list", { field: "data.a", notIn: "x" }, /SB-C404/, /at least one value/],
    ["null among the values", { field: "data.a", in: [null] }, /SB-C404/, /at least one value/],
    ["presence that is neither", { field: "data.a", exists: "yes" }, /SB-C404/, /true or false/],
    ["an empty prefix", { field: "subject", prefix: "" }, /SB-C404/, /one character/],
    ["a group beside a condition", { all: [{ field: "type", in: ["x"] }], field: "type" }, /SB-C404/, /nothing beside/],
    ["a list as condition", { any: [[]] }, /SB-C404/, /write it like/],
    ["too deep", { all: [{ any: [{ all: [{ any: [{ field: "data.a", exists: true }] }] }] }] }, /SB-C404/, /flatter/],
  ];
  for (const [name, filter, code, wayOut] of wrong)
    it(`refuses ${name}`, () => {
      const [problem] = checkFilter(filter as Filter, { cloud: "aws", promoted: [] });
      assert.match(problem?.code ?? "", code);
      assert.match(problem?.wayOut ?? "", wayOut);
    });

  it("tells all that is wrong, and where", () => {
    const filter = { all: [{ field: "data.a", in: [] }, { any: [{ field: "nothing", in: ["x"] }] }] } as Filter;
    const facts = checkFilter(filter, { cloud: "aws", promoted: [] }).map(({ fact }) => fact);
    assert.equal(facts.length, 2);
    assert.match(facts.join("\n"), /^filter\.all\[0\] .*\nfilter\.all\[1\]\.any\[0\] /);
  });

  it("takes 25 values, four levels, and whole characters beyond the basic plane", () => {
    const in25 = Array.from({ length: 24 }, (_, index) => index);
    const filter: Filter = { all: [{ any: [{ all: [{ field: "data.a", in: [...in25, "😀"] }] }] }] };
    assert.deepEqual(checkFilter(filter, { cloud: "aws", promoted: [] }), []);
  });

  it("on Google Cloud refuses a field that does not travel as an attribute, and takes it once it does", () => {
    const filter: Filter = { field: "data.a", exists: true };
    assert.equal(checkFilter(filter, { cloud: "gcp", promoted: [] })[0]?.code, "SB-C402");
    assert.deepEqual(checkFilter(filter, { cloud: "gcp", promoted: ["a"] }), []);
    assert.deepEqual(checkFilter(filter, { cloud: "azure", promoted: [] }), []);
  });
});
