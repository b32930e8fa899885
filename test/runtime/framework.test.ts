import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { http } from "@google-cloud/functions-framework";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import { buildSync } from "esbuild";
import type * as Http from "../../runtime/gcp/http-route";
import type * as Queue from "../../runtime/gcp/queue-worker";
import { bearer, wrappedPush } from "./events";
import { captured, fresh, Order, ROUTE, WORKER, withEnvironment } from "./support";

const RUNTIME = join(__dirname, "../../runtime");

describe("Google Cloud adapters under the real Functions Framework", () => {
  async function serve<Result>(name: string, work: (url: string) => Promise<Result>): Promise<Result> {
    const server = getTestServer(name).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    try {
      return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }

  it("acknowledge and refuse pushes", async () => {
    const seen: unknown[] = [];
    const handler = await withEnvironment({ SB_SETTINGS: WORKER }, () =>
      fresh<typeof Queue>("gcp/queue-worker").queueWorker(
        async (messages) => {
          seen.push(...messages.map(({ body }) => body));
        },
        { schema: Order, uses: {} },
      ),
    );
    http("worker", handler);
    await serve("worker", async (url) => {
      const push = async (body: unknown) => {
        const { headers, rawBody } = wrappedPush({ body });
        const reply = await fetch(url, { method: "POST", headers, body: rawBody ?? null });
        return [reply.status, await reply.text()];
      };
      assert.deepEqual(await push({ id: "ü", quantity: 1 }), [204, ""]);
      await captured(async () => assert.deepEqual(await push({ id: 1 }), [500, ""]));
      assert.deepEqual(seen, [{ id: "ü", quantity: 1 }]);
    });
  });

  it("answer requests with parameters, bodies and problems", async () => {
    const route = { ...ROUTE, method: "POST", gateway: { serviceAccount: "g@x" } };
    const handler = await withEnvironment({ SB_SETTINGS: [route] }, () =>
      fresh<typeof Http>("gcp/http-route").httpRoute(
        async ({ params, query, body }: { params: unknown; query: unknown; body: unknown }) => ({
          status: 202,
          headers: { "x-a": "1" },
          body: { params, query, body },
        }),
        { schema: Order, uses: {} },
      ),
    );
    http("routes", handler);
    await serve("routes", async (url) => {
      const ask = (headers: Record<string, string>, body: unknown) =>
        fetch(`${url}/orders/a%2Fb?x=1`, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: JSON.stringify(body),
        });
      const gateway = { authorization: bearer({ email: "g@x", email_verified: true }) };
      const reply = await ask(gateway, { id: "1", quantity: 2 });
      assert.deepEqual([reply.status, reply.headers.get("x-a")], [202, "1"]);
      assert.deepEqual(await reply.json(), {
        params: { id: "a/b" },
        query: { x: "1" },
        body: { id: "1", quantity: 2 },
      });
      const bad = await ask(gateway, { id: "1" });
      assert.deepEqual([bad.status, bad.headers.get("content-type")], [400, "application/problem+json"]);
      await captured(async () => assert.equal((await ask({}, {})).status, 403));
    });
  });
});

describe("Azure bundles", () => {
  it("register their function with the programming model that is bundled in", () => {
    const folder = mkdtempSync(join(tmpdir(), "bundle-"));
    try {
      // The worker process provides this module; its stand-in prints what is registered.
      const core = join(folder, "node_modules/@azure/functions-core");
      const stand = `exports.version = "4.0.0"; exports.registerFunction = (metadata) => console.log(JSON.stringify(metadata));
        exports.setProgrammingModel = () => {}; exports.registerHook = () => ({ dispose() {} });`;
      for (const [name, adapter, settings] of [
        ["worker", "queue-worker", { ...WORKER, backoff: { minSeconds: 0, maxSeconds: 0 } }],
        ["routes", "http-route", [{ ...ROUTE, gateway: { principalId: "p" } }]],
      ] as const) {
        const outfile = join(folder, `${name}.js`);
        const made = adapter === "queue-worker" ? "queueWorker" : "httpRoute";
        buildSync({
          stdin: {
            contents: `import { ${made} } from "./azure/${adapter}"; ${made}(async () => ({ status: 200 }), { uses: {} });`,
            resolveDir: RUNTIME,
          },
          bundle: true,
          platform: "node",
          format: "cjs",
          external: ["@azure/functions-core"],
          outfile,
        });
        writeModule(core, stand);
        const environment = { ...process.env, SB_SETTINGS: JSON.stringify(settings) };
        const { stdout, stderr, status } = spawnSync(process.execPath, [outfile], {
          env: environment,
          encoding: "utf8",
        });
        assert.equal(status, 0, stderr);
        const metadata = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
        assert.equal(metadata.name, name);
        const trigger = Object.values(metadata.bindings as Record<string, { type: string }>)[0];
        assert.equal(trigger?.type, name === "worker" ? "serviceBusTrigger" : "httpTrigger");
        const expected =
          name === "worker"
            ? { queueName: "%SB_QUEUE%", connection: "SB_BUS", cardinality: "one" }
            : { route: "{*path}", authLevel: "anonymous" };
        for (const [key, value] of Object.entries(expected))
          assert.equal((trigger as Record<string, unknown>)[key], value);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function writeModule(folder: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "index.js"), text);
}
