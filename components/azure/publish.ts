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

/** What publishing needs of the world; tests bring their own. */
export interface Surroundings {
  readonly fetch: (
    url: string,
    init?: { method?: string; headers?: Record<string, string>; body?: Uint8Array },
  ) => Promise<{ status: number; text: () => Promise<string> }>;
  readonly wait: (ms: number) => Promise<void>;
  readonly token: () => Promise<string>;
}

/** Publishes and waits until the app runs the new code: five minutes at most, server errors tried again. */
export async function publish({ host, zip }: Pick<Published, "host" | "zip">, around: Surroundings): Promise<void> {
  const headers = { authorization: `Bearer ${await around.token()}` };
  const send = async (
    url: string,
    init: { method?: string; headers?: Record<string, string>; body?: Uint8Array },
  ): Promise<{ status: number; text: string }> => {
    for (let tries = 1; ; tries++) {
      let status = 0;
      let text = "no answer";
      try {
        const response = await around.fetch(url, init);
        status = response.status;
        text = await response.text();
      } catch (error) {
        text = error instanceof Error ? error.message : String(error);
      }
      // A new app's deployment site answers 5xx, or not at all, for its first moments.
      if ((status >= 500 || status === 0) && tries < 10) await around.wait(3000);
      else if (status === 0 || status >= 400)
        throw new Error(`publishing code to ${host} failed with ${status || "no answer"}: ${text.slice(0, 300)}`);
      else return { status, text };
    }
  };
  const started = await send(`https://${host}/api/publish?type=zip`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/zip" },
    body: Buffer.from(zip, "base64"),
  });
  const id = /[0-9A-Za-z-]{8,}/.exec(started.text)?.[0] ?? "latest";
  for (let polls = 0; polls < 150; polls++) {
    const { text } = await send(`https://${host}/api/deployments/${id}`, { headers });
    const { status, status_text: reason } = JSON.parse(text || "{}") as { status?: number; status_text?: string };
    if (status === 4) return;
    if (status === 3 || status === -1)
      throw new Error(`publishing code to ${host} failed: ${reason || "see the app's deployment log"}`);
    await around.wait(2000);
  }
  throw new Error(`publishing code to ${host} did not end within five minutes`);
}

/** A token of the resource manager for whoever deploys: as the Azure provider finds one. */
export async function deployerToken(): Promise<string> {
  const {
    ARM_CLIENT_ID: id,
    ARM_CLIENT_SECRET: secret,
    ARM_TENANT_ID: tenant,
    ARM_OIDC_TOKEN: oidc,
    ACTIONS_ID_TOKEN_REQUEST_URL: askUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: askToken,
  } = process.env;
  let assertion = oidc;
  if (!assertion && !secret && askUrl && askToken) {
    const asked = await fetch(`${askUrl}&audience=api://AzureADTokenExchange`, {
      headers: { authorization: `Bearer ${askToken}` },
    });
    assertion = ((await asked.json()) as { value?: string }).value;
  }
  if (id && tenant && (secret || assertion)) {
    const form = new URLSearchParams({
      client_id: id,
      grant_type: "client_credentials",
      scope: "https://management.azure.com/.default",
    });
    if (secret) form.set("client_secret", secret);
    else {
      form.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
      form.set("client_assertion", assertion ?? "");
    }
    const response = await fetch(`https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`, {
      method: "POST",
      body: form,
    });
    const { access_token: token, error } = (await response.json()) as { access_token?: string; error?: string };
    if (!token) throw new Error(`Azure gave no token to ${id}: ${error ?? response.status}`);
    return token;
  }
  const { execFile } = require("node:child_process") as typeof import("node:child_process");
  return new Promise((found, failed) => {
    execFile(
      "az",
      ["account", "get-access-token", "--resource", "https://management.azure.com", "--output", "json"],
      (error, stdout) => {
        if (error)
          failed(
            new Error(
              "no Azure credentials to publish code with: sign in with az login, or set ARM_CLIENT_ID, ARM_TENANT_ID and ARM_CLIENT_SECRET",
            ),
          );
        else found((JSON.parse(stdout) as { accessToken: string }).accessToken);
      },
    );
  });
}

async function publishNow(inputs: Published): Promise<void> {
  await publish(inputs, {
    fetch: (url, init) => fetch(url, init as RequestInit),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    token: deployerToken,
  });
}

/** Runs in a process of its own, as Pulumi serializes it: everything it names travels with it. */
const provider: pulumi.dynamic.ResourceProvider = {
  async create(inputs: Published) {
    await publishNow(inputs);
    return { id: inputs.app, outs: inputs };
  },
  async diff(_id: string, olds: Published, news: Published) {
    return { changes: olds.zip !== news.zip || olds.app !== news.app || olds.host !== news.host };
  },
  async update(_id: string, _olds: Published, news: Published) {
    await publishNow(news);
    return { outs: news };
  },
};
