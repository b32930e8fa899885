/**
 * Access tokens from the platform's managed identity endpoint (App Service, api-version 2019-08-01); `@azure/identity`
 * would add 368 KB and 35 ms to a cold start.
 */
import { cached } from "../cache";
import { rest } from "../rest";

/** A token is renewed this long before it expires. */
const EARLY_MS = 60_000;

const tokens = new Map<string, () => Promise<string>>();

/** A token for `resource` (`https://vault.azure.net`) of the user-assigned identity that AZURE_CLIENT_ID names. */
export function token(resource: string): Promise<string> {
  let get = tokens.get(resource);
  if (get === undefined) {
    get = cached(() => request(resource));
    tokens.set(resource, get);
  }
  return get();
}

async function request(resource: string): Promise<{ value: string; freshUntil: number }> {
  const { IDENTITY_ENDPOINT, IDENTITY_HEADER, AZURE_CLIENT_ID } = process.env;
  if (!IDENTITY_ENDPOINT || !IDENTITY_HEADER)
    throw new Error("IDENTITY_ENDPOINT is not set: this function app has no managed identity");
  const url = new URL(IDENTITY_ENDPOINT);
  url.searchParams.set("api-version", "2019-08-01");
  url.searchParams.set("resource", resource);
  if (AZURE_CLIENT_ID) url.searchParams.set("client_id", AZURE_CLIENT_ID);
  const headers = { "x-identity-header": IDENTITY_HEADER };
  const { json } = await rest({ method: "GET", url: url.href, headers, operation: "managed identity token" });
  const { access_token, expires_on } = (json ?? {}) as {
    readonly access_token?: unknown;
    readonly expires_on?: unknown;
  };
  if (typeof access_token !== "string") throw new Error("the managed identity endpoint answered without a token");
  return { value: access_token, freshUntil: Number(expires_on) * 1000 - EARLY_MS };
}
