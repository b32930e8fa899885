import assert from "node:assert/strict";
import fc from "fast-check";
import * as z from "zod/mini";
import { checkFilter } from "../../../components/filter/check";
import * as eventBridge from "../../../components/filter/event-bridge";
import * as eventGrid from "../../../components/filter/event-grid";
import * as pubsub from "../../../components/filter/pubsub";
import { event, promoted, sourceOf } from "../../../runtime/event";
import { fieldOf } from "../../../runtime/field";
import { type Filter, matches } from "../../../runtime/filter";
import { matchesPattern } from "../../support/filter-languages/event-bridge";
import { matchesEventGrid } from "../../support/filter-languages/event-grid";
import { matchesPubsub } from "../../support/filter-languages/pubsub";

const types = ["com.shop.orders.OrderPlaced.v1", "com.shop.orders.OrderPaid.v1", "com.shop.stock.StockReserved.v1"];
const paths = ["a", "b", "c.d"];

interface Given {
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

// Few values, so that filters and events meet: texts that differ in case only, texts that look like numbers, unicode, quotes.
const rare = ["re", "ß", "SS", "日本", 'say "no"', "back\\slash", ""];
const numbers = [5, 0, -5, 0.5, 6e9, 1e21];
const text = fc.oneof({ weight: 3, arbitrary: fc.constantFrom("red", "Red", "5", "true") }, fc.constantFrom(...rare));
const number = fc.oneof({ weight: 3, arbitrary: fc.constant(5) }, fc.constantFrom(...numbers));
const scalar = fc.oneof({ weight: 2, arbitrary: text }, number, fc.boolean());
const value = fc.oneof(
  { weight: 8, arbitrary: scalar },
  fc.constant(null),
  fc.constant(undefined),
  fc.array(scalar, { maxLength: 2 }),
  fc.constant({ inner: 1 }),
);
const anEvent: fc.Arbitrary<Given> = fc
  .record({
    type: fc.constantFrom(...types),
    subject: fc.constantFrom("red", "order-5", "5"),
    a: value,
    b: value,
    d: value,
    c: fc.boolean(),
  })
  .map(({ type, subject, a, b, d, c }) => {
    const data: Record<string, unknown> = { ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) };
    if (c) data.c = d === undefined ? {} : { d };
    return { type, source: sourceOf(type), subject, data };
  });

const field = fc.constantFrom("subject", ...paths.map((path) => `data.${path}`));
const anyField = fc.oneof({ weight: 5, arbitrary: field }, fc.constantFrom("type", "source"));
const some = text.filter((one) => one !== "");
const condition: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({ field: anyField, in: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  fc.record({ field: fc.constant("type"), in: fc.array(fc.constantFrom(...types), { minLength: 1, maxLength: 2 }) }),
  fc.record({ field: anyField, notIn: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  fc.record({ field: anyField, prefix: fc.oneof(some, fc.constantFrom("com.shop.", "/services/")) }),
  fc.record({ field: anyField, suffix: fc.oneof(some, fc.constant(".v1")) }),
  fc.record({ field: anyField, exists: fc.boolean() }),
  fc.record({ field, min: fc.constantFrom(...numbers) }),
  fc.record({ field, max: fc.constantFrom(...numbers) }),
  fc.tuple(field, fc.constantFrom(...numbers), fc.constantFrom(...numbers)).map(([of, one, two]) => ({
    field: of,
    min: Math.min(one, two),
    max: Math.max(one, two),
  })),
);
const { filter: aFilter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    condition,
    fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
  ),
}));

/** Fields that a filter looks at are single values or missing in this event: what `exact` is said about. */
function isPlain(filter: Filter, event: Given): boolean {
  if ("all" in filter) return filter.all.every((part) => isPlain(part, event));
  if ("any" in filter) return filter.any.every((part) => isPlain(part, event));
  const found = fieldOf(event, filter.field);
  return found === undefined || (typeof found !== "object" && !(typeof found === "number" && Math.abs(found) > 5e9));
}

const definition = event("com.shop.orders.OrderPlaced.v1", z.looseObject({ id: z.string() }), { subject: "id" });
const attributesOf = (given: Given) => ({
  "ce-type": given.type,
  "ce-source": given.source,
  "ce-subject": given.subject,
  ...promoted({ ...definition, promote: paths }, given.data),
});

const clouds: Record<
  string,
  (filter: Filter, given: Given) => { readonly passes: boolean; readonly exact: boolean; readonly shown: unknown }
> = {
  EventBridge: (filter, given) => {
    const made = eventBridge.compile(filter, types);
    const { type, source, subject, data } = given;
    return {
      passes: matchesPattern(made.pattern, { source, "detail-type": type, detail: { subject, data } }),
      exact: made.exact,
      shown: made,
    };
  },
  "Event Grid": (filter, given) => {
    const made = eventGrid.compile(filter, types);
    return { passes: matchesEventGrid(made, { ...given }), exact: made.exact, shown: made };
  },
  "Pub/Sub": (filter, given) => {
    const made = pubsub.compile(filter, types);
    return { passes: matchesPubsub(made.filter, attributesOf(given)), exact: made.exact, shown: made };
  },
};
const cases = 10_000;

describe("event filters", () => {
  for (const [cloud, evaluate] of Object.entries(clouds)) {
    it(`${cloud}: never drops an event that is wanted, and lets no other through where it says so (${cases} cases)`, function () {
      this.timeout(60_000);
      let exact = 0;
      let wanted = 0;
      fc.assert(
        fc.property(aFilter, anEvent, (filter, given) => {
          const reference = matches(filter, given);
          const made = evaluate(filter, given);
          if (reference) wanted++;
          if (reference) assert.ok(made.passes, `dropped by ${JSON.stringify(made.shown)}`);
          if (made.exact && isPlain(filter, given)) {
            exact++;
            assert.equal(made.passes, reference, `not exact: ${JSON.stringify(made.shown)}`);
          }
        }),
        { numRuns: cases },
      );
      // A property that hardly ever meets its cases proves nothing.
      assert.ok(wanted > cases / 20, `only ${wanted} events were wanted`);
      assert.ok(exact > cases / 20, `only ${exact} cases were exact`);
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
    assert.equal(
      pubsub.compile(long, types.slice(0, 1)).filter,
      'attributes."ce-type" = "com.shop.orders.OrderPlaced.v1"',
    );
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
    ["too deep", { all: [{ any: [{ all: [{ any: [{ field: "data.a", exists: true }] }] }] }] }, /SB-C404/, /flatter/],
  ];
  for (const [name, filter, code, wayOut] of wrong)
    it(`refuses ${name}`, () => {
      const [problem] = checkFilter(filter as Filter, { cloud: "aws", promoted: [] });
      assert.match(problem?.code ?? "", code);
      assert.match(problem?.wayOut ?? "", wayOut);
    });

  it("on Google Cloud refuses a field that does not travel as an attribute, and takes it once it does", () => {
    const filter: Filter = { field: "data.a", exists: true };
    assert.equal(checkFilter(filter, { cloud: "gcp", promoted: [] })[0]?.code, "SB-C402");
    assert.deepEqual(checkFilter(filter, { cloud: "gcp", promoted: ["a"] }), []);
    assert.deepEqual(checkFilter(filter, { cloud: "azure", promoted: [] }), []);
  });
});
