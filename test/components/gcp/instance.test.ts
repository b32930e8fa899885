import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { orders } from "../../../blueprints/orders";
import type { RunResult } from "../../../cli/engine";
import { bearer, wrappedPush } from "../../runtime/events";
import { Cloud, freePort, Instance } from "./instance";
import { deployed, inputs, project } from "./support";

describe("A function deployed on gcp, started as Cloud Run starts it", () => {
  const folder = mkdtempSync(join(tmpdir(), "instance-"));
  const cloud = new Cloud();
  let result: RunResult;
  let place: Instance;
  let fulfil: Instance;
  let gateway: string;

  before(async function () {
    this.timeout(30_000);
    const settings = {
      maxDeliveries: 5,
      backoff: { min: "10 seconds", max: "5 minutes" },
      requestsPerSecond: 200,
    } as const;
    result = await deployed(() => orders.build(settings));
    const environment = await cloud.open();
    place = new Instance(join(folder, "place"), result, "api-place", await freePort(), environment);
    fulfil = new Instance(join(folder, "fulfil"), result, "fulfil-fn", await freePort(), environment);
    await Promise.all([place.ready, fulfil.ready]);
    gateway = `${inputs(result, "Account", "api").accountId}@${project}.iam.gserviceaccount.com`;
  });
  after(async () => {
    await Promise.all([place?.stop(), fulfil?.stop()]);
    cloud.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = (path: string, body: string | undefined, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${place.port}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: bearer({ email: gateway, email_verified: true }),
        "content-type": "application/json",
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });

  it("sends what it accepts to the topic that it was told", async () => {
    const reply = await ask("/orders", JSON.stringify({ sku: "MUG-01", quantity: 1, customer: "Ada" }));
    assert.equal(reply.status, 202, place.output);
    const [message, ...more] = cloud.published("fulfil");
    assert.deepEqual(
      { ...message?.body, id: 0, acceptedAt: 0 },
      { id: 0, acceptedAt: 0, sku: "MUG-01", quantity: 1, customer: "Ada" },
    );
    assert.deepEqual(more, []);
  });

  for (const [what, body, headers, status] of [
    ["is no JSON", '{"customer":"Grace Hopper', {}, 400],
    ["is no object", '"Grace Hopper"', {}, 400],
    [
      "is in another character set",
      '{"customer":"Grace Hopper"}',
      { "content-type": "application/json; charset=latin9" },
      400,
    ],
    ["is not compressed as it says", '{"customer":"Grace Hopper"}', { "content-encoding": "gzip" }, 400],
    ["has no type", '{"customer":"Grace Hopper"}', { "content-type": "" }, 415],
    ["is a form", "customer=Grace Hopper", { "content-type": "application/x-www-form-urlencoded" }, 415],
    ["is too large", JSON.stringify({ customer: "Grace Hopper".repeat(100_000) }), {}, 413],
  ] as const)
    it(`answers a body that ${what} with a problem, and keeps it out of the log`, async () => {
      const reply = await ask("/orders", body, headers);
      assert.deepEqual([reply.status, reply.headers.get("content-type")], [status, "application/problem+json"]);
      assert.doesNotMatch(await reply.text(), /SyntaxError|node_modules/);
      assert.doesNotMatch(place.output, /Grace|SyntaxError/);
    });

  it("leaves no path to the framework", async () => {
    const reply = await ask("/robots.txt", undefined);
    assert.deepEqual([reply.status, reply.headers.get("content-type")], [404, "application/problem+json"]);
  });

  it("answers nobody but its gateway", async () => {
    const order = JSON.stringify({ sku: "MUG-01", quantity: 1, customer: "Ada" });
    const caller = {
      authorization: bearer({ email: `other-${gateway}`, email_verified: true }),
    };
    assert.equal((await ask("/orders", order, caller)).status, 403);
    assert.equal(cloud.published("fulfil").length, 1);
  });

  const push = (body: unknown, attempt: number) => {
    const { headers, rawBody } = wrappedPush({ body, attempt });
    return fetch(`http://127.0.0.1:${fulfil.port}/`, { method: "POST", headers, body: rawBody ?? null });
  };
  const order = { id: "o-1", sku: "MUG-01", quantity: 2, customer: "Ada", acceptedAt: "2026-01-01T00:00:00Z" };

  it("stores in the databases that were made and granted for it", async () => {
    const before = cloud.calls.length;
    assert.equal((await push(order, 1)).status, 204, fulfil.output);
    const used = cloud.calls.slice(before).map(({ path }) => /\/databases\/([^/]+)\//.exec(path)?.[1]);
    const made = ["orders", "seen"].map((table) => String(inputs(result, "Database", table).name));
    assert.deepEqual([...new Set(used)].sort(), made.sort());
  });

  it("sends the last failure to the dead-letter topic that was made for it, and no earlier one", async () => {
    const unknown = { ...order, id: "o-2", sku: "NONE-99" };
    assert.equal((await push(unknown, 4)).status, 500);
    assert.deepEqual(cloud.published("fulfil-dead"), []);
    assert.equal((await push(unknown, 5)).status, 204, fulfil.output);
    const [dead] = cloud.published("fulfil-dead");
    assert.deepEqual([dead?.body, dead?.attributes["sb-attempts"]], [unknown, "5"]);
    assert.ok(dead?.attributes["sb-error"]);
  });

  it("refuses what is no push, and keeps it out of the log", async () => {
    const body = '{"customer":"Grace Hopper';
    const headers = { "content-type": "application/json" };
    const reply = await fetch(`http://127.0.0.1:${fulfil.port}/`, { method: "POST", headers, body });
    assert.equal(reply.status, 400);
    assert.doesNotMatch(fulfil.output, /Grace|Ada|SyntaxError/);
  });
});
