import assert from "node:assert/strict";
import * as z from "zod/mini";
import type { TableReader } from "../../runtime/clients";
import type { HttpHandler, HttpRequest, HttpResponse, Identity, QueueHandler } from "../../runtime/handler";
import { type AnyHttpHandler, createHttpRoutes, type NativeCall, type NativeRequest } from "../../runtime/http-route";
import type { AnyQueueHandler } from "../../runtime/queue-worker";
import { matchRoute } from "../../runtime/route-match";
import type { HttpRouteSettings, Schema } from "../../runtime/settings";
import { TRACE_ID, TRACEPARENT } from "./events";
import { Order, ROUTE, recordingSink } from "./support";

type Handler = HttpHandler<string, unknown, unknown>;

function served(handler: Handler, routes: readonly Partial<HttpRouteSettings>[] = [{}], schema?: Schema) {
  const { sink, records } = recordingSink();
  const environment = { SB_SETTINGS: JSON.stringify(routes.map((route) => ({ ...ROUTE, ...route }))) };
  const { handle } = createHttpRoutes(handler, { uses: {}, ...(schema && { schema }) }, { environment, sink });
  const ask = async (request: Partial<NativeRequest> = {}, call: Partial<NativeCall> = {}) => {
    const native = { method: "GET", path: "/orders/1", query: new URLSearchParams(), headers: {}, ...request };
    const reply = await handle(native, { admit: () => ({ admitted: true }), ...call });
    return { ...reply, json: reply.body === "" ? undefined : JSON.parse(reply.body) };
  };
  return { ask, records };
}

const ok: Handler = async () => ({ status: 200, body: { ok: true } });
const post = (body: unknown, type = "application/json") => ({
  method: "POST",
  path: "/orders",
  headers: { "content-type": type },
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const POST: Partial<HttpRouteSettings> = { method: "POST", path: "/orders" };

describe("HTTP routes", () => {
  it("hand the handler a request in neutral terms", async () => {
    let seen: HttpRequest<string, unknown> | undefined;
    const { ask } = served(async (request, ctx) => {
      seen = request;
      assert.equal(ctx.traceId, TRACE_ID);
      assert.ok(ctx.remainingMs() > 9000 && ctx.remainingMs() <= 10_000);
      return { status: 200, headers: { "X-Made-By": "us" }, body: { ok: true } };
    });
    const reply = await ask({
      path: "/orders/a%2Fb%20c",
      query: new URLSearchParams("x=1&y=2&x=3&__proto__=p"),
      headers: { traceparent: TRACEPARENT },
    });
    assert.deepEqual(reply.json, { ok: true });
    assert.deepEqual(reply.headers, { "content-type": "application/json", "x-made-by": "us" });
    assert.deepEqual(seen?.params, { id: "a/b c" });
    assert.deepEqual(Object.entries(seen?.query ?? {}), [
      ["x", "1,3"],
      ["y", "2"],
      ["__proto__", "p"],
    ]);
    assert.equal(seen?.body, undefined);
    assert.equal("identity" in (seen ?? {}), false);
  });

  it("parse the body with the schema", async () => {
    const { ask } = served(async ({ body }) => ({ status: 202, body }), [POST], Order);
    assert.deepEqual((await ask(post({ id: "1", quantity: 2, extra: true }))).json, { id: "1", quantity: 2 });
    assert.equal(
      (await ask(post({ id: "1", quantity: 2 }, "application/vnd.shop.v1+json; charset=utf-8"))).status,
      202,
    );
  });

  it("name the wrong fields of a body as a problem", async () => {
    // A function has zod/mini only; the whole of zod, loaded by other tests, gives all schemas of a process its own texts.
    z.config({ localeError: undefined });
    const Strict = z.strictObject({
      id: z.string(),
      lines: z.array(z.object({ "a/b": z.number().check(z.minimum(1)) })),
    });
    const { ask } = served(ok, [POST], Strict);
    const reply = await ask(post({ id: 5, lines: [{ "a/b": 0 }], color: "red" }));
    assert.equal(reply.status, 400);
    assert.equal(reply.headers["content-type"], "application/problem+json");
    const { detail, ...rest } = reply.json;
    assert.equal(typeof detail, "string");
    assert.deepEqual(rest, {
      type: "about:blank",
      title: "Bad Request",
      status: 400,
      errors: [
        { pointer: "#/id", detail: "string expected" },
        { pointer: "#/lines/0/a~1b", detail: "at least 1 expected" },
        { pointer: "#/color", detail: "unknown field" },
      ],
    });
  });

  for (const [name, request, status] of [
    ["no JSON", post("{"), 400],
    ["bytes that are no UTF-8", { ...post(""), body: new Uint8Array([0x22, 0xff, 0x22]) }, 400],
    ["no body", post(""), 400],
    ["another media type", post("id=1", "application/x-www-form-urlencoded"), 415],
    ["no media type", { ...post("{}"), headers: {} }, 415],
    ["one byte too many", post(JSON.stringify({ id: "x".repeat(1001 - 22), quantity: 1 })), 413],
    ["another path", { ...post("{}"), path: "/order" }, 404],
    ["a path below", { ...post("{}"), path: "/orders/" }, 404],
    ["another method", { ...post("{}"), method: "PUT" }, 405],
    ["a broken escape", { ...post("{}"), path: "/orders%" }, 400],
  ] as const)
    it(`answer ${name} with ${status}`, async () => {
      let calls = 0;
      const { ask, records } = served(
        async () => {
          calls++;
          return { status: 200 };
        },
        [POST],
        Order,
      );
      const reply = await ask(request);
      assert.equal(reply.status, status);
      assert.equal(reply.json.status, status);
      assert.equal(reply.headers["content-type"], "application/problem+json");
      if (status === 405) assert.equal(reply.headers.allow, "POST");
      assert.deepEqual([calls, records], [0, []]);
    });

  it("accept a body of exactly the limit, counted in bytes", async () => {
    const { ask } = served(ok, [POST], z.string());
    assert.equal((await ask(post(JSON.stringify("ü".repeat(499))))).status, 200);
    assert.equal((await ask(post(JSON.stringify("ü".repeat(500))))).status, 413);
  });

  it("answer a throwing handler with 500 and log the cause with the trace", async () => {
    const { ask, records } = served(() => Promise.reject(new Error("connection to db-7.internal lost")));
    const reply = await ask({ headers: { traceparent: TRACEPARENT } });
    assert.equal(reply.status, 500);
    assert.equal(reply.json.traceId, TRACE_ID);
    assert.equal(reply.body.includes("db-7"), false);
    assert.deepEqual(
      records.map(({ level, cause, traceId }) => [level, cause, traceId]),
      [["ERROR", "Error: connection to db-7.internal lost", TRACE_ID]],
    );
  });

  const loop: { self?: unknown } = {};
  loop.self = loop;
  for (const [name, response] of [
    ["no response", undefined],
    ["status 99", { status: 99 }],
    ["status 600", { status: 600 }],
    ["status 200.5", { status: 200.5 }],
    ["status as text", { status: "200" }],
    ["a loop", { status: 200, body: loop }],
    ["a big integer", { status: 200, body: 1n }],
    ["a function", { status: 200, body: () => 1 }],
    ["a header that ends the line", { status: 200, headers: { "x-a": "1\r\nset-cookie: a=b" } }],
    ["a header name with a space", { status: 200, headers: { "x a": "1" } }],
    ["a header that is no text", { status: 200, headers: { "x-a": 1 } }],
  ] as const)
    it(`answer ${name} from the handler with 500`, async () => {
      const { ask, records } = served((async () => response) as unknown as Handler);
      assert.equal((await ask()).status, 500);
      assert.match(String(records[0]?.cause), /^InvalidResult: /);
    });

  it("send texts under a content type of their own as they are, other texts as JSON, and no body with 204", async () => {
    const answers: HttpResponse[] = [
      { status: 200, headers: { "Content-Type": "text/csv" }, body: "a,b" },
      { status: 200, body: "a,b" },
      { status: 204, body: { x: 1 } },
      { status: 299 },
    ];
    const { ask } = served(async () => answers.shift() ?? { status: 500 }, [{ method: "GET" }]);
    const replies = [];
    for (let left = 4; left > 0; left--) replies.push(await ask().catch((error: Error) => error.name));
    assert.equal(replies[0], "SyntaxError", "a,b is no JSON");
    assert.deepEqual(
      replies.slice(1).map((reply) => typeof reply === "object" && [reply.status, reply.body]),
      [
        [200, '"a,b"'],
        [204, ""],
        [299, ""],
      ],
    );
  });
});

describe("HTTP routes with auth", () => {
  const identity = (scopes: readonly string[], issuer = "https://issuer.example"): Identity => ({
    subject: "user-1",
    issuer,
    scopes,
    claims: {},
  });
  const jwt = {
    kind: "jwt",
    issuer: "https://issuer.example",
    audience: ["shop"],
    scopes: ["orders:read", "orders:list"],
  } as const;
  const as = (who?: Identity): Partial<NativeCall> => ({
    admit: () => ({ admitted: true, ...(who && { identity: who }) }),
  });

  for (const [name, auth, who, status] of [
    ["no identity on a JWT route", jwt, undefined, 401],
    ["no identity on an IAM route", { kind: "iam" }, undefined, 401],
    ["an empty subject", jwt, { ...identity(["orders:read", "orders:list"]), subject: "" }, 401],
    ["another issuer", jwt, identity(["orders:read", "orders:list"], "https://evil.example"), 401],
    ["no issuer", jwt, { subject: "u", scopes: ["orders:read", "orders:list"], claims: {} }, 401],
    ["one scope of two", jwt, identity(["orders:read"]), 403],
    ["all scopes and more", jwt, identity(["x", "orders:list", "orders:read"]), 200],
    ["any identity on an IAM route", { kind: "iam" }, identity([]), 200],
  ] as const)
    it(`answer ${name} with ${status}`, async () => {
      const { ask } = served(async ({ identity: seen }) => ({ status: 200, body: seen }), [{ auth }]);
      const reply = await ask({}, as(who));
      assert.equal(reply.status, status);
      if (status === 200) assert.equal(reply.json.subject, "user-1");
      else assert.equal(reply.json.status, status);
    });

  it("give no identity to a handler of a route without auth", async () => {
    const { ask } = served(async (request) => ({ status: 200, body: { has: "identity" in request } }));
    assert.deepEqual((await ask({}, as(identity([])))).json, { has: false });
  });

  it("refuse whoever is not the gateway before anything else is looked at", async () => {
    const { ask, records } = served(ok, [{ auth: { kind: "none" } }]);
    for (const path of ["/orders/1", "/nowhere", "/%"]) {
      const reply = await ask({ path }, { admit: () => ({ admitted: false }) });
      assert.equal(reply.status, 403);
    }
    assert.equal(records.length, 3);
  });

  it("check each route's own auth when several share one function", async () => {
    const { ask } = served(ok, [{ path: "/open" }, { path: "/{any}", auth: { kind: "iam" } }]);
    assert.equal((await ask({ path: "/open" })).status, 200);
    assert.equal((await ask({ path: "/closed" })).status, 401);
    assert.equal((await ask({ path: "/op%65n" })).status, 200);
    assert.equal((await ask({ path: "/open%2F" })).status, 401, "a slash in a segment is not a separator");
  });
});

describe("route matching", () => {
  const routes = ["GET /orders", "GET /orders/{id}", "DELETE /orders/{id}", "GET /orders/new", "GET /a/{x}/b/{y}"].map(
    (key) => {
      const [method = "", path = ""] = key.split(" ");
      return { method, path };
    },
  );
  const find = (method: string, path: string) => {
    const match = matchRoute(routes, method, path);
    return match.kind === "route"
      ? [match.route.path, match.params]
      : match.kind === "method"
        ? match.allowed
        : match.kind;
  };
  for (const [method, path, expected] of [
    ["GET", "/orders", ["/orders", {}]],
    ["GET", "/orders/7", ["/orders/{id}", { id: "7" }]],
    ["get", "/orders/new", ["/orders/new", {}]],
    ["GET", "/orders/n%65w", ["/orders/new", {}]],
    ["DELETE", "/orders/new", ["/orders/{id}", { id: "new" }]],
    ["PUT", "/orders/7", ["DELETE", "GET"]],
    ["GET", "/orders/", "none"],
    ["GET", "/orders//", "none"],
    ["GET", "/ORDERS", "none"],
    ["GET", "/a/1/b/..%2F2", ["/a/{x}/b/{y}", { x: "1", y: "../2" }]],
    ["GET", "/orders/%E0%A4%A", "malformed"],
  ] as const)
    it(`${method} ${path}`, () => assert.deepEqual(find(method, path), expected));
});

describe("adapters' types", () => {
  it("take every handler that the contract allows", () => {
    type Store = { readonly store: TableReader<{ id: string }> };
    const typed: HttpHandler<"id", { quantity: number }, Store> = async ({ params, body }, { uses }) => {
      const item = await uses.store.get(params.id);
      return { status: 200, body: { item, quantity: body.quantity } };
    };
    const any: AnyHttpHandler = typed;
    const worker: QueueHandler<{ id: string }, Store> = async () => {};
    const anyWorker: AnyQueueHandler = worker;
    assert.deepEqual([typeof any, typeof anyWorker], ["function", "function"]);
  });
});
