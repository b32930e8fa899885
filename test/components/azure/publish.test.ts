import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { unzipSync } from "fflate";
import { deployerToken, PublishedCode, publish, type Surroundings, zipOf } from "../../../components/azure/publish";
import { deployed, inputs } from "./support";

interface Seen {
  readonly line: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}
/** A deployment site that answers each request with the next of its answers, and with the last one from then on. */
class Site {
  readonly seen: Seen[] = [];
  waitedMs = 0;
  private constructor(
    private readonly server: Server,
    private readonly answers: readonly (readonly [status: number, body: unknown])[],
  ) {}

  static async start(...answers: (readonly [status: number, body: unknown])[]): Promise<Site> {
    const server = createServer();
    const site = new Site(server, answers);
    server.on("request", (request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const [status, body] = site.answers[Math.min(site.seen.length, site.answers.length - 1)] ?? [200, ""];
        site.seen.push({
          line: `${request.method} ${request.url}`,
          headers: request.headers,
          body: Buffer.concat(parts),
        });
        response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
      });
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return site;
  }

  /** The world as publishing sees it: this site for every host, and a clock that costs nothing. */
  get around(): Surroundings {
    const { port } = this.server.address() as AddressInfo;
    return {
      fetch: (url, init) => fetch(url.replace(/^https:\/\/[^/]+/, `http://127.0.0.1:${port}`), init),
      wait: async (ms) => {
        this.waitedMs += ms;
      },
      token: async () => "a-token",
    };
  }
  get lines(): string[] {
    return this.seen.map(({ line }) => line);
  }
  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}

const zip = zipOf({ "index.js": "exports.handler = () => 1;" });
const code = { host: "shop.scm.azurewebsites.net", zip };
const post = "POST /api/publish?RemoteBuild=false";
const poll = "GET /api/deployments/8f6b1c2d-0001";
const accepted = [202, '"8f6b1c2d-0001"'] as const;
const done = [200, { status: 4 }] as const;

describe("Code that is published to an app", () => {
  const sites: Site[] = [];
  const site = async (...answers: (readonly [number, unknown])[]) => {
    const one = await Site.start(...answers);
    sites.push(one);
    return one;
  };
  afterEach(async () => {
    for (const one of sites.splice(0)) await one.close();
  });

  it("is sent as one zip, by a token, and is there when the deployment is done", async () => {
    const one = await site(accepted, [200, { status: 0 }], [200, { status: 2 }], done);
    await publish(code, one.around);
    assert.deepEqual(one.lines, [post, poll, poll, poll]);
    const [first] = one.seen;
    assert.equal(first?.headers.authorization, "Bearer a-token");
    assert.equal(first?.headers["content-type"], "application/zip");
    assert.deepEqual(Object.keys(unzipSync(first?.body ?? new Uint8Array())), ["index.js"]);
    for (const { headers } of one.seen) assert.equal(headers.authorization, "Bearer a-token");
  });

  it("is tried again while the site starts, while another deployment runs, and while nothing is known of this one", async () => {
    const starting = [503, "<html>starting</html>"] as const;
    const one = await site(starting, [409, "busy"], accepted, [404, ""], [200, "<html>"], starting, done);
    await publish(code, one.around);
    assert.deepEqual(one.lines, [post, post, post, poll, poll, poll, poll]);
  });

  it("is sent anew when another deployment came first, or the app's own role was not known yet", async () => {
    const refused = "Storage refused: 403 This request is not authorized to perform this operation";
    const one = await site(
      accepted,
      [200, { status: 5 }],
      accepted,
      [200, { status: 3, status_text: refused }],
      accepted,
      done,
    );
    await publish(code, one.around);
    assert.deepEqual(one.lines, [post, poll, post, poll, post, poll]);
  });

  it("fails with the site's own reason, at once, when nothing will change that", async () => {
    const broken = await site(accepted, [200, { status: 3, status_text: "package.json is not valid" }]);
    await assert.rejects(
      publish(code, broken.around),
      /shop\.scm\.azurewebsites\.net failed: package\.json is not valid/,
    );
    assert.equal(broken.seen.length, 2);
    for (const status of [3, 6, -1]) {
      const silent = await site(accepted, [200, { status }]);
      await assert.rejects(publish(code, silent.around), new RegExp(`ended as ${status}`));
    }
    for (const status of [400, 401, 403, 415]) {
      const refusing = await site([status, "no"]);
      await assert.rejects(publish(code, refusing.around), new RegExp(`failed: ${status} no`));
      assert.equal(refusing.seen.length, 1);
    }
    assert.equal(broken.waitedMs, 0);
  });

  it("is given up after ten minutes, whatever it was that did not end", async () => {
    const endless = [[[503, "starting"]], [accepted, [200, { status: 1 }]], [accepted, [404, ""]]] as const;
    for (const answers of endless) {
      const one = await site(...answers);
      await assert.rejects(publish(code, one.around), /no end after ten minutes/);
      assert.equal(one.waitedMs, 600_000);
    }
    const gone = await site(done);
    const around = { ...gone.around, fetch: () => Promise.reject(new Error("getaddrinfo ENOTFOUND")) };
    await assert.rejects(publish(code, around), /ten minutes: no answer getaddrinfo ENOTFOUND/);
  });

  it("has the same bytes whenever and in whatever order it is packed", () => {
    assert.equal(zipOf({ b: "2", a: "1" }), zipOf({ a: "1", b: "2" }));
    assert.notEqual(zipOf({ a: "1" }), zipOf({ a: "2" }));
  });
});

describe("A token to publish code with", () => {
  const arm = { ARM_CLIENT_ID: "client-1", ARM_TENANT_ID: "tenant-1" };
  const noCli = () => Promise.reject(new Error("az: not found"));
  /** Answers every request with the token that belongs to it, and remembers what was asked. */
  function asked(answer: (url: string) => { status: number; body: unknown }) {
    const requests: { url: string; form: URLSearchParams | undefined; authorization: string | undefined }[] = [];
    return {
      requests,
      fetch: async (url: string, init?: { headers?: Record<string, string>; body?: URLSearchParams }) => {
        requests.push({ url, form: init?.body, authorization: init?.headers?.authorization });
        const { status, body } = answer(url);
        return { status, json: async () => body };
      },
    };
  }
  const gives = () =>
    asked((url) => ({ status: 200, body: url.includes("microsoft") ? { access_token: "arm" } : { value: "from-ci" } }));

  it("comes of a client's secret", async () => {
    const { fetch, requests } = gives();
    assert.equal(await deployerToken({ env: { ...arm, ARM_CLIENT_SECRET: "s3" }, fetch, az: noCli }), "arm");
    assert.equal(requests[0]?.url, "https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token");
    assert.equal(requests[0]?.form?.get("client_secret"), "s3");
    assert.equal(requests[0]?.form?.get("scope"), "https://management.azure.com/.default");
  });

  it("comes of a federated token: one that is given, or one that the CI gives", async () => {
    const given = gives();
    const env = { ...arm, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "federated" };
    assert.equal(await deployerToken({ env, fetch: given.fetch, az: noCli }), "arm");
    assert.equal(given.requests[0]?.form?.get("client_assertion"), "federated");
    const ci = gives();
    const actions = {
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://ci.example/token?version=2",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "runner",
    };
    await deployerToken({ env: { ...arm, ARM_USE_OIDC: "true", ...actions }, fetch: ci.fetch, az: noCli });
    const [first, second] = ci.requests;
    assert.equal(new URL(first?.url ?? "").searchParams.get("audience"), "api://AzureADTokenExchange");
    assert.equal(new URL(first?.url ?? "").searchParams.get("version"), "2");
    assert.equal(first?.authorization, "Bearer runner");
    assert.equal(second?.form?.get("client_assertion"), "from-ci");
    assert.equal(second?.form?.has("client_secret"), false);
  });

  it("is that of whoever is signed in, where the environment names no client", async () => {
    const calls: (readonly string[])[] = [];
    const az = async (args: readonly string[]) => {
      calls.push(args);
      return JSON.stringify({ accessToken: "mine" });
    };
    const { fetch, requests } = gives();
    assert.equal(await deployerToken({ env: { ARM_TENANT_ID: "tenant-1" }, fetch, az }), "mine");
    assert.deepEqual(requests, []);
    assert.deepEqual(calls[0]?.slice(0, 2), ["account", "get-access-token"]);
    assert.ok(calls[0]?.includes("tenant-1"));
  });

  it("fails with what to do, and never with a secret", async () => {
    const refusing = asked(() => ({ status: 401, body: { error: "invalid_client" } }));
    const withSecret = { env: { ...arm, ARM_CLIENT_SECRET: "s3cr3t" }, fetch: refusing.fetch, az: noCli };
    await assert.rejects(deployerToken(withSecret), (error: Error) => {
      assert.match(error.message, /client-1.*invalid_client/);
      assert.doesNotMatch(error.message, /s3cr3t/);
      return true;
    });
    await assert.rejects(deployerToken({ env: {}, fetch: refusing.fetch, az: noCli }), /az login.*ARM_CLIENT_SECRET/);
    const lost = { env: { ...arm, ARM_USE_OIDC: "1" }, fetch: refusing.fetch, az: noCli };
    await assert.rejects(deployerToken(lost), /ARM_OIDC_TOKEN.*id-token: write/);
  });
});

describe("PublishedCode as Pulumi runs it", () => {
  it("is published again when the code, the site or the app differs, and only then", async () => {
    const run = await deployed(() => {
      new PublishedCode("code", { host: "a.scm", app: "/sites/a", files: { "index.js": "1" } });
    });
    const { __provider } = run.resources.find(({ name }) => name === "code")?.inputs as { __provider: string };
    const text = typeof __provider === "string" ? __provider : String(pulumi.unsecret(__provider));
    const factory = new Function("exports", "require", text);
    const exported: { handler?: () => pulumi.dynamic.ResourceProvider } = {};
    factory(exported, require);
    const provider = exported.handler?.();
    const state = { host: "a.scm", app: "/sites/a", zip: inputs<{ zip: string }>(run, "PublishedCode", "code").zip };
    const differs = async (news: object) => provider?.diff?.("/sites/a", state, { ...state, ...news });
    assert.deepEqual(await differs({}), { changes: false, replaces: [] });
    assert.deepEqual(await differs({ zip: "other" }), { changes: true, replaces: [] });
    assert.deepEqual(await differs({ host: "b.scm" }), { changes: true, replaces: [] });
    assert.deepEqual(await differs({ app: "/sites/b" }), { changes: true, replaces: ["app"] });
    assert.ok(text.length < 20_000, `what travels stays small: ${text.length} characters`);
    assert.doesNotMatch(text, /zipSync|azure-native/);
  });
});
