import * as pulumi from "@pulumi/pulumi";
import { zipSync } from "fflate";

/** Code for a function app on Flex Consumption, which takes it by OneDeploy only: no resource of the provider does that. */
export interface PublishArgs {
  /** Host name of the app's deployment site. */
  readonly host: pulumi.Input<string>;
  /** The app's id: another app needs the code again. */
  readonly app: pulumi.Input<string>;
  /** What is published; equal files are an equal deployment. */
  readonly files: Readonly<Record<string, string>>;
}

interface Published {
  readonly host: string;
  readonly app: string;
  /** Base64. */
  readonly zip: string;
}

/** Publishes code again exactly when the files or the app change. */
export class PublishedCode extends pulumi.dynamic.Resource {
  constructor(name: string, { host, app, files }: PublishArgs, opts?: pulumi.CustomResourceOptions) {
    super(provider, name, { host, app, zip: zipOf(files) }, opts, "azure", "PublishedCode");
  }
}

/** Deterministic bytes: sorted names and one fixed time. */
export function zipOf(files: Readonly<Record<string, string>>): string {
  const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  const zipped = zipSync(Object.fromEntries(entries.map(([name, text]) => [name, new TextEncoder().encode(text)])), {
    mtime: "1980-01-01T00:00:00Z",
    level: 9,
  });
  return Buffer.from(zipped).toString("base64");
}

interface Request {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array;
}

/** What publishing needs of the world; tests bring their own. */
export interface Surroundings {
  readonly fetch: (url: string, init?: Request) => Promise<{ status: number; text: () => Promise<string> }>;
  readonly wait: (ms: number) => Promise<void>;
  readonly token: () => Promise<string>;
}

/**
 * Publishes, and waits until the app has the new code. Whatever may pass by itself is tried again, for ten minutes at most:
 * a deployment site that has not started, another deployment under way, roles that are not known everywhere yet.
 */
export async function publish({ host, zip }: Pick<Published, "host" | "zip">, around: Surroundings): Promise<void> {
  const pauseMs = 4000;
  let pauses = 150;
  const failed = (reason: string) => new Error(`publishing code to ${host} failed: ${reason.slice(0, 300)}`);
  const later = async (reason: string) => {
    if (pauses-- === 0) throw failed(`no end after ten minutes: ${reason}`);
    await around.wait(pauseMs);
  };
  const headers = { authorization: `Bearer ${await around.token()}` };
  /** Undefined when the site has no answer to give yet. */
  const ask = async (path: string, request: Request, passing: readonly number[]): Promise<string | undefined> => {
    let status = 0;
    let text = "";
    try {
      const response = await around.fetch(`https://${host}${path}`, request);
      status = response.status;
      text = await response.text();
    } catch (error) {
      text = error instanceof Error ? error.message : String(error);
    }
    if (status >= 200 && status < 300) return text;
    const reason = `${status || "no answer"} ${text}`;
    if (status !== 0 && status < 500 && !passing.includes(status)) throw failed(reason);
    await later(reason);
    return undefined;
  };
  for (;;) {
    const body = Buffer.from(zip, "base64");
    const post = { method: "POST", headers: { ...headers, "content-type": "application/zip" }, body };
    const started = await ask("/api/publish?RemoteBuild=false", post, [409, 429]);
    if (started === undefined) continue;
    const id = /[0-9A-Za-z-]{8,}/.exec(started)?.[0] ?? "latest";
    const { status, reason } = await ended(id);
    if (status === 4) return;
    // 5: another deployment was under way. Storage refuses an identity whose role is minutes old.
    if (status !== 5 && !/\b403\b|forbidden|authoriz/i.test(reason)) throw failed(reason);
    await later(reason);
  }

  /** Kudu's states: below 3 under way, 4 done, 3 failed, 5 in conflict with another, 6 done in part, -1 cancelled. */
  async function ended(id: string): Promise<{ status: number; reason: string }> {
    for (;;) {
      const text = await ask(`/api/deployments/${id}`, { headers }, [404, 429]);
      if (text === undefined) continue;
      const { status, reason } = stateOf(text);
      if (status >= 3 || status < 0) return { status, reason };
      await later(`deployment ${id} is under way`);
    }
  }
}

/** A site that has just started may answer with a page. */
function stateOf(text: string): { status: number; reason: string } {
  try {
    const { status, status_text: reason } = JSON.parse(text) as { status?: number; status_text?: string };
    return {
      status: status ?? 0,
      reason: reason || `deployment ended as ${status}; the app's deployment log says why`,
    };
  } catch {
    return { status: 0, reason: "" };
  }
}

type Ask = (
  url: string,
  init?: { method?: string; headers?: Record<string, string>; body?: URLSearchParams },
) => Promise<{ status: number; json: () => Promise<unknown> }>;

/** What finding a token needs of the world; tests bring their own. */
export interface Credentials {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: Ask;
  /** Output of `az` with these arguments; rejects where nobody is signed in. */
  readonly az: (args: readonly string[]) => Promise<string>;
}

/**
 * A token of the resource manager for whoever deploys, found as the Azure provider finds one in the environment: a
 * client's secret, a federated token (given, or asked of the CI), or else whoever is signed in to the Azure CLI.
 */
export async function deployerToken({ env, fetch, az }: Credentials): Promise<string> {
  const { ARM_CLIENT_ID: id, ARM_TENANT_ID: tenant, ARM_CLIENT_SECRET: secret } = env;
  const federated = /^(1|true)$/i.test(env.ARM_USE_OIDC ?? "");
  if (id && tenant && (secret || federated)) {
    const form = new URLSearchParams({
      client_id: id,
      grant_type: "client_credentials",
      scope: "https://management.azure.com/.default",
    });
    if (federated) {
      form.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
      form.set("client_assertion", await assertion());
    } else form.set("client_secret", secret ?? "");
    const address = `https://login.microsoftonline.com/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
    const response = await fetch(address, { method: "POST", body: form });
    const { access_token: token, error } = (await response.json()) as { access_token?: string; error?: string };
    if (!token)
      throw new Error(`Microsoft Entra gave ${id} no token to publish code with: ${error ?? response.status}`);
    return token;
  }
  try {
    const scope = ["--resource", "https://management.azure.com"];
    const tenantOption = tenant ? ["--tenant", tenant] : [];
    const answer = JSON.parse(await az(["account", "get-access-token", ...scope, ...tenantOption, "--output", "json"]));
    return (answer as { accessToken: string }).accessToken;
  } catch {
    const ways = "ARM_CLIENT_ID and ARM_TENANT_ID with ARM_CLIENT_SECRET, or with ARM_USE_OIDC=true";
    throw new Error(`no Azure credentials to publish code with: sign in with az login, or set ${ways}`);
  }

  async function assertion(): Promise<string> {
    if (env.ARM_OIDC_TOKEN) return env.ARM_OIDC_TOKEN;
    const address = env.ARM_OIDC_REQUEST_URL ?? env.ACTIONS_ID_TOKEN_REQUEST_URL;
    const key = env.ARM_OIDC_REQUEST_TOKEN ?? env.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
    if (!address || !key)
      throw new Error("ARM_USE_OIDC is set, but neither ARM_OIDC_TOKEN nor a CI that gives tokens (id-token: write)");
    const url = new URL(address);
    url.searchParams.set("audience", "api://AzureADTokenExchange");
    const response = await fetch(url.href, { headers: { authorization: `Bearer ${key}` } });
    const { value } = (await response.json()) as { value?: string };
    if (!value) throw new Error(`the CI gave no token to publish code with: ${response.status}`);
    return value;
  }
}

async function publishNow(inputs: Published): Promise<void> {
  const { execFile } = require("node:child_process") as typeof import("node:child_process");
  const az = (args: readonly string[]) =>
    new Promise<string>((done, refused) => {
      // On Windows `az` is a batch file, which only a shell runs.
      const options = { shell: process.platform === "win32", timeout: 60_000 };
      execFile("az", [...args], options, (error, stdout) => (error ? refused(error) : done(String(stdout))));
    });
  await publish(inputs, {
    fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(120_000) }),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    token: () => deployerToken({ env: process.env, fetch: (url, init) => fetch(url, init), az }),
  });
}

/** Runs in a process of its own, as Pulumi serializes it: everything it names travels with it. */
const provider: pulumi.dynamic.ResourceProvider = {
  async create(inputs: Published) {
    await publishNow(inputs);
    return { id: inputs.app, outs: inputs };
  },
  async diff(_id: string, olds: Published, news: Published) {
    const replaces = olds.app === news.app ? [] : ["app"];
    return { changes: replaces.length > 0 || olds.zip !== news.zip || olds.host !== news.host, replaces };
  },
  async update(_id: string, _olds: Published, news: Published) {
    await publishNow(news);
    return { outs: news };
  },
};
