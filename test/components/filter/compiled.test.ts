import assert from "node:assert/strict";
import * as eventBridge from "../../../components/filter/event-bridge";
import * as eventGrid from "../../../components/filter/event-grid";
import * as pubsub from "../../../components/filter/pubsub";
import type { Filter } from "../../../runtime/filter";

/** One filter, what each cloud is given, and why so. A pattern is what `detail` or `$or` holds; `-`: it is let through. */
interface Row {
  readonly reason: string;
  readonly filter: Filter;
  readonly aws: string;
  readonly azure: string;
  readonly gcp: string;
  /** The clouds whose own filter is exact. */
  readonly exact: string;
}

const types = ["com.shop.A.v1"];
const rows: readonly Row[] = [
  {
    reason: "a text in the data: EventBridge looks into lists, Event Grid is blind to case, an attribute is exact",
    filter: { field: "data.state", in: ["paid"] },
    aws: '{"data":{"state":["paid"]}}',
    azure: 'StringIn data.state ["paid"]',
    gcp: 'attributes.data-state="paid"',
    exact: "gcp",
  },
  {
    reason: "a number and its text look alike as attributes only",
    filter: { field: "data.total", in: [5] },
    aws: '{"data":{"total":[{"numeric":["=",5]}]}}',
    azure: "NumberIn data.total [5]",
    gcp: 'attributes.data-total="5"',
    exact: "azure",
  },
  {
    reason: "values of several types are one list on AWS, and no one operator of Event Grid's",
    filter: { field: "data.a", in: ["x", 1, true] },
    aws: '{"data":{"a":["x",{"numeric":["=",1]},true]}}',
    azure: "IsNotNull data.a",
    gcp: 'attributes.data-a="x" OR attributes.data-a="1" OR attributes.data-a="true"',
    exact: "",
  },
  {
    reason: "Event Grid has one boolean a condition",
    filter: { field: "data.gift", in: [true] },
    aws: '{"data":{"gift":[true]}}',
    azure: "BoolEquals data.gift true",
    gcp: 'attributes.data-gift="true"',
    exact: "azure",
  },
  {
    reason: "an exclusion needs a value; Event Grid's would drop `PAID` too, and let missing ones through",
    filter: { field: "data.state", notIn: ["paid"] },
    aws: '{"data":{"state":[{"anything-but":["paid"]}]}}',
    azure: "IsNotNull data.state",
    gcp: 'attributes:data-state AND attributes.data-state!="paid"',
    exact: "gcp",
  },
  {
    reason: "excluding 5 would drop 5.0000001 on AWS and the text `5` on Google Cloud",
    filter: { field: "data.total", notIn: [5] },
    aws: '{"data":{"total":[{"exists":true}]}}',
    azure: "IsNotNull data.total",
    gcp: "attributes:data-total",
    exact: "",
  },
  {
    reason: "an open bound would drop what is beyond EventBridge's numbers",
    filter: { field: "data.total", min: 100 },
    aws: '{"data":{"total":[{"exists":true}]}}',
    azure: "NumberGreaterThanOrEquals data.total 100",
    gcp: "attributes:data-total",
    exact: "azure",
  },
  {
    reason: "bounds are included everywhere",
    filter: { field: "data.total", min: 0, max: 9.5 },
    aws: '{"data":{"total":[{"numeric":[">=",0,"<=",9.5]}]}}',
    azure: "NumberGreaterThanOrEquals data.total 0 & NumberLessThanOrEquals data.total 9.5",
    gcp: "attributes:data-total",
    exact: "azure",
  },
  {
    reason: "a bound that .NET's decimals do not hold",
    filter: { field: "data.total", max: 1e30 },
    aws: '{"data":{"total":[{"exists":true}]}}',
    azure: "IsNotNull data.total",
    gcp: "attributes:data-total",
    exact: "",
  },
  {
    reason: "null counts as missing, and `exists` alone knows nothing of it",
    filter: { field: "data.note", exists: false },
    aws: '{"data":{"note":[{"exists":false},null]}}',
    azure: "-",
    gcp: "NOT attributes:data-note",
    exact: "",
  },
  {
    reason:
      "below the first level a name with a dot would be there for EventBridge; as an attribute's key it is quoted",
    filter: { field: "data.a.b", exists: false },
    aws: "-",
    azure: "-",
    gcp: 'NOT attributes:"data-a.b"',
    exact: "",
  },
  {
    reason: "present: a value, which is all that travels as an attribute",
    filter: { field: "data.note", exists: true },
    aws: '{"data":{"note":[{"exists":true}]}}',
    azure: "IsNotNull data.note",
    gcp: "attributes:data-note",
    exact: "gcp",
  },
  {
    reason: "a subject is always a text: digits are exact everywhere, for they have no case",
    filter: { field: "subject", prefix: "42-" },
    aws: '{"subject":[{"prefix":"42-"}]}',
    azure: 'StringBeginsWith subject ["42-"]',
    gcp: 'hasPrefix(attributes.ce-subject,"42-")',
    exact: "aws azure gcp",
  },
  {
    reason: "letters have case, also those beyond ASCII",
    filter: { field: "subject", in: ["straße"] },
    aws: '{"subject":["straße"]}',
    azure: 'StringIn subject ["straße"]',
    gcp: 'attributes.ce-subject="straße"',
    exact: "aws gcp",
  },
  {
    reason: "Pub/Sub has no suffixes; an asterisk is no wildcard",
    filter: { field: "subject", suffix: "*7" },
    aws: '{"subject":[{"suffix":"*7"}]}',
    azure: 'StringEndsWith subject ["*7"]',
    gcp: "attributes:ce-subject",
    exact: "aws azure",
  },
  {
    reason: "quotes, backslashes and line ends are escaped",
    filter: { field: "subject", in: ['1"2\\3\n'] },
    aws: '{"subject":["1\\"2\\\\3\\n"]}',
    azure: 'StringIn subject ["1\\"2\\\\3\\n"]',
    gcp: 'attributes.ce-subject="1\\"2\\\\3\\u000a"',
    exact: "aws gcp",
  },
  {
    reason: "a choice between fields: $or, nothing, OR",
    filter: {
      any: [
        { field: "subject", in: ["1"] },
        { field: "data.state", in: ["paid"] },
      ],
    },
    aws: '[{"detail":{"subject":["1"]}},{"detail":{"data":{"state":["paid"]}}}]',
    azure: "-",
    gcp: 'attributes.ce-subject="1" OR attributes.data-state="paid"',
    exact: "gcp",
  },
  {
    reason: "a choice on one field is one condition of Event Grid's",
    filter: {
      any: [
        { field: "subject", prefix: "1" },
        { field: "subject", prefix: "2" },
      ],
    },
    aws: '[{"detail":{"subject":[{"prefix":"1"}]}},{"detail":{"subject":[{"prefix":"2"}]}}]',
    azure: 'StringBeginsWith subject ["1","2"]',
    gcp: 'hasPrefix(attributes.ce-subject,"1") OR hasPrefix(attributes.ce-subject,"2")',
    exact: "aws azure gcp",
  },
  {
    reason: "inside $or a field cannot be called like an operator",
    filter: {
      any: [
        { field: "data.prefix", in: ["x"] },
        { field: "subject", in: ["1"] },
      ],
    },
    aws: "-",
    azure: "-",
    gcp: 'attributes.data-prefix="x" OR attributes.ce-subject="1"',
    exact: "gcp",
  },
  {
    reason: "inside $or a test would replace the one outside: one of them is left out",
    filter: {
      all: [
        { field: "subject", prefix: "1" },
        {
          any: [
            { field: "subject", suffix: "2" },
            { field: "subject", suffix: "3" },
          ],
        },
      ],
    },
    aws: '{"subject":[{"prefix":"1"}]}',
    azure: 'StringBeginsWith subject ["1"] & StringEndsWith subject ["2","3"]',
    gcp: 'hasPrefix(attributes.ce-subject,"1") AND (attributes:ce-subject OR attributes:ce-subject)',
    exact: "azure",
  },
  {
    reason: "one $or a pattern: the first",
    filter: {
      all: [
        {
          any: [
            { field: "data.a", in: ["x"] },
            { field: "data.b", in: ["x"] },
          ],
        },
        {
          any: [
            { field: "data.c", in: ["x"] },
            { field: "subject", in: ["1"] },
          ],
        },
      ],
    },
    aws: '[{"detail":{"data":{"a":["x"]}}},{"detail":{"data":{"b":["x"]}}}]',
    azure: "-",
    gcp: '(attributes.data-a="x" OR attributes.data-b="x") AND (attributes.data-c="x" OR attributes.ce-subject="1")',
    exact: "gcp",
  },
  {
    reason: "a field and what is in it have no room in one pattern",
    filter: {
      all: [
        { field: "data.a", exists: false },
        { field: "data.a.b", exists: true },
      ],
    },
    aws: '{"data":{"a":[{"exists":false},null]}}',
    azure: "IsNotNull data.a.b",
    gcp: '(NOT attributes:data-a) AND attributes:"data-a.b"',
    exact: "",
  },
  {
    reason: "type and source are known when a subscription is made",
    filter: {
      all: [
        { field: "type", prefix: "com.shop." },
        { field: "source", in: ["/services/shop"] },
      ],
    },
    aws: "-",
    azure: "-",
    gcp: "",
    exact: "aws azure gcp",
  },
];

describe("compiled filters", () => {
  for (const { reason, filter, aws, azure, gcp, exact } of rows)
    it(reason, () => {
      const made = {
        aws: eventBridge.compile(filter, types),
        azure: eventGrid.compile(filter, types),
        gcp: pubsub.compile(filter, types),
      };
      const { "detail-type": listed, detail, $or = detail } = made.aws.pattern;
      assert.deepEqual(listed, types);
      assert.equal($or === undefined ? "-" : JSON.stringify($or), aws);
      const conditions = made.azure.advancedFilters.map(({ operatorType, key, value, values = value }) =>
        [operatorType, key, ...(values === undefined ? [] : [JSON.stringify(values)])].join(" "),
      );
      assert.deepEqual(made.azure.includedEventTypes, types);
      assert.equal(conditions.join(" & ") || "-", azure);
      const joined = gcp.includes(" OR ") && !gcp.includes(" AND ") ? `(${gcp})` : gcp;
      const byType = 'attributes.ce-type="com.shop.A.v1"';
      assert.equal(
        made.gcp.filter,
        [byType, joined.startsWith("NOT ") ? `(${joined})` : joined].filter(Boolean).join(" AND "),
      );
      const clouds = Object.entries(made).flatMap(([cloud, one]) => (one.exact ? [cloud] : []));
      assert.equal(clouds.join(" "), exact, JSON.stringify(made));
    });

  const many = Array.from({ length: 60 }, (_, index) => `com.shop.orders.OrderHasBeenChanged${index}.v1`);
  it("more types than a service takes become how they begin, or nothing", () => {
    assert.deepEqual(eventBridge.compile(undefined, many), {
      pattern: { "detail-type": [{ prefix: "com.shop.orders.OrderHasBeenChanged" }] },
      exact: false,
      why: "the types alone are longer than 2048 characters",
    });
    assert.equal(
      pubsub.compile(undefined, many).filter,
      'hasPrefix(attributes.ce-type,"com.shop.orders.OrderHasBeenChanged")',
    );
    const apart = many.map((type, index) => `${String.fromCharCode(97 + (index % 2))}${type}`);
    assert.deepEqual(eventBridge.compile(undefined, apart).pattern, { "detail-type": [{ exists: true }] });
    assert.equal(pubsub.compile(undefined, apart).filter, "");
  });

  it("what does not fit is left out by itself: bytes count, not characters", () => {
    const long: Filter = { field: "subject", in: ["日".repeat(70)] };
    const short: Filter = { field: "data.state", in: ["paid"] };
    const { filter, exact, why } = pubsub.compile({ all: [long, short] }, types);
    assert.equal(filter, 'attributes.ce-type="com.shop.A.v1" AND attributes.data-state="paid"');
    assert.deepEqual([exact, why], [false, "Pub/Sub takes filters of 256 bytes"]);
  });

  it("a pattern of too many characters or combinations is one by type", () => {
    const long: Filter = { field: "subject", in: Array.from({ length: 25 }, (_, index) => `${index}`.repeat(60)) };
    assert.match(eventBridge.compile(long, types).why ?? "", /2048 characters/);
    const five = (field: string): Filter => ({ field, in: [1, 2, 3, 4, 5] });
    const either: Filter = { any: [five("data.a"), five("data.b")] };
    const all: Filter = { all: [either, five("data.c"), five("data.d"), five("data.e")] };
    assert.match(eventBridge.compile(all, types).why ?? "", /1000 combinations/);
  });

  it("texts that Event Grid does not take, and more values than it takes, are left out", () => {
    assert.match(eventGrid.compile({ field: "subject", prefix: "x".repeat(513) }, types).why ?? "", /512/);
    const list = (field: string): Filter => ({ field, in: Array.from({ length: 13 }, (_, index) => index) });
    const { advancedFilters, why } = eventGrid.compile({ all: [list("data.a"), list("data.b")] }, types);
    assert.deepEqual(
      advancedFilters.map(({ key }) => key),
      ["data.a"],
    );
    assert.match(why ?? "", /25 values/);
  });
});
