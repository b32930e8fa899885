import assert from "node:assert/strict";
import type { RunResult } from "../../../cli/engine";
import { type Auth, code, HttpApi } from "../../../components";
import type {} from "../../../components/azure";
import { planned, registered } from "../../support/plan";
import { refusal } from "../../support/refusal";
import { appId, deployed, inputs, only, settings, tenant } from "./support";

const health = code<typeof import("../../fixtures/health")>(__dirname, "../../fixtures/health");
const jwt = { issuer: "https://login.shop.example/", audience: ["notes", "a&b"], scopes: ["notes.read"] };
type Extra = Omit<ConstructorParameters<typeof HttpApi<never>>[1], "routes">;
const api = (routes: Record<string, Auth>, extra: Extra = {}) =>
  new HttpApi("api", {
    routes: Object.fromEntries(Object.entries(routes).map(([key, auth]) => [key, { auth, handler: health }])) as never,
    ...extra,
  });

/** One element of a policy, as the gateway reads it. */
interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

/** A strict reader of the little XML that policies are made of: whatever is not well-formed fails. */
function parse(xml: string): Element {
  const decode = (text: string) => {
    assert.doesNotMatch(text, /[<>]|&(?!#\d+;)/, "escaped");
    return text.replace(/&#(\d+);/g, (_, point) => String.fromCharCode(Number(point)));
  };
  const root: Element & { children: Element[] } = { name: "", attributes: {}, children: [], text: "" };
  const open: { name: string; attributes: Record<string, string>; children: Element[]; text: string }[] = [root];
  let rest = xml;
  while (rest !== "") {
    const found = /^<\/([a-z-]+)>|^<([a-z-]+)((?: [a-z-]+="[^"]*")*) ?(\/?)>|^[^<]+/.exec(rest);
    if (!found) throw new Error(`not well-formed at ${rest.slice(0, 60)}`);
    const [all, closed, opened, given, empty] = found;
    const parent = open.at(-1);
    if (!parent) throw new Error("more than one root");
    if (closed) {
      assert.equal(open.pop()?.name, closed);
    } else if (opened) {
      const pairs = [...(given ?? "").matchAll(/ ([a-z-]+)="([^"]*)"/g)];
      const attributes = Object.fromEntries(pairs.map(([, key, value]) => [key, decode(value ?? "")]));
      const element = { name: opened, attributes, children: [], text: "" };
      parent.children.push(element);
      if (!empty) open.push(element);
    } else parent.text += decode(all);
    rest = rest.slice(all.length);
  }
  assert.equal(open.length, 1, "all closed");
  const [policies, ...more] = root.children;
  assert.ok(policies && more.length === 0);
  assert.deepEqual(
    policies.children.map(({ name }) => name),
    ["inbound", "backend", "outbound", "on-error"],
  );
  return policies;
}

const section = (policy: Element, name: string) => policy.children.find((one) => one.name === name)?.children ?? [];
const within = (elements: readonly Element[], name: string) => elements.find((one) => one.name === name);

function routePolicies(run: RunResult): Record<string, Element> {
  const names = run.resources.filter(({ type }) => type.endsWith(":ApiOperation")).map(({ name }) => name);
  return Object.fromEntries(
    names.map((name) => [
      String(inputs(run, "ApiOperation", name).displayName),
      parse(String(inputs(run, "ApiOperationPolicy", name).value)),
    ]),
  );
}

describe("HttpApi on azure", () => {
  let result: RunResult;
  let policies: Record<string, Element>;
  before(async () => {
    result = await deployed(() =>
      api(
        { "GET /notes/{id}": { jwt }, "POST /notes": "iam", "GET /health": "none" },
        {
          cors: { origins: ["https://shop.example"], headers: ["x-one"], maxAge: "10 minutes" },
          timeout: "20 seconds",
        },
      ),
    );
    policies = routePolicies(result);
  });

  it("checks the caller, then says who it is, then signs in at the function, in this order", () => {
    const order = (key: string) => section(policies[key] as Element, "inbound").map(({ name }) => name);
    const after = ["set-header", "authentication-managed-identity", "set-backend-service"];
    assert.deepEqual(order("GET /notes/{id}"), ["base", "validate-jwt", ...after]);
    assert.deepEqual(order("POST /notes"), ["base", "validate-azure-ad-token", ...after]);
    assert.deepEqual(order("GET /health"), ["base", ...after]);
  });

  it("has tokens checked by issuer, audience and expiry, with keys that the issuer publishes", () => {
    const check = within(section(policies["GET /notes/{id}"] as Element, "inbound"), "validate-jwt") as Element;
    assert.equal(check.attributes["require-expiration-time"], "true");
    assert.equal(check.attributes["require-scheme"], "Bearer");
    assert.equal(check.attributes["failed-validation-httpcode"], "401");
    const [keys, audiences, issuers] = check.children;
    assert.equal(keys?.attributes.url, "https://login.shop.example/.well-known/openid-configuration");
    assert.deepEqual(
      audiences?.children.map(({ text }) => text),
      ["notes", "a&b"],
    );
    assert.deepEqual(
      issuers?.children.map(({ text }) => text),
      ["https://login.shop.example/"],
    );

    const entra = within(section(policies["POST /notes"] as Element, "inbound"), "validate-azure-ad-token") as Element;
    assert.equal(entra.attributes["tenant-id"], tenant);
    assert.deepEqual(
      entra.children[0]?.children.map(({ text }) => text),
      [`api://${appId}`, appId],
    );
  });

  it("never lets a caller say who it is: the header is the gateway's on every route", () => {
    for (const [key, policy] of Object.entries(policies)) {
      const header = within(section(policy, "inbound"), "set-header") as Element;
      assert.equal(header.attributes.name, "x-sb-identity");
      assert.equal(header.attributes["exists-action"], key === "GET /health" ? "delete" : "override", key);
      if (key !== "GET /health")
        assert.match(header.children[0]?.text ?? "", /^@\{var jwt = \(Jwt\)context\.Variables\["jwt"\];/);
    }
  });

  it("calls each function with a token for the app registration, at its own address, and no longer than asked", () => {
    const host = `${inputs(result, "WebApp", "api-health").name}.azurewebsites.net`;
    for (const policy of Object.values(policies)) {
      const inbound = section(policy, "inbound");
      assert.equal(within(inbound, "authentication-managed-identity")?.attributes.resource, `api://${appId}`);
      assert.equal(within(inbound, "set-backend-service")?.attributes["base-url"], `https://${host}`);
      assert.equal(within(section(policy, "backend"), "forward-request")?.attributes.timeout, "20");
    }
    const [first] = settings(result, "api-health").SB_SETTINGS as { gateway: object }[];
    assert.deepEqual(first?.gateway, { principalId: "principal of api" });
    assert.equal(only<{ identity: { type: string } }>(result, "ApiManagementService").identity.type, "SystemAssigned");
  });

  it("answers preflight requests before it checks anybody, and tells its own errors as problems, routes or not", () => {
    const whole = parse(String(only(result, "Policy").value));
    const [cors, ...others] = section(whole, "inbound");
    assert.deepEqual(others, []);
    assert.equal(cors?.name, "cors");
    assert.deepEqual(
      cors?.children.map(({ name, attributes, children }) => [name, attributes, children.map(({ text }) => text)]),
      [
        ["allowed-origins", {}, ["https://shop.example"]],
        ["allowed-methods", { "preflight-result-max-age": "600" }, ["GET", "POST"]],
        ["allowed-headers", {}, ["x-one"]],
      ],
    );
    const [type, body] = section(whole, "on-error");
    assert.equal(type?.children[0]?.text, "application/problem+json");
    assert.match(body?.text ?? "", /^@\(new JObject\(.*"status", context\.Response\.StatusCode.*\.ToString\(\)\)$/);
    for (const policy of Object.values(policies)) assert.equal(section(policy, "on-error")[0]?.name, "base");
  });

  it("takes no preflight where none is asked for", async () => {
    const run = await deployed(() => api({ "GET /health": "none" }));
    assert.deepEqual(section(parse(String(only(run, "Policy").value)), "inbound"), []);
  });

  it("escapes whatever a program says, so that nothing but the policy's own words are policy", async () => {
    const hostile = `x"/><return-response /><a b='`;
    const run = await deployed(() =>
      api(
        { "GET /a": { jwt: { issuer: `https://login.example/&"<>'`, audience: [hostile] } } },
        { cors: { origins: [hostile] } },
      ),
    );
    const inbound = section(routePolicies(run)["GET /a"] as Element, "inbound");
    assert.deepEqual(within(inbound, "validate-jwt")?.children[1]?.children[0]?.text, hostile);
    const cors = within(section(parse(String(only(run, "Policy").value)), "inbound"), "cors");
    assert.equal(cors?.children[0]?.children[0]?.text, hostile);
  });

  it("is a Consumption gateway with old protocols off: those switches that this tier has, and no others", () => {
    const { sku, customProperties } = only<{ sku: object; customProperties: Record<string, string> }>(
      result,
      "ApiManagementService",
    );
    assert.deepEqual(sku, { name: "Consumption", capacity: 0 });
    const prefix = "Microsoft.WindowsAzure.ApiManagement.Gateway.Security.";
    assert.deepEqual(
      Object.entries(customProperties)
        .map(([key, value]) => `${key.replace(prefix, "")}=${value}`)
        .sort(),
      [
        "Backend.Protocols.Ssl30",
        "Backend.Protocols.Tls10",
        "Backend.Protocols.Tls11",
        "Protocols.Tls10",
        "Protocols.Tls11",
      ].map((name) => `${name}=false`),
    );
    assert.equal(only(result, "Api").subscriptionRequired, false);
    assert.deepEqual(only(result, "Api").protocols, ["https"]);
  });

  it("describes each route by method, path and parameters, under a name that no other route has", async () => {
    const run = await deployed(() =>
      api({ "GET /a/{id}": "none", "GET /a/id": "none", "GET /": "none", "DELETE /a/{id}": "none" }),
    );
    const all = run.resources.filter(({ type }) => type.endsWith(":ApiOperation")).map(({ inputs }) => inputs);
    assert.equal(new Set(all.map(({ operationId }) => operationId)).size, 4);
    for (const { operationId } of all) assert.match(String(operationId), /^api-[a-z0-9-]{1,76}$/);
    assert.deepEqual(
      all
        .map(({ method, urlTemplate, templateParameters }) => [method, urlTemplate, JSON.stringify(templateParameters)])
        .sort(),
      [
        ["DELETE", "/a/{id}", '[{"name":"id","required":true,"type":"string"}]'],
        ["GET", "/", "[]"],
        ["GET", "/a/id", "[]"],
        ["GET", "/a/{id}", '[{"name":"id","required":true,"type":"string"}]'],
      ],
    );
  });

  it("logs every request to Application Insights by identity, without headers, bodies, queries or addresses", () => {
    const { credentials, loggerType } = only<{ credentials: object; loggerType: string }>(result, "Logger");
    assert.equal(loggerType, "applicationInsights");
    assert.deepEqual(Object.keys(credentials).sort(), ["connectionString", "identityClientId"]);
    const logger = result.resources.find(({ type }) => type.endsWith(":Logger"));
    const role = result.resources.find(({ name }) => name === "api-insights");
    assert.ok(role && logger?.dependencies.includes(role.urn), "the gateway may write there first");
    const log = only<{
      logClientIp: boolean;
      sampling: object;
      frontend: Record<string, { headers: string[]; body: { bytes: number } }>;
      backend: Record<string, { headers: string[]; body: { bytes: number } }>;
    }>(result, "ApiDiagnostic");
    assert.equal(log.logClientIp, false);
    assert.deepEqual(log.sampling, { samplingType: "fixed", percentage: 100 });
    for (const side of [log.frontend, log.backend])
      for (const one of Object.values(side)) assert.deepEqual([one.headers, one.body], [[], { bytes: 0 }]);
    for (const one of [log.frontend.request, log.backend.request])
      assert.match(JSON.stringify(one), /"queryParams":\[\{"mode":"Hide","value":"\*"\}\]/);
  });

  it("refuses before anything is made what this gateway cannot do, all at once", async () => {
    const origins = Array.from({ length: 600 }, (_, index) => `https://shop-${index}.example`);
    const { problems } = await refusal(
      planned("azure", () => api({ "GET /a": "none" }, { throttle: { rate: 10, burst: 20 }, cors: { origins } })),
    );
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["SB-C003", "SB-C003"],
    );
    assert.match(problems[0]?.fact ?? "", /throttle\.rate=10/);
    assert.match(problems[1]?.fact ?? "", /cors makes a policy of \d+ bytes/);
  });

  it("refuses texts that the gateway would run instead of comparing", async () => {
    for (const text of ["@(context.User.Id)", " @{return 1;}", "a{{named}}"]) {
      const { problems } = await refusal(
        planned("azure", () =>
          api({ "GET /a": { jwt: { ...jwt, audience: [text] } } }, { cors: { origins: [text], headers: ["a"] } }),
        ),
      );
      assert.deepEqual(
        problems.map(({ code, fact }) => [code, fact.split(" says ")[0]]),
        [
          ["SB-C003", 'routes["GET /a"].auth.jwt'],
          ["SB-C003", "cors"],
        ],
      );
    }
  });

  it("refuses an API without an app registration at preview, with the way out", async () => {
    const { problems, message } = await refusal(deployed(() => api({ "GET /a": "none" }), { azureAppId: "" }));
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["SB-C008"],
    );
    assert.match(message, /pulumi config set serverless-blueprints:azureAppId/);
  });

  it("says that nothing throttles where that is accepted", async () => {
    const run = await planned("azure", () =>
      api({ "GET /a": "none" }, { throttle: { rate: 10, burst: 20, required: false } }),
    );
    assert.equal(registered(run, "api").contract.find(({ property }) => property === "throttle")?.how, "unsupported");
  });

  it("keeps names within what Azure takes, for the longest component too", async () => {
    const long = "a-component-whose-name-is-as-long-as-may";
    const run = await deployed(() => {
      new HttpApi(long, { routes: { "GET /health": { auth: "none", handler: health } } });
    });
    const limits: readonly (readonly [type: string, property: string, shape: RegExp])[] = [
      ["ApiManagementService", "serviceName", /^[a-z](?:[a-z0-9-]{0,48}[a-z0-9])?$/],
      ["WebApp", "name", /^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])$/],
      ["AppServicePlan", "name", /^[a-z0-9-]{1,40}$/],
      ["StorageAccount", "accountName", /^[a-z0-9]{3,24}$/],
      ["Vault", "vaultName", /^[a-z](?:[a-z0-9-]{1,22}[a-z0-9])$/],
      ["Api", "apiId", /^[^*#&+:<>?]{1,80}$/],
      ["ApiOperation", "operationId", /^[^*#&+:<>?]{1,80}$/],
    ];
    for (const [type, property, shape] of limits) {
      assert.match(String(only(run, type)[property]), shape, type);
      assert.doesNotMatch(String(only(run, type)[property]), /--/, type);
    }
  });

  it("hands every child's arguments to its transform", async () => {
    const run = await planned("azure", () =>
      api(
        { "GET /a": "none" },
        {
          transform: {
            azure: {
              service: (args) => ({ ...args, publisherEmail: "ops@shop.example" }),
              policy: (args) => ({ ...args, value: "<policies />" }),
              api: (args) => ({ ...args, displayName: "b" }),
              operation: (args) => ({ ...args, description: "c" }),
              operationPolicy: (args) => ({ ...args, value: "<policies></policies>" }),
              logger: (args) => ({ ...args, description: "d" }),
              diagnostic: (args) => ({ ...args, verbosity: "error" }),
              identity: (args) => ({ ...args, location: "westeurope" }),
              storage: (args) => ({ ...args, sku: { name: "Standard_ZRS" } }),
              plan: (args) => ({ ...args, zoneRedundant: true }),
              app: (args) => ({ ...args, clientCertEnabled: true }),
              auth: (args) => ({ ...args, kind: "e" }),
            },
          },
        },
      ),
    );
    assert.equal(only(run, "ApiManagementService").publisherEmail, "ops@shop.example");
    assert.equal(only(run, "Policy").value, "<policies />");
    assert.equal(only(run, "Api").displayName, "b");
    assert.equal(only(run, "ApiOperation").description, "c");
    assert.equal(only(run, "ApiOperationPolicy").value, "<policies></policies>");
    assert.equal(only(run, "Logger").description, "d");
    assert.equal(only(run, "ApiDiagnostic").verbosity, "error");
    assert.equal(inputs(run, "UserAssignedIdentity", "api-health").location, "westeurope");
    assert.deepEqual(only(run, "StorageAccount").sku, { name: "Standard_ZRS" });
    assert.equal(only(run, "AppServicePlan").zoneRedundant, true);
    assert.equal(only(run, "WebApp").clientCertEnabled, true);
    assert.equal(only(run, "WebAppAuthSettingsV2").kind, "e");
  });
});
