import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Auth, code, HttpApi } from "../../components";
import type { HttpApiSpec } from "../../components/http-api";
import { Note } from "../fixtures/contracts";
import { inputsOf, planned, registered } from "../support/plan";
import { refusal } from "../support/refusal";

const health = code<typeof import("../fixtures/health")>(__dirname, "../fixtures/health");
const route = { auth: "none", handler: health } as const;
const plan = (routes: Record<string, { auth: Auth; body?: unknown }>) =>
  planned("local", () => void new HttpApi("api", { routes: routes as never }));
const jwt = (issuer: string, audience: string[] = ["api"]) => ({ ...route, auth: { jwt: { issuer, audience } } });

const environmentOf = (inputs: Record<string, unknown> = {}) => inputs.environment as Record<string, string>;

describe("HttpApi", () => {
  const wrong: [string, Parameters<typeof plan>[0], RegExp][] = [
    ["no routes", {}, /routes is empty/],
    ["a method in lower case", { "get /health": route }, /routes\["get \/health"\] is no method and path/],
    ["a path without a slash", { "GET health": route }, /is no method and path/],
    ["a path that ends with a slash", { "GET /health/": route }, /is no method and path/],
    ["an unclosed parameter", { "GET /notes/{id": route }, /is no method and path/],
    ["a parameter named twice", { "GET /{id}/{id}": route }, /names a path parameter twice/],
    [
      "routes that differ in parameter names only",
      { "GET /a/{x}": route, "GET /a/{y}": route },
      /differ in parameter names only/,
    ],
    ["a body on GET", { "GET /notes": { ...route, body: Note } }, /has a body, which gateways drop on GET/],
    [
      "a route that does not say who may call",
      { "GET /health": { handler: health } as never },
      /auth is not set.*\n.*"none", "iam"/,
    ],
    [
      "an issuer without https",
      { "GET /health": jwt("http://login.shop.example/") },
      /issuer="http:\/\/login\.shop\.example\/" is no https address/,
    ],
    ["an issuer with a query", { "GET /health": jwt("https://login.shop.example/?x=1") }, /is no https address/],
    ["no audience", { "GET /health": jwt("https://login.shop.example/", []) }, /audience is empty/],
  ];
  for (const [what, routes, message] of wrong) {
    it(`refuses ${what}`, async () => assert.match((await refusal(plan(routes))).message, message));
  }

  it("takes an issuer of this machine on local only", async () => {
    const program = () =>
      void new HttpApi("api", { routes: { "GET /health": jwt("http://127.0.0.1:9000/") } as never });
    await planned("local", program);
    for (const cloud of ["aws", "azure", "gcp"] as const)
      assert.match((await refusal(planned(cloud, program))).message, /is no https address/);
  });

  it("gives each handler a function of its own, and routes that share handler and uses one", async () => {
    const result = await plan({ "GET /health": route, "GET /ready": route });
    const functions = inputsOf(result, "localcloud:index:Function");
    assert.equal(functions.length, 1);
    const settings = JSON.parse(
      environmentOf(functions[0]).SB_SETTINGS ?? "[]",
    ) as HttpApiSpec["groups"][number]["routes"];
    assert.deepEqual(
      settings.map(({ path }) => path),
      ["/health", "/ready"],
    );
  });

  it("names functions after their files, and no two alike", async () => {
    const folder = mkdtempSync(join(tmpdir(), "handlers-"));
    try {
      for (const file of ["page2", "a/page", "b/page"]) {
        mkdirSync(join(folder, file, ".."), { recursive: true });
        writeFileSync(
          join(folder, `${file}.ts`),
          `export const handler = async () => ({ status: 200, body: "${file}" });`,
        );
      }
      const routes = Object.fromEntries(
        ["page2", "a/page", "b/page"].map((file) => [`GET /${file}`, { auth: "none", handler: code(folder, file) }]),
      );
      const result = await plan(routes as never);
      const functions = result.resources.filter(({ type }) => type === "localcloud:index:Function");
      assert.deepEqual(functions.map(({ name }) => name).sort(), ["api-page", "api-page2", "api-page3"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("registers who may call each route, for the policies", async () => {
    const { outputs } = registered(
      await plan({ "GET /health": route, "GET /mine": jwt("https://login.shop.example/") }),
      "api",
    );
    assert.deepEqual(outputs.routes, [
      { auth: "none", method: "GET", path: "/health" },
      { auth: "jwt", method: "GET", path: "/mine" },
    ]);
  });
});
