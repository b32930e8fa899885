import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import Module from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { unzipSync } from "fflate";
import { orders } from "../../../blueprints/orders";
import { type Credentials, deployerToken, publish, zipOf } from "../../../components/azure/publish";
import { planned } from "../../support/plan";

interface Asked {
  readonly what: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}
type Answer = readonly [status: number, body?: unknown] | "hang up";

/** An app's deployment site: answers in the order given, the last answer for ever. */
class DeploymentSite {
  readonly asked: Asked[] = [];
  readonly waits: number[] = [];
  tokens = 0;
  private readonly server: Server;

  constructor(private readonly answers: Readonly<Record<"POST" | "GET", readonly Answer[]>>) {
    const turns = { POST: 0, GET: 0 };
    this.server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const method = request.method === "POST" ? "POST" : "GET";
      this.asked.push({ what: `${method} ${request.url}`, headers: request.headers, body: Buffer.concat(chunks) });
      const list = this.answers[method];
      const answer = list[Math.min(turns[method]++, list.length - 1)] ?? "hang up";
      if (answer === "hang up") return void request.socket.destroy();
      const [status, body] = answer;
      response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body ?? ""));
    });
  }

  get paths(): string[] {
    return this.asked.map(({ what }) => what);
  }

  async host(): Promise<string> {
    await new Promise<void>((listening) => this.server.listen(0, "127.0.0.1", listening));
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Publishes over the real network to this machine; waiting takes no time. */
  async take(zip: string): Promise<void> {
    const host = await this.host();
    await publish(
      { host, zip },
      {
        fetch: (url, init) => fetch(url.replace("https://", "http://"), init as RequestInit),
        wait: async (ms) => void this.waits.push(ms),
        token: async () => `token-${++this.tokens}`,
      },
    );
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const id = "0f6a1c1e-5d0c-4d7c-9a3f-2c1d0e9b8a77";
const accepted: Answer = [202, id];
const state = (status: number, text = ""): Answer => [200, { id, status, status_text: text, complete: status > 2 }];
const zip = zipOf({ "index.js": "exports.handler = 1;", "host.json": "{}", "package.json": "{}" });
const minutes = (site: DeploymentSite) => site.waits.reduce((sum, ms) => sum + ms, 0) / 60_000;

describe("Publishing code to a function app on azure", () => {
  let site: DeploymentSite;
  const meets = (answers: Readonly<Record<"POST" | "GET", readonly Answer[]>>) => {
    site = new DeploymentSite(answers);
    return site.take(zip);
  };
  afterEach(() => site?.close());

  it("sends the zip with the deployer's token, and waits until the app has it", async () => {
    await meets({ POST: [accepted], GET: [[404], state(0), state(1), state(2), state(4)] });
    const [post] = site.asked;
    assert.equal(post?.what, "POST /api/publish?RemoteBuild=false");
    assert.equal(post?.headers["content-type"], "application/zip");
    assert.equal(post?.headers.authorization, "Bearer token-1");
    assert.deepEqual(Object.keys(unzipSync(post?.body ?? Buffer.of())), ["host.json", "index.js", "package.json"]);
    assert.deepEqual(site.paths.slice(1), Array(5).fill(`GET /api/deployments/${id}`));
    assert.equal(site.waits.length, 4);
  });

  it("fails with the deployment's own reason", async () => {
    await assert.rejects(
      meets({ POST: [accepted], GET: [state(1), state(3, "InvalidPackage: host.json is missing")] }),
      /^Error: publishing code to 127\.0\.0\.1:\d+ failed: InvalidPackage: host\.json is missing$/,
    );
    for (const ended of [3, 6, -1]) {
      site.close();
      await assert.rejects(meets({ POST: [accepted], GET: [state(ended)] }), new RegExp(`ended as ${ended}\\b`));
    }
  });

  for (const status of [400, 401, 403, 415])
    it(`gives up at once when it is refused with ${status}`, async () => {
      await assert.rejects(meets({ POST: [[status, "refused"]], GET: [] }), new RegExp(`failed: ${status} "?refused`));
      assert.deepEqual([site.asked.length, site.waits.length], [1, 0]);
    });

  it("tries again while the site is starting: no answer, server errors, another deployment, a page", async () => {
    const POST: Answer[] = ["hang up", [502], [503], [409], accepted];
    await meets({ POST, GET: [[500], "hang up", [200, "<html>starting</html>"], state(4)] });
    assert.equal(site.paths.filter((path) => path.startsWith("POST")).length, POST.length);
    assert.equal(site.waits.length, 7);
  });

  it("publishes again after a conflict, and while storage does not know the app's role yet", async () => {
    await meets({ POST: [accepted], GET: [state(5), state(3, "blob upload: 403 Forbidden"), state(4)] });
    assert.equal(site.paths.filter((path) => path.startsWith("POST")).length, 3);
  });

  for (const [what, answers] of Object.entries({
    "the site does not answer": { POST: ["hang up"], GET: [] },
    "the deployment does not end": { POST: [accepted], GET: [state(1)] },
    "there is a conflict every time": { POST: [accepted], GET: [state(5)] },
  } as const))
    it(`ends after ten minutes when ${what}`, async () => {
      await assert.rejects(meets(answers), /failed: no end after ten minutes/);
      assert.equal(minutes(site), 10);
    });

  it("says no more of an answer than a line", async () => {
    await assert.rejects(meets({ POST: [[400, "x".repeat(5000)]], GET: [] }), ({ message }: Error) => {
      assert.ok(message.length < 400);
      return true;
    });
  });

  it("makes the same bytes of the same files, whatever their order", () => {
    assert.equal(zipOf({ a: "1", b: "2" }), zipOf({ b: "2", a: "1" }));
    assert.notEqual(zipOf({ a: "1", b: "2" }), zipOf({ a: "1", b: "3" }));
  });
});

describe("The deployer's token on azure", () => {
  const nobody: Credentials["az"] = async () => {
    throw new Error("az: not found");
  };
  type Sent = { url: string; form: Record<string, string>; authorization: string | undefined };
  async function found(env: Record<string, string>, az = nobody, answer: unknown = { access_token: "of-entra" }) {
    const sent: Sent[] = [];
    const token = await deployerToken({
      env,
      az,
      fetch: async (url, init) => {
        sent.push({ url, form: Object.fromEntries(init?.body ?? []), authorization: init?.headers?.authorization });
        return { status: 200, json: async () => (url.startsWith("https://ci.example") ? { value: "of-ci" } : answer) };
      },
    });
    return { token, sent };
  }
  const client = { ARM_CLIENT_ID: "client", ARM_TENANT_ID: "tenant" };
  const scope = "https://management.azure.com/.default";

  it("is had by a client's secret", async () => {
    const { token, sent } = await found({ ...client, ARM_CLIENT_SECRET: "s" });
    assert.equal(token, "of-entra");
    assert.deepEqual(sent, [
      {
        url: "https://login.microsoftonline.com/tenant/oauth2/v2.0/token",
        form: { client_id: "client", grant_type: "client_credentials", scope, client_secret: "s" },
        authorization: undefined,
      },
    ]);
  });

  it("is had by a federated token, given or asked of the CI", async () => {
    const given = await found({ ...client, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "given" });
    assert.equal(given.sent[0]?.form.client_assertion, "given");
    assert.equal(given.sent[0]?.form.client_secret, undefined);
    const asked = await found({
      ...client,
      ARM_USE_OIDC: "true",
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://ci.example/token?x=1",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "key",
    });
    assert.equal(asked.sent[0]?.url, "https://ci.example/token?x=1&audience=api%3A%2F%2FAzureADTokenExchange");
    assert.equal(asked.sent[0]?.authorization, "Bearer key");
    assert.equal(asked.sent[1]?.form.client_assertion, "of-ci");
  });

  it("is otherwise that of whoever is signed in", async () => {
    let asked: readonly string[] = [];
    const az: Credentials["az"] = async (args) => {
      asked = args;
      return JSON.stringify({ accessToken: "of-az" });
    };
    assert.deepEqual(await found({ ARM_TENANT_ID: "tenant" }, az), { token: "of-az", sent: [] });
    assert.match(asked.join(" "), /get-access-token --resource https:\/\/management\.azure\.com --tenant tenant/);
  });

  it("is missing with the ways to have one, and without a secret in the message", async () => {
    await assert.rejects(found({}), /no Azure credentials to publish code with: sign in with az login/);
    await assert.rejects(found({ ...client, ARM_USE_OIDC: "true" }), /ARM_USE_OIDC is set, but neither/);
    await assert.rejects(
      found({ ...client, ARM_CLIENT_SECRET: "s3cret" }, nobody, { error: "invalid_client" }),
      ({ message }: Error) => {
        assert.match(message, /gave client no token to publish code with: invalid_client/);
        assert.doesNotMatch(message, /s3cret/);
        return true;
      },
    );
  });
});

describe("Published code on azure as Pulumi runs it", () => {
  let provider: pulumi.dynamic.ResourceProvider;
  let text: string;
  before(async () => {
    const result = await planned("azure", () =>
      orders.build({ maxDeliveries: 5, backoff: { min: "10 seconds", max: "5 minutes" }, requestsPerSecond: 200 }),
    );
    const published = result.resources.find(({ type }) => type.endsWith(":PublishedCode"));
    // The text that the engine keeps in the state, loaded as the dynamic provider's own process does.
    const loaded = new Module("provider") as Module & { _compile: (text: string, file: string) => void };
    loaded.paths = module.paths;
    text = String(published?.inputs.__provider);
    loaded._compile(text, join(__dirname, "provider.js"));
    provider = (loaded.exports as { handler: () => pulumi.dynamic.ResourceProvider }).handler();
  });
  const was = { host: "app.scm.azurewebsites.net", app: "/sites/app", zip };

  it("is published again exactly when the code or the app changes", async () => {
    const diff = async (news: object) => provider.diff?.("id", was, { ...was, ...news });
    assert.deepEqual(await diff({}), { changes: false, replaces: [] });
    const other = zipOf({ "index.js": "exports.handler = 2;" });
    assert.deepEqual(await diff({ zip: other }), { changes: true, replaces: [] });
    assert.deepEqual(await diff({ host: "other.scm.azurewebsites.net" }), { changes: true, replaces: [] });
    assert.deepEqual(await diff({ app: "/sites/other" }), { changes: true, replaces: ["app"] }, "its id is the app's");
  });

  it("carries little: it is in the state of every app", () => {
    assert.ok(text.length < 16_000, `${text.length} characters`);
    assert.doesNotMatch(text, /zipSync|azure-native/);
  });

  it("needs nothing that does not travel with it", async () => {
    const site = new DeploymentSite({ POST: [accepted], GET: [state(4)] });
    const host = await site.host();
    const [network, environment] = [globalThis.fetch, { ...process.env }];
    Object.assign(process.env, { ARM_CLIENT_ID: "client", ARM_TENANT_ID: "tenant", ARM_CLIENT_SECRET: "secret" });
    globalThis.fetch = async (url, init) =>
      String(url).startsWith("https://login.")
        ? Response.json({ access_token: "of-entra" })
        : network(String(url).replace("https://", "http://"), init);
    try {
      await provider.create({ ...was, host });
      await provider.update?.("id", was, { ...was, host });
    } finally {
      globalThis.fetch = network;
      process.env = environment;
      site.close();
    }
    assert.equal(site.asked.length, 4);
    assert.equal(site.asked[0]?.headers.authorization, "Bearer of-entra");
  });
});
