import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { TurnableClock } from "../../local/clock";
import type { LocalCloud } from "../../local/cloud";
import type { LocalResources } from "../../local/resources";
import { functionInputs, makeCloud, send } from "./support";

const echo =
  "async (event) => ({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...event, body: event.body && Buffer.from(event.body).toString() }) })";

async function makeApi(cloud: LocalCloud, more: Partial<LocalResources["Api"]> = {}, handler = echo): Promise<string> {
  await cloud.create("Function", functionInputs(handler));
  const route = (method: string, path: string) => ({ method, path, function: "f", auth: { kind: "none" as const } });
  const routes = [route("GET", "/orders/{id}"), route("POST", "/orders"), route("PUT", "/orders/{id}")];
  const state = await cloud.create("Api", {
    name: "api",
    routes,
    maxBodyBytes: 10,
    timeoutSeconds: 2,
    logStore: "logs",
    ...more,
  });
  return String(state.outputs.url);
}

describe("local API", () => {
  let cloud: LocalCloud;
  beforeEach(async () => {
    cloud = await makeCloud();
  });
  afterEach(() => cloud.close());

  it("forwards a request as it was on the wire, with its body and without an identity of the caller's making", async () => {
    const url = await makeApi(cloud);
    const headers = { "x-identity": "admin", "x-twice": "1" };
    const { status, json } = await send(`${url}/orders?a=1&a=2`, { method: "POST", body: "0123456789", headers });
    assert.equal(status, 200);
    assert.deepEqual(
      [json.method, json.path, json.query, json.body, json.identity],
      ["POST", "/orders", "a=1&a=2", "0123456789", undefined],
    );
    assert.equal((await send(`${url}/orders/a%2Fb`)).json.path, "/orders/a%2Fb");
  });

  it("continues the caller's trace, or starts one", async () => {
    const url = await makeApi(cloud);
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const seen = await send(`${url}/orders/1`, { headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` } });
    const inside = (seen.json.headers as Record<string, string>).traceparent ?? "";
    assert.match(inside, new RegExp(`^00-${trace}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
    assert.equal(seen.headers.traceparent, inside);
    assert.match(String((await send(`${url}/orders/1`)).headers.traceparent), /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it("answers what it cannot forward as problem+json", async () => {
    const url = await makeApi(cloud);
    const cases = [
      [await send(`${url}/nothing`), 404, /nothing at this path/],
      [await send(`${url}/orders/1`, { method: "DELETE" }), 405, /GET, PUT/],
      [await send(`${url}/orders/%zz`), 400, /percent-encoding/],
      [await send(`${url}/orders`, { method: "POST", body: "01234567890" }), 413, /larger than 10 bytes/],
      [
        await send(`${url}/orders`, {
          method: "POST",
          body: "01234567890",
          headers: { "transfer-encoding": "chunked" },
        }),
        413,
        /larger than 10 bytes/,
      ],
    ] as const;
    for (const [reply, status, detail] of cases) {
      assert.equal(reply.status, status);
      assert.equal(reply.headers["content-type"], "application/problem+json");
      assert.deepEqual([reply.json.status, reply.json.type], [status, "about:blank"]);
      assert.match(String(reply.json.detail), detail);
    }
    assert.equal(cases[1][0].headers.allow, "GET, PUT");
  });

  it("answers 502 when the function fails or answers nonsense, telling the caller nothing of why", async () => {
    const url = await makeApi(
      cloud,
      {},
      `async (event) => { if (event.path === "/orders/1") throw new Error("password=hunter2"); return event.path === "/orders/2" ? 7 : process.exit(); }`,
    );
    for (const id of [1, 2, 3]) {
      const { status, text } = await send(`${url}/orders/${id}`);
      assert.equal(status, 502);
      assert.doesNotMatch(text, /hunter2|exit/);
    }
  });

  it("is not harmed by headers that HTTP does not allow, or that are the server's to say", async () => {
    const handler = `async ({ path }) => ({ status: path === "/orders/3" ? 204 : 200, body: "fine", headers: path === "/orders/1" ? { "x y": "z" } : { "Content-Length": "9", "transfer-encoding": "chunked", "x-ok": "1" } })`;
    const url = await makeApi(cloud, {}, handler);
    assert.equal((await send(`${url}/orders/1`)).status, 502);
    const fine = await send(`${url}/orders/2`);
    assert.deepEqual(
      [fine.status, fine.text, fine.headers["content-length"], fine.headers["x-ok"]],
      [200, "fine", "4", "1"],
    );
    const empty = await send(`${url}/orders/3`);
    assert.deepEqual([empty.status, empty.text, empty.headers["content-length"]], [204, "", undefined]);
  });

  it("answers 504 when the function is late, by the API's limit or its own", async () => {
    const url = await makeApi(cloud, { timeoutSeconds: 0.2 }, "() => new Promise(() => {})");
    const started = performance.now();
    assert.equal((await send(`${url}/orders/1`)).status, 504);
    assert.ok(performance.now() - started < 2000, "not by the function's five seconds");
    await cloud.update("Function", "f", functionInputs("() => new Promise(() => {})", { timeoutSeconds: 0.1 }));
    assert.equal((await send(`${url}/orders/1`)).status, 504);
  });

  it("throttles by a bucket that fills with time", async () => {
    await cloud.close();
    const clock = new TurnableClock();
    cloud = await makeCloud({ clock });
    const url = await makeApi(cloud, { throttleRate: 0.5, throttleBurst: 2 });
    const statuses = async () => [
      (await send(`${url}/none`)).status,
      (await send(`${url}/none`)).status,
      (await send(`${url}/none`)).status,
    ];
    assert.deepEqual(await statuses(), [404, 404, 429]);
    const refused = await send(`${url}/none`);
    assert.deepEqual(
      [refused.status, refused.headers["retry-after"], refused.headers["content-type"]],
      [429, "2", "application/problem+json"],
    );
    await clock.advance(2000);
    assert.deepEqual(await statuses(), [404, 429, 429]);
  });

  it("answers preflights of allowed origins, lets their pages read, and refuses changes from others", async () => {
    const url = await makeApi(cloud, {
      cors: { origins: ["https://shop.example"], headers: ["content-type"], maxAgeSeconds: 60 },
    });
    const preflight = (origin: string) =>
      send(`${url}/orders`, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
    const good = await preflight("https://shop.example");
    assert.equal(good.status, 204);
    assert.equal(good.headers["access-control-allow-origin"], "https://shop.example");
    assert.deepEqual(
      [
        good.headers["access-control-allow-methods"],
        good.headers["access-control-allow-headers"],
        good.headers["access-control-max-age"],
      ],
      ["POST", "content-type", "60"],
    );
    const bad = await preflight("https://evil.example");
    assert.deepEqual([bad.status, bad.headers["access-control-allow-origin"]], [403, undefined]);
    assert.equal(
      (await send(`${url}/orders`, { method: "POST", headers: { origin: "https://evil.example" } })).status,
      403,
    );
    assert.equal(
      (await send(`${url}/orders`, { method: "POST", headers: { origin: "https://shop.example" } })).status,
      200,
    );
    assert.equal(
      (await send(`${url}/orders`, { method: "POST", headers: { origin: url } })).status,
      200,
      "its own pages",
    );
    const other = await send(`${url}/orders/1`, { headers: { origin: "https://evil.example" } });
    assert.deepEqual([other.status, other.headers["access-control-allow-origin"]], [200, undefined]);
  });

  it("refuses changes from pages of any origin where CORS was not asked for", async () => {
    const url = await makeApi(cloud);
    assert.equal(
      (await send(`${url}/orders`, { method: "POST", headers: { origin: "https://shop.example" } })).status,
      403,
    );
    assert.equal(
      (
        await send(`${url}/orders`, {
          method: "OPTIONS",
          headers: { origin: "https://shop.example", "access-control-request-method": "POST" },
        })
      ).status,
      403,
    );
  });

  it("answers to loopback names only", async () => {
    const url = await makeApi(cloud);
    const { port } = new URL(url);
    assert.equal((await send(`${url}/orders/1`, { headers: { host: `attacker.example:${port}` } })).status, 421);
    assert.equal((await send(`${url}/orders/1`, { headers: { host: `localhost:${port}` } })).status, 200);
  });

  it("logs each request without path values, query or payload", async () => {
    const url = await makeApi(cloud);
    await send(`${url}/orders/alice@example.com?card=visa`, { method: "PUT", body: "secret" });
    const lines = cloud.find("LogStore", "logs")?.read({ source: "api" }) ?? [];
    const line = JSON.parse(lines.at(-1)?.text ?? "{}") as Record<string, unknown>;
    assert.deepEqual([line.message, line.route, line.status], ["access", "PUT /orders/{id}", 200]);
    assert.doesNotMatch(JSON.stringify(lines), /alice|visa|secret/);
  });

  it("takes changed routes on the same port; a taken port is one clear error and leaves the old one", async () => {
    const url = await makeApi(cloud);
    const inputs = cloud.list("Api")[0]?.inputs;
    assert.ok(inputs);
    const routes = [{ method: "GET", path: "/new", function: "f", auth: { kind: "none" as const } }];
    assert.equal((await cloud.update("Api", "api", { ...inputs, routes })).outputs.url, url);
    assert.deepEqual([(await send(`${url}/new`)).status, (await send(`${url}/orders/1`)).status], [200, 404]);
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as AddressInfo;
    await assert.rejects(cloud.update("Api", "api", { ...inputs, port }), {
      name: "AddressInUse",
      message: new RegExp(`port ${port} is in use`),
    });
    assert.equal((await send(`${url}/new`)).status, 200);
    taken.close();
  });

  it("lets a client see the refusal of a large body, however much it had sent", async () => {
    const url = await makeApi(cloud);
    const response = await fetch(`${url}/orders`, { method: "POST", body: "x".repeat(5_000_000) });
    assert.equal(response.status, 413);
  });

  it("finishes the requests that run before it closes, and waits for no idle connection", async () => {
    const url = await makeApi(
      cloud,
      {},
      `() => new Promise((done) => setTimeout(done, 100, { status: 200, headers: {}, body: "late" }))`,
    );
    const running = fetch(`${url}/orders/1`);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const started = performance.now();
    await cloud.drain();
    assert.ok(performance.now() - started < 2000, "not the five seconds that connections are kept");
    assert.equal(await (await running).text(), "late");
    await assert.rejects(fetch(`${url}/orders/1`));
  });

  it("of one name is made once, also when two are asked for at the same time", async () => {
    await cloud.create("Function", functionInputs(echo));
    const routes = [{ method: "GET", path: "/", function: "f", auth: { kind: "none" as const } }];
    const make = () =>
      cloud.create("Api", { name: "api", routes, maxBodyBytes: 10, timeoutSeconds: 2, logStore: "logs" });
    const results = await Promise.allSettled([make(), make()]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  });

  it("iam: takes the operator's token and nothing else", async () => {
    const url = await makeApi(cloud, { routes: [{ method: "GET", path: "/", function: "f", auth: { kind: "iam" } }] });
    for (const authorization of ["", "Bearer x", `Basic ${cloud.token}`, cloud.token]) {
      assert.equal((await send(url, { headers: { authorization } })).status, 401);
    }
    const { status, json } = await send(url, { headers: { authorization: `Bearer ${cloud.token}` } });
    assert.deepEqual([status, (json.identity as { subject: string }).subject], [200, "operator"]);
  });
});

describe("local API with JWT", () => {
  let cloud: LocalCloud;
  let issuer: Issuer;
  let url: string;
  before(async () => {
    issuer = await startIssuer();
    cloud = await makeCloud();
    const auth = { kind: "jwt" as const, issuer: issuer.url, audience: ["orders"], scopes: ["orders:read"] };
    url = await makeApi(cloud, { routes: [{ method: "GET", path: "/", function: "f", auth }] });
  });
  after(async () => {
    issuer.server.close();
    await cloud.close();
  });
  const call = (token?: string) =>
    send(url, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });

  it("admits a good token and tells the function who it is", async () => {
    const { status, json } = await call(await issuer.sign({ scope: "orders:read extra" }));
    assert.equal(status, 200);
    const { subject, scopes, issuer: from } = json.identity as Record<string, unknown>;
    assert.deepEqual([subject, scopes, from], ["alice", ["orders:read", "extra"], issuer.url]);
  });

  it("asks for a token where there is none", async () => {
    const { status, headers, json } = await call();
    assert.deepEqual([status, headers["www-authenticate"], json.status], [401, "Bearer", 401]);
  });

  const base = { scope: "orders:read" };
  const bad: readonly (readonly [string, () => Promise<string>])[] = [
    ["expired", () => issuer.sign(base, { expires: "-1m" })],
    ["of another audience", () => issuer.sign(base, { audience: "billing" })],
    ["of another issuer", () => issuer.sign(base, { issuer: "https://evil.example" })],
    ["without expiry", () => issuer.sign(base, { expires: null })],
    ["not valid yet", () => issuer.sign({ ...base, nbf: Math.floor(Date.now() / 1000) + 600 })],
    ["signed with another key", () => issuer.signForged(base)],
    ["signed with the public key as a shared secret", () => issuer.signConfused(base)],
    ["of algorithm none", async () => unsigned({ ...base, iss: issuer.url, aud: "orders", sub: "alice", exp: 2e9 })],
    ["with its claims exchanged", async () => exchanged(await issuer.sign({ scope: "other" }), base)],
    ["not a token at all", async () => "abc"],
  ];
  for (const [what, token] of bad) {
    it(`refuses a token ${what}`, async () => {
      const { status, headers } = await call(await token());
      assert.equal(status, 401);
      assert.match(String(headers["www-authenticate"]), /invalid_token/);
    });
  }

  it("refuses a good token without the scope with 403", async () => {
    const { status, headers } = await call(await issuer.sign({ scope: "orders:write" }));
    assert.equal(status, 403);
    assert.match(String(headers["www-authenticate"]), /insufficient_scope.*orders:read/);
  });

  it("asks no keys over a connection that could be tampered with", async () => {
    issuer.keys = "http://keys.example/";
    const other = await makeCloud();
    const auth = { kind: "jwt" as const, issuer: issuer.url, audience: ["orders"], scopes: [] };
    const api = await makeApi(other, { routes: [{ method: "GET", path: "/", function: "f", auth }] });
    const authorization = `Bearer ${await issuer.sign({})}`;
    assert.equal((await send(api, { headers: { authorization } })).status, 503);
    issuer.keys = `${issuer.url}/keys`;
    assert.equal((await send(api, { headers: { authorization } })).status, 200);
    await other.close();
  });

  it("answers 503 while the issuer cannot be asked, and admits afterwards", async () => {
    issuer.down = true;
    const other = await makeCloud();
    const auth = { kind: "jwt" as const, issuer: issuer.url, audience: ["orders"], scopes: [] };
    const api = await makeApi(other, { routes: [{ method: "GET", path: "/", function: "f", auth }] });
    const authorization = `Bearer ${await issuer.sign({})}`;
    assert.equal((await send(api, { headers: { authorization } })).status, 503);
    issuer.down = false;
    assert.equal((await send(api, { headers: { authorization } })).status, 200);
    await other.close();
  });
});

interface SignOptions {
  readonly expires?: string | null;
  readonly audience?: string;
  readonly issuer?: string;
}

interface Issuer {
  readonly url: string;
  readonly server: Server;
  readonly sign: (claims: Record<string, unknown>, options?: SignOptions) => Promise<string>;
  readonly signForged: (claims: Record<string, unknown>) => Promise<string>;
  readonly signConfused: (claims: Record<string, unknown>) => Promise<string>;
  /** Where its document says that its keys are. */
  keys: string;
  down: boolean;
}

/** An OpenID provider on loopback. */
async function startIssuer(): Promise<Issuer> {
  const { exportJWK, exportSPKI, generateKeyPair, SignJWT } = await import("jose");
  const [own, forged] = [await generateKeyPair("ES256"), await generateKeyPair("ES256")];
  const keys = { keys: [{ ...(await exportJWK(own.publicKey)), kid: "k1", alg: "ES256" }] };
  const server = createServer((request, response) => {
    if (issuer.down) return void response.writeHead(500).end();
    const document = { issuer: issuer.url, jwks_uri: issuer.keys };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(request.url === "/keys" ? keys : document));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const build = (
    claims: Record<string, unknown>,
    alg: string,
    { expires = "5m", audience = "orders", issuer = url }: SignOptions = {},
  ) => {
    const token = new SignJWT({ sub: "alice", ...claims })
      .setProtectedHeader({ alg, kid: "k1" })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt();
    return expires === null ? token : token.setExpirationTime(expires);
  };
  const issuer: Issuer = {
    url,
    server,
    sign: (claims, options) => build(claims, "ES256", options).sign(own.privateKey),
    signForged: (claims) => build(claims, "ES256").sign(forged.privateKey),
    signConfused: async (claims) =>
      build(claims, "HS256").sign(new TextEncoder().encode(await exportSPKI(own.publicKey))),
    keys: `${url}/keys`,
    down: false,
  };
  return issuer;
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

function unsigned(claims: Record<string, unknown>): string {
  return `${encode({ alg: "none" })}.${encode(claims)}.`;
}

function exchanged(token: string, claims: Record<string, unknown>): string {
  const [header, payload = "", signature] = token.split(".");
  const real = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
  return [header, encode({ ...real, ...claims }), signature].join(".");
}
