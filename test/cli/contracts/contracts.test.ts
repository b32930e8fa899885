import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import fc from "fast-check";
import * as z from "zod/mini";
import { checkContracts, contractsOf } from "../../../cli/contracts";
import { compare } from "../../../cli/contracts/compare";
import type { AsyncApi } from "../../../cli/contracts/document";
import { asyncApi } from "../../../cli/contracts/document";
import { differences } from "../../../cli/contracts/schema";
import { findProject, readStack, stackNames } from "../../../cli/project";
import { EventBus } from "../../../components";
import { cloudEvent, event } from "../../../runtime/event";
import { planned } from "../../support/plan";

const project = findProject();
const blueprints = [...new Set(stackNames(project).map((name) => name.replace(/-[a-z]+$/, "")))];

/** The published schema of AsyncAPI 3.0.0. */
function validator() {
  const schema = JSON.parse(
    readFileSync(require.resolve("@asyncapi/specs/schemas/3.0.0-without-$id.json"), "utf8"),
  ) as Record<string, unknown>;
  const ajv = new Ajv({ strict: false, logger: false });
  addFormats(ajv);
  return ajv.compile(schema);
}

/** The document of a bus with one event. */
async function documentOf(data: z.ZodMiniType, more: { subject?: string; promote?: string[]; type?: string } = {}) {
  const type = more.type ?? "com.shop.orders.OrderPlaced.v1";
  const definition = event(type, data as z.ZodMiniObject, {
    subject: more.subject ?? "id",
    promote: more.promote ?? [],
  });
  const result = await planned("local", () => {
    const bus = new EventBus("shop", { events: [definition] });
    bus.publisher(definition);
  });
  const document = asyncApi("test", result.resources);
  // Somebody sends it; the handler that does is of no interest here.
  const send = { action: "send" as const, channel: { $ref: "#/channels/shop" }, title: "sends" };
  return { ...document, operations: { sender: { ...send, messages: [{ $ref: `#/channels/shop/messages/${type}` }] } } };
}

const base = { id: z.string(), total: z.int(), state: z.enum(["new", "old"]), note: z.optional(z.string()) };

describe("contracts", () => {
  for (const blueprint of blueprints) {
    it(`of ${blueprint} are a valid AsyncAPI 3 document, the same on every cloud`, async function () {
      this.timeout(60_000);
      const valid = validator();
      const document = await contractsOf(readStack(project, `${blueprint}-local`));
      assert.ok(valid(document), JSON.stringify(valid.errors?.slice(0, 3)));
      for (const cloud of ["aws", "azure", "gcp"])
        assert.deepEqual(await contractsOf(readStack(project, `${blueprint}-${cloud}`)), document, cloud);
      // Media intake is told by storage, tables and the clock: it has no messages of its own.
      assert.equal(Object.keys(document.channels).length > 0, blueprint !== "media-intake");
      for (const [name, { messages }] of Object.entries(document.operations)) assert.ok(messages.length > 0, name);
    });
  }

  it("say who sends and who receives", async () => {
    const { operations } = await contractsOf(readStack(project, "fulfilment-local"));
    const of = (name: string) => operations[name]?.messages.map(({ $ref }) => $ref.split("/").pop());
    assert.deepEqual(of("payment-authorize-fn.send.shop"), [
      "com.shop.payment.PaymentAuthorized.v1",
      "com.shop.payment.PaymentDeclined.v1",
    ]);
    assert.deepEqual(of("payment-authorize.receive.shop"), ["com.shop.orders.OrderPlaced.v1"]);
  });

  it("describe what is on the wire", async () => {
    const document = await documentOf(z.object(base));
    const definition = event("com.shop.orders.OrderPlaced.v1", z.object(base), { subject: "id" });
    const ajv = new Ajv({ strict: false });
    addFormats(ajv);
    const check = ajv.compile(document.components.messages["com.shop.orders.OrderPlaced.v1"]?.payload ?? false);
    const sent: object = JSON.parse(JSON.stringify(cloudEvent(definition, { id: "1", total: 5, state: "new" })));
    assert.ok(check(sent), JSON.stringify(check.errors));
    assert.equal(check({ ...sent, data: { id: "1" } }), false);
  });

  const breaks: readonly (readonly [string, z.ZodMiniType, RegExp])[] = [
    [
      "a field that is required from now on",
      z.object({ ...base, city: z.string() }),
      /new code refuses what old code wrote: data.city: is required/,
    ],
    [
      "a field that is gone",
      z.object({ id: base.id, state: base.state, note: base.note }),
      /old code refuses what new code writes: data.total: is required/,
    ],
    ["another type", z.object({ ...base, total: z.string() }), /data.total: integer is not string/],
    ["a value less", z.object({ ...base, state: z.enum(["new"]) }), /new code refuses.*data.state: "old" is not taken/],
    [
      "a value more",
      z.object({ ...base, state: z.enum(["new", "old", "sold"]) }),
      /old code refuses.*data.state: "sold" is not taken/,
    ],
    [
      "a narrower range",
      z.object({ ...base, total: z.int().check(z.minimum(1)) }),
      /new code refuses.*data.total: minimum 1/,
    ],
    [
      "a pattern",
      z.object({ ...base, id: z.string().check(z.regex(/^a/)) }),
      /new code refuses.*data.id: pattern "\^a", where there was none/,
    ],
    ["strictness", z.strictObject(base), /new code refuses.*data: takes no other fields/],
  ];
  for (const [name, data, reason] of breaks)
    it(`break by ${name}`, async () => {
      const changes = compare(await documentOf(z.object(base)), await documentOf(data));
      assert.ok(
        changes.some((change) => change.breaking && reason.test(change.reason)),
        JSON.stringify(changes),
      );
    });

  it("break by another subject, by a field that is promoted no more, and by an event that is gone", async () => {
    const before = await documentOf(z.object({ ...base, key: z.string() }), { promote: ["total"] });
    const reasons = (after: AsyncApi) =>
      compare(before, after)
        .map(({ reason, breaking }) => `${breaking} ${reason}`)
        .join("\n");
    assert.match(
      reasons(await documentOf(z.object({ ...base, key: z.string() }), { subject: "key", promote: ["total"] })),
      /true the subject is key/,
    );
    assert.match(
      reasons(await documentOf(z.object({ ...base, key: z.string() }))),
      /true total is not promoted any more/,
    );
    assert.match(
      reasons(await documentOf(z.object(base), { type: "com.shop.orders.OrderPlaced.v2" })),
      /true is gone.*\nfalse is new/,
    );
  });

  it("do not break by an optional field, a promoted one, or a new event", async () => {
    const before = await documentOf(z.object(base));
    const more = await documentOf(z.object({ ...base, city: z.optional(z.string()) }), { promote: ["total"] });
    assert.deepEqual(
      compare(before, more).map(({ breaking, reason }) => [breaking, reason]),
      [[false, "has city in addition"]],
    );
    assert.deepEqual(compare(before, before), []);
  });

  it("are checked by the command, with the way out", async () => {
    const folder = mkdtempSync(join(tmpdir(), "contracts-"));
    try {
      const stack = readStack(project, "fulfilment-local");
      const document = await contractsOf(stack);
      const file = join(folder, "before.json");
      writeFileSync(file, JSON.stringify(document));
      assert.deepEqual(await checkContracts(stack, file), {
        text: "0 breaking, 0 compatible changes",
        compatible: true,
      });
      const event = structuredClone(document) as AsyncApi & {
        components: { messages: Record<string, { payload: Record<string, Record<string, Record<string, unknown>>> }> };
      };
      const data = event.components.messages["com.shop.orders.OrderPlaced.v1"]?.payload.properties?.data as {
        properties: Record<string, unknown>;
        required: string[];
      };
      data.properties.coupon = { type: "string" };
      data.required.push("coupon");
      writeFileSync(file, JSON.stringify(event));
      const report = await checkContracts(stack, file);
      assert.equal(report.compatible, false);
      assert.match(
        report.text,
        /breaks {2}com\.shop\.orders\.OrderPlaced\.v1: old code refuses what new code writes: data\.coupon: is required\nWay out: .*v2/,
      );
      for (const [content, problem] of [
        ["{", /is no JSON/],
        ["{}", /is no AsyncAPI 3\.0\.0 document/],
      ] as const) {
        writeFileSync(file, content);
        await assert.rejects(checkContracts(stack, file), problem);
      }
      await assert.rejects(checkContracts(stack, join(folder, "nowhere.json")), /cannot be read/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("compare schemas soundly: what is called compatible is accepted (property, 3,000 pairs)", function () {
    this.timeout(60_000);
    const leaf = fc.oneof(
      fc.record({ type: fc.constant("string"), maxLength: fc.integer({ min: 0, max: 3 }) }),
      fc.constant({ type: "string" }),
      fc.record({ type: fc.constantFrom("integer", "number"), minimum: fc.integer({ min: -2, max: 2 }) }),
      fc.record({ enum: fc.uniqueArray(fc.constantFrom("a", "bb", 1, null), { minLength: 1 }) }),
      fc.constant({ anyOf: [{ type: "string" }, { type: "null" }] }),
    );
    const schema = fc.oneof(
      leaf,
      leaf.map((items) => ({ type: "array", items })),
      fc
        .record({
          a: leaf,
          b: leaf,
          strict: fc.boolean(),
          needs: fc.subarray(["a", "b"]),
          has: fc.subarray(["a", "b"]),
        })
        .map(({ a, b, strict, needs, has }) => ({
          type: "object",
          properties: Object.fromEntries(has.map((name) => [name, name === "a" ? a : b])),
          required: needs,
          ...(strict && { additionalProperties: false }),
        })),
    );
    const plain = fc.constantFrom<unknown>("", "a", "bb", "cccc", -3, 0, 1, 1.5, 5, null, true);
    const value = fc.oneof(plain, fc.array(plain, { maxLength: 2 }), fc.dictionary(fc.constantFrom("a", "b"), plain));
    let compatible = 0;
    fc.assert(
      fc.property(schema, schema, fc.array(value, { minLength: 15, maxLength: 15 }), (wide, narrow, values) => {
        if (differences(wide, narrow).length > 0) return;
        compatible++;
        const [accepts, given] = [wide, narrow].map((one) => new Ajv({ strict: false }).compile(one));
        for (const one of values) {
          const undeclared = typeof one === "object" && one !== null && !Array.isArray(one);
          // What the narrow schema neither names nor forbids is not sent by its senders.
          const names = Object.keys(("properties" in narrow && narrow.properties) || {});
          if (undeclared && Object.keys(one).some((name) => !names.includes(name))) continue;
          if (given?.(one)) assert.ok(accepts?.(one), JSON.stringify(one));
        }
      }),
      { numRuns: 3000 },
    );
    assert.ok(compatible > 100, `only ${compatible} pairs were compatible`);
  });
});
