import assert from "node:assert/strict";
import { createHttpRoutes } from "../../runtime/http-route";
import { createQueueWorker } from "../../runtime/queue-worker";
import { type ClientFactory, type Parts, useVariable } from "../../runtime/settings";
import { suppression } from "../../runtime/suppression";
import { memoryIdempotency, ROUTE, WORKER } from "./support";

const text = (value: unknown) => JSON.stringify(value);
const startWorker =
  (environment: Record<string, string>, parts: Partial<Parts> = {}) =>
  () =>
    createQueueWorker(async () => {}, { uses: {}, ...parts }, { environment });
const startRoutes = (environment: Record<string, string>) => () =>
  createHttpRoutes(async () => ({ status: 200 }), { uses: {} }, { environment });
const says =
  (...facts: readonly RegExp[]) =>
  (error: unknown) => {
    assert.ok(error instanceof Error && error.name === "StartupError");
    for (const fact of facts) assert.match(error.message, fact);
    assert.match(error.message, /deploy its component again$/);
    return true;
  };

describe("environment", () => {
  it("names variables after keys", () => {
    assert.deepEqual(["store", "orderStore", "orderStore2Db", "API"].map(useVariable), [
      "SB_USE_STORE",
      "SB_USE_ORDER_STORE",
      "SB_USE_ORDER_STORE2_DB",
      "SB_USE_API",
    ]);
  });

  it("starts with all that is needed", () => {
    assert.doesNotThrow(startWorker({ SB_SETTINGS: text(WORKER) }));
    assert.doesNotThrow(startRoutes({ SB_SETTINGS: text([ROUTE]) }));
  });

  it("refuses to start, saying everything that is wrong at once", () => {
    const picky: ClientFactory = () => {
      throw new Error("configuration.url must be a text");
    };
    const { backoff: _, ...partial } = WORKER;
    const start = startWorker(
      { SB_SETTINGS: text({ ...partial, maxDeliveries: "5" }), SB_USE_STORE: "{}", SB_USE_BROKEN: "{" },
      { uses: { store: picky, broken: picky, missing: picky } },
    );
    assert.throws(
      start,
      says(
        /SB_SETTINGS.maxDeliveries must be a number/,
        /SB_SETTINGS.backoff must be an object/,
        /SB_USE_STORE: configuration.url must be a text/,
        /SB_USE_BROKEN is not JSON/,
        /SB_USE_MISSING is not set/,
      ),
    );
  });

  for (const [name, value, fact] of [
    ["nothing", undefined, /SB_SETTINGS is not set/],
    ["no JSON", "{", /SB_SETTINGS is not JSON/],
    ["null", "null", /SB_SETTINGS must be an object/],
    ["a list", "[]", /SB_SETTINGS must be an object/],
    ["an endless timeout", text({ ...WORKER, timeoutSeconds: null }), /SB_SETTINGS.timeoutSeconds must be a number/],
  ] as const)
    it(`refuses ${name} as a worker's settings`, () =>
      assert.throws(startWorker(value === undefined ? {} : { SB_SETTINGS: value }), says(fact)));

  it("refuses idempotency that is asked for and not in the bundle, and the reverse", () => {
    const idempotency = { by: "id", windowSeconds: 60 };
    assert.throws(
      startWorker({ SB_SETTINGS: text({ ...WORKER, idempotency }) }),
      says(/SB_SETTINGS and the bundle disagree about idempotency/),
    );
    assert.throws(
      startWorker(
        { SB_SETTINGS: text(WORKER), SB_IDEMPOTENCY: "{}" },
        { idempotency: suppression(() => memoryIdempotency().table) },
      ),
      says(/SB_SETTINGS and the bundle disagree about idempotency/),
    );
  });

  for (const [name, routes, fact] of [
    ["one route instead of a list", ROUTE, /SB_SETTINGS must be a list/],
    ["no route", [], /lists no route/],
    ["an unknown auth", [{ ...ROUTE, auth: { kind: "basic" } }], /\[0\].auth.kind must be none, iam or jwt/],
    [
      "a JWT auth without issuer",
      [ROUTE, { ...ROUTE, auth: { kind: "jwt", audience: [], scopes: [] } }],
      /\[1\].auth.issuer must be a text/,
    ],
  ] as const)
    it(`refuses ${name} as an API's settings`, () =>
      assert.throws(startRoutes({ SB_SETTINGS: text(routes) }), says(fact)));
});
