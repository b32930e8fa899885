import assert from "node:assert/strict";
import type * as Http from "../../runtime/gcp/http-route";
import { bearer, frameworkRequest, frameworkResponse } from "./events";
import { captured, fresh, ROUTE, withEnvironment } from "./support";

const gateway = { serviceAccount: "gateway@shop.iam.gserviceaccount.com" };
const authorization = bearer({ email: gateway.serviceAccount, email_verified: true });
const cors = {
  origins: ["https://shop.example"],
  headers: ["content-type"],
  methods: ["GET", "POST"],
  maxAgeSeconds: 60,
};

async function ask(method: string, headers: Record<string, string>, route: object = { cors }) {
  return withEnvironment({ SB_SETTINGS: [{ ...ROUTE, gateway, ...route }] }, async () => {
    let calls = 0;
    const serve = fresh<typeof Http>("gcp/http-route").httpRoute(
      async () => {
        calls++;
        return { status: 200, body: {} };
      },
      { uses: {} },
    );
    const response = frameworkResponse();
    await captured(() => serve(frameworkRequest({ method, path: "/orders/a", headers }), response));
    return { status: response.statusCode, headers: response.headers, calls };
  });
}
const preflight = { authorization, origin: "https://shop.example", "access-control-request-method": "POST" };

describe("CORS behind Google Cloud's API Gateway", () => {
  it("answers a preflight request with what the path takes, also of other functions, without calling the handler", async () => {
    assert.deepEqual(await ask("OPTIONS", preflight), {
      status: 204,
      calls: 0,
      headers: {
        "access-control-allow-origin": "https://shop.example",
        vary: "origin",
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "content-type",
        "access-control-max-age": "60",
      },
    });
  });

  it("lets a page of an allowed origin read answers, errors included, and no other page", async () => {
    const allowed = await ask("GET", { authorization, origin: "https://shop.example" });
    assert.deepEqual([allowed.status, allowed.headers["access-control-allow-origin"]], [200, "https://shop.example"]);
    const wrong = await ask("DELETE", { authorization, origin: "https://shop.example" });
    assert.deepEqual([wrong.status, wrong.headers["access-control-allow-origin"]], [405, "https://shop.example"]);
    const other = await ask("GET", { authorization, origin: "https://other.example" });
    assert.deepEqual([other.headers["access-control-allow-origin"], other.headers.vary], [undefined, "origin"]);
    const foreign = await ask("OPTIONS", { ...preflight, origin: "https://other.example" });
    assert.equal(foreign.headers["access-control-allow-origin"], undefined);
    const any = await ask("GET", { authorization, origin: "https://x.example" }, { cors: { ...cors, origins: ["*"] } });
    assert.equal(any.headers["access-control-allow-origin"], "*");
  });

  it("says nothing to callers that are no browsers, and nothing where no origin is allowed", async () => {
    const headersOf = async (...asked: Parameters<typeof ask>) =>
      Object.keys((await ask(...asked)).headers).filter((name) => name !== "content-type");
    assert.deepEqual(await headersOf("GET", { authorization }), []);
    assert.deepEqual(await headersOf("GET", { authorization, origin: "https://shop.example" }, {}), []);
    assert.equal((await ask("OPTIONS", preflight, {})).status, 405);
  });

  it("answers preflight requests of the gateway only", async () => {
    const { authorization: _, ...past } = preflight;
    const { status, headers } = await ask("OPTIONS", past);
    assert.deepEqual([status, headers["access-control-allow-methods"]], [403, undefined]);
  });
});
