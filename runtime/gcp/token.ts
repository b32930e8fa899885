/** Access tokens of the service's own account from the metadata server. */
import { cached } from "../cache";
import { rest } from "../rest";

/** A token is renewed this long before it expires. */
const EARLY_MS = 60_000;

export const token: () => Promise<string> = cached(async () => {
  const host = process.env.GCE_METADATA_HOST || "metadata.google.internal";
  const { json } = await rest({
    method: "GET",
    url: `http://${host}/computeMetadata/v1/instance/service-accounts/default/token`,
    headers: { "metadata-flavor": "Google" },
    operation: "metadata server token",
  });
  const { access_token, expires_in } = (json ?? {}) as {
    readonly access_token?: unknown;
    readonly expires_in?: unknown;
  };
  if (typeof access_token !== "string") throw new Error("the metadata server answered without a token");
  return { value: access_token, freshUntil: Date.now() + Number(expires_in) * 1000 - EARLY_MS };
});

/** Where a service is reached and what its calls carry: the emulator's address when its variable is set. */
export async function endpoint(
  host: string,
  emulatorVariable: string,
): Promise<{ readonly base: string; readonly headers: Readonly<Record<string, string>> }> {
  const emulator = process.env[emulatorVariable];
  const json = { "content-type": "application/json" };
  // Emulators check no token; Firestore's takes this one as the owner's.
  // Storage's variable holds an address with its scheme, by custom.
  if (emulator)
    return {
      base: /^https?:/.test(emulator) ? emulator : `http://${emulator}`,
      headers: { ...json, authorization: "Bearer owner" },
    };
  return { base: `https://${host}`, headers: { ...json, authorization: `Bearer ${await token()}` } };
}
