/**
 * Filters and events that meet often, for properties of the filter compilers: few values, and among them texts that
 * differ in case only, that look like numbers, with quotes, line ends and other alphabets; numbers at the services'
 * bounds and closer than they compare; lists, objects, null, names with dots and names of operators.
 */
import fc from "fast-check";
import * as z from "zod/mini";
import { event, promoted, sourceOf } from "../../runtime/event";
import type { Filter } from "../../runtime/filter";

export const types = [
  "com.shop.orders.OrderPlaced.v1",
  "com.shop.orders.OrderPaid.v1",
  "com.shop.stock.StockReserved.v1",
];
export const paths = ["a", "b", "c.d", "prefix"];

export interface Given {
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const texts = [
  "red",
  "Red",
  "re",
  "5",
  "42-7",
  "true",
  "ß",
  "SS",
  "日本",
  "😀",
  'say "no"',
  "back\\slash",
  "a\nb*",
  "",
];
const numbers = [0, 5, -5, 0.5, 5.0000001, 1e6, 4_999_999_999, 6e9, -1e12, 1e21];
// Those that another type of value looks like more often than the rest.
const text = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...texts) }, fc.constantFrom("5", "true"));
const number = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...numbers) }, fc.constantFrom(5, 0));
const scalar = fc.oneof(text, number, fc.boolean());
const value = fc.oneof(
  { weight: 9, arbitrary: scalar },
  fc.constant(null),
  fc.constant(undefined),
  fc.array(fc.oneof(scalar, fc.constant(null)), { maxLength: 3 }),
  fc.array(fc.record({ d: scalar }), { maxLength: 2 }),
  fc.record({ d: scalar }),
);

export const anEvent: fc.Arbitrary<Given> = fc
  .record({
    type: fc.constantFrom(...types),
    subject: fc.constantFrom("red", "Red", "order-5", "5", "42-7", "日本"),
    a: value,
    b: value,
    c: value,
    prefix: value,
    dotted: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, scalar),
  })
  .map(({ type, subject, dotted, ...data }) => {
    const all = { id: subject, ...data, "c.d": dotted };
    const there = Object.entries(all).filter(([, one]) => one !== undefined);
    return { type, source: sourceOf(type), subject, data: Object.fromEntries(there) };
  });

const field = fc.constantFrom("subject", ...paths.map((path) => `data.${path}`));
const anyField = fc.oneof({ weight: 6, arbitrary: field }, fc.constantFrom("type", "source"));
const affix = fc.oneof(
  text.filter((one) => one !== ""),
  fc.constantFrom("r", "order-", "com.shop.", "/services/", ".v1", "4"),
);
const list = (of: fc.Arbitrary<string | number | boolean>) => fc.array(of, { minLength: 1, maxLength: 3 });
export const aCondition: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({ field: anyField, in: fc.oneof(list(scalar), list(text), list(number)) }),
  fc.record({ field: fc.constant("type"), in: list(fc.constantFrom(...types)) }),
  fc.record({ field: anyField, notIn: fc.oneof(list(scalar), list(text), list(number)) }),
  fc.record({ field: anyField, prefix: affix }),
  fc.record({ field: anyField, suffix: affix }),
  fc.record({ field: anyField, exists: fc.boolean() }),
  fc.record({ field, min: number }),
  fc.record({ field, max: number }),
  fc.tuple(field, number, number).map(([of, one, two]) => ({
    field: of,
    min: Math.min(one, two),
    max: Math.max(one, two),
  })),
);
export const { filter: aFilter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    { weight: 2, arbitrary: aCondition },
    fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
  ),
}));

/** A filter, and events to be put through it. */
export const aCase = fc.record({ filter: aFilter, events: fc.array(anEvent, { minLength: 3, maxLength: 6 }) });

/** The event as EventBridge has it. */
export const onEventBridge = ({ type, source, subject, data }: Given) => ({
  source,
  "detail-type": type,
  detail: { specversion: "1.0", id: "1", subject, partitionkey: subject, data },
});

const definition = event("com.shop.orders.OrderPlaced.v1", z.looseObject({ id: z.string() }), {
  subject: "id",
  promote: paths,
});

/** The event's attributes as Pub/Sub has them. */
export const onPubsub = ({ type, source, subject, data }: Given) => ({
  "ce-type": type,
  "ce-source": source,
  "ce-subject": subject,
  ...promoted(definition, data),
});
