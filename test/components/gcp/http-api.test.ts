import assert from "node:assert/strict";
import type { ApiConfigArgs, GatewayArgs } from "@pulumi/gcp/apigateway";
import type { RunResult } from "../../../cli/engine";
import { type Auth, code, HttpApi } from "../../../components";
import type {} from "../../../components/gcp";
import type { HttpRouteSettings } from "../../../runtime/settings";
import { planned, registered } from "../../support/plan";
import { refusal } from "../../support/refusal";
import { deployed, inputs, only } from "./support";

const health = code<typeof import("../../fixtures/health")>(__dirname, "../../fixtures/health");
const jwt = { issuer: "https://login.shop.example/", audience: ["notes", "admin"], scopes: ["notes.read"] };
const route = (auth: Auth) => ({ auth, handler: health });
type Extra = Omit<ConstructorParameters<typeof HttpApi<never>>[1], "routes">;
const api = (routes: Record<string, Auth>, extra: Extra = {}) =>
  new HttpApi("api", {
    routes: Object.fromEntries(Object.entries(routes).map(([key, auth]) => [key, route(auth)])) as never,
    ...extra,
  });

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly security: readonly object[];
  readonly "x-google-backend": Readonly<Record<string, unknown>>;
}
interface Document {
  readonly swagger: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly securityDefinitions: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
function document(run: RunResult): Document {
  const { openapiDocuments } = only(run, "gcp:apigateway/apiConfig:ApiConfig") as {
    openapiDocuments: { document: { contents: string } }[];
  };
  return JSON.parse(Buffer.from(openapiDocuments[0]?.document.contents ?? "", "base64").toString()) as Document;
}
const operations = (run: RunResult) =>
  Object.entries(document(run).paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, ...operation })),
  );

describe("HttpApi on gcp", () => {
  let result: RunResult;
  before(async () => {
    result = await deployed(() =>
      api(
        { "GET /notes/{id}": { jwt }, "PUT /notes/{key}": { jwt }, "GET /health": "none" },
        { cors: { origins: ["https://shop.example"] }, timeout: "20 seconds" },
      ),
    );
  });

  it("describes each route to the gateway with the address, audience and patience of its function", () => {
    const { name } = inputs(result, "Function", "api-health");
    const address = `https://${name}-x.a.run.app`;
    assert.equal(document(result).swagger, "2.0");
    for (const one of operations(result))
      assert.deepEqual(one["x-google-backend"], {
        address,
        jwt_audience: address,
        path_translation: "APPEND_PATH_TO_ADDRESS",
        deadline: 20,
      });
    const ids = operations(result).map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[A-Za-z][A-Za-z0-9_]*$/);
  });

  it("spells a path in one way, since the gateway takes differently named parameters for the same path", () => {
    const { paths } = document(result);
    assert.deepEqual(Object.keys(paths).sort(), ["/health", "/notes/{id}"]);
    assert.deepEqual(Object.keys(paths["/notes/{id}"] ?? {}).sort(), ["get", "options", "put"]);
    for (const { path, parameters } of operations(result))
      assert.deepEqual(
        parameters.map((one) => [one.name, one.in, one.required]),
        path === "/notes/{id}" ? [["id", "path", true]] : [],
      );
    const settings = JSON.parse(environment(result).SB_SETTINGS ?? "[]") as { path: string }[];
    assert.deepEqual(settings.map(({ path }) => path).sort(), ["/health", "/notes/{id}", "/notes/{key}"]);
  });

  it("has the gateway check tokens where a route asks for them, finding the issuer's keys by itself", () => {
    const { securityDefinitions } = document(result);
    assert.deepEqual(securityDefinitions, {
      jwt1: {
        type: "oauth2",
        flow: "implicit",
        authorizationUrl: "",
        "x-google-issuer": "https://login.shop.example/",
        "x-google-audiences": "notes,admin",
        "x-google-jwt-locations": [{ header: "Authorization", value_prefix: "Bearer " }],
      },
    });
    for (const { path, method, security } of operations(result))
      assert.deepEqual(
        security,
        path === "/notes/{id}" && method !== "options" ? [{ jwt1: [] }] : [],
        `${method} ${path}`,
      );
  });

  it("names an issuer once, as API Gateway demands, and leaves each route's own audiences to its function", async () => {
    const other = { issuer: "https://staff.shop.example/", audience: ["staff"] };
    const routes = {
      "GET /notes": { jwt: { ...jwt, audience: ["notes"] } },
      "GET /staff": { jwt: other },
      "PUT /notes": { jwt: { ...jwt, audience: ["admin", "notes"] } },
    };
    const run = await deployed(() => api(routes));
    const definitions = Object.values(document(run).securityDefinitions);
    assert.deepEqual(
      definitions.map((one) => [one["x-google-issuer"], one["x-google-audiences"]]),
      [
        [jwt.issuer, "notes,admin"],
        [other.issuer, "staff"],
      ],
    );
    const settings = JSON.parse(environment(run).SB_SETTINGS ?? "[]") as HttpRouteSettings[];
    assert.deepEqual(
      settings.map(({ auth }) => auth.kind === "jwt" && auth.audience),
      Object.values(routes).map((route) => route.jwt.audience),
    );
    assert.deepEqual(
      operations(run).map(({ method, path, security }) => [method, path, security]),
      [
        ["get", "/notes", [{ jwt1: [] }]],
        ["put", "/notes", [{ jwt1: [] }]],
        ["get", "/staff", [{ jwt2: [] }]],
      ],
    );
  });

  it("lets preflight requests through to the function, which knows all methods of the path", () => {
    const settings = JSON.parse(environment(result).SB_SETTINGS ?? "[]") as { path: string; cors: unknown }[];
    assert.deepEqual(settings.find(({ path }) => path === "/notes/{id}")?.cors, {
      origins: ["https://shop.example"],
      headers: ["content-type", "authorization", "idempotency-key", "traceparent"],
      maxAgeSeconds: 3600,
      methods: ["GET", "PUT"],
    });
  });

  it("asks for no preflight and no token where nothing of the kind is asked", async () => {
    const run = await deployed(() => api({ "GET /health": "none" }));
    assert.deepEqual(
      operations(run).map(({ method }) => method),
      ["get"],
    );
    assert.deepEqual(document(run).securityDefinitions, {});
    assert.equal((JSON.parse(environment(run).SB_SETTINGS ?? "[]") as { cors?: unknown }[])[0]?.cors, undefined);
  });

  it("gives another document another configuration, since one cannot be changed, and the same document the same", async () => {
    const id = (run: RunResult) => String(only(run, "gcp:apigateway/apiConfig:ApiConfig").apiConfigId);
    const one = () => api({ "GET /health": "none" });
    const first = id(await deployed(one));
    assert.match(first, /^cfg-[0-9a-f]{16}$/);
    assert.equal(id(await deployed(one)), first);
    assert.notEqual(id(await deployed(() => api({ "GET /ready": "none" }))), first);
    assert.notEqual(id(await deployed(() => api({ "GET /health": "none" }, { timeout: "11 seconds" }))), first);
    assert.notEqual(id(await deployed(() => api({ "GET /health": { jwt } }))), first);
    const transformed = (apiConfig: (args: ApiConfigArgs) => ApiConfigArgs) =>
      deployed(() => api({ "GET /health": "none" }, { transform: { gcp: { apiConfig } } }));
    const contents = Buffer.from("{}").toString("base64");
    const openapiDocuments = [{ document: { path: "openapi.json", contents } }];
    assert.notEqual(id(await transformed((args) => ({ ...args, openapiDocuments }))), first);
    assert.equal(id(await transformed((args) => ({ ...args, displayName: "mine" }))), first);
    assert.equal(id(await transformed((args) => ({ ...args, apiConfigId: "mine" }))), "mine");
  });

  it("calls functions as one account, which the functions are told, and enables the API's own service", () => {
    const { email } = (result.resources.find(({ name, type }) => name === "api" && type.endsWith(":Account"))
      ?.outputs ?? {}) as {
      email?: string;
    };
    assert.deepEqual(only(result, "gcp:apigateway/apiConfig:ApiConfig").gatewayConfig, {
      backendConfig: { googleServiceAccount: email },
    });
    const [settings] = JSON.parse(environment(result).SB_SETTINGS ?? "[]") as { gateway: { serviceAccount: string } }[];
    assert.equal(settings?.gateway.serviceAccount, email);
    const managed = inputs(result, "Service", "api-managed");
    assert.match(String(managed.service), /\.apigateway\.shop-test\.cloud\.goog$/);
    const { outputs } = registered(result, "api");
    assert.match(String(outputs.url), /^https:\/\/sb-.*\.gateway\.dev$/);
  });

  it("keeps ids within what API Gateway takes, and marks them for the log sink", async () => {
    const long = "a-component-whose-name-is-as-long-as-may";
    const run = await deployed(() => {
      new HttpApi(long, { routes: { "GET /health": { auth: "none", handler: health } } });
    });
    const { gatewayId } = only(run, "gcp:apigateway/gateway:Gateway") as { gatewayId: string };
    const { apiId } = only(run, "gcp:apigateway/api:Api") as { apiId: string };
    const name = String(only(run, "gcp:cloudfunctionsv2/function:Function").name);
    const { filter } = only(run, "gcp:logging/projectSink:ProjectSink") as { filter: string };
    const marks = [...filter.matchAll(/=~"(\^[^"]+)"/g)].map((match) => new RegExp(match[1] ?? ""));
    assert.equal(marks.length, 2);
    for (const id of [gatewayId, apiId]) assert.match(id, /^[a-z][a-z0-9-]{0,48}$/);
    assert.match(name, /^[a-z][a-z0-9-]{0,62}$/);
    assert.ok(marks[0]?.test(name) && marks[1]?.test(gatewayId));
    const accounts = run.resources.filter(({ type }) => type.endsWith("account:Account"));
    for (const { inputs } of accounts) assert.match(String(inputs.accountId), /^[a-z]([-a-z0-9]{4,28}[a-z0-9])$/);
  });

  it("refuses before anything is made what this gateway cannot do, all at once", async () => {
    const { problems } = await refusal(
      planned("gcp", () =>
        api(
          { "GET /a": "iam", "GET /b": { jwt: { issuer: "https://login.shop.example/", audience: ["a,b"] } } },
          { throttle: { rate: 10, burst: 20 } },
        ),
      ),
    );
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["SB-C003", "SB-C003", "SB-C003"],
    );
    assert.match(problems[0]?.fact ?? "", /routes\["GET \/a"\]\.auth="iam"/);
    assert.match(problems[1]?.fact ?? "", /comma/);
    assert.match(problems[2]?.fact ?? "", /throttle\.rate=10/);
  });

  it("says that nothing throttles where that is accepted", async () => {
    const run = await planned("gcp", () =>
      api({ "GET /a": "none" }, { throttle: { rate: 10, burst: 20, required: false } }),
    );
    const row = registered(run, "api").contract.find(({ property }) => property === "throttle");
    assert.equal(row?.how, "unsupported");
  });

  it("warns of a region that has no gateways, unless the gateway alone is put elsewhere", async () => {
    const elsewhere = { gateway: (args: GatewayArgs) => ({ ...args, region: "europe-west1" }) };
    const warnings = async (extra: Extra, region: string) => {
      const run = await planned("gcp", () => api({ "GET /a": "none" }, extra), { "gcp:region": region });
      return run.logs.filter(({ severity }) => severity === "warning").map(({ message }) => message);
    };
    assert.deepEqual(await warnings({}, "europe-west2"), []);
    assert.deepEqual(await warnings({ transform: { gcp: elsewhere } }, "europe-west3"), []);
    const [one, ...more] = await warnings({}, "europe-west3");
    assert.match(one ?? "", /"api".* in europe-west3; .*gcp:region/);
    assert.deepEqual(more, []);
  });

  it("hands every child's arguments to its transform", async () => {
    const run = await planned("gcp", () =>
      api(
        { "GET /a": "none" },
        {
          transform: {
            gcp: {
              api: (args) => ({ ...args, displayName: "a" }),
              apiConfig: (args) => ({ ...args, displayName: "b" }),
              gateway: (args) => ({ ...args, region: "us-east4" }),
              function: (args) => ({ ...args, description: "mine" }),
            },
          },
        },
      ),
    );
    assert.equal(only(run, "gcp:apigateway/api:Api").displayName, "a");
    assert.equal(only(run, "gcp:apigateway/apiConfig:ApiConfig").displayName, "b");
    assert.equal(only(run, "gcp:apigateway/gateway:Gateway").region, "us-east4");
    assert.equal(only(run, "gcp:cloudfunctionsv2/function:Function").description, "mine");
  });
});

function environment(run: RunResult): Record<string, string> {
  const { serviceConfig } = inputs(run, "Function", "api-health") as {
    serviceConfig: { environmentVariables: Record<string, string> };
  };
  return serviceConfig.environmentVariables;
}
